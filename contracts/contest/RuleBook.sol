// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContest, Phase, Rules} from "../interfaces/IContest.sol";
import {RulesCode} from "../libraries/RulesCode.sol";
import {Schedule} from "../libraries/Schedule.sol";

/// @title Rule book
/// @notice Reads the rules, which lie at the end of the contest's own code, where nothing can change them.
abstract contract RuleBook is IContest {
    /// @dev Where the shared code lives. A clone runs it under its own address.
    address private immutable _implementation = address(this);

    /// @dev The shared code carries no rules: called directly it would read its own instructions as such.
    modifier onlyClone() {
        if (address(this) == _implementation) revert Contest_NotAClone();
        _;
    }

    /* VIEWS */

    /// @inheritdoc IContest
    function rules() external view onlyClone returns (Rules memory book) {
        Schedule schedule = _schedule();
        (book.coin, book.entryBond) = _pair(RulesCode.COIN_AND_ENTRY_BOND);
        (book.prizeToken, book.challengeBond) = _pair(RulesCode.PRIZE_TOKEN_AND_CHALLENGE_BOND);
        (book.personhood, book.personCap) = _pair(RulesCode.PERSONHOOD_AND_PERSON_CAP);
        (book.arbitrator, book.entryCap) = _pair(RulesCode.ARBITRATOR_AND_ENTRY_CAP);
        book.arbitratorExtraDataHash = bytes32(_word(RulesCode.EXTRA_DATA_HASH));
        book.declarationHash = bytes32(_word(RulesCode.DECLARATION_HASH));
        book.entriesOpen = schedule.entriesOpen();
        book.votesOpen = schedule.votesOpen();
        book.countFrom = schedule.countFrom();
        book.votesClose = schedule.votesClose();
        book.rulingTimeout = schedule.rulingTimeout();
        book.maxEntries = schedule.maxEntries();
        book.maxModelBytes = schedule.maxModelBytes();
        (uint256 split, uint96 minTally) = _splitAndMinTally();
        book.minTally = minTally;
        for (uint256 rank = 1; rank <= 10; ++rank) book.split[rank - 1] = uint16(_share(split, rank));
    }

    /// @inheritdoc IContest
    function phase() external view onlyClone returns (Phase) {
        return _phase();
    }

    /* INTERNALS */

    function _phase() internal view returns (Phase) {
        return _isFinal() ? Phase.Final : _schedule().phaseAt(block.timestamp);
    }

    /// @dev Whether `finalize` was called.
    function _isFinal() internal view virtual returns (bool);

    function _requirePhase(Phase wanted) internal view {
        Phase current = _phase();
        if (current != wanted) revert Contest_WrongPhase(current);
    }

    function _schedule() internal view returns (Schedule) {
        return Schedule.wrap(_word(RulesCode.SCHEDULE));
    }

    /// @dev The upper 160 and the lower 96 bits of a word.
    function _pair(uint256 index) internal view returns (address account, uint96 amount) {
        uint256 word = _word(index);
        return (address(uint160(word >> 96)), uint96(word));
    }

    function _splitAndMinTally() internal view returns (uint256 split, uint96 minTally) {
        uint256 word = _word(RulesCode.SPLIT_AND_MIN_TALLY);
        return (word >> 96, uint96(word));
    }

    /// @dev Basis points of `rank`, 1 to 10.
    function _share(uint256 split, uint256 rank) internal pure returns (uint256) {
        return uint16(split >> (16 * (rank - 1)));
    }

    /// @dev One word of the rules. Assembly, because Solidity can only copy the whole code: what that would cost a drop is
    /// in test/bench/gas.md.
    function _word(uint256 index) internal view returns (uint256 word) {
        uint256 offset = RulesCode.OFFSET + 32 * index;
        assembly ("memory-safe") {
            extcodecopy(address(), 0, offset, 32)
            word := mload(0)
        }
    }
}
