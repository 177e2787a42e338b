// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrable} from "../../contracts/interfaces/IArbitrable.sol";
import {IArbitrator} from "../../contracts/interfaces/IArbitrator.sol";
import {IPanelArbitrator, PanelDispute} from "../../contracts/interfaces/IPanelArbitrator.sol";
import {IRulings} from "../../contracts/interfaces/IRulings.sol";
import {GreedyMember, Manner, TestArbitrable, Unpayable} from "../support/TestArbitrables.sol";
import {Test} from "../support/Vm.sol";

/// @notice Whoever it deploys first has an address that can be told before.
contract FirstTimeDeployer {
    function deploy(bytes memory code) external returns (address deployed) {
        assembly ("memory-safe") {
            deployed := create(0, add(code, 32), mload(code))
        }
    }
}

contract PanelArbitratorTest is Test {
    uint256 private constant FEE = 0.01 ether;
    address private constant ANN = address(0xA1);
    address private constant BEN = address(0xB2);
    address private constant CLO = address(0xC3);
    address private constant STRANGER = address(0x57);

    IPanelArbitrator private panel;
    TestArbitrable private arbitrable;

    function setUp() public {
        panel = _panel(_three(), 2, FEE);
        arbitrable = new TestArbitrable(panel);
        vm.deal(address(this), 100 ether);
    }

    /* PANEL */

    function test_panel_tellsWhatItIs() external view {
        address[] memory members = panel.members();
        assertEq(members.length, 3, "members");
        assertEq(members[0], ANN, "first");
        assertEq(members[1], BEN, "second");
        assertEq(members[2], CLO, "third");
        assertEq(panel.threshold(), 2, "threshold");
        assertEq(panel.fee(), FEE, "fee");
        assertEq(panel.arbitrationCost(""), 10_000_000_000_000_000, "cost");
        assertEq(panel.arbitrationCost("whatever"), 10_000_000_000_000_000, "cost, whatever is asked");
        assertEq(panel.disputeCount(), 0, "disputes");
    }

    function test_panel_failsIfMembersAreWrong() external {
        _failsToDeploy(new address[](0), 1, abi.encodeWithSelector(IPanelArbitrator.Panel_BadMembers.selector, 0));
        _failsToDeploy(_many(33), 17, abi.encodeWithSelector(IPanelArbitrator.Panel_BadMembers.selector, 33));
        address[] memory members = _three();
        members[2] = ANN;
        _failsToDeploy(members, 2, abi.encodeWithSelector(IPanelArbitrator.Panel_BadMember.selector, 2, ANN));
        members[1] = address(0);
        _failsToDeploy(members, 2, abi.encodeWithSelector(IPanelArbitrator.Panel_BadMember.selector, 1, address(0)));
        assertEq(_panel(_many(32), 17, 0).members().length, 32, "32 are allowed");
    }

    /// @dev It could never vote. The address of a first deployment is a hash of RLP's [deployer, 1].
    function test_panel_failsIfItIsItsOwnMember() external {
        bytes memory code = vm.getCode("PanelArbitrator.sol:PanelArbitrator");
        address[] memory members = _three();
        for (uint256 i = 0; i < 2; ++i) {
            FirstTimeDeployer deployer = new FirstTimeDeployer();
            address itself = address(uint160(uint256(keccak256(abi.encodePacked(hex"d694", deployer, hex"01")))));
            members[2] = i == 0 ? itself : CLO;
            address deployed = deployer.deploy(abi.encodePacked(code, abi.encode(members, 2, FEE)));
            assertEq(deployed, i == 0 ? address(0) : itself, i == 0 ? "refused" : "there with another member");
        }
    }

    /// @dev With half of them or fewer, two rulings could both have enough votes and the first would win.
    function test_panel_failsIfThresholdIsNoMajority() external {
        _failsToDeploy(_three(), 0, abi.encodeWithSelector(IPanelArbitrator.Panel_BadThreshold.selector, 0, 3));
        _failsToDeploy(_three(), 1, abi.encodeWithSelector(IPanelArbitrator.Panel_BadThreshold.selector, 1, 3));
        _failsToDeploy(_three(), 4, abi.encodeWithSelector(IPanelArbitrator.Panel_BadThreshold.selector, 4, 3));
        _failsToDeploy(_many(4), 2, abi.encodeWithSelector(IPanelArbitrator.Panel_BadThreshold.selector, 2, 4));
        uint256 huge = type(uint256).max;
        _failsToDeploy(_three(), huge, abi.encodeWithSelector(IPanelArbitrator.Panel_BadThreshold.selector, huge, 3));
        assertEq(_panel(_three(), 3, 0).threshold(), 3, "all of them");
        assertEq(_panel(_many(1), 1, 0).threshold(), 1, "one alone");
    }

    /* DISPUTES */

    function test_createDispute_keepsAndTellsAll() external {
        vm.expectEmit(address(panel));
        emit IArbitrator.DisputeCreation(0, IArbitrable(address(arbitrable)));
        assertEq(arbitrable.open{value: FEE}(2, "any"), 0, "the first id is 0");
        assertEq(arbitrable.open{value: FEE}(254, ""), 1, "the second");

        assertEq(panel.disputeCount(), 2, "count");
        PanelDispute memory dispute = panel.disputeOf(0);
        assertEq(dispute.arbitrable, address(arbitrable), "arbitrable");
        assertEq(dispute.choices, 2, "choices");
        assertEq(dispute.votesCast, 0, "votes");
        assertEq(dispute.ruling, 0, "ruling");
        assertTrue(!dispute.ruled && !dispute.delivered, "open");
        assertEq(panel.disputeOf(1).choices, 254, "many choices");
        assertEq(address(panel).balance, 2 * FEE, "fees came");
    }

    function test_createDispute_failsIfNotExactlyTheFee() external {
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_WrongFee.selector, FEE, FEE - 1));
        arbitrable.open{value: FEE - 1}(2, "");
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_WrongFee.selector, FEE, FEE + 1));
        arbitrable.open{value: FEE + 1}(2, "");
    }

    function test_createDispute_failsIfChoicesOutOfBounds() external {
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_BadChoices.selector, 0));
        arbitrable.open{value: FEE}(0, "");
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_BadChoices.selector, 255));
        arbitrable.open{value: FEE}(255, "");
    }

    function test_panel_takesNoCoinsUnasked() external {
        (bool ok, ) = address(panel).call{value: 1}("");
        assertTrue(!ok, "refused");
    }

    /* VOTES */

    function test_vote_rulesWhenThresholdIsReached() external {
        _open();
        vm.expectEmit(address(panel));
        emit IPanelArbitrator.Voted(0, ANN, 2, "owned by a giant");
        _vote(ANN, 0, 2, "owned by a giant");
        PanelDispute memory dispute = panel.disputeOf(0);
        assertEq(dispute.votesCast, 1, "one vote");
        assertTrue(!dispute.ruled, "not yet");
        assertEq(arbitrable.ruledTimes(), 0, "told nothing");

        vm.expectEmit(address(panel));
        emit IPanelArbitrator.Voted(0, CLO, 2, "https://example.org/why");
        vm.expectEmit(address(panel));
        emit IPanelArbitrator.Ruled(0, 2);
        vm.expectEmit(address(panel));
        emit IPanelArbitrator.Credited(0, ANN, 0.005 ether);
        vm.expectEmit(address(panel));
        emit IPanelArbitrator.Credited(0, CLO, 0.005 ether);
        vm.expectEmit(address(arbitrable));
        emit IArbitrable.Ruling(panel, 0, 2);
        vm.expectEmit(address(panel));
        emit IPanelArbitrator.RulingRelayed(0, IArbitrable(address(arbitrable)), true);
        _vote(CLO, 0, 2, "https://example.org/why");

        dispute = panel.disputeOf(0);
        assertEq(dispute.votesCast, 2, "two votes");
        assertEq(dispute.ruling, 2, "ruling");
        assertTrue(dispute.ruled && dispute.delivered, "done");
        assertEq(arbitrable.rulingOn(0), 2, "told");
        assertEq(arbitrable.times(0), 1, "once");
        (bool voted, uint256 ruling) = panel.voteOf(0, CLO);
        assertTrue(voted && ruling == 2, "vote");
        (voted, ruling) = panel.voteOf(0, BEN);
        assertTrue(!voted && ruling == 0, "no vote");
        (voted, ) = panel.voteOf(0, STRANGER);
        assertTrue(!voted, "no member");
    }

    function test_vote_forRefusalCountsLikeAnyOther() external {
        _open();
        _vote(ANN, 0, 0, "cannot say");
        (bool voted, uint256 ruling) = panel.voteOf(0, ANN);
        assertTrue(voted && ruling == 0, "voted 0");
        assertTrue(!panel.disputeOf(0).ruled, "one is not enough");
        _vote(BEN, 0, 0, "nor I");
        assertTrue(panel.disputeOf(0).ruled, "ruled");
        assertEq(arbitrable.times(0), 1, "told");
    }

    /// @dev 2 of 3: three different votes. No ruling can have two any more.
    function test_vote_rulesZeroIfNoRulingCanReachTheThreshold() external {
        _open();
        _vote(ANN, 0, 1, "fine");
        _vote(BEN, 0, 2, "not fine");
        assertTrue(!panel.disputeOf(0).ruled, "the third decides");
        vm.expectEmit(address(panel));
        emit IPanelArbitrator.Ruled(0, 0);
        _vote(CLO, 0, 0, "who knows");
        assertEq(arbitrable.times(0), 1, "told");
        assertEq(arbitrable.rulingOn(0), 0, "refused");
    }

    /// @dev 4 of 5: after two against two, the fifth can make it three at most.
    function test_vote_rulesZeroAsSoonAsItIsHung() external {
        panel = _panel(_many(5), 4, 0);
        arbitrable = new TestArbitrable(panel);
        arbitrable.open(2, "");
        _vote(_member(0), 0, 1, "1");
        _vote(_member(1), 0, 2, "2");
        assertTrue(!panel.disputeOf(0).ruled, "four are possible");
        _vote(_member(2), 0, 2, "2");
        assertTrue(!panel.disputeOf(0).ruled, "four are possible still");
        _vote(_member(3), 0, 1, "1");
        assertTrue(panel.disputeOf(0).ruled, "four are not possible");
        assertEq(panel.disputeOf(0).votesCast, 4, "the fifth is not needed");
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_Ruled.selector, 0, 0));
        _vote(_member(4), 0, 2, "late");
    }

    function test_threat26_vote_failsIfTwice() external {
        _open();
        _vote(ANN, 0, 1, "fine");
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_Voted.selector, 0, ANN));
        _vote(ANN, 0, 1, "fine, again");
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_Voted.selector, 0, ANN));
        _vote(ANN, 0, 2, "changed my mind");
        // A vote for 0 is a vote too.
        _vote(BEN, 0, 0, "cannot say");
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_Voted.selector, 0, BEN));
        _vote(BEN, 0, 1, "changed my mind");
    }

    function test_vote_failsIfRuled() external {
        _open();
        _vote(ANN, 0, 1, "fine");
        _vote(BEN, 0, 1, "fine");
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_Ruled.selector, 0, 1));
        _vote(CLO, 0, 2, "not fine");
    }

    function test_vote_failsIfNotAMember() external {
        _open();
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_NotMember.selector, STRANGER));
        _vote(STRANGER, 0, 1, "I say");
    }

    function test_vote_failsIfUnknown() external {
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_Unknown.selector, 0));
        _vote(ANN, 0, 1, "fine");
        _open();
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_Unknown.selector, 1));
        _vote(ANN, 1, 1, "fine");
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_Unknown.selector, 1));
        panel.disputeOf(1);
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_Unknown.selector, 1));
        panel.voteOf(1, ANN);
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_Unknown.selector, 1));
        panel.relayRuling(1);
    }

    function test_vote_failsIfNoSuchChoice() external {
        _open();
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_BadRuling.selector, 3, 2));
        _vote(ANN, 0, 3, "the third way");
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_BadRuling.selector, type(uint256).max, 2));
        _vote(ANN, 0, type(uint256).max, "wraps to 0");
    }

    function test_vote_failsIfReasonIsMissingOrTooLong() external {
        _open();
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_BadReason.selector, 0));
        _vote(ANN, 0, 1, "");
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_BadReason.selector, 2_049));
        _vote(ANN, 0, 1, string(new bytes(2_049)));
        _vote(ANN, 0, 1, string(new bytes(2_048)));
    }

    function test_vote_ofTheLastOf32MembersCounts() external {
        panel = _panel(_many(32), 17, 0);
        arbitrable = new TestArbitrable(panel);
        arbitrable.open(254, "");
        for (uint256 i = 31; i > 15; --i) _vote(_member(i), 0, 254, "so");
        assertTrue(!panel.disputeOf(0).ruled, "16 are not enough");
        (bool voted, uint256 ruling) = panel.voteOf(0, _member(31));
        assertTrue(voted && ruling == 254, "the last member's vote");
        (voted, ) = panel.voteOf(0, _member(15));
        assertTrue(!voted, "its neighbour has not voted");
        _vote(_member(0), 0, 254, "so");
        assertEq(arbitrable.rulingOn(0), 254, "ruled");
    }

    /* HOSTILE ARBITRABLES */

    /// @dev Each time with just the gas that the panel asks for: what is left after the arbitrable must do.
    function test_vote_standsWhateverTheArbitrableDoes() external {
        Manner[4] memory manners = [Manner.Reverts, Manner.BurnsAllGas, Manner.ReturnsMuch, Manner.RevertsWithMuch];
        for (uint256 i = 0; i < manners.length; ++i) {
            uint256 id = arbitrable.open{value: FEE}(2, "");
            arbitrable.setManner(manners[i]);
            _vote(ANN, id, 2, "out");
            vm.prank(BEN);
            panel.vote{gas: 1_250_000}(id, 2, "out");

            PanelDispute memory dispute = panel.disputeOf(id);
            assertTrue(dispute.ruled, "ruled");
            assertEq(dispute.ruling, 2, "ruling");
            assertTrue(dispute.delivered == (manners[i] == Manner.ReturnsMuch), "taken by those who do not revert");
            assertEq(panel.creditOf(BEN), (i + 1) * 0.005 ether, "paid all the same");
        }
        assertEq(arbitrable.ruledTimes(), 0, "none of them kept anything");
        // Nobody else's dispute suffers.
        arbitrable.setManner(Manner.Takes);
        uint256 last = arbitrable.open{value: FEE}(2, "");
        _vote(ANN, last, 1, "in");
        _vote(BEN, last, 1, "in");
        assertEq(arbitrable.rulingOn(last), 1, "ruled");
    }

    /// @dev What a hostile arbitrable can make a member pay has a bound, however much gas the member sends along.
    function test_vote_costsNoMoreThanTheArbitrableIsDue() external {
        _open();
        arbitrable.setManner(Manner.BurnsAllGas);
        _vote(ANN, 0, 2, "out");
        vm.prank(BEN);
        uint256 before = gasleft();
        panel.vote{gas: 15_000_000}(0, 2, "out");
        assertTrue(before - gasleft() < 1_300_000, "gas");
    }

    function test_vote_standsIfTheArbitrableHasNoCode() external {
        vm.deal(STRANGER, FEE);
        vm.prank(STRANGER);
        panel.createDispute{value: FEE}(2, "");
        _vote(ANN, 0, 1, "fine");
        vm.expectEmit(address(panel));
        emit IPanelArbitrator.RulingRelayed(0, IArbitrable(STRANGER), false);
        _vote(BEN, 0, 1, "fine");
        assertTrue(panel.disputeOf(0).ruled, "ruled");
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_NotTaken.selector, 0));
        panel.relayRuling(0);
    }

    /// @dev A wallet's estimate goes for the least gas that works. It must not find one at which only the ruling is lost.
    function testFuzz_vote_neverLosesARulingToTooLittleGas(uint256 gas) external {
        _open();
        _vote(ANN, 0, 1, "fine");
        // It needs nearly all of what it is due; half of the tries are close to that.
        arbitrable.setManner(Manner.NeedsMuchGas);
        gas = bound(gas, gas % 2 == 0 ? 30_000 : 900_000, 1_400_000);
        vm.prank(BEN);
        (bool ok, bytes memory answer) = address(panel).call{gas: gas}(
            abi.encodeCall(IPanelArbitrator.vote, (0, 1, "fine"))
        );
        assertEq(arbitrable.times(0), ok ? 1 : 0, "both or neither");
        assertTrue(panel.disputeOf(0).ruled == ok, "ruled with it");
        assertTrue(ok || gas < 1_250_000, "enough is enough");
        bool named = answer.length > 4 && bytes4(answer) == IRulings.Rulings_TooLittleGas.selector;
        assertTrue(ok || named || gas < 200_000, "and says so");
    }

    function test_relayRuling_givesTheSameRulingOnce() external {
        _open();
        arbitrable.setManner(Manner.Reverts);
        _vote(ANN, 0, 2, "out");
        _vote(BEN, 0, 2, "out");
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_NotTaken.selector, 0));
        panel.relayRuling(0);
        assertTrue(!panel.disputeOf(0).delivered, "not delivered");

        arbitrable.setManner(Manner.Takes);
        vm.expectEmit(address(panel));
        emit IPanelArbitrator.RulingRelayed(0, IArbitrable(address(arbitrable)), true);
        vm.prank(STRANGER);
        panel.relayRuling(0);
        assertEq(arbitrable.rulingOn(0), 2, "the same ruling");
        assertTrue(panel.disputeOf(0).delivered, "delivered");
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_Delivered.selector, 0));
        panel.relayRuling(0);
        assertEq(arbitrable.times(0), 1, "once");
    }

    function test_relayRuling_failsIfNotRuledOrGivenBefore() external {
        _open();
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_NotRuled.selector, 0));
        panel.relayRuling(0);
        _vote(ANN, 0, 1, "fine");
        _vote(BEN, 0, 1, "fine");
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_Delivered.selector, 0));
        panel.relayRuling(0);
    }

    /// @dev Somebody with little gas cannot use the second chance up.
    function test_relayRuling_failsIfTooLittleGas() external {
        _open();
        arbitrable.setManner(Manner.BurnsAllGas);
        _vote(ANN, 0, 1, "fine");
        _vote(BEN, 0, 1, "fine");
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_NotTaken.selector, 0));
        panel.relayRuling{gas: 500_000}(0);
        arbitrable.setManner(Manner.Takes);
        panel.relayRuling(0);
        assertEq(arbitrable.times(0), 1, "given");
    }

    function test_arbitrable_callingBackChangesNothing() external {
        // It asks for the same ruling again while it is being given.
        _open();
        arbitrable.setCallBack(abi.encodeCall(IPanelArbitrator.relayRuling, (0)));
        _vote(ANN, 0, 1, "fine");
        _vote(BEN, 0, 1, "fine");
        assertTrue(!arbitrable.calledBack(), "refused");
        assertEq(bytes4(arbitrable.answer()), IPanelArbitrator.Panel_Delivered.selector, "by name");
        assertEq(arbitrable.times(0), 1, "once");

        // It is a member, and votes on the dispute that it is just being ruled on.
        address[] memory members = _three();
        members[2] = address(arbitrable);
        panel = _panel(members, 2, FEE);
        arbitrable.setArbitrator(panel);
        _open();
        arbitrable.setCallBack(abi.encodeCall(IPanelArbitrator.vote, (0, 2, "no")));
        _vote(ANN, 0, 1, "fine");
        _vote(BEN, 0, 1, "fine");
        assertTrue(!arbitrable.calledBack(), "refused");
        assertEq(bytes4(arbitrable.answer()), IPanelArbitrator.Panel_Ruled.selector, "by name");
        assertEq(panel.disputeOf(0).ruling, 1, "the ruling stands");
    }

    /* FEES */

    function test_fee_goesToAllWhoVotedDustToTheLast() external {
        panel = _panel(_three(), 2, 100);
        arbitrable = new TestArbitrable(panel);
        arbitrable.open{value: 100}(2, "");
        _vote(CLO, 0, 1, "in");
        _vote(ANN, 0, 2, "out");
        _vote(BEN, 0, 1, "in");
        assertEq(panel.creditOf(CLO), 33, "a third");
        assertEq(panel.creditOf(ANN), 33, "who disagreed is paid alike");
        assertEq(panel.creditOf(BEN), 34, "and the dust");

        arbitrable.open{value: 100}(2, "");
        _vote(CLO, 1, 1, "in");
        _vote(ANN, 1, 1, "in");
        assertEq(panel.creditOf(CLO), 83, "a half");
        assertEq(panel.creditOf(ANN), 83, "a half");
        assertEq(panel.creditOf(BEN), 34, "who did not vote gets nothing");
    }

    function test_collect_paysOnce() external {
        _decide(1);
        vm.expectEmit(address(panel));
        emit IPanelArbitrator.Collected(ANN, ANN, 0.005 ether);
        vm.prank(ANN);
        panel.collect();
        assertEq(ANN.balance, 0.005 ether, "paid");
        assertEq(panel.creditOf(ANN), 0, "nothing left");
        vm.prank(ANN);
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_NothingOwed.selector, ANN));
        panel.collect();

        vm.expectEmit(address(panel));
        emit IPanelArbitrator.Collected(BEN, STRANGER, 0.005 ether);
        vm.prank(BEN);
        panel.collectTo(STRANGER);
        assertEq(STRANGER.balance, 0.005 ether, "paid to whom it named");
        assertEq(address(panel).balance, 0, "all is paid");
    }

    function test_collect_failsIfNothingIsOwed() external {
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_NothingOwed.selector, STRANGER));
        vm.prank(STRANGER);
        panel.collectTo(ANN);
    }

    /// @dev A member that takes no coins keeps nobody from voting, ruling or being paid, and can name another receiver.
    function test_collect_unpayableMemberBlocksOnlyItself() external {
        Unpayable stiff = new Unpayable();
        address[] memory members = _three();
        members[0] = address(stiff);
        panel = _panel(members, 2, FEE);
        arbitrable = new TestArbitrable(panel);
        _open();
        _vote(address(stiff), 0, 1, "fine");
        _vote(BEN, 0, 1, "fine");
        vm.prank(address(stiff));
        vm.expectRevert(abi.encodeWithSelector(IPanelArbitrator.Panel_NotPaid.selector, address(stiff), 0.005 ether));
        panel.collect();
        assertEq(panel.creditOf(address(stiff)), 0.005 ether, "still owed");
        vm.prank(BEN);
        panel.collect();
        assertEq(BEN.balance, 0.005 ether, "the other is paid");
        vm.prank(address(stiff));
        panel.collectTo(STRANGER);
        assertEq(STRANGER.balance, 0.005 ether, "paid elsewhere");
    }

    function test_collect_cannotBeReentered() external {
        GreedyMember greedy = new GreedyMember();
        address[] memory members = _three();
        members[0] = address(greedy);
        panel = _panel(members, 2, FEE);
        arbitrable = new TestArbitrable(panel);
        greedy.setCall(address(panel), abi.encodeCall(IPanelArbitrator.collect, ()));
        _open();
        arbitrable.open{value: FEE}(2, "");
        _vote(address(greedy), 0, 1, "fine");
        _vote(BEN, 0, 1, "fine");
        vm.prank(address(greedy));
        panel.collect();
        assertTrue(greedy.asked() && !greedy.gotMore(), "no more");
        assertEq(address(greedy).balance, 0.005 ether, "its own");
        assertEq(address(panel).balance, FEE + 0.005 ether, "the rest is there");
    }

    /* FUZZ */

    /// @dev Whatever is voted in whatever order: the ruling is the one a reader would work out from the votes alone, and
    /// not one wei of the fee is lost.
    function testFuzz_vote_decidesAsTheVotesSay(uint256 seed, uint256 size, uint256 need, uint96 fee) external {
        size = bound(size, 1, 32);
        need = bound(need, size / 2 + 1, size);
        panel = _panel(_many(size), need, fee);
        arbitrable = new TestArbitrable(panel);
        vm.deal(address(this), fee);
        uint256 choices = 1 + (seed % 3);
        arbitrable.open{value: fee}(choices, "");

        uint256[4] memory counts;
        uint256 cast = 0;
        uint256 winner = type(uint256).max;
        for (; cast < size && winner == type(uint256).max; ++cast) {
            uint256 ruling = uint256(keccak256(abi.encode(seed, cast))) % (choices + 1);
            // Members vote in an order of the fuzzer's: a stride coprime to every size up to 32.
            _vote(_member((cast * 37 + (seed % size)) % size), 0, ruling, "so");
            ++counts[ruling];
            if (counts[ruling] == need) winner = ruling;
            else if (_cannotReach(counts, size - cast - 1, need)) winner = 0;
            PanelDispute memory dispute = panel.disputeOf(0);
            assertTrue(dispute.ruled == (winner != type(uint256).max), "ruled when it must be");
            assertEq(dispute.votesCast, cast + 1, "votes");
        }
        assertEq(panel.disputeOf(0).ruling, winner, "ruling");
        assertEq(arbitrable.times(0), 1, "told once");
        assertEq(arbitrable.rulingOn(0), winner, "told the ruling");
        uint256 sum = 0;
        for (uint256 i = 0; i < size; ++i) {
            uint256 credit = panel.creditOf(_member(i));
            (bool voted, ) = panel.voteOf(0, _member(i));
            sum += credit;
            assertTrue(voted ? credit >= uint256(fee) / cast : credit == 0, "share");
        }
        assertEq(sum, fee, "the whole fee");
        assertEq(address(panel).balance, fee, "is there");
    }

    /* HELPERS */

    function _cannotReach(uint256[4] memory counts, uint256 left, uint256 need) private pure returns (bool) {
        for (uint256 i = 0; i < 4; ++i) if (counts[i] + left >= need) return false;
        return true;
    }

    function _panel(address[] memory members, uint256 threshold, uint256 fee) private returns (IPanelArbitrator) {
        return IPanelArbitrator(deploy("PanelArbitrator.sol:PanelArbitrator", abi.encode(members, threshold, fee)));
    }

    function _failsToDeploy(address[] memory members, uint256 threshold, bytes memory problem) private {
        bytes memory code = abi.encodePacked(
            vm.getCode("PanelArbitrator.sol:PanelArbitrator"),
            abi.encode(members, threshold, FEE)
        );
        bytes memory answer;
        assembly ("memory-safe") {
            pop(create(0, add(code, 32), mload(code)))
            answer := mload(0x40)
            mstore(answer, returndatasize())
            returndatacopy(add(answer, 32), 0, returndatasize())
            mstore(0x40, and(add(add(answer, returndatasize()), 63), not(31)))
        }
        assertEq(keccak256(answer), keccak256(problem), "what the constructor says");
    }

    function _three() private pure returns (address[] memory members) {
        members = new address[](3);
        (members[0], members[1], members[2]) = (ANN, BEN, CLO);
    }

    function _many(uint256 count) private pure returns (address[] memory members) {
        members = new address[](count);
        for (uint256 i = 0; i < count; ++i) members[i] = _member(i);
    }

    function _member(uint256 place) private pure returns (address) {
        return address(uint160(0x1000 + place));
    }

    function _open() private {
        arbitrable.open{value: FEE}(2, "");
    }

    function _decide(uint256 ruling) private {
        _open();
        _vote(ANN, 0, ruling, "so");
        _vote(BEN, 0, ruling, "so");
    }

    function _vote(address member, uint256 disputeId, uint256 ruling, string memory reason) private {
        vm.prank(member);
        panel.vote(disputeId, ruling, reason);
    }
}
