// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrable} from "./IArbitrable.sol";

/// @title Arbitrator
/// @notice Rules on disputes that other contracts, the arbitrables, bring and pay for.
/// @dev The part of ERC-792 (https://github.com/ethereum/EIPs/issues/792) that an arbitrable needs; parameter names are
/// its own. Appeals, which ERC-792 also has, are each arbitrator's inner affair and are not asked for here.
///
/// Safety: an arbitrator decides what it is asked and nothing else. That it decides well is trust in whoever stands behind
/// it. An arbitrable must expect that it rules more than once, charges another fee than it said, gives an id twice, or
/// calls back in the middle of a call.
///
/// Liveness: none may be counted on. An arbitrable must expect that it never rules, reverts, or uses up all gas.
interface IArbitrator {
    /// @notice A dispute was opened.
    /// @dev Promises to readers:
    /// 1. Emitted once for each id, in the transaction of its `createDispute`.
    /// 2. Ids are not reused. The first may be 0.
    /// @param disputeID The arbitrator's id of the dispute.
    /// @param arbitrable The contract that opened it and that will be ruled on.
    event DisputeCreation(uint256 indexed disputeID, IArbitrable indexed arbitrable);

    /// @notice Opens a dispute of the calling contract; the ruling will be given to it.
    /// @dev Must be paid at least `arbitrationCost(extraData)`.
    /// @param choices How many rulings there are besides 0, which stands for a refusal to decide: rulings are 0 to `choices`.
    /// @param extraData What the arbitrator needs to know, in its own format.
    /// @return disputeId The arbitrator's id of the dispute, which may be 0.
    function createDispute(uint256 choices, bytes calldata extraData) external payable returns (uint256 disputeId);

    /// @notice Returns what opening a dispute costs.
    /// @param extraData The bytes that `createDispute` would get.
    /// @return cost Wei of the chain's own coin.
    function arbitrationCost(bytes calldata extraData) external view returns (uint256 cost);
}
