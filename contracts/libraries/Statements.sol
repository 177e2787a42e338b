// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Attestation, Receipt} from "../interfaces/INodeRegistry.sol";

/// @title Statements
/// @notice EIP-712 struct hashes of what nodes and their keys sign.
/// @dev Field order and types of the structs are those of the type strings, all of one word each, so `abi.encode` of a
/// struct is its encodeData. Source: EIP-712.
library Statements {
    bytes32 private constant NODE_KEY_TYPE = keccak256("NodeKey(address node)");
    bytes32 private constant ATTESTATION_TYPE = keccak256(
        "Attestation(address node,address contest,uint256 entryId,bytes32 manifestHash,bytes32 modelRoot,bytes32 modelSha256,bytes32 engine,uint64 epoch)"
    );
    bytes32 private constant RECEIPT_TYPE = keccak256(
        "Receipt(address node,address client,address contest,uint256 entryId,bytes32 manifestHash,bytes32 modelRoot,uint64 epoch,uint64 nonce,bytes32 requestHash,bytes32 responseHash,bytes32 paramsHash,uint64 seed,uint32 promptTokens,uint32 outputTokens,uint32 firstTokenMs,uint32 totalMs)"
    );

    /// @notice A key's consent to answer for `node`.
    function nodeKeyHash(address node) internal pure returns (bytes32) {
        return keccak256(abi.encode(NODE_KEY_TYPE, node));
    }

    function attestationHash(Attestation calldata said) internal pure returns (bytes32) {
        return keccak256(abi.encode(ATTESTATION_TYPE, said));
    }

    function receiptHash(Receipt calldata said) internal pure returns (bytes32) {
        return keccak256(abi.encode(RECEIPT_TYPE, said));
    }
}
