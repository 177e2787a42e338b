// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EntryView, IContest} from "../interfaces/IContest.sol";
import {IContestFactory} from "../interfaces/IContestFactory.sol";
import {Attestation, EntryHashes, Fault, INodeRegistry, Receipt} from "../interfaces/INodeRegistry.sol";
import {Statements} from "../libraries/Statements.sol";

import {Nodes} from "./Nodes.sol";

/// @title Evidence
/// @notice What a node signed about an entry, held against what the chain keeps of the entry.
abstract contract Evidence is Nodes {
    /// @inheritdoc INodeRegistry
    address public immutable factory;

    /// @inheritdoc INodeRegistry
    mapping(bytes32 statement => bool) public isPunished;

    /// @param factory_ Whose contests nodes can speak of.
    constructor(address factory_) {
        factory = factory_;
    }

    /// @inheritdoc INodeRegistry
    function slashAttestation(
        Attestation calldata said,
        bytes calldata signature,
        EntryHashes calldata hashes
    ) external {
        (, bytes32 digest) = _requireKeyOf(said.node, Statements.attestationHash(said), signature);
        _entryBehind(said.contest, said.entryId, hashes);
        if (
            said.manifestHash == hashes.manifestHash &&
            said.modelRoot == hashes.modelRoot &&
            said.modelSha256 == hashes.modelSha256
        ) revert Nodes_StatementTrue();
        _punish(Slash(said.node, said.contest, said.entryId, Fault.FalseAttestation, digest));
    }

    /// @inheritdoc INodeRegistry
    function slashReceipt(Receipt calldata said, bytes calldata signature, EntryHashes calldata hashes) external {
        (, bytes32 digest) = _requireKeyOf(said.node, Statements.receiptHash(said), signature);
        _entryBehind(said.contest, said.entryId, hashes);
        if (said.manifestHash == hashes.manifestHash && said.modelRoot == hashes.modelRoot) {
            revert Nodes_StatementTrue();
        }
        _punish(Slash(said.node, said.contest, said.entryId, Fault.FalseReceipt, digest));
    }

    /// @dev Returns the entry whose hashes these are. Only entries of the factory's contests can be spoken of, of any
    /// status, and none that was never submitted: about those nothing that a node says is false.
    function _entryBehind(
        address contest,
        uint256 entryId,
        EntryHashes calldata hashes
    ) internal view returns (EntryView memory entry) {
        _requireContest(contest);
        entry = IContest(contest).entry(entryId);
        if (entry.author == address(0)) revert Nodes_UnknownEntry(contest, entryId);
        bytes32 identity = keccak256(abi.encode(hashes.manifestHash, hashes.modelSha256, hashes.modelRoot));
        if (identity != entry.identity) revert Nodes_WrongHashes(entry.identity, identity);
    }

    function _requireContest(address contest) internal view {
        if (!IContestFactory(factory).isContest(contest)) revert Nodes_UnknownContest(contest);
    }

    /// @dev Takes the whole stake. A statement is paid for once, and only at the full price: otherwise a node that holds
    /// next to nothing could use its lies up on itself before it stakes and tells them.
    function _punish(Slash memory what) private {
        if (isPunished[what.evidence]) revert Nodes_Punished(what.evidence);
        uint256 stake = _nodes[what.node].stake;
        if (stake == 0) revert Nodes_NothingAtStake(what.node);

        if (stake >= minStake) isPunished[what.evidence] = true;
        _slash(what, stake, msg.sender);
    }
}
