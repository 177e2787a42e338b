// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

import {EntryStatus, IContest, Tally} from "../interfaces/IContest.sol";
import {RulesCode} from "../libraries/RulesCode.sol";
import {Schedule} from "../libraries/Schedule.sol";
import {Stake, StakeLib} from "../libraries/Stake.sol";
import {TallyMath} from "../libraries/TallyMath.sol";
import {Challenges} from "./Challenges.sol";

/// @title Ballots
/// @notice Coins in, coins out, and what they weigh in the meantime.
/// @dev Every action writes all of its state before a coin moves, so a coin that calls back finds nothing half done.
abstract contract Ballots is Challenges {
    mapping(address voter => mapping(uint256 entryId => Stake)) internal _stakes;

    /* STAKES */

    /// @inheritdoc IContest
    function drop(uint256 entryId, uint256 amount) external onlyClone {
        _drop(entryId, amount);
    }

    /// @inheritdoc IContest
    function dropWithPermit(
        uint256 entryId,
        uint256 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external onlyClone {
        (address coin, ) = _pair(RulesCode.COIN_AND_ENTRY_BOND);
        // Anybody can use up a permit before us; what counts is whether the coins come.
        try IERC20Permit(coin).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        _drop(entryId, amount);
    }

    /// @inheritdoc IContest
    function dropMany(uint256[] calldata entryIds, uint256[] calldata amounts) external onlyClone {
        if (entryIds.length != amounts.length || entryIds.length == 0) {
            revert Ballots_BadLists(entryIds.length, amounts.length);
        }
        Schedule schedule = _requireVoting();
        uint256 sum = 0;
        for (uint256 i = 0; i < entryIds.length; ++i) {
            _add(schedule, msg.sender, entryIds[i], amounts[i], 0);
            sum += amounts[i];
        }
        (address coin, ) = _pair(RulesCode.COIN_AND_ENTRY_BOND);
        _pullExactly(coin, sum);
    }

    /// @inheritdoc IContest
    function withdraw(uint256 entryId, uint256 amount) external onlyClone {
        _remove(_schedule(), msg.sender, entryId, amount, 0);
        (address coin, ) = _pair(RulesCode.COIN_AND_ENTRY_BOND);
        _payOut(coin, msg.sender, amount);
    }

    /// @inheritdoc IContest
    function withdrawMany(uint256[] calldata entryIds) external onlyClone {
        Schedule schedule = _schedule();
        uint256 sum = 0;
        for (uint256 i = 0; i < entryIds.length; ++i) {
            uint256 coins = _stakes[msg.sender][entryIds[i]].coins();
            if (coins == 0) continue;
            _remove(schedule, msg.sender, entryIds[i], coins, 0);
            sum += coins;
        }
        if (sum == 0) revert Ballots_NoAmount();
        (address coin, ) = _pair(RulesCode.COIN_AND_ENTRY_BOND);
        _payOut(coin, msg.sender, sum);
    }

    /// @inheritdoc IContest
    function move(uint256 fromEntry, uint256 toEntry, uint256 amount) external onlyClone {
        if (fromEntry == toEntry) revert Ballots_SameEntry(fromEntry);
        Schedule schedule = _requireVoting();
        _remove(schedule, msg.sender, fromEntry, amount, 0);
        _add(schedule, msg.sender, toEntry, amount, 0);
    }

    /// @inheritdoc IContest
    function reweigh(uint256[] calldata entryIds) external onlyClone {
        if (entryIds.length == 0) revert Ballots_BadLists(0, 0);
        Schedule schedule = _requireVoting();
        (address adapter, uint96 personCap) = _pair(RulesCode.PERSONHOOD_AND_PERSON_CAP);
        if (adapter == address(0)) revert Persons_OpenContest();
        if (!_accounts[msg.sender].person) revert Persons_NotBound(msg.sender);

        for (uint256 i = 0; i < entryIds.length; ++i) {
            uint256 entryId = entryIds[i];
            _requireLive(entryId);
            Stake stake = _stakes[msg.sender][entryId];
            uint256 coins = stake.coins();
            if (coins == 0) revert Ballots_Insufficient(0, 1);
            if (stake.weight() != 0) continue;
            uint256 weight = _countStake(msg.sender, 0, coins, personCap);
            _stakes[msg.sender][entryId] = StakeLib.pack(coins, weight, stake.nonces());
            _reweighEntry(schedule, msg.sender, entryId, coins, 0, weight);
        }
    }

    /* VIEWS */

    /// @inheritdoc IContest
    function stakeOf(address voter, uint256 entryId) external view onlyClone returns (uint256 stake, uint256 weight) {
        Stake stored = _stakes[voter][entryId];
        stake = stored.coins();
        (address adapter, ) = _pair(RulesCode.PERSONHOOD_AND_PERSON_CAP);
        weight = adapter == address(0) ? stake : stored.weight();
    }

    /// @inheritdoc IContest
    function tallyOf(uint256 entryId) external view onlyClone returns (Tally memory tally) {
        return entryId < IDS ? _tallies[entryId] : tally;
    }

    /// @inheritdoc IContest
    function scoreOf(uint256 entryId) external view onlyClone returns (uint256) {
        return entryId < IDS ? TallyMath.accrued(_tallies[entryId], _schedule().window()) : 0;
    }

    /// @inheritdoc IContest
    function scores(
        uint256 first,
        uint256 limit
    ) external view onlyClone returns (Tally[] memory tallies, uint256[] memory projected) {
        uint256 entries = _roll.entries;
        uint256 left = first == 0 || first > entries ? 0 : entries - first + 1;
        uint256 length = limit < left ? limit : left;
        uint256 window = _schedule().window();
        tallies = new Tally[](length);
        projected = new uint256[](length);
        for (uint256 i = 0; i < length; ++i) {
            tallies[i] = _tallies[first + i];
            projected[i] = TallyMath.accrued(_tallies[first + i], window);
        }
    }

    /* INTERNALS */

    function _drop(uint256 entryId, uint256 amount) private {
        _add(_requireVoting(), msg.sender, entryId, amount, 0);
        (address coin, ) = _pair(RulesCode.COIN_AND_ENTRY_BOND);
        _pullExactly(coin, amount);
    }

    /// @dev Adds to a stake on a live entry. A person's stake counts wholly from now on.
    /// @param spent Bit of the nonce that it spends, or 0.
    /// @return nonces Those spent before.
    function _add(
        Schedule schedule,
        address voter,
        uint256 entryId,
        uint256 amount,
        uint256 spent
    ) internal returns (uint256 nonces) {
        if (amount == 0) revert Ballots_NoAmount();
        _requireLive(entryId);
        mapping(uint256 => Stake) storage stakes = _stakes[voter];
        Stake stake = stakes[entryId];
        uint256 coins = stake.coins();
        if (amount > type(uint96).max - coins) revert Ballots_TooMuch(amount);
        uint256 newCoins = coins + amount;
        nonces = stake.nonces();

        (address adapter, uint96 personCap) = _pair(RulesCode.PERSONHOOD_AND_PERSON_CAP);
        if (adapter == address(0)) {
            stakes[entryId] = StakeLib.pack(newCoins, 0, nonces | spent);
            _reweighEntry(schedule, voter, entryId, newCoins, coins, newCoins);
        } else {
            uint256 weight = stake.weight();
            uint256 newWeight = _countStake(voter, weight == 0 ? 0 : coins, newCoins, personCap);
            stakes[entryId] = StakeLib.pack(newCoins, newWeight, nonces | spent);
            _reweighEntry(schedule, voter, entryId, newCoins, weight, newWeight);
        }
    }

    /// @dev Takes from a stake on an entry of any status. Knows no cap and never turns support into weight.
    /// @param spent Bit of the nonce that it spends, or 0.
    /// @return nonces Those spent before.
    function _remove(
        Schedule schedule,
        address voter,
        uint256 entryId,
        uint256 amount,
        uint256 spent
    ) internal returns (uint256 nonces) {
        if (amount == 0) revert Ballots_NoAmount();
        mapping(uint256 => Stake) storage stakes = _stakes[voter];
        Stake stake = stakes[entryId];
        uint256 coins = stake.coins();
        if (amount > coins) revert Ballots_Insufficient(coins, amount);
        uint256 newCoins = coins - amount;
        nonces = stake.nonces();

        (address adapter, ) = _pair(RulesCode.PERSONHOOD_AND_PERSON_CAP);
        if (adapter == address(0)) {
            stakes[entryId] = StakeLib.pack(newCoins, 0, nonces | spent);
            _reweighEntry(schedule, voter, entryId, newCoins, coins, newCoins);
        } else {
            uint256 weight = stake.weight();
            uint256 newWeight = 0;
            if (weight != 0) {
                _uncountStake(voter, amount);
                newWeight = TallyMath.personWeight(newCoins);
            }
            stakes[entryId] = StakeLib.pack(newCoins, newWeight, nonces | spent);
            _reweighEntry(schedule, voter, entryId, newCoins, weight, newWeight);
        }
    }

    /// @dev Brings the entry's tally up to now, replaces one voter's part of its weight, and tells it.
    /// Source: contracts/PROTOCOL.md, Tally.
    function _reweighEntry(
        Schedule schedule,
        address voter,
        uint256 entryId,
        uint256 stake,
        uint256 weight,
        uint256 newWeight
    ) private {
        Tally storage tally = _tallies[entryId];
        uint256 elapsed = schedule.elapsed(block.timestamp);
        (uint256 entryWeight, uint256 acc) = TallyMath.replaced(tally, elapsed, weight, newWeight);
        _tallies[entryId] = Tally({
            weight: uint96(entryWeight), // TallyMath: under 2⁹⁶
            acc: uint120(acc), // TallyMath: under 2¹²⁰
            last: uint24(elapsed), // at most the window, which is under 2²⁴
            status: tally.status
        });
        emit StakeChanged(voter, entryId, stake, newWeight, entryWeight, block.timestamp);
    }

    /// @dev A challenge stops nobody from voting: it may be groundless.
    function _requireLive(uint256 entryId) private view {
        EntryStatus status = _statusOf(entryId);
        if (status != EntryStatus.Live && status != EntryStatus.Challenged) revert Entries_NotLive(entryId, status);
    }

    function _requireVoting() internal view returns (Schedule schedule) {
        schedule = _schedule();
        if (!schedule.isVoting(block.timestamp)) revert Contest_WrongPhase(_phase());
    }
}
