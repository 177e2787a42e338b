// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContest, Rules} from "../../contracts/interfaces/IContest.sol";
import {ContestFixture} from "../support/ContestFixture.sol";

/// @notice Threats that have no test with the part they aim at.
contract ThreatsTest is ContestFixture {
    /// @dev 15: what a vote costs must not grow with the number of entries.
    function test_threat15_drop_costsTheSameAmongManyEntries() external {
        IContest crowded = createContest(_laterRules());
        IContest empty = createContest(_laterRules());
        vm.warp(ENTRIES_OPEN + 200_000);
        submitTo(empty, AUTHOR);
        for (uint256 i = 0; i < 40; ++i) submitTo(crowded, AUTHOR);
        vm.warp(VOTES_OPEN + 200_000);
        allow(ALICE, address(crowded));
        allow(ALICE, address(empty));
        uint256 inEmpty = _gasOfDrop(empty);
        uint256 inCrowded = _gasOfDrop(crowded);
        assertTrue(inCrowded < inEmpty + 1_000, "no dearer");
    }

    /// @dev 19: the rules and the scores that they gave are the same after the result as before.
    function test_threat19_rulesStayAfterTheResult() external {
        dropAs(ALICE, open, 1, 10 ether);
        Rules memory before = open.rules();
        uint256 score = open.scoreOf(1);
        vm.warp(VOTES_CLOSE);
        open.count(3);
        open.finalize();
        vm.warp(VOTES_CLOSE + 365 days);
        assertEq(keccak256(abi.encode(open.rules())), keccak256(abi.encode(before)), "rules");
        assertEq(open.scoreOf(1), score, "score");
    }

    function _laterRules() private view returns (Rules memory rules) {
        rules = openRules();
        rules.entriesOpen += 200_000;
        rules.votesOpen += 200_000;
        rules.countFrom += 200_000;
        rules.votesClose += 200_000;
    }

    function _gasOfDrop(IContest contest) private returns (uint256) {
        vm.prank(ALICE);
        uint256 before = gasleft();
        contest.drop(1, 1 ether);
        return before - gasleft();
    }
}
