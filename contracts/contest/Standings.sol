// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EntryStatus, IContest, Phase, Tally} from "../interfaces/IContest.sol";
import {RanksLib} from "../libraries/Ranks.sol";
import {TallyMath} from "../libraries/TallyMath.sol";
import {Orders} from "./Orders.sol";

/// @title Standings
/// @notice Counts entries in pages and keeps the ten leading ones.
abstract contract Standings is Orders {
    /* RESULT */

    /// @inheritdoc IContest
    function count(uint256 limit) external onlyClone {
        _requirePhase(Phase.Counting);
        Roll memory roll = _roll;
        if (roll.openChallenges != 0) revert Standings_ChallengesOpen(roll.openChallenges);
        uint256 left = roll.entries - roll.counted;
        if (limit == 0 || left == 0) revert Standings_NothingToCount(roll.counted);
        uint256 last = roll.counted + (limit < left ? limit : left);

        uint256 window = _schedule().window();
        uint256 floor = _leastScore(window);
        uint256[10] memory keys;
        uint256 held = roll.ranks.held();
        for (uint256 rank = 1; rank <= held; ++rank) keys[rank - 1] = _keyOf(roll.ranks.idAt(rank), window, floor);

        uint256 entryId = roll.counted;
        // Proof: entryId stops at last, which is an id.
        unchecked {
            while (entryId != last) {
                uint256 key = _keyOf(++entryId, window, floor);
                if (key > keys[RanksLib.SIZE - 1]) RanksLib.insert(keys, key);
            }
        }

        roll.counted = uint16(last); // at most roll.entries
        roll.ranks = RanksLib.pack(keys);
        _roll = roll;
        emit Counted(last);
    }

    /* VIEWS */

    /// @inheritdoc IContest
    function standings() external view onlyClone returns (uint16[10] memory entryIds, uint256 counted, bool isFinal) {
        Roll storage roll = _roll;
        return (roll.ranks.toArray(), roll.counted, _isFinal());
    }

    /* INTERNALS */

    /// @dev The least score that holds a rank: above 0, and a tally of `minTally` over the whole window.
    function _leastScore(uint256 window) private view returns (uint256) {
        (, uint96 minTally) = _splitAndMinTally();
        return minTally == 0 ? 1 : minTally * window;
    }

    /// @dev The sorting key of an entry, or 0 when it holds no rank.
    function _keyOf(uint256 entryId, uint256 window, uint256 floor) private view returns (uint256) {
        Tally storage tally = _tallies[entryId];
        if (tally.status != EntryStatus.Live) return 0;
        uint256 score = TallyMath.accrued(tally, window);
        return score < floor ? 0 : RanksLib.key(score, entryId);
    }
}
