// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The tree of BEP 52 over a file in memory, in the most naive way: all leaves, padding included, layer by layer.
library BlockTree {
    uint256 private constant BLOCK = 16 * 1024;

    function root(bytes memory file) internal pure returns (bytes32) {
        bytes32[] memory layer = _leaves(file);
        while (layer.length > 1) layer = _above(layer);
        return layer[0];
    }

    function path(bytes memory file, uint256 index) internal pure returns (bytes32[] memory siblings) {
        bytes32[] memory layer = _leaves(file);
        siblings = new bytes32[](32);
        uint256 levels = 0;
        for (; layer.length > 1; ++levels) {
            siblings[levels] = layer[index % 2 == 0 ? index + 1 : index - 1];
            layer = _above(layer);
            index /= 2;
        }
        assembly ("memory-safe") {
            mstore(siblings, levels)
        }
    }

    function blockAt(bytes memory file, uint256 index) internal pure returns (bytes memory part) {
        uint256 from = index * BLOCK;
        uint256 length = file.length - from < BLOCK ? file.length - from : BLOCK;
        part = new bytes(length);
        assembly ("memory-safe") {
            mcopy(add(part, 32), add(add(file, 32), from), length)
        }
    }

    function blocks(bytes memory file) internal pure returns (uint256) {
        return (file.length + BLOCK - 1) / BLOCK;
    }

    function _leaves(bytes memory file) private pure returns (bytes32[] memory leaves) {
        uint256 count = blocks(file);
        uint256 width = 1;
        while (width < count) width *= 2;
        leaves = new bytes32[](width);
        for (uint256 i = 0; i < count; ++i) leaves[i] = sha256(blockAt(file, i));
    }

    function _above(bytes32[] memory layer) private pure returns (bytes32[] memory above) {
        above = new bytes32[](layer.length / 2);
        for (uint256 i = 0; i < above.length; ++i) {
            above[i] = sha256(abi.encodePacked(layer[2 * i], layer[2 * i + 1]));
        }
    }
}
