// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrableV2} from "./IArbitrableV2.sol";

/// @title Arbitrator of Kleros v2
/// @notice What this house asks of KlerosCore.
/// @dev Written from the published interface, github.com/kleros/kleros-v2,
/// contracts/src/arbitration/interfaces/IArbitratorV2.sol, without paying fees in tokens and without what no contract
/// here calls. `extraData` is abi.encode(uint256 court, uint256 minimumJurors, uint256 disputeKit).
///
/// Safety and liveness: Kleros' own affair. The adapter counts on neither (see `IKlerosArbitrator`): it refuses an id that
/// it was given before and a second ruling, passes no ruling on that is none of the choices, and waits for nothing.
interface IArbitratorV2 {
    /// @notice A dispute was opened with Kleros.
    /// @dev Promises to readers, made by Kleros and kept or broken by its code, which its governor can replace: 1. once for
    /// each id; 2. `_arbitrable` opened it. No contract of this house emits it or rests on it.
    event DisputeCreation(uint256 indexed _disputeID, IArbitrableV2 indexed _arbitrable);

    /// @notice Kleros ruled.
    /// @dev Promises to readers, made by Kleros as above: 1. once for each dispute; 2. appeals are over. What the adapter
    /// took is told by the adapter's own `Ruling`.
    event Ruling(IArbitrableV2 indexed _arbitrable, uint256 indexed _disputeID, uint256 _ruling);

    /// @notice Opens a dispute of the calling contract. Must be paid at least `arbitrationCost(extraData)`.
    /// @param numberOfChoices How many rulings there are besides 0, a refusal to decide.
    /// @return disputeID Kleros' id, counting up from 0.
    function createDispute(
        uint256 numberOfChoices,
        bytes calldata extraData
    ) external payable returns (uint256 disputeID);

    /// @notice Returns what a dispute costs, in wei of the chain's own coin.
    function arbitrationCost(bytes calldata extraData) external view returns (uint256 cost);

    /// @notice Returns the ruling as it stands, which appeals may still change; for readers.
    function currentRuling(uint256 disputeID) external view returns (uint256 ruling, bool tied, bool overridden);
}
