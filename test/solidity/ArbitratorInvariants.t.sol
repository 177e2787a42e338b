// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPanelArbitrator, PanelDispute} from "../../contracts/interfaces/IPanelArbitrator.sol";
import {Test} from "../support/Vm.sol";
import {PanelHandler} from "./ArbitratorInvariantsHandler.sol";

/// @notice What holds for the panel after any sequence of calls: "Arbitration" of contracts/PROTOCOL.md.
contract PanelInvariants is Test {
    /// @dev Divides neither by 3 nor by 4 nor by 5.
    uint256 private constant FEE = 1_000_003;

    IPanelArbitrator private panel;
    PanelHandler private handler;

    function setUp() public {
        handler = new PanelHandler(FEE);
        panel = handler.thePanel();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_balanceEqualsOpenFeesPlusCredits() external view {
        uint256 credits = 0;
        for (uint256 i = 0; i < handler.MEMBERS(); ++i) credits += panel.creditOf(handler.memberAt(i));
        assertEq(address(panel).balance, handler.open() * FEE + credits, "balance");
        assertEq(credits + handler.collected(), handler.ruled() * FEE, "the fees of all ruled disputes, to the wei");
    }

    function invariant_aRulingFollowsFromTheVotesAndNeverChanges() external view {
        assertEq(panel.disputeCount(), handler.disputes(), "disputes");
        for (uint256 id = 0; id < handler.disputes(); ++id) {
            PanelDispute memory dispute = panel.disputeOf(id);
            (bool known, uint256 first) = handler.firstRuling(id);
            assertTrue(dispute.ruled == known, "ruled");
            assertEq(dispute.ruling, first, "as first ruled");
            (bool decided, uint256 outcome) = _workOut(id);
            assertTrue(decided == dispute.ruled, "decided by the votes");
            if (decided) assertEq(dispute.ruling, outcome, "as the votes say");
        }
    }

    function invariant_arbitrablesAreToldTheirRulingOnceOrNotAtAll() external view {
        for (uint256 id = 0; id < handler.disputes(); ++id) {
            PanelDispute memory dispute = panel.disputeOf(id);
            uint256 times = handler.timesTold(id);
            assertTrue(times <= 1, "once");
            if (times == 1) assertTrue(dispute.ruled && handler.toldRuling(id) == dispute.ruling, "its ruling");
            // One that answers much says yes and keeps nothing.
            assertTrue(times == 0 || dispute.delivered, "delivered");
            if (!dispute.ruled) assertTrue(!dispute.delivered, "nothing to deliver");
        }
    }

    /// @dev Liveness: whatever happened, the members can end every dispute, and everybody can be paid.
    function invariant_everyDisputeCanEndAndEverybodyCanBePaid() external {
        uint256 snapshot = vm.snapshotState();
        for (uint256 id = 0; id < handler.disputes(); ++id) {
            for (uint256 i = 0; i < handler.MEMBERS() && !panel.disputeOf(id).ruled; ++i) {
                (bool voted, ) = panel.voteOf(id, handler.memberAt(i));
                if (voted) continue;
                vm.prank(handler.memberAt(i));
                panel.vote(id, 1, "so");
            }
            assertTrue(panel.disputeOf(id).ruled, "ended");
        }
        for (uint256 i = 0; i < handler.MEMBERS(); ++i) {
            if (panel.creditOf(handler.memberAt(i)) == 0) continue;
            vm.prank(handler.memberAt(i));
            panel.collectTo(address(0xCAFE));
        }
        assertEq(address(panel).balance, 0, "all is paid");
        vm.revertToState(snapshot);
    }

    /// @dev From `voteOf` alone: three of five, choices 0 to 2.
    function _workOut(uint256 id) private view returns (bool decided, uint256 outcome) {
        uint256[3] memory counts;
        uint256 left = 5;
        for (uint256 i = 0; i < 5; ++i) {
            (bool voted, uint256 ruling) = panel.voteOf(id, handler.memberAt(i));
            if (!voted) continue;
            ++counts[ruling];
            --left;
        }
        for (uint256 ruling = 0; ruling < 3; ++ruling) if (counts[ruling] >= 3) return (true, ruling);
        return (counts[0] + left < 3 && counts[1] + left < 3 && counts[2] + left < 3, 0);
    }
}
