// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrable} from "./IArbitrable.sol";
import {IArbitrator} from "./IArbitrator.sol";
import {IRulings} from "./IRulings.sol";

/// @notice What the panel keeps of a dispute.
/// @param arbitrable The contract that opened it.
/// @param choices Rulings are 0, a refusal to decide, to `choices`.
/// @param votesCast How many members have voted.
/// @param ruled Whether the ruling stands.
/// @param ruling The ruling; 0 as long as there is none.
/// @param delivered Whether the arbitrable took the ruling.
struct PanelDispute {
    address arbitrable;
    uint256 choices;
    uint256 votesCast;
    bool ruled;
    uint256 ruling;
    bool delivered;
}

/// @title Panel arbitrator
/// @notice A few named members rule on disputes by public votes: what `threshold` of them vote for is the ruling.
///
/// @dev Safety, which holds whatever anybody does:
/// - Members, threshold and fee never change. There is no owner.
/// - A member votes at most once on a dispute, and for good: a vote cannot be changed or taken back.
/// - The threshold is more than half of the members, so at most one ruling can reach it and the order of the votes does
///   not matter. A ruling never changes and is given to its arbitrable at most once.
/// - The balance covers the fees of all disputes without a ruling and all credits.
///
/// Formulas, with m the threshold, c the votes of the strongest ruling, l the members who have not voted. Source:
/// contracts/PROTOCOL.md, Arbitration; above half, two rulings cannot both reach m.
/// - Outcome, after each vote: the ruling with m votes; else 0 as soon as c + l < m; else none yet.
/// - Of the fee ⌊fee / voters⌋ to each who voted, and what does not divide to the last of them.
///
/// Liveness:
/// - A dispute ends as soon as `threshold` members vote alike, or so many differently that no ruling can reach the
///   threshold any more: then the ruling is 0. Members who never vote can keep a dispute open for ever, so an arbitrable
///   needs a time-out of its own.
/// - An arbitrable that reverts, uses up its gas or has no code any more keeps nobody's vote or fee from counting: the
///   ruling stands, and anyone can try again to give it.
/// - A member that cannot be paid blocks only itself.
///
/// Trust: `threshold` members together decide every dispute as they like. They answer with their names and with the
/// reasons that they give.
interface IPanelArbitrator is IArbitrator, IRulings {
    /* EVENTS */

    /// @notice A member voted.
    /// @dev Promises to readers:
    /// 1. At most once for a member and dispute; the vote stands for ever.
    /// 2. `member` is one of `members()` and sent this itself.
    /// 3. Never emitted after the dispute's `Ruled`.
    /// @param disputeId The dispute.
    /// @param member Who voted.
    /// @param ruling What for: 0 to the dispute's choices.
    /// @param reason Why: a text or the URI of one, 1 to 2,048 bytes.
    event Voted(uint256 indexed disputeId, address indexed member, uint256 ruling, string reason);

    /// @notice A dispute has its ruling.
    /// @dev Promises to readers:
    /// 1. Emitted once for a dispute, after the `Voted` that decided it, in the same transaction.
    /// 2. `threshold` members voted for `ruling`; or `ruling` is 0 because no ruling could reach the threshold any more.
    event Ruled(uint256 indexed disputeId, uint256 ruling);

    /// @notice A ruling was given to its arbitrable, or could not be.
    /// @dev Promises to readers:
    /// 1. At most one is emitted with `delivered` true for a dispute, and none after it.
    /// 2. The ruling given is that of the dispute's `Ruled`.
    /// @param delivered Whether the arbitrable took it. If not, anyone may call `relayRuling`.
    event RulingRelayed(uint256 indexed disputeId, IArbitrable indexed arbitrable, bool delivered);

    /// @notice A member's share of a dispute's fee waits for its `collect`, in wei of the chain's own coin.
    /// @dev Promises to readers: 1. the shares of a dispute sum to its fee; 2. credits minus what was collected are
    /// `creditOf`.
    event Credited(uint256 indexed disputeId, address indexed member, uint256 amount);

