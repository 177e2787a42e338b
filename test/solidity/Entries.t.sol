// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {
    EntryInput,
    EntryStatus,
    EntryView,
    IContest,
    Phase,
    Rules,
    Tally
} from "../../contracts/interfaces/IContest.sol";
import {ContestFixture} from "../support/ContestFixture.sol";

contract EntriesTest is ContestFixture {
    function setUp() public override {
        super.setUp();
        vm.warp(ENTRIES_OPEN);
    }

    /* SUBMIT */

    function test_submit_keepsAndTellsAll() external {
        coin.mint(ALICE, BOND);
        EntryInput memory input = entryInput();
        uint256 before = coin.balanceOf(address(open));
        vm.expectEmit(address(open));
        emit IContest.EntrySubmitted(
            4,
            ALICE,
            input.manifestHash,
            input.modelSha256,
            input.modelRoot,
            1_000_000,
            "https://example.org/entry.json"
        );
        vm.prank(ALICE);
        assertEq(open.submit(input, DECLARATION), 4, "id");

        EntryView memory kept = open.entry(4);
        assertEq(kept.author, ALICE, "author");
        assertEq(kept.modelSize, 1_000_000, "size");
        assertTrue(kept.status == EntryStatus.Live, "live");
        assertTrue(kept.bondHeld, "bond held");
        assertEq(
            kept.identity,
            keccak256(abi.encode(input.manifestHash, input.modelSha256, input.modelRoot)),
            "identity"
        );
        assertEq(open.entryCount(), 4, "entries");
        assertEq(open.liveCount(), 4, "live");
        assertEq(coin.balanceOf(address(open)) - before, 10 ether, "bond came");
    }

    function test_submit_givesConsecutiveIds() external {
        assertEq(submitTo(open, ALICE), 4, "fourth");
        vm.prank(ALICE);
        open.retract(4);
        assertEq(submitTo(open, ALICE), 5, "ids are never reused");
        assertEq(open.liveCount(), 4, "live");
    }

    function test_threat12_submit_failsIfNotEntryPhase() external {
        EntryInput memory input = entryInput();
        vm.warp(ENTRIES_OPEN - 1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Contest_WrongPhase.selector, Phase.Upcoming));
        open.submit(input, DECLARATION);
        vm.warp(VOTES_OPEN);
        vm.expectRevert(abi.encodeWithSelector(IContest.Contest_WrongPhase.selector, Phase.Voting));
        open.submit(input, DECLARATION);
        // That is said first, whatever else is wrong.
        input.modelSize = 0;
        vm.expectRevert(abi.encodeWithSelector(IContest.Contest_WrongPhase.selector, Phase.Voting));
        open.submit(input, "mine");
    }

    function test_submit_failsIfDeclarationDiffers() external {
        EntryInput memory input = entryInput();
        vm.expectRevert(
            abi.encodeWithSelector(IContest.Entries_WrongDeclaration.selector, DECLARATION, bytes32("mine"))
        );
        open.submit(input, "mine");
    }

    function test_submit_failsIfModelSizeOutOfBounds() external {
        EntryInput memory input = entryInput();
        input.modelSize = 0;
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_ModelSize.selector, 0, 6 << 30));
        open.submit(input, DECLARATION);
        input.modelSize = (6 << 30) + 1;
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_ModelSize.selector, (6 << 30) + 1, 6 << 30));
        open.submit(input, DECLARATION);
    }

    function test_submit_acceptsTheSmallestAndTheLargestModel() external {
        EntryInput memory input = entryInput();
        coin.mint(ALICE, 2 * BOND);
        vm.startPrank(ALICE);
        input.modelSize = 1;
        assertEq(open.entry(open.submit(input, DECLARATION)).modelSize, 1, "smallest");
        input.modelSize = 6 << 30;
        assertEq(open.entry(open.submit(input, DECLARATION)).modelSize, 6 << 30, "largest");
    }

    function test_submit_failsIfIncomplete() external {
        EntryInput memory input = entryInput();
        input.manifestHash = 0;
        _incomplete(input);
        input = entryInput();
        input.modelSha256 = 0;
        _incomplete(input);
        input = entryInput();
        input.modelRoot = 0;
        _incomplete(input);
        input = entryInput();
        input.manifestURI = "";
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_BadURI.selector, 0, 512));
        open.submit(input, DECLARATION);
        input.manifestURI = string(new bytes(513));
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_BadURI.selector, 513, 512));
        open.submit(input, DECLARATION);
    }

    function test_submit_takesUriOf512Bytes() external {
        EntryInput memory input = entryInput();
        input.manifestURI = string(new bytes(512));
        vm.prank(ALICE);
        assertEq(open.submit(input, DECLARATION), 4, "id");
    }

    function test_threat14_submit_failsIfFull() external {
        Rules memory rules = openRules();
        rules.maxEntries = 2;
        IContest small = createContest(rules);
        submitTo(small, ALICE);
        submitTo(small, ALICE);
        EntryInput memory input = entryInput();
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_Full.selector, 2));
        small.submit(input, DECLARATION);
        vm.prank(ALICE);
        small.retract(1);
        assertEq(submitTo(small, ALICE), 3, "a retracted entry frees its place");
    }

    /// @dev The state after 65,535 submissions is written by hand: making it takes minutes.
    function test_threat14_submit_failsIfIdsUsedUp() external {
        bytes32 slot = _rollSlot();
        uint256 roll = uint256(vm.load(address(open), slot));
        vm.store(address(open), slot, bytes32((roll & ~uint256(type(uint16).max)) | 65_534));
        assertEq(open.entryCount(), 65_534, "entries");
        assertEq(submitTo(open, ALICE), 65_535, "last id");
        EntryInput memory input = entryInput();
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_Full.selector, 65_535));
        open.submit(input, DECLARATION);
    }

    function test_submit_failsIfBondMissing() external {
        EntryInput memory input = entryInput();
        vm.expectRevert();
        vm.prank(address(0xD00));
        open.submit(input, DECLARATION);
        assertEq(open.entryCount(), 3, "nothing happened");
    }

    /* ONE ENTRY A PERSON */

    function test_submit_failsIfAuthorNotBound() external {
        EntryInput memory input = entryInput();
        vm.expectRevert(abi.encodeWithSelector(IContest.Persons_NotBound.selector, CAROL));
        vm.prank(CAROL);
        personal.submit(input, DECLARATION);
    }

    function test_submit_failsIfPersonHasLiveEntry() external {
        assertEq(submitTo(personal, ALICE), 4, "first");
        (, , uint256 liveEntry) = personal.personOf(ALICE);
        assertEq(liveEntry, 4, "live entry");
        EntryInput memory input = entryInput();
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_OnePerPerson.selector, 4));
        vm.prank(ALICE);
        personal.submit(input, DECLARATION);

        vm.prank(ALICE);
        personal.retract(4);
        assertEq(submitTo(personal, ALICE), 5, "after retracting");
    }

    /* RETRACT */

    function test_retract_returnsBondLessATenth() external {
        vm.expectEmit(address(open));
        emit IContest.EntryRetracted(2, 9 ether, 1 ether);
        vm.expectEmit(address(open));
        emit IContest.Credited(AUTHOR, address(coin), 9 ether);
        // The coin is called last.
        vm.expectEmit(address(coin));
        emit IERC20.Transfer(address(open), 0x000000000000000000000000000000000000dEaD, 1 ether);
        vm.prank(AUTHOR);
        open.retract(2);

        assertTrue(open.entry(2).status == EntryStatus.Retracted, "retracted");
        assertTrue(!open.entry(2).bondHeld, "bond not held");
        assertEq(open.liveCount(), 2, "live");
        (Tally[] memory tallies, ) = open.scores(1, 9);
        assertEq(tallies.length, 3, "its row stays");
        assertEq(coin.balanceOf(0x000000000000000000000000000000000000dEaD), 1 ether, "burned");
        assertEq(open.creditOf(AUTHOR), 9 ether, "credit");

        vm.expectEmit(address(open));
        emit IContest.Collected(AUTHOR, address(coin), 9 ether);
        vm.prank(AUTHOR);
        open.collect();
        assertEq(coin.balanceOf(AUTHOR), 9 ether, "collected");
        assertEq(open.creditOf(AUTHOR), 0, "credit gone");
        vm.expectRevert(abi.encodeWithSelector(IContest.Prizes_NothingOwed.selector, AUTHOR));
        vm.prank(AUTHOR);
        open.collect();
    }

    function test_retract_failsIfNotAuthor() external {
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_NotAuthor.selector, AUTHOR, ALICE));
        vm.prank(ALICE);
        open.retract(2);
    }

    function test_retract_failsIfTwiceOrUnknown() external {
        vm.startPrank(AUTHOR);
        open.retract(2);
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_NotLive.selector, 2, EntryStatus.Retracted));
        open.retract(2);
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_NotLive.selector, 9, EntryStatus.None));
        open.retract(9);
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_NotLive.selector, 70_000, EntryStatus.None));
        open.retract(70_000);
    }

    function test_threat13_retract_failsIfVotingOpen() external {
        vm.warp(VOTES_OPEN);
        vm.expectRevert(abi.encodeWithSelector(IContest.Contest_WrongPhase.selector, Phase.Voting));
        vm.prank(AUTHOR);
        open.retract(2);
    }

    /* BOND AFTER THE RESULT */

    function test_releaseBond_creditsAuthorOnceFinal() external {
        _finish();
        vm.expectEmit(address(open));
        emit IContest.Credited(AUTHOR, address(coin), 10 ether);
        open.releaseBond(1);
        assertEq(open.creditOf(AUTHOR), 10 ether, "credit");
        assertTrue(!open.entry(1).bondHeld, "not held");
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_NoBond.selector, 1));
        open.releaseBond(1);
    }

    function test_releaseBond_failsIfNotFinal() external {
        vm.warp(VOTES_CLOSE);
        vm.expectRevert(abi.encodeWithSelector(IContest.Contest_WrongPhase.selector, Phase.Counting));
        open.releaseBond(1);
    }

    function test_releaseBond_failsIfRetractedOrUnknown() external {
        vm.prank(AUTHOR);
        open.retract(2);
        _finish();
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_NoBond.selector, 2));
        open.releaseBond(2);
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_NoBond.selector, 4));
        open.releaseBond(4);
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_NoBond.selector, 65_536));
        open.releaseBond(65_536);
    }

    function test_entry_isZeroIfUnknown() external view {
        assertEq(open.entry(0).author, address(0), "zero");
        assertEq(open.entry(4).author, address(0), "not given out");
        assertEq(open.entry(65_536).author, address(0), "beyond all ids");
    }

    function _incomplete(EntryInput memory input) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IContest.Entries_Incomplete.selector,
                input.manifestHash,
                input.modelSha256,
                input.modelRoot
            )
        );
        open.submit(input, DECLARATION);
    }

    function _finish() private {
        vm.warp(VOTES_CLOSE);
        open.count(100);
        open.finalize();
    }

    /// @dev Where the ids given out are kept: the first slot that `entryCount` reads.
    function _rollSlot() private returns (bytes32) {
        vm.record();
        open.entryCount();
        (bytes32[] memory reads, ) = vm.accesses(address(open));
        return reads[0];
    }
}
