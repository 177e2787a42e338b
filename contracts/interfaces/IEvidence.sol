// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrator} from "./IArbitrator.sol";

/// @title Evidence
/// @notice How an arbitrable shows arbitrators, and everybody else, what a dispute is about and what speaks for whom.
/// @dev ERC-1497 (https://github.com/ethereum/EIPs/issues/1497): three events, no functions. Texts are kept off the
/// chain; the strings here say where. Nothing in them is checked by anybody.
interface IEvidence {
    /// @notice What disputes of one kind are about: the question, and what each ruling means.
    /// @param metaEvidenceID The arbitrable's number for this kind of dispute.
    /// @param evidence URI of the JSON that says it.
    event MetaEvidence(uint256 indexed metaEvidenceID, string evidence);

    /// @notice Somebody submitted evidence.
    /// @param arbitrator Who will rule.
    /// @param evidenceGroupID What the evidence belongs to; `Dispute` links disputes to it.
    /// @param party Who submitted it.
    /// @param evidence URI of the evidence.
    event Evidence(
        IArbitrator indexed arbitrator,
        uint256 indexed evidenceGroupID,
        address indexed party,
        string evidence
    );

    /// @notice A dispute was opened about something.
    /// @param arbitrator Who will rule.
    /// @param disputeID The arbitrator's id of the dispute.
    /// @param metaEvidenceID Which `MetaEvidence` says what it is about.
    /// @param evidenceGroupID Under which group its evidence is found.
    event Dispute(
        IArbitrator indexed arbitrator,
        uint256 indexed disputeID,
        uint256 metaEvidenceID,
        uint256 evidenceGroupID
    );
}
