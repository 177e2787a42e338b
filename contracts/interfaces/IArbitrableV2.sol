// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitratorV2} from "./IArbitratorV2.sol";

/// @title Arbitrable of Kleros v2
/// @notice What Kleros and its court's pages expect of a contract that brings disputes.
/// @dev Written from the published interface, github.com/kleros/kleros-v2,
/// contracts/src/arbitration/interfaces/IArbitrableV2.sol, with the `DisputeRequest` of the contracts that Kleros has on
/// Arbitrum One (DisputeResolver at 0xb5526D022962A1fFf6eD32C93e8b714c901F4323). Kleros' development branch leaves the
/// third and the fifth field out.
///
/// Safety and liveness of what this house builds on it, the adapter: see `IKlerosArbitrator`.
interface IArbitrableV2 {
    /// @notice A dispute was opened; the court's pages find the template here that tells jurors what it is about.
    /// @dev Promises to readers, of the adapter: 1. once for each dispute, right after its `DisputeCreation`; 2. the third
    /// field is the address of the contract that opened it, as a number; 3. the template is always the adapter's own, so the
    /// last field is empty.
    /// @param _arbitrator KlerosCore.
    /// @param _arbitratorDisputeID Kleros' id of the dispute.
    /// @param _externalDisputeID Whatever the arbitrable calls it.
    /// @param _templateId The template's number in the template registry.
    /// @param _templateUri Where the template is, for arbitrables that do not register theirs; otherwise empty.
    event DisputeRequest(
        IArbitratorV2 indexed _arbitrator,
        uint256 indexed _arbitratorDisputeID,
        uint256 _externalDisputeID,
        uint256 _templateId,
        string _templateUri
    );

    /// @notice A ruling reached this contract.
    /// @dev Promises to readers, of the adapter: 1. at most once for a dispute; 2. `_arbitrator`, which is KlerosCore, gave
    /// it in this transaction; 3. `_ruling` is what goes to the arbitrable: Kleros' own, or 0 where that is none of the
    /// choices.
    /// @param _arbitrator KlerosCore.
    /// @param _disputeID Kleros' id of the dispute.
    /// @param _ruling 0 for a refusal to decide, otherwise one of the choices.
    event Ruling(IArbitratorV2 indexed _arbitrator, uint256 indexed _disputeID, uint256 _ruling);

    /// @notice Takes a ruling; only the arbitrator may call it.
    /// @param disputeID Kleros' id of the dispute.
    /// @param ruling 0 for a refusal to decide, otherwise one of the choices.
    function rule(uint256 disputeID, uint256 ruling) external;
}
