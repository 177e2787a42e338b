// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IContest, Tally} from "../interfaces/IContest.sol";

/// @title Tally
/// @notice The arithmetic of a time-averaged tally.
/// @dev Source of each formula: contracts/PROTOCOL.md, Weight and Tally.
library TallyMath {
    /// @notice Returns the weight of a person's stake of `stake` wei: ⌊√stake⌋.
    function personWeight(uint256 stake) internal pure returns (uint256) {
        return Math.sqrt(stake);
    }

    /// @notice Returns the weight-seconds gathered at `elapsed` seconds of the window, if nothing changed since `last`.
    /// @dev acc + V · (to − from). At the window's end this is the score; at any earlier time the score if nobody moves
    /// again: what has gathered until now and what would gather from now on are parts of one product.
    /// @param elapsed At least `tally.last`, at most the window, which is under 2²⁴ seconds.
    function accrued(Tally storage tally, uint256 elapsed) internal view returns (uint256) {
        // Proof: time does not run backwards, and a weight under 2⁹⁶ over less than 2²⁴ seconds stays under 2¹²⁰.
        unchecked {
            return tally.acc + uint256(tally.weight) * (elapsed - tally.last);
        }
    }

    /// @notice Returns what `tally` weighs once `weight` of it is replaced by `newWeight`, and what it has gathered by then.
    /// @dev V = V − old weight + new weight. Coins may be minted after a contest was created, so V is met here: above 2⁹⁶−1
    /// this reverts with `Ballots_TooMuch`.
    /// @param elapsed As in `accrued`.
    /// @param weight At most the tally's weight.
    function replaced(
        Tally storage tally,
        uint256 elapsed,
        uint256 weight,
        uint256 newWeight
    ) internal view returns (uint256 tallyWeight, uint256 acc) {
        acc = accrued(tally, elapsed);
        tallyWeight = tally.weight - weight + newWeight;
        if (tallyWeight > type(uint96).max) revert IContest.Ballots_TooMuch(tallyWeight);
    }
}
