// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IContest, Rules} from "../interfaces/IContest.sol";
import {ScheduleMath} from "./Schedule.sol";

/// @title Rules code
/// @notice Checks rules, and writes them as the words that a contest carries at the end of its code.
/// @dev Words, in order: coin and entry bond; prize token and challenge bond; personhood and person cap; arbitrator and
/// entry cap; hash of the arbitrator's extra data; declaration hash; split and least tally; schedule; salt. Two values
/// that share a word lie in its upper 160 and its lower 96 bits.
library RulesCode {
    uint256 internal constant COIN_AND_ENTRY_BOND = 0;
    uint256 internal constant PRIZE_TOKEN_AND_CHALLENGE_BOND = 1;
    uint256 internal constant PERSONHOOD_AND_PERSON_CAP = 2;
    uint256 internal constant ARBITRATOR_AND_ENTRY_CAP = 3;
    uint256 internal constant EXTRA_DATA_HASH = 4;
    uint256 internal constant DECLARATION_HASH = 5;
    uint256 internal constant SPLIT_AND_MIN_TALLY = 6;
    uint256 internal constant SCHEDULE = 7;
    uint256 internal constant SALT = 8;

    /// @notice How many words there are.
    uint256 internal constant WORDS = 9;
    /// @notice Where they start in the code of a clone. Source: OpenZeppelin, Clones.fetchCloneArgs.
    uint256 internal constant OFFSET = 0x2d;

    uint256 private constant MAX_AHEAD = 730 days;
    uint256 private constant WINDOW_LIMIT = 2 ** 24;
    uint256 private constant BASIS_POINTS = 10_000;

    /// @notice Reverts unless `rules` are lawful now.
    function check(Rules calldata rules) internal view {
        _checkTimes(rules);
        _checkAmounts(rules);
        _checkContracts(rules);
    }

    /// @notice Returns the words for `rules`, followed by the salt that the clone's address is made with.
    function encode(Rules calldata rules, bytes32 salt) internal pure returns (bytes memory) {
        return
            abi.encode(
                pair(rules.coin, rules.entryBond),
                pair(rules.prizeToken, rules.challengeBond),
                pair(rules.personhood, rules.personCap),
                pair(rules.arbitrator, rules.entryCap),
                rules.arbitratorExtraDataHash,
                rules.declarationHash,
                (packSplit(rules.split) << 96) | rules.minTally,
                ScheduleMath.pack(rules),
                salt
            );
    }

    /// @notice Puts an address and an amount into one word.
    function pair(address account, uint96 amount) internal pure returns (uint256) {
        return (uint256(uint160(account)) << 96) | amount;
    }

    /// @notice Puts ten shares into 160 bits, rank 1 lowest.
    function packSplit(uint16[10] calldata split) internal pure returns (uint256 packed) {
        for (uint256 i = 0; i < 10; ++i) packed |= uint256(split[i]) << (16 * i);
    }

    function _checkTimes(Rules calldata rules) private view {
        if (rules.votesOpen <= rules.entriesOpen || rules.votesOpen <= block.timestamp) {
            revert IContest.Rules_OutOfBounds("votesOpen", rules.votesOpen);
        }
        if (rules.countFrom < rules.votesOpen) revert IContest.Rules_OutOfBounds("countFrom", rules.countFrom);
        if (
            rules.votesClose <= rules.countFrom ||
            rules.votesClose - rules.countFrom >= WINDOW_LIMIT ||
            rules.votesClose > block.timestamp + MAX_AHEAD
        ) revert IContest.Rules_OutOfBounds("votesClose", rules.votesClose);
        if (rules.rulingTimeout < 1 days || rules.rulingTimeout > 60 days) {
            revert IContest.Rules_OutOfBounds("rulingTimeout", rules.rulingTimeout);
        }
    }

    function _checkAmounts(Rules calldata rules) private pure {
        if (rules.maxEntries == 0) revert IContest.Rules_OutOfBounds("maxEntries", 0);
        if (rules.maxModelBytes == 0) revert IContest.Rules_OutOfBounds("maxModelBytes", 0);
        if (rules.entryBond == 0) revert IContest.Rules_OutOfBounds("entryBond", 0);
        if (rules.arbitrator != address(0) && rules.challengeBond == 0) {
            revert IContest.Rules_OutOfBounds("challengeBond", 0);
        }
        if (rules.personhood == address(0)) {
            if (rules.entryCap != 0) revert IContest.Rules_OutOfBounds("entryCap", rules.entryCap);
            if (rules.personCap != 0) revert IContest.Rules_OutOfBounds("personCap", rules.personCap);
        } else if (rules.entryCap == 0 || rules.entryCap > rules.personCap) {
            revert IContest.Rules_OutOfBounds("entryCap", rules.entryCap);
        }
        uint256 sum = 0;
        for (uint256 i = 0; i < 10; ++i) sum += rules.split[i];
        if (sum != BASIS_POINTS) revert IContest.Rules_OutOfBounds("split", sum);
    }

    /// @dev The supply bounds what can be staked today. Coins minted later are met where weights are added.
    function _checkContracts(Rules calldata rules) private view {
        if (rules.coin.code.length == 0) revert IContest.Rules_NoCode("coin", rules.coin);
        uint256 supply = IERC20(rules.coin).totalSupply();
        if (supply > type(uint96).max) revert IContest.Rules_SupplyTooLarge(supply);
        if (rules.prizeToken.code.length == 0) revert IContest.Rules_NoCode("prizeToken", rules.prizeToken);
        if (rules.personhood != address(0) && rules.personhood.code.length == 0) {
            revert IContest.Rules_NoCode("personhood", rules.personhood);
        }
        if (rules.arbitrator != address(0) && rules.arbitrator.code.length == 0) {
            revert IContest.Rules_NoCode("arbitrator", rules.arbitrator);
        }
    }
}
