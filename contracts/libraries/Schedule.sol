// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Phase, Rules} from "../interfaces/IContest.sol";

/// @notice One word of a contest's rules: its four times and the limits that are read together with them.
/// @dev From the highest bit: entriesOpen, votesOpen, countFrom, votesClose (40 bits each, seconds since 1970),
/// rulingTimeout (32 bits, seconds), maxEntries (16 bits), maxModelBytes (48 bits, bytes).
type Schedule is uint256;

using ScheduleMath for Schedule global;

/// @title Schedule
/// @notice Reads the word that says when a contest does what.
library ScheduleMath {
    /// @notice Packs the times and limits of `rules` into one word.
    function pack(Rules calldata rules) internal pure returns (Schedule) {
        return
            Schedule.wrap(
                (uint256(rules.entriesOpen) << 216) |
                    (uint256(rules.votesOpen) << 176) |
                    (uint256(rules.countFrom) << 136) |
                    (uint256(rules.votesClose) << 96) |
                    (uint256(rules.rulingTimeout) << 64) |
                    (uint256(rules.maxEntries) << 48) |
                    rules.maxModelBytes
            );
    }

    function entriesOpen(Schedule self) internal pure returns (uint40) {
        return uint40(Schedule.unwrap(self) >> 216);
    }

    function votesOpen(Schedule self) internal pure returns (uint40) {
        return uint40(Schedule.unwrap(self) >> 176);
    }

    function countFrom(Schedule self) internal pure returns (uint40) {
        return uint40(Schedule.unwrap(self) >> 136);
    }

    function votesClose(Schedule self) internal pure returns (uint40) {
        return uint40(Schedule.unwrap(self) >> 96);
    }

    function rulingTimeout(Schedule self) internal pure returns (uint32) {
        return uint32(Schedule.unwrap(self) >> 64);
    }

    function maxEntries(Schedule self) internal pure returns (uint16) {
        return uint16(Schedule.unwrap(self) >> 48);
    }

    function maxModelBytes(Schedule self) internal pure returns (uint48) {
        return uint48(Schedule.unwrap(self));
    }

    /// @notice Returns the length of the averaging window in seconds.
    function window(Schedule self) internal pure returns (uint256) {
        return uint256(self.votesClose()) - self.countFrom();
    }

    /// @notice Returns how many seconds of the averaging window have passed at `timestamp`: 0 before it, all after it.
    /// @dev Source: contracts/PROTOCOL.md, Tally: from = max(last, countFrom), to = min(t, votesClose).
    function elapsed(Schedule self, uint256 timestamp) internal pure returns (uint256) {
        uint256 start = self.countFrom();
        if (timestamp <= start) return 0;
        uint256 end = self.votesClose();
        return (timestamp < end ? timestamp : end) - start;
    }

    /// @notice Returns whether voting is open at `timestamp`.
    function isVoting(Schedule self, uint256 timestamp) internal pure returns (bool) {
        return self.votesOpen() <= timestamp && timestamp < self.votesClose();
    }

    /// @notice Returns the phase that the clock alone gives at `timestamp`; never `Final`.
    function phaseAt(Schedule self, uint256 timestamp) internal pure returns (Phase) {
        if (timestamp < self.entriesOpen()) return Phase.Upcoming;
        if (timestamp < self.votesOpen()) return Phase.Entry;
        if (timestamp < self.votesClose()) return Phase.Voting;
        return Phase.Counting;
    }
}
