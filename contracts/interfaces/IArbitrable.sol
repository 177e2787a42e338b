// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrator} from "./IArbitrator.sol";

/// @title Arbitrable
/// @notice Opens disputes with an arbitrator and is told the rulings.
/// @dev ERC-792 (https://github.com/ethereum/EIPs/issues/792).
///
/// Safety, of the arbitrables of this house: only the arbitrator that was asked is heard, only about disputes that it was
/// asked about, and its first word on each is the last. A ruling changes what the dispute is about and nothing else.
///
/// Liveness, of the same: an arbitrable needs no ruling to go on. A dispute ends without one when its time is up.
///
/// Assumed of the arbitrator: see `IArbitrator`. Nothing, beyond that it decides what it is asked.
interface IArbitrable {
    /// @notice A ruling reached this contract and took effect.
    /// @dev Promises to readers: 1. at most once for each dispute, and not when it ran out of time before; 2. `arbitrator`
    /// gave it, in this transaction.
    /// @param arbitrator Who ruled.
    /// @param disputeID The arbitrator's id of the dispute.
    /// @param ruling 0 for a refusal to decide, otherwise one of the choices.
    event Ruling(IArbitrator indexed arbitrator, uint256 indexed disputeID, uint256 ruling);

    /// @notice Takes the ruling on a dispute; only its arbitrator may call it.
    /// @param disputeId The arbitrator's id of the dispute.
    /// @param ruling 0 for a refusal to decide, otherwise one of the choices.
    function rule(uint256 disputeId, uint256 ruling) external;
}
