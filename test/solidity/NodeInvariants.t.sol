// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {INodeRegistry, NodeView} from "../../contracts/interfaces/INodeRegistry.sol";
import {BlockingCoin} from "../support/HostileCoins.sol";
import {NodeFixture} from "../support/NodeFixture.sol";
import {NodeHandler} from "./NodeInvariantsHandler.sol";

/// @notice The law of the registry after any sequence of calls at any times.
contract NodeInvariants is NodeFixture {
    NodeHandler internal handler;
    BlockingCoin internal blocking;

    function setUp() public override {
        super.setUp();
        blocking = new BlockingCoin();
        registry = deployRegistry(address(blocking), MIN_STAKE, MIN_BOND);
        INodeRegistry other = deployRegistry(address(blocking), MIN_STAKE, MIN_BOND);
        vm.warp(ENTRIES_OPEN - 1);
        open = createContest(openRules());
        vm.warp(VOTES_OPEN - 100);
        // One block, a whole one and one as long as two hashes, three with a padding leaf, five with three.
        uint256[4] memory sizes = [uint256(1_000), 16_448, 49_152, 65_537];
        bytes[] memory files = new bytes[](4);
        for (uint256 i = 0; i < 4; ++i) {
            files[i] = fileOf(sizes[i], string(abi.encode(i)));
            submitFile(open, files[i]);
        }
        vm.prank(AUTHOR);
        open.retract(2);
        handler = new NodeHandler(registry, other, open, blocking, files);
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev Whoever signs only what is true of existing entries, and answers in time, loses nothing by what others do.
    function invariant_honestNodeIsNeverSlashed() external view {
        NodeView memory honest = registry.nodeOf(handler.accountAt(0));
        assertEq(honest.stake, handler.stakes(0), "all it ever staked");
        if (handler.leavesAt(0) == 0) assertTrue(honest.active && honest.stake >= 250 ether, "active");
    }

    function invariant_coinBalanceEqualsStakesPlusCreditsPlusUnburned() external view {
        uint256 sum = handler.stakes(0) + handler.stakes(1) + handler.unburned() + handler.coinGifts();
        for (uint256 i = 0; i < handler.ACCOUNTS(); ++i)
            sum += handler.credits(handler.accountAt(i), address(blocking));
        assertEq(blocking.balanceOf(address(registry)), sum, "coin balance");
    }

    function invariant_nativeBalanceEqualsBondsPlusCredits() external view {
        uint256 sum = handler.bonds() + handler.nativeGifts();
        for (uint256 i = 0; i < handler.ACCOUNTS(); ++i) sum += handler.credits(handler.accountAt(i), address(0));
        assertEq(address(registry).balance, sum, "native balance");
    }

    function invariant_booksAreKept() external view {
        for (uint256 node = 0; node < 2; ++node) {
            NodeView memory kept = registry.nodeOf(handler.accountAt(node));
            assertEq(kept.stake, handler.stakes(node), "stake");
            assertEq(kept.openChallenges, handler.openOn(node), "open challenges");
            assertEq(kept.leavesAt, handler.leavesAt(node), "leaves");
            for (uint256 id = 1; id <= handler.ENTRIES(); ++id) {
                uint256 openId = registry.openChallengeOf(handler.accountAt(node), address(open), id);
                assertEq(openId, handler.openChallenge(node, id), "open");
            }
        }
        assertEq(registry.unburned(), handler.unburned(), "unburned");
    }

    function invariant_eventsRebuildTheBooks() external view {
        for (uint256 i = 0; i < handler.ACCOUNTS(); ++i) {
            address account = handler.accountAt(i);
            assertEq(handler.toldStake(account), registry.nodeOf(account).stake, "stake told");
            uint256 coins = registry.creditOf(account, address(blocking));
            assertEq(handler.toldCredit(account, address(blocking)), coins, "coin credit told");
            assertEq(handler.toldCredit(account, address(0)), registry.creditOf(account, address(0)), "native told");
        }
        assertEq(handler.toldUnburned(), registry.unburned(), "unburned told");
    }

    /// @dev No lock-in: eight days after saying so everybody is out, whatever the others did.
    function invariant_everyNodeCanLeaveWithItsStake() external {
        uint256 id = vm.snapshotState();
        for (uint256 node = 0; node < 2; ++node) {
            if (handler.leavesAt(node) != 0) continue;
            vm.prank(handler.accountAt(node));
            registry.leave();
        }
        vm.warp(handler.time() + 8 days);
        for (uint256 challengeId = 1; challengeId <= registry.challengeCount(); ++challengeId) {
            if (registry.challengeOf(challengeId).answerBy != 0) registry.expireBlock(challengeId);
        }
        for (uint256 node = 0; node < 2; ++node) {
            address account = handler.accountAt(node);
            uint256 owed = registry.nodeOf(account).stake + registry.creditOf(account, address(blocking));
            uint256 before = blocking.balanceOf(account);
            if (owed == 0) continue;
            vm.prank(account);
            registry.collect();
            assertEq(blocking.balanceOf(account) - before, owed, "all of it");
        }
        vm.revertToState(id);
    }
}
