// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrable} from "./IArbitrable.sol";
import {IArbitrableV2} from "./IArbitrableV2.sol";
import {IArbitrator} from "./IArbitrator.sol";
import {IArbitratorV2} from "./IArbitratorV2.sol";
import {IRulings} from "./IRulings.sol";

/// @notice What the adapter keeps of a dispute.
/// @param arbitrable The contract that opened it; zero for an unknown id.
/// @param choices Rulings are 0, a refusal to decide, to `choices`.
/// @param ruling The ruling; 0 as long as there is none.
/// @param ruled Whether Kleros ruled.
/// @param delivered Whether the arbitrable took the ruling.
struct KlerosDispute {
    IArbitrable arbitrable;
    uint8 choices;
    uint8 ruling;
    bool ruled;
    bool delivered;
}

/// @title Kleros arbitrator
/// @notice Lets contests be ruled on by Kleros v2: towards them it is an ERC-792 arbitrator, towards KlerosCore an
/// arbitrable. Dispute ids are Kleros' own.
///
/// @dev Safety, which holds whatever anybody does:
/// - KlerosCore and the template are fixed when it is deployed. There is no owner, and it never holds a coin.
/// - A dispute has at most one ruling, which only KlerosCore gives; the arbitrable that opened it gets that ruling, at
///   most once, and nobody else does. A ruling outside of the dispute's choices is passed on as 0.
///
/// Liveness:
/// - An arbitrable that reverts, uses up its gas or has no code any more keeps nothing at Kleros from ending: the ruling
///   is kept, and anyone can try again to give it.
///
/// - Not promised: that Kleros takes disputes from this adapter. Its core keeps a list of arbitrables that its governor
///   edits (published source of KlerosCoreNeo); while the adapter is not on it every challenge reverts and takes nothing.
///
/// Trust: Kleros' jurors, its governor, who can replace KlerosCore's code and that list, and the template's author, whose text tells
/// the jurors what 1 and 2 mean. Read the template before naming an adapter in a contest's rules.
///
/// Evidence goes to Kleros' evidence module, where the court's pages look for it; anyone may submit there. What a
/// contest publishes (`Evidence` of ERC-1497) can be found from `DisputeRequest`: the contest's address is its
/// `_externalDisputeID`.
interface IKlerosArbitrator is IArbitrator, IArbitrableV2, IRulings {
    /// @notice A ruling was given to its arbitrable, or could not be.
    /// @dev Promises to readers:
    /// 1. At most one is emitted with `delivered` true for a dispute, and none after it.
    /// 2. Follows the `Ruling` of the dispute and carries its ruling.
    /// @param delivered Whether the arbitrable took it. If not, anyone may call `relayRuling`.
    event RulingRelayed(uint256 indexed disputeId, IArbitrable indexed arbitrable, bool delivered);

    /// @notice There is no contract at this address.
    error Kleros_NoCode(address account);
    /// @notice A dispute needs 1 to 255 choices.
    error Kleros_BadChoices(uint256 choices);
    /// @notice KlerosCore gave an id that it gave before.
    error Kleros_IdInUse(uint256 disputeId);
    /// @notice Only KlerosCore gives rulings.
    error Kleros_NotCore(address caller);
    /// @notice No dispute has this id.
    error Kleros_Unknown(uint256 disputeId);
    /// @notice The dispute has its ruling.
    error Kleros_Ruled(uint256 disputeId, uint256 ruling);
    /// @notice The dispute has no ruling.
    error Kleros_NotRuled(uint256 disputeId);
    /// @notice The arbitrable took the ruling already.
    error Kleros_Delivered(uint256 disputeId);
    /// @notice The arbitrable did not take the ruling.
    error Kleros_NotTaken(uint256 disputeId);

    /// @notice Gives a ruling to an arbitrable that could not take it before. Anyone may call it.
    /// @dev Reverts when the arbitrable does not take it this time either.
    function relayRuling(uint256 disputeId) external;

    /// @notice Returns KlerosCore.
    function core() external view returns (IArbitratorV2);

    /// @notice Returns the number of the template that tells jurors what disputes are about.
    function templateId() external view returns (uint256);

    /// @notice Returns what is kept of a dispute; all zero for an unknown id.
    function disputeOf(uint256 disputeId) external view returns (KlerosDispute memory);
}
