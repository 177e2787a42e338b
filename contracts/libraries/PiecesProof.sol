// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Pieces proof
/// @notice Checks one block of a file against the file's pieces root.
/// @dev The tree of BEP 52: leaves are SHA-256 of the file's blocks of 16 KiB, the last block is hashed as short as it
/// is, and leaves of 32 zero bytes fill up to a power of two. Inner nodes are SHA-256 of their two children. Nothing in
/// a hash tells leaves from inner nodes, so whoever checks must insist on the exact length of block and path.
library PiecesProof {
    /// @notice Bytes of every block but the last.
    uint256 internal constant BLOCK_BYTES = 16_384;

    /// @notice Returns how many blocks a file of `size` bytes has; `size` is at least 1.
    function blockCount(uint256 size) internal pure returns (uint256) {
        return Math.ceilDiv(size, BLOCK_BYTES);
    }

    /// @notice Returns the bytes of block `index`, which is below `blockCount(size)`.
    function blockLength(uint256 size, uint256 index) internal pure returns (uint256) {
        return Math.min(BLOCK_BYTES, size - index * BLOCK_BYTES);
    }

    /// @notice Returns how many hashes lead from a leaf to the root; 0 for a file of one block.
    function depth(uint256 size) internal pure returns (uint256) {
        return Math.log2(blockCount(size), Math.Rounding.Ceil);
    }

    /// @notice Returns the root that `data` as block `index` and the siblings on its way up lead to.
    /// @param data The block's bytes.
    /// @param index Counted from 0.
    /// @param path The siblings from the leaf's own up to the root's child.
    function rootFrom(
        bytes calldata data,
        uint256 index,
        bytes32[] calldata path
    ) internal pure returns (bytes32 hash) {
        hash = sha256(data);
        for (uint256 i = 0; i < path.length; ++i) {
            bool isRight = (index >> i) & 1 == 1;
            hash = isRight ? sha256(abi.encodePacked(path[i], hash)) : sha256(abi.encodePacked(hash, path[i]));
        }
    }
}
