// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Tally} from "../interfaces/IContest.sol";

/// @title Tally
/// @notice The arithmetic of a time-averaged tally.
/// @dev Nothing overflows: a weight is under 2⁹⁶ and the window under 2²⁴ seconds, so a score is under 2¹²⁰.
/// Source of each formula: contracts/PROTOCOL.md, Weight and Tally.
library TallyMath {
    /// @notice Returns the weight of a person's stake of `stake` wei: ⌊√stake⌋.
    function personWeight(uint256 stake) internal pure returns (uint256) {
        return Math.sqrt(stake);
    }

    /// @notice Returns `acc` in weight-seconds at `elapsed` seconds of the window, when nothing changed since `tally.last`.
    /// @dev acc + V · (to − from).
    function accrued(Tally memory tally, uint256 elapsed) internal pure returns (uint256) {
        return tally.acc + uint256(tally.weight) * (elapsed - tally.last);
    }

    /// @notice Returns the score in weight-seconds at the end of a window of `window` seconds, if nobody moves again.
    /// @dev The clock is not needed: what has accrued up to now and what would accrue from now on are parts of one product.
    function score(Tally memory tally, uint256 window) internal pure returns (uint256) {
        return accrued(tally, window);
    }
}
