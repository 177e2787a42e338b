// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContest} from "../../contracts/interfaces/IContest.sol";
import {ContestFixture} from "../support/ContestFixture.sol";
import {TestPersonhood} from "../support/TestPersonhood.sol";

contract PersonsTest is ContestFixture {
    function test_bind_keepsWalletOfNullifier() external {
        bytes memory proof = proofFor(personal, CAROL, "carol");
        vm.expectEmit(address(personal));
        emit IContest.PersonBound(CAROL, "carol");
        vm.prank(CAROL);
        personal.bind(proof);
        assertEq(personal.walletOf("carol"), CAROL, "wallet");
        (bool bound, uint256 counted, uint256 liveEntry) = personal.personOf(CAROL);
        assertTrue(bound, "bound");
        assertEq(counted, 0, "counted");
        assertEq(liveEntry, 0, "live entry");
    }

    function test_bind_failsIfNullifierUsed() external {
        bytes memory proof = proofFor(personal, CAROL, keccak256(abi.encode("person", ALICE)));
        vm.expectRevert(
            abi.encodeWithSelector(
                IContest.Persons_NullifierUsed.selector,
                keccak256(abi.encode("person", ALICE)),
                ALICE
            )
        );
        vm.prank(CAROL);
        personal.bind(proof);
    }

    function test_bind_failsIfWalletBound() external {
        bytes memory proof = proofFor(personal, ALICE, "second person");
        vm.expectRevert(abi.encodeWithSelector(IContest.Persons_WalletBound.selector, ALICE));
        vm.prank(ALICE);
        personal.bind(proof);
    }

    function test_bind_failsIfProofCopied() external {
        bytes memory proof = proofFor(personal, CAROL, "carol");
        vm.expectRevert(TestPersonhood.TestPersonhood_NotProven.selector);
        vm.prank(address(0xBAD));
        personal.bind(proof);
    }

    function test_bind_failsIfProofForAnotherContestOrChain() external {
        bytes memory proof = proofFor(open, CAROL, "carol");
        vm.expectRevert(TestPersonhood.TestPersonhood_NotProven.selector);
        vm.prank(CAROL);
        personal.bind(proof);

        proof = proofFor(personal, CAROL, "carol");
        vm.chainId(1);
        vm.expectRevert(TestPersonhood.TestPersonhood_NotProven.selector);
        vm.prank(CAROL);
        personal.bind(proof);
    }

    function test_bind_failsIfNullifierZero() external {
        bytes memory proof = proofFor(personal, CAROL, 0);
        vm.expectRevert(IContest.Persons_NoNullifier.selector);
        vm.prank(CAROL);
        personal.bind(proof);
    }

    function test_bind_failsIfContestOpen() external {
        vm.expectRevert(IContest.Persons_OpenContest.selector);
        open.bind("");
    }
}
