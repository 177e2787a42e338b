// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DemoCoin} from "../../contracts/demo/DemoCoin.sol";
import {Test} from "../support/Vm.sol";

contract DemoCoinTest is Test {
    address private constant ALICE = address(0xA11CE);
    DemoCoin private coin;

    function setUp() public {
        vm.warp(1_800_000_000);
        coin = DemoCoin(deploy("DemoCoin.sol:DemoCoin", ""));
    }

    function test_constructor_paysTheDeployer() external view {
        assertEq(coin.balanceOf(address(this)), 10_000_000 ether, "deployer");
        assertEq(coin.totalSupply(), 10_000_000 ether, "supply");
    }

    function test_faucet_givesAHundredAnHour() external {
        vm.startPrank(ALICE);
        coin.faucet();
        vm.warp(1_800_003_599);
        vm.expectRevert(abi.encodeWithSelector(DemoCoin.DemoCoin_TooSoon.selector, 1_800_003_600));
        coin.faucet();
        vm.warp(1_800_003_600);
        coin.faucet();
        assertEq(coin.balanceOf(ALICE), 200 ether, "balance");
    }

    function test_faucet_runsDryUnder96Bits() external {
        assertTrue(coin.MAX_SUPPLY() < 2 ** 96, "every contest takes the coin");
        // The slot of the total supply in OpenZeppelin's ERC20.
        vm.store(address(coin), bytes32(uint256(2)), bytes32(uint256(1_000_000_000 ether - 150 ether)));
        assertEq(coin.totalSupply(), 1_000_000_000 ether - 150 ether, "supply");
        vm.prank(ALICE);
        coin.faucet();
        vm.expectRevert(abi.encodeWithSelector(DemoCoin.DemoCoin_Dry.selector, 1_000_000_000 ether));
        coin.faucet();
    }
}
