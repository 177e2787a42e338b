// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Schedule} from "../../contracts/libraries/Schedule.sol";

/// @notice What is proved of the clock that tallies run on: `npm run prove`.
/// @dev Never deployed. The schedule is any word whose window is not empty and under 2²⁴ seconds, as `RulesCode` checks.
contract ScheduleProof {
    uint256 private constant WINDOW_LIMIT = 2 ** 24;

    /// @notice Before the window nothing has passed.
    function elapsed_isZeroBeforeTheWindow(Schedule schedule, uint256 timestamp) external pure {
        require(timestamp <= schedule.countFrom());
        assert(schedule.elapsed(timestamp) == 0);
    }

    /// @notice Inside it, the seconds since its beginning, which have 24 bits.
    function elapsed_countsSecondsInTheWindow(Schedule schedule, uint256 timestamp) external pure {
        uint256 start = schedule.countFrom();
        uint256 end = schedule.votesClose();
        require(start < end);
        require(end - start < WINDOW_LIMIT);
        require(start <= timestamp);
        require(timestamp <= end);
        uint256 elapsed = schedule.elapsed(timestamp);
        assert(start + elapsed == timestamp);
        assert(elapsed < WINDOW_LIMIT);
    }

    /// @notice From the close on, all of it.
    function elapsed_isTheWindowFromTheClose(Schedule schedule, uint256 timestamp) external pure {
        uint256 start = schedule.countFrom();
        uint256 end = schedule.votesClose();
        require(start < end);
        require(end <= timestamp);
        uint256 elapsed = schedule.elapsed(timestamp);
        assert(start + elapsed == end);
    }

    /// @notice The window itself is what lies between its two times.
    function window_isFromCountFromToTheClose(Schedule schedule) external pure {
        uint256 start = schedule.countFrom();
        uint256 end = schedule.votesClose();
        require(start < end);
        assert(schedule.window() == end - start);
    }

    /// @notice It never runs backwards.
    function elapsed_neverRunsBackwards(Schedule schedule, uint256 timestamp, uint256 later) external pure {
        require(schedule.countFrom() < schedule.votesClose());
        require(timestamp <= later);
        assert(schedule.elapsed(timestamp) <= schedule.elapsed(later));
    }
}
