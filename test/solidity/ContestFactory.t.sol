// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";

import {IContest, Order, Phase, Rules} from "../../contracts/interfaces/IContest.sol";
import {IContestFactory} from "../../contracts/interfaces/IContestFactory.sol";
import {RulesCode} from "../../contracts/libraries/RulesCode.sol";
import {ContestFixture} from "../support/ContestFixture.sol";
import {TestCoin} from "../support/TestCoin.sol";

contract ContestFactoryTest is ContestFixture {
    function setUp() public override {
        super.setUp();
        vm.warp(1_800_000_500);
    }

    /* WHAT IT MAKES */

    function test_create_keepsEveryRule() external {
        Rules memory asked = personRules();
        asked.minTally = 123_456_789;
        asked.rulingTimeout = 60 days;
        asked.maxEntries = type(uint16).max;
        asked.maxModelBytes = type(uint48).max;
        asked.personCap = type(uint96).max;
        asked.entryBond = type(uint96).max;
        asked.challengeBond = type(uint96).max;
        asked.arbitrator = address(0);
        Rules memory kept = createContest(asked).rules();
        assertEq(keccak256(abi.encode(kept)), keccak256(abi.encode(asked)), "rules");
    }

    function testFuzz_create_keepsEveryRule(Rules memory asked) external {
        asked.coin = address(coin);
        asked.prizeToken = address(coin);
        asked.personhood = asked.personhood == address(0) ? address(0) : address(personhood);
        asked.arbitrator = asked.arbitrator == address(0) ? address(0) : address(factory);
        asked.votesOpen = uint40(bound(asked.votesOpen, 1_800_000_501, 1_800_100_000));
        asked.entriesOpen = uint40(bound(asked.entriesOpen, 0, asked.votesOpen - 1));
        asked.countFrom = uint40(bound(asked.countFrom, asked.votesOpen, 1_810_000_000));
        asked.votesClose = uint40(bound(asked.votesClose, asked.countFrom + 1, asked.countFrom + 2 ** 24 - 1));
        asked.rulingTimeout = uint32(bound(asked.rulingTimeout, 1 days, 60 days));
        asked.maxEntries = uint16(bound(asked.maxEntries, 1, type(uint16).max));
        asked.maxModelBytes = uint48(bound(asked.maxModelBytes, 1, type(uint48).max));
        asked.entryBond = uint96(bound(asked.entryBond, 1, type(uint96).max));
        asked.challengeBond = uint96(bound(asked.challengeBond, 1, type(uint96).max));
        if (asked.personhood == address(0)) {
            (asked.personCap, asked.entryCap) = (0, 0);
        } else {
            asked.personCap = uint96(bound(asked.personCap, 1, type(uint96).max));
            asked.entryCap = uint96(bound(asked.entryCap, 1, asked.personCap));
        }
        uint16 left = 10_000;
        for (uint256 i = 0; i < 9; ++i) {
            asked.split[i] = uint16(bound(asked.split[i], 0, left));
            left -= asked.split[i];
        }
        asked.split[9] = left;

        IContest contest = createContest(asked);
        assertEq(keccak256(abi.encode(contest.rules())), keccak256(abi.encode(asked)), "rules");
        assertTrue(factory.isContest(address(contest)), "is one of the factory's");
    }

    function test_create_tellsAll() external {
        Rules memory asked = personRules();
        address expected = factory.predict(ORGANISER, asked, "salt");
        vm.expectEmit(address(factory));
        emit IContestFactory.ContestCreated(expected, ORGANISER, "salt", asked);
        vm.prank(ORGANISER);
        assertEq(factory.create(asked, "salt"), expected, "address");
    }

    function test_create_givesPredictedAddress() external {
        Rules memory asked = openRules();
        address expected = factory.predict(ALICE, asked, "salt");
        assertTrue(!factory.isContest(expected), "not yet");
        vm.prank(ALICE);
        assertEq(factory.create(asked, "salt"), expected, "address");
        assertTrue(factory.isContest(expected), "now");
    }

    function test_threat18_create_givesOthersAnotherAddress() external {
        Rules memory asked = openRules();
        address expected = factory.predict(ALICE, asked, "salt");
        vm.prank(BOB);
        assertTrue(factory.create(asked, "salt") != expected, "a stranger cannot take the address");
        asked.minTally = 1;
        vm.prank(ALICE);
        assertTrue(factory.create(asked, "salt") != expected, "nor put other rules there");
    }

    function test_create_failsIfSaltUsedTwice() external {
        Rules memory asked = openRules();
        factory.create(asked, "salt");
        vm.expectRevert(Errors.FailedDeployment.selector);
        factory.create(asked, "salt");
    }

    function test_isContest_knowsOnlyItsOwn() external {
        assertTrue(factory.isContest(address(open)), "own");
        assertTrue(!factory.isContest(address(coin)), "another contract");
        assertTrue(!factory.isContest(ALICE), "no contract");
        assertTrue(!factory.isContest(factory.implementation()), "the code behind");

        // The same code with the same rules, put up by somebody else.
        bytes memory words = Clones.fetchCloneArgs(address(open));
        address forged = Clones.cloneWithImmutableArgs(factory.implementation(), words);
        assertTrue(!factory.isContest(forged), "forged");
    }

    function test_phase_followsTheClock() external {
        assertTrue(open.phase() == Phase.Upcoming, "upcoming");
        vm.warp(ENTRIES_OPEN - 1);
        assertTrue(open.phase() == Phase.Upcoming, "upcoming, last second");
        vm.warp(ENTRIES_OPEN);
        assertTrue(open.phase() == Phase.Entry, "entry");
        vm.warp(VOTES_OPEN - 1);
        assertTrue(open.phase() == Phase.Entry, "entry, last second");
        vm.warp(VOTES_OPEN);
        assertTrue(open.phase() == Phase.Voting, "voting");
        vm.warp(VOTES_CLOSE - 1);
        assertTrue(open.phase() == Phase.Voting, "voting, last second");
        vm.warp(VOTES_CLOSE);
        assertTrue(open.phase() == Phase.Counting, "counting");
    }

    /* THE CODE BEHIND */

    function test_threat23_implementation_failsIfCalled() external {
        address code = factory.implementation();
        bytes[] memory calls = _everyCall();
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool success, bytes memory reason) = code.call(calls[i]);
            assertTrue(!success, "must refuse");
            assertEq(bytes32(reason), bytes32(IContest.Contest_NotAClone.selector), "reason");
        }
    }

    /* WHAT IT REFUSES */

    function test_create_failsIfVotesOpenNotAfterEntriesOpen() external {
        Rules memory bad = openRules();
        bad.entriesOpen = bad.votesOpen;
        _refused(bad, "votesOpen", bad.votesOpen);
    }

    function test_create_failsIfVotesOpenPast() external {
        vm.warp(VOTES_OPEN);
        _refused(openRules(), "votesOpen", VOTES_OPEN);
    }

    function test_create_failsIfCountFromBeforeVotesOpen() external {
        Rules memory bad = openRules();
        bad.countFrom = bad.votesOpen - 1;
        _refused(bad, "countFrom", bad.countFrom);
    }

    function test_create_failsIfWindowEmpty() external {
        Rules memory bad = openRules();
        bad.votesClose = bad.countFrom;
        _refused(bad, "votesClose", bad.votesClose);
    }

    function test_create_failsIfWindowTooLong() external {
        Rules memory rules = openRules();
        rules.votesClose = rules.countFrom + 2 ** 24 - 1;
        createContest(rules);
        ++rules.votesClose;
        _refused(rules, "votesClose", rules.votesClose);
    }

    function test_create_failsIfCloseTooFar() external {
        Rules memory rules = openRules();
        rules.votesClose = 1_800_000_500 + 730 days;
        rules.countFrom = rules.votesClose - 1;
        createContest(rules);
        ++rules.votesClose;
        _refused(rules, "votesClose", rules.votesClose);
    }

    function test_create_failsIfRulingTimeoutOutOfBounds() external {
        Rules memory bad = openRules();
        bad.rulingTimeout = 1 days - 1;
        _refused(bad, "rulingTimeout", bad.rulingTimeout);
        bad.rulingTimeout = 60 days + 1;
        _refused(bad, "rulingTimeout", bad.rulingTimeout);
    }

    function test_create_failsIfNothingAllowed() external {
        Rules memory bad = openRules();
        bad.maxEntries = 0;
        _refused(bad, "maxEntries", 0);
        bad = openRules();
        bad.maxModelBytes = 0;
        _refused(bad, "maxModelBytes", 0);
        bad = openRules();
        bad.entryBond = 0;
        _refused(bad, "entryBond", 0);
    }

    function test_create_tellsTimesBeforeAmounts() external {
        Rules memory bad = openRules();
        bad.votesClose = bad.countFrom;
        bad.maxEntries = 0;
        _refused(bad, "votesClose", bad.votesClose);
    }

    function test_create_failsIfSplitNotWhole() external {
        Rules memory bad = openRules();
        bad.split[9] += 1;
        _refused(bad, "split", 10_001);
        bad.split[9] -= 2;
        _refused(bad, "split", 9_999);
    }

    function test_create_failsIfCapsInOpenContest() external {
        Rules memory bad = openRules();
        bad.entryCap = 1;
        _refused(bad, "entryCap", 1);
        bad = openRules();
        bad.personCap = 1;
        _refused(bad, "personCap", 1);
    }

    function test_create_failsIfCapsMissingForPersons() external {
        Rules memory bad = personRules();
        bad.entryCap = 0;
        _refused(bad, "entryCap", 0);
        bad.entryCap = bad.personCap + 1;
        _refused(bad, "entryCap", bad.entryCap);
    }

    function test_create_failsIfSupplyTooLarge() external {
        TestCoin huge = new TestCoin();
        huge.mint(ALICE, type(uint96).max);
        Rules memory rules = openRules();
        rules.coin = address(huge);
        createContest(rules);
        huge.mint(ALICE, 1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Rules_SupplyTooLarge.selector, 2 ** 96));
        factory.create(rules, 0);
    }

    function test_create_failsIfContractMissing() external {
        Rules memory bad = openRules();
        bad.coin = ALICE;
        _refusedWithoutCode(bad, "coin", ALICE);
        bad = openRules();
        bad.prizeToken = address(0);
        _refusedWithoutCode(bad, "prizeToken", address(0));
        bad = openRules();
        bad.arbitrator = ALICE;
        _refusedWithoutCode(bad, "arbitrator", ALICE);
        bad = personRules();
        bad.personhood = ALICE;
        _refusedWithoutCode(bad, "personhood", ALICE);
    }

    /// @dev A clone has exactly the words of its rules after the proxy's own code.
    function test_create_makesCloneOfNineWords() external view {
        assertEq(address(open).code.length, RulesCode.OFFSET + 9 * 32, "length");
    }

    function _refused(Rules memory bad, string memory rule, uint256 value) private {
        vm.expectRevert(abi.encodeWithSelector(IContest.Rules_OutOfBounds.selector, rule, value));
        factory.create(bad, 0);
    }

    function _refusedWithoutCode(Rules memory bad, string memory rule, address account) private {
        vm.expectRevert(abi.encodeWithSelector(IContest.Rules_NoCode.selector, rule, account));
        factory.create(bad, 0);
    }

    function _everyCall() private returns (bytes[] memory calls) {
        uint256[] memory ids = list(1);
        calls = new bytes[](41);
        calls[0] = abi.encodeCall(IContest.submit, (entryInput(), DECLARATION));
        calls[1] = abi.encodeCall(IContest.retract, (1));
        calls[2] = abi.encodeCall(IContest.releaseBond, (1));
        calls[3] = abi.encodeCall(IContest.bind, (""));
        calls[4] = abi.encodeCall(IContest.drop, (1, 1));
        calls[5] = abi.encodeCall(IContest.dropWithPermit, (1, 1, 1, 27, 0, 0));
        calls[6] = abi.encodeCall(IContest.dropMany, (ids, ids));
        calls[7] = abi.encodeCall(IContest.withdraw, (1, 1));
        calls[8] = abi.encodeCall(IContest.withdrawMany, (ids));
        calls[9] = abi.encodeCall(IContest.move, (1, 2, 1));
        calls[10] = abi.encodeCall(IContest.reweigh, (ids));
        calls[11] = abi.encodeCall(IContest.fund, (1));
        calls[12] = abi.encodeCall(IContest.count, (1));
        calls[13] = abi.encodeCall(IContest.finalize, ());
        calls[14] = abi.encodeCall(IContest.claim, (1));
        calls[15] = abi.encodeCall(IContest.claimTo, (1, ALICE));
        calls[16] = abi.encodeCall(IContest.reclaim, ());
        calls[17] = abi.encodeCall(IContest.collect, ());
        calls[18] = abi.encodeCall(IContest.rules, ());
        calls[19] = abi.encodeCall(IContest.phase, ());
        calls[20] = abi.encodeCall(IContest.entry, (1));
        calls[21] = abi.encodeCall(IContest.entryCount, ());
        calls[22] = abi.encodeCall(IContest.liveCount, ());
        calls[23] = abi.encodeCall(IContest.stakeOf, (ALICE, 1));
        calls[24] = abi.encodeCall(IContest.personOf, (ALICE));
        calls[25] = abi.encodeCall(IContest.walletOf, (bytes32(0)));
        calls[26] = abi.encodeCall(IContest.tallyOf, (1));
        calls[27] = abi.encodeCall(IContest.scoreOf, (1));
        calls[28] = abi.encodeCall(IContest.scores, (1, 1));
        calls[29] = abi.encodeCall(IContest.standings, ());
        calls[30] = abi.encodeCall(IContest.pot, ());
        calls[31] = abi.encodeCall(IContest.fundedBy, (ALICE));
        calls[32] = abi.encodeCall(IContest.creditOf, (ALICE));
        calls[33] = abi.encodeCall(IContest.challenge, (1, "", ""));
        calls[34] = abi.encodeCall(IContest.submitEvidence, (1, ""));
        calls[35] = abi.encodeCall(IContest.rule, (1, 1));
        calls[36] = abi.encodeCall(IContest.lapse, (1));
        calls[37] = abi.encodeCall(IContest.challengeOf, (1));
        calls[38] = abi.encodeCall(IContest.carry, (new Order[](0)));
        calls[39] = abi.encodeCall(IContest.cancel, (1, 1));
        calls[40] = abi.encodeCall(IContest.noncesOf, (ALICE, 1));
    }
}
