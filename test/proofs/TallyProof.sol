// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EntryStatus, Tally} from "../../contracts/interfaces/IContest.sol";
import {TallyMath} from "../../contracts/libraries/TallyMath.sol";

/// @notice What is proved of the tally library for every value, not tried with some: `npm run prove`.
/// @dev Never deployed. Inputs are anything their types hold; `require` narrows them to what a contest lets happen: a tally
/// was last brought up to date at `last`, and gathered at most the greatest weight over every second until then. The
/// second is assumed before each step and proved after it, so it holds for ever (induction; all zero in the beginning).
/// Additions and products written here are checked ones, and that none of them overflows is proved along.
contract TallyProof {
    uint256 private constant MAX_WEIGHT = type(uint96).max;
    uint256 private constant ACC_LIMIT = 2 ** 120;

    Tally private _tally;
    Tally private _first;
    Tally private _second;

    /// @notice The unchecked arithmetic of `accrued` is exact, never shrinks, and stays in 120 bits.
    function accrued_cannotOverflow(uint96 weight, uint120 acc, uint24 last, uint24 elapsed) external {
        require(last <= elapsed);
        require(acc <= MAX_WEIGHT * last);
        _tally = Tally(weight, acc, last, EntryStatus.Live);
        uint256 gathered = TallyMath.accrued(_tally, elapsed);
        assert(gathered == acc + uint256(weight) * (elapsed - last));
        assert(gathered >= acc);
        assert(gathered <= MAX_WEIGHT * elapsed);
        assert(gathered < ACC_LIMIT);
    }

    /// @notice What `replaced` returns fits the tally's slot, is exact, and keeps the assumption on `acc`.
    function replaced_cannotOverflow(
        uint96 weight,
        uint120 acc,
        uint24 last,
        uint24 elapsed,
        uint96 oldPart,
        uint96 newPart
    ) external {
        require(last <= elapsed);
        require(acc <= MAX_WEIGHT * last);
        require(oldPart <= weight);
        _tally = Tally(weight, acc, last, EntryStatus.Live);
        (uint256 weightAfter, uint256 accAfter) = TallyMath.replaced(_tally, elapsed, oldPart, newPart);
        assert(weightAfter == uint256(weight) - oldPart + newPart);
        assert(weightAfter <= MAX_WEIGHT);
        assert(accAfter == acc + uint256(weight) * (elapsed - last));
        assert(accAfter <= MAX_WEIGHT * elapsed);
        assert(accAfter < ACC_LIMIT);
    }

    /// @notice Brought up to one moment and then to a later one, a tally has gathered what it gathers in one step.
    function accrued_inTwoStepsIsAccruedInOne(
        uint96 weight,
        uint120 acc,
        uint120 between,
        uint24 last,
        uint24 sooner,
        uint24 later
    ) external {
        require(last <= sooner);
        require(sooner <= later);
        require(acc <= MAX_WEIGHT * last);
        _tally = Tally(weight, acc, last, EntryStatus.Live);
        uint256 direct = TallyMath.accrued(_tally, later);
        // `between` is no choice but a name: accrued_cannotOverflow proves that what it equals has 120 bits.
        require(between == TallyMath.accrued(_tally, sooner));
        _tally = Tally(weight, between, sooner, EntryStatus.Live);
        assert(TallyMath.accrued(_tally, later) == direct);
    }

    /// @notice A step that changes no weight leaves the projected score, `accrued` at the window's end, as it was.
    function projectedScore_isConstantWhileNothingChanges(
        uint96 weight,
        uint120 acc,
        uint120 accAfter,
        uint24 last,
        uint24 elapsed,
        uint24 window,
        uint96 part
    ) external {
        require(last <= elapsed);
        require(elapsed <= window);
        require(acc <= MAX_WEIGHT * last);
        require(part <= weight);
        _tally = Tally(weight, acc, last, EntryStatus.Live);
        uint256 projected = TallyMath.accrued(_tally, window);
        (uint256 weightNow, uint256 accNow) = TallyMath.replaced(_tally, elapsed, part, part);
        assert(weightNow == weight);
        require(accNow == accAfter);
        _tally = Tally(weight, accAfter, elapsed, EntryStatus.Live);
        assert(TallyMath.accrued(_tally, window) == projected);
    }

    /// @notice An entry gathers what its voters' parts would gather alone.
    function accrued_isTheSumOverVoters(
        uint96 weight,
        uint120 acc,
        uint96 firstWeight,
        uint120 firstAcc,
        uint96 secondWeight,
        uint120 secondAcc,
        uint24 last,
        uint24 elapsed
    ) external {
        require(last <= elapsed);
        require(acc <= MAX_WEIGHT * last);
        require(weight == uint256(firstWeight) + secondWeight);
        require(acc == uint256(firstAcc) + secondAcc);
        _tally = Tally(weight, acc, last, EntryStatus.Live);
        _first = Tally(firstWeight, firstAcc, last, EntryStatus.Live);
        _second = Tally(secondWeight, secondAcc, last, EntryStatus.Live);
        uint256 first = TallyMath.accrued(_first, elapsed);
        uint256 second = TallyMath.accrued(_second, elapsed);
        assert(TallyMath.accrued(_tally, elapsed) == first + second);
    }

    /// @notice When one voter's part changes, the entry's weight is again the sum of the parts.
    function replaced_isTheSumOverVoters(uint96 firstWeight, uint96 secondWeight, uint96 firstAfter) external {
        require(uint256(firstWeight) + secondWeight <= MAX_WEIGHT);
        _tally = Tally(firstWeight + secondWeight, 0, 0, EntryStatus.Live);
        (uint256 weightAfter, ) = TallyMath.replaced(_tally, 0, firstWeight, firstAfter);
        assert(weightAfter == uint256(firstAfter) + secondWeight);
    }

    /// @notice More weight never gathers less, nor does a longer time.
    function accrued_isMonotone(
        uint96 weight,
        uint96 moreWeight,
        uint120 acc,
        uint24 last,
        uint24 elapsed,
        uint24 later
    ) external {
        require(last <= elapsed);
        require(elapsed <= later);
        require(weight <= moreWeight);
        require(acc <= MAX_WEIGHT * last);
        _first = Tally(weight, acc, last, EntryStatus.Live);
        _second = Tally(moreWeight, acc, last, EntryStatus.Live);
        uint256 gathered = TallyMath.accrued(_first, elapsed);
        assert(TallyMath.accrued(_second, elapsed) >= gathered);
        assert(TallyMath.accrued(_first, later) >= gathered);
    }
}
