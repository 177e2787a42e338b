// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContest, Rules} from "../../contracts/interfaces/IContest.sol";
import {IHumanityPersonhood} from "../../contracts/interfaces/IHumanityPersonhood.sol";
import {IProofOfHumanity} from "../../contracts/interfaces/IProofOfHumanity.sol";
import {ContestFixture} from "../support/ContestFixture.sol";
import {FakeHumanity} from "../support/FakeHumanity.sol";

contract HumanityPersonhoodTest is ContestFixture {
    bytes32 private constant SCOPE = "scope";
    bytes20 private constant HUMANITY = bytes20(uint160(0x40AE));
    uint40 private constant EXPIRES = 1_900_000_000;

    FakeHumanity private registry;
    IHumanityPersonhood private adapter;

    function setUp() public override {
        super.setUp();
        registry = new FakeHumanity();
        adapter = _deploy(address(registry));
        registry.claim(HUMANITY, ALICE, EXPIRES);
    }

    /// @dev The four bytes that the deployed registries answer to.
    function test_interface_asksWhatTheRegistryAnswers() external pure {
        assertEq(bytes32(IProofOfHumanity.isHuman.selector), bytes32(bytes4(0xf72c436f)), "isHuman");
        assertEq(bytes32(IProofOfHumanity.humanityOf.selector), bytes32(bytes4(0xe274f78f)), "humanityOf");
    }

    function test_verify_returnsHashOfHumanityAndScope() external view {
        bytes32 nullifier = keccak256(
            abi.encodePacked(hex"00000000000000000000000000000000000040ae000000000000000000000000", SCOPE)
        );
        assertEq(adapter.verify(ALICE, SCOPE, ""), nullifier, "nullifier");
        assertEq(adapter.verify(ALICE, SCOPE, "anything"), nullifier, "there is nothing to prove");
        assertTrue(adapter.verify(ALICE, "another", "") != nullifier, "another contest, another nullifier");
        assertEq(adapter.registry(), address(registry), "registry");
    }

    function test_verify_failsIfNotHuman() external {
        vm.expectRevert(_notHuman(BOB));
        adapter.verify(BOB, SCOPE, "");
        registry.revoke(HUMANITY);
        vm.expectRevert(_notHuman(ALICE));
        adapter.verify(ALICE, SCOPE, "");
    }

    function test_verify_failsIfExpired() external {
        vm.warp(EXPIRES - 1);
        adapter.verify(ALICE, SCOPE, "");
        vm.warp(EXPIRES);
        vm.expectRevert(_notHuman(ALICE));
        adapter.verify(ALICE, SCOPE, "");
    }

    function test_verify_failsIfRegistryNamesNoHumanity() external {
        vm.mockCall(address(registry), abi.encodeCall(IProofOfHumanity.humanityOf, (ALICE)), abi.encode(bytes20(0)));
        vm.expectRevert(abi.encodeWithSelector(IHumanityPersonhood.HumanityPersonhood_NoHumanity.selector, ALICE));
        adapter.verify(ALICE, SCOPE, "");
    }

    function test_constructor_failsIfThereIsNoRegistry() external {
        vm.expectRevert(
            abi.encodeWithSelector(IHumanityPersonhood.HumanityPersonhood_NoRegistry.selector, address(0xDEAD))
        );
        _deploy(address(0xDEAD));
    }

    /// @dev Somebody else's wallet is no human's, whatever it shows; there is no proof that could be copied.
    function test_threat28_humanity_nobodyBindsForAnother() external {
        IContest contest = _contest();
        vm.expectRevert(_notHuman(address(0xBAD)));
        vm.prank(address(0xBAD));
        contest.bind("");
        vm.prank(ALICE);
        contest.bind("");
        (bool isBound, , ) = contest.personOf(ALICE);
        assertTrue(isBound, "the human's own wallet");
    }

    function test_threat28_humanity_movedHumanityBindsNoSecondWallet() external {
        IContest contest = _contest();
        vm.prank(ALICE);
        contest.bind("");
        bytes32 nullifier = adapter.verify(ALICE, keccak256(abi.encode(block.chainid, address(contest))), "");

        registry.revoke(HUMANITY);
        registry.claim(HUMANITY, BOB, EXPIRES);
        assertTrue(registry.isHuman(BOB) && !registry.isHuman(ALICE), "moved");
        vm.expectRevert(abi.encodeWithSelector(IContest.Persons_NullifierUsed.selector, nullifier, ALICE));
        vm.prank(BOB);
        contest.bind("");
    }

    function testFuzz_verify_dependsOnHumanityAndScopeOnly(
        bytes20 humanityId,
        address first,
        address second,
        bytes32 scope
    ) external {
        vm.assume(humanityId != 0 && first != second && first != address(0) && second != address(0));
        registry.claim(humanityId, first, EXPIRES);
        bytes32 nullifier = adapter.verify(first, scope, "");
        registry.claim(humanityId, second, EXPIRES);
        assertEq(adapter.verify(second, scope, ""), nullifier, "the same person");
        vm.expectRevert(_notHuman(first));
        adapter.verify(first, scope, "");
    }

    function _deploy(address registry_) private returns (IHumanityPersonhood) {
        return IHumanityPersonhood(deploy("HumanityPersonhood.sol:HumanityPersonhood", abi.encode(registry_)));
    }

    function _contest() private returns (IContest) {
        vm.warp(ENTRIES_OPEN);
        Rules memory rules = personRules();
        rules.personhood = address(adapter);
        return createContest(rules);
    }

    function _notHuman(address wallet) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IHumanityPersonhood.HumanityPersonhood_NotHuman.selector, wallet);
    }
}
