// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {Attestation, INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {Statements} from "../libraries/Statements.sol";

import {BlockChallenges} from "./BlockChallenges.sol";
import {Credits} from "./Credits.sol";
import {Evidence} from "./Evidence.sol";
import {Nodes} from "./Nodes.sol";

/// @title Node registry
contract NodeRegistry is BlockChallenges {
    uint256 private constant MAX_EPOCHS_BACK = 24;

    /// @param coin_ What stakes are paid in: a plain ERC-20.
    /// @param factory_ Whose contests nodes can speak of.
    /// @param minStake_ Least stake of an active node, in wei, above 0.
    /// @param minBlockBond_ Least bond of a block challenge in wei of the chain's own coin, above 0.
    constructor(
        address coin_,
        address factory_,
        uint256 minStake_,
        uint256 minBlockBond_
    ) EIP712("Coindrop Nodes", "1") Credits(coin_) Nodes(minStake_) Evidence(factory_) BlockChallenges(minBlockBond_) {}

    /// @inheritdoc INodeRegistry
    function attest(Attestation[] calldata attestations, bytes[] calldata signatures) external {
        if (attestations.length != signatures.length || attestations.length == 0) {
            revert Nodes_BadLists(attestations.length, signatures.length);
        }
        for (uint256 i = 0; i < attestations.length; ++i) _attest(attestations[i], signatures[i]);
    }

    function _attest(Attestation calldata said, bytes calldata signature) private {
        Node storage node = _nodes[said.node];
        if (!_isActive(node)) revert Nodes_Inactive(said.node, node.stake, minStake);
        uint256 current = block.timestamp / EPOCH;
        if (said.epoch > current || said.epoch + MAX_EPOCHS_BACK < current) {
            revert Nodes_BadEpoch(said.epoch, uint64(current)); // hours fit 64 bits
        }
        _requireContest(said.contest);
        (address key, ) = _requireKeyOf(said.node, Statements.attestationHash(said), signature);

        emit Attested(
            said.node,
            said.contest,
            said.entryId,
            key,
            said.manifestHash,
            said.modelRoot,
            said.modelSha256,
            said.engine,
            said.epoch
        );
    }
}