    /// @notice A member was paid what it was owed, in wei of the chain's own coin.
    /// @dev Promises to readers: 1. `amount` was all of the member's credit, and was paid in this transaction; 2. the member
    /// sent this itself.
    /// @param to The member, or whom it named in its own call.
    event Collected(address indexed member, address to, uint256 amount);

    /* ERRORS */

    /// @notice There is no member, or there are more than 32.
    error Panel_BadMembers(uint256 members);
    /// @notice This member, at `index` counted from 0, is zero, named before, or this contract.
    error Panel_BadMember(uint256 index, address member);
    /// @notice The threshold is not more than half of the members, or is more than all.
    error Panel_BadThreshold(uint256 threshold, uint256 members);
    /// @notice A dispute needs 1 to 254 choices.
    error Panel_BadChoices(uint256 choices);
    /// @notice Exactly the fee must be paid, in wei of the chain's own coin.
    error Panel_WrongFee(uint256 fee, uint256 given);
    /// @notice No dispute has this id.
    error Panel_Unknown(uint256 disputeId);
    /// @notice The caller is no member.
    error Panel_NotMember(address caller);
    /// @notice The member voted on this dispute before.
    error Panel_Voted(uint256 disputeId, address member);
    /// @notice The dispute has its ruling.
    error Panel_Ruled(uint256 disputeId, uint256 ruling);
    /// @notice The dispute has no ruling.
    error Panel_NotRuled(uint256 disputeId);
    /// @notice There is no such choice in this dispute.
    error Panel_BadRuling(uint256 ruling, uint256 choices);
    /// @notice The reason is empty or over 2,048 bytes.
    error Panel_BadReason(uint256 length);
    /// @notice The arbitrable took the ruling already.
    error Panel_Delivered(uint256 disputeId);
    /// @notice The arbitrable did not take the ruling.
    error Panel_NotTaken(uint256 disputeId);
    /// @notice Nothing is owed to this account.
    error Panel_NothingOwed(address account);
    /// @notice The receiver did not take the coins.
    error Panel_NotPaid(address to, uint256 amount);

    /* DISPUTES */

    /// @notice Votes on a dispute; the vote that decides it gives the ruling to the arbitrable.
    /// @dev Members only. The vote that decides needs 1,065,873 gas for the arbitrable's `rule`, used or not; with less it is
    /// refused (`Rulings_TooLittleGas`), so that nobody's vote passes and its ruling gets lost. The fee is shared equally among all who
    /// voted, however they did: whoever disagrees is paid alike. What does not divide goes to the last of them.
    /// @param disputeId The dispute, without a ruling so far.
    /// @param ruling 0, a refusal to decide, to the dispute's choices.
    /// @param reason Why: a text or the URI of one, 1 to 2,048 bytes. Published.
    function vote(uint256 disputeId, uint256 ruling, string calldata reason) external;

    /// @notice Gives a ruling to an arbitrable that could not take it before. Anyone may call it.
    /// @dev Reverts when the arbitrable does not take it this time either.
    function relayRuling(uint256 disputeId) external;

    /* FEES */

    /// @notice Pays the caller all that is credited to it.
    function collect() external;

    /// @notice Pays all that is credited to the caller to `to`.
    function collectTo(address to) external;

    /* VIEWS */

    /// @notice Returns the members.
    function members() external view returns (address[] memory);

    /// @notice Returns how many members must vote alike for a ruling.
    function threshold() external view returns (uint256);

    /// @notice Returns the fee of a dispute, in wei of the chain's own coin.
    function fee() external view returns (uint256);

    /// @notice Returns how many disputes were ever opened: ids count up from 0.
    function disputeCount() external view returns (uint256);

    /// @notice Returns what is kept of a dispute.
    function disputeOf(uint256 disputeId) external view returns (PanelDispute memory);

    /// @notice Returns whether an account voted on a dispute, and what for.
    function voteOf(uint256 disputeId, address member) external view returns (bool voted, uint256 ruling);

    /// @notice Returns the wei of the chain's own coin that `collect` would pay an account.
    function creditOf(address account) external view returns (uint256);
}
