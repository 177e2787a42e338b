// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IKlerosArbitrator, KlerosDispute} from "../../contracts/interfaces/IKlerosArbitrator.sol";
import {Manner} from "../support/TestArbitrables.sol";
import {TestKlerosCore} from "../support/TestKleros.sol";
import {Test} from "../support/Vm.sol";
import {KlerosHandler} from "./KlerosInvariantsHandler.sol";

/// @notice What holds for the adapter to Kleros after any sequence of calls: "Arbitration" of contracts/PROTOCOL.md.
contract KlerosInvariants is Test {
    IKlerosArbitrator private adapter;
    TestKlerosCore private core;
    KlerosHandler private handler;

    function setUp() public {
        handler = new KlerosHandler();
        (adapter, core) = (handler.theAdapter(), handler.theCore());
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_kleros_holdsNoCoinAndPassesOnAllThatItIsPaid() external view {
        assertEq(address(adapter).balance, 0, "adapter");
        assertEq(address(core).balance, handler.paid(), "Kleros");
    }

    function invariant_kleros_keepsTheFirstLawfulRulingOfWhoWasAsked() external view {
        for (uint256 id = 0; id < handler.disputes(); ++id) {
            KlerosDispute memory dispute = adapter.disputeOf(id);
            assertEq(address(dispute.arbitrable), address(handler.arbitrableOf(id)), "who asked");
            assertEq(dispute.choices, handler.choicesOf(id), "choices");
            assertTrue(dispute.ruled == handler.isExecuted(id), "ruled when Kleros ended it");
            assertEq(dispute.ruling, dispute.ruled ? handler.lawfulRuling(id) : 0, "its ruling, or 0");
        }
        assertEq(address(adapter.disputeOf(handler.disputes()).arbitrable), address(0), "no other");
    }

    function invariant_kleros_tellsArbitrablesTheirRulingOnceOrNotAtAll() external view {
        for (uint256 id = 0; id < handler.disputes(); ++id) {
            KlerosDispute memory dispute = adapter.disputeOf(id);
            uint256 times = handler.arbitrableOf(id).times(id);
            assertTrue(times <= 1, "once");
            if (times == 1) assertEq(handler.arbitrableOf(id).rulingOn(id), dispute.ruling, "its ruling");
            // One that answers much says yes and keeps nothing.
            assertTrue(times == 0 || dispute.delivered, "delivered");
            assertTrue(dispute.ruled || !dispute.delivered, "nothing to deliver");
        }
    }

    /// @dev Liveness: whatever happened, Kleros can end every dispute, and who takes rulings again gets theirs.
    function invariant_kleros_everyDisputeCanEndAndBeDelivered() external {
        uint256 snapshot = vm.snapshotState();
        for (uint256 id = 0; id < handler.disputes(); ++id) {
            if (!handler.isDecided(id)) core.decide(id, 1);
            if (!handler.isExecuted(id)) core.executeRuling{gas: 3_000_000}(id);
            assertTrue(adapter.disputeOf(id).ruled, "ended");
        }
        for (uint256 id = 0; id < handler.disputes(); ++id) {
            handler.arbitrableOf(id).setManner(Manner.Takes);
            if (!adapter.disputeOf(id).delivered) adapter.relayRuling(id);
            assertTrue(adapter.disputeOf(id).delivered, "delivered");
        }
        vm.revertToState(snapshot);
    }
}
