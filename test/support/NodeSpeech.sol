// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Attestation, EntryHashes, INodeRegistry, Receipt} from "../../contracts/interfaces/INodeRegistry.sol";
import {BlockTree} from "./BlockTree.sol";
import {Test} from "./Vm.sol";

/// @notice What keys sign for nodes, worked out apart from the contracts, and files to speak of.
abstract contract NodeSpeech is Test {
    /// @dev Order of the curve that keys live on. Source: SEC 2, secp256k1.
    uint256 internal constant CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    INodeRegistry internal registry;

    /* FILES */

    /// @dev Bytes that look random and differ in every block.
    function fileOf(uint256 size, string memory seed) internal pure returns (bytes memory made) {
        made = new bytes(size);
        bytes32 word = keccak256(bytes(seed));
        for (uint256 i = 0; i < size; i += 4_096) {
            word = keccak256(abi.encode(word));
            for (uint256 k = 0; k < 32 && i + k < size; ++k) made[i + k] = word[k];
        }
    }

    function hashesOfFile(bytes memory content) internal pure returns (EntryHashes memory) {
        return EntryHashes("manifest of the file", sha256(content), BlockTree.root(content));
    }

    /* SIGNATURES */

    function signed(uint256 key, Attestation memory said) internal view returns (bytes memory) {
        return sign(key, digestAt(registry, attestationHash(said)));
    }

    function signed(uint256 key, Receipt memory said) internal view returns (bytes memory) {
        return sign(key, digestAt(registry, receiptHash(said)));
    }

    function nodeKeyHash(address node) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256("NodeKey(address node)"), node));
    }

    function attestationHash(Attestation memory said) internal pure returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Attestation(address node,address contest,uint256 entryId,bytes32 manifestHash,bytes32 modelRoot,bytes32 modelSha256,bytes32 engine,uint64 epoch)"
        );
        return
            keccak256(
                abi.encode(
                    typeHash,
                    said.node,
                    said.contest,
                    said.entryId,
                    said.manifestHash,
                    said.modelRoot,
                    said.modelSha256,
                    said.engine,
                    said.epoch
                )
            );
    }

    function receiptHash(Receipt memory said) internal pure returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Receipt(address node,address client,address contest,uint256 entryId,bytes32 manifestHash,bytes32 modelRoot,uint64 epoch,uint64 nonce,bytes32 requestHash,bytes32 responseHash,bytes32 paramsHash,uint64 seed,uint32 promptTokens,uint32 outputTokens,uint32 firstTokenMs,uint32 totalMs)"
        );
        bytes memory first = abi.encode(
            typeHash,
            said.node,
            said.client,
            said.contest,
            said.entryId,
            said.manifestHash,
            said.modelRoot,
            said.epoch
        );
        bytes memory second = abi.encode(
            said.nonce,
            said.requestHash,
            said.responseHash,
            said.paramsHash,
            said.seed,
            said.promptTokens,
            said.outputTokens,
            said.firstTokenMs,
            said.totalMs
        );
        return keccak256(abi.encodePacked(first, second));
    }

    function digestAt(INodeRegistry where, bytes32 structHash) internal view returns (bytes32) {
        return digestOn(block.chainid, where, structHash);
    }

    function digestOn(uint256 chainId, INodeRegistry where, bytes32 structHash) internal pure returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Coindrop Nodes"),
                keccak256("1"),
                chainId,
                address(where)
            )
        );
        return keccak256(abi.encodePacked("\x19\x01", domain, structHash));
    }

    function sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev The same signature mirrored on the curve: valid to whoever forgets to refuse high s.
    function mirrored(bytes memory signature) internal pure returns (bytes memory) {
        (bytes32 r, bytes32 s) = abi.decode(signature, (bytes32, bytes32));
        uint8 v = uint8(signature[64]) == 27 ? 28 : 27;
        return abi.encodePacked(r, bytes32(CURVE_ORDER - uint256(s)), v);
    }
}
