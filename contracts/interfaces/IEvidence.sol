// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrator} from "./IArbitrator.sol";

/// @title Evidence
/// @notice How an arbitrable shows arbitrators, and everybody else, what a dispute is about and what speaks for whom.
/// @dev ERC-1497 (https://github.com/ethereum/EIPs/issues/1497): three events, no functions. Texts are kept off the
/// chain; the strings here say where.
///
/// Safety: these events change nothing and nothing rests on them. An arbitrable tells its own story in its own events.
///
/// Liveness: that what a URI names can be fetched is promised by nobody.
///
/// Not promised: anything about what the strings say. No contract reads them.
interface IEvidence {
    /// @notice What disputes of one kind are about: the question, and what each ruling means.
    /// @dev Promises to readers: 1. at most once for a number; 2. told at the latest in the transaction of the first
    /// `Dispute` that names it. A contest has one kind, 0, told with its first challenge, in a URI that holds the text
    /// itself.
    /// @param metaEvidenceID The arbitrable's number for this kind of dispute.
    /// @param evidence URI of the JSON that says it.
    event MetaEvidence(uint256 indexed metaEvidenceID, string evidence);

    /// @notice Somebody submitted evidence.
    /// @dev Promises to readers: 1. `party` sent this itself; 2. a dispute of the group was open, or was being
    /// opened. In a contest the group is the id of the challenge, `arbitrator` that of the rules, and the URI has 1 to 512
    /// bytes; anyone may submit.
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
    /// @dev Promises to readers: 1. once for each dispute, in the transaction that opened it; 2. its numbers never change.
    /// In a contest the group is the id of the challenge, and no two challenges have one dispute.
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
