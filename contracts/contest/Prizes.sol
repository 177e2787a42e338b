// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IContest, Phase} from "../interfaces/IContest.sol";
import {Ranks, RanksLib} from "../libraries/Ranks.sol";
import {RulesCode} from "../libraries/RulesCode.sol";
import {Standings} from "./Standings.sol";

/// @title Prizes
/// @notice The pot: who filled it, how it is split when the result is final, and who was paid.
/// @dev Divisions round down. What that leaves of the prizes goes to rank 1; what it leaves of the refunds stays.
abstract contract Prizes is Standings {
    /// @dev One slot. `paid` has a bit for each rank, bit 0 for rank 1.
    struct Pot {
        uint128 total;
        uint16 paid;
    }

    uint256 private constant BASIS_POINTS = 10_000;

    Pot private _pot;
    mapping(address funder => uint256) private _funded;

    /* RESULT */

    /// @inheritdoc IContest
    function fund(uint256 amount) external onlyClone {
        if (_isFinal()) revert Contest_WrongPhase(Phase.Final);
        if (amount == 0) revert Ballots_NoAmount();
        uint256 total = _pot.total;
        if (amount > type(uint128).max - total) revert Prizes_PotTooLarge(amount);

        total += amount;
        _pot.total = uint128(total); // checked above
        _funded[msg.sender] += amount;
        emit PotFunded(msg.sender, amount, total);
        (address prizeToken, ) = _pair(RulesCode.PRIZE_TOKEN_AND_CHALLENGE_BOND);
        _pullExactly(prizeToken, amount);
    }

    /// @inheritdoc IContest
    function finalize() external onlyClone {
        _requirePhase(Phase.Counting);
        Roll storage roll = _roll;
        if (roll.counted != roll.entries) revert Standings_NotCounted(roll.counted, roll.entries);

        Ranks ranks = roll.ranks;
        uint256 total = _pot.total;
        roll.isFinal = true;
        emit Finalized(Ranks.unwrap(ranks), total, _unheld(total, ranks));
    }

    /// @inheritdoc IContest
    function claim(uint256 rank) external onlyClone {
        (uint256 entryId, address author) = _holderOf(rank);
        _pay(rank, entryId, author);
    }

    /// @inheritdoc IContest
    function claimTo(uint256 rank, address to) external onlyClone {
        (uint256 entryId, address author) = _holderOf(rank);
        if (author != msg.sender) revert Entries_NotAuthor(author, msg.sender);
        _pay(rank, entryId, to);
    }

    /// @inheritdoc IContest
    function reclaim() external onlyClone {
        _requirePhase(Phase.Final);
        uint256 funded = _funded[msg.sender];
        uint256 total = _pot.total;
        uint256 refund = funded == 0 ? 0 : Math.mulDiv(funded, _unheld(total, _roll.ranks), total);
        if (refund == 0) revert Prizes_NothingOwed(msg.sender);

        _funded[msg.sender] = 0;
        (address prizeToken, ) = _pair(RulesCode.PRIZE_TOKEN_AND_CHALLENGE_BOND);
        emit Reclaimed(msg.sender, refund);
        _payOut(prizeToken, msg.sender, refund);
    }

    /* VIEWS */

    /// @inheritdoc IContest
    function pot() external view onlyClone returns (uint256 total, uint256 unheld, uint256 paid) {
        total = _pot.total;
        unheld = _isFinal() ? _unheld(total, _roll.ranks) : 0;
        paid = _pot.paid;
    }

    /// @inheritdoc IContest
    function fundedBy(address funder) external view onlyClone returns (uint256) {
        return _funded[funder];
    }

    /* INTERNALS */

    function _holderOf(uint256 rank) private view returns (uint256 entryId, address author) {
        _requirePhase(Phase.Final);
        if (rank == 0 || rank > RanksLib.SIZE) revert Standings_NoRank(rank);
        entryId = _roll.ranks.idAt(rank);
        if (entryId == 0) revert Standings_NoRank(rank);
        author = _entries[entryId].author;
    }

    function _pay(uint256 rank, uint256 entryId, address to) private {
        uint256 paid = _pot.paid;
        uint256 bit = 1 << (rank - 1);
        if (paid & bit != 0) revert Prizes_Claimed(rank);
        uint256 amount = _prizeOf(_pot.total, rank);
        if (amount == 0) revert Prizes_NothingOwed(to);

        _pot.paid = uint16(paid | bit); // ten bits
        (address prizeToken, ) = _pair(RulesCode.PRIZE_TOKEN_AND_CHALLENGE_BOND);
        emit PrizeClaimed(rank, entryId, to, amount);
        _payOut(prizeToken, to, amount);
    }

    /// @dev ⌊pot · share / 10,000⌋, and for rank 1 what rounding leaves. Source: contracts/PROTOCOL.md, Prizes.
    function _prizeOf(uint256 total, uint256 rank) private view returns (uint256) {
        (uint256 split, ) = _splitAndMinTally();
        if (rank > 1) return (total * _share(split, rank)) / BASIS_POINTS;
        uint256 others = 0;
        for (uint256 other = 2; other <= RanksLib.SIZE; ++other)
            others += (total * _share(split, other)) / BASIS_POINTS;
        return total - others;
    }

    /// @dev What the ranks that nobody holds would have been paid; everything when nobody holds any.
    function _unheld(uint256 total, Ranks ranks) private view returns (uint256 sum) {
        uint256 held = ranks.held();
        if (held == RanksLib.SIZE) return 0;
        if (held == 0) return total;
        (uint256 split, ) = _splitAndMinTally();
        for (uint256 rank = held + 1; rank <= RanksLib.SIZE; ++rank)
            sum += (total * _share(split, rank)) / BASIS_POINTS;
    }
}
