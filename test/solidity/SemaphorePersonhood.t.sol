// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISemaphore} from "@semaphore-protocol/contracts/interfaces/ISemaphore.sol";

import {IContest, Rules} from "../../contracts/interfaces/IContest.sol";
import {ISemaphorePersonhood} from "../../contracts/interfaces/ISemaphorePersonhood.sol";
import {ContestFixture} from "../support/ContestFixture.sol";
import {FakeSemaphore} from "../support/FakeSemaphore.sol";

/// @dev Against a Semaphore that answers as it is told; real proofs are in test/integration/persons.
contract SemaphorePersonhoodTest is ContestFixture {
    bytes32 private constant SCOPE = bytes32(type(uint256).max);
    uint256 private constant NULLIFIER = 0x1234;

    FakeSemaphore private semaphore;
    ISemaphorePersonhood private adapter;

    function setUp() public override {
        super.setUp();
        semaphore = new FakeSemaphore();
        adapter = _deploy(7);
    }

    function test_verify_returnsNullifierIfProven() external view {
        assertEq(adapter.verify(ALICE, SCOPE, _proof(ALICE, SCOPE, NULLIFIER)), bytes32(NULLIFIER), "nullifier");
        assertEq(adapter.semaphore(), address(semaphore), "semaphore");
        assertEq(adapter.groupId(), 7, "group");
    }

    function test_verify_failsIfSemaphoreSaysFalse() external {
        semaphore.tell(FakeSemaphore.Answer.False);
        vm.expectRevert(ISemaphorePersonhood.SemaphorePersonhood_NotProven.selector);
        adapter.verify(ALICE, SCOPE, _proof(ALICE, SCOPE, NULLIFIER));
    }

    function test_verify_passesSemaphoresRefusalOn() external {
        semaphore.tell(FakeSemaphore.Answer.Revert);
        vm.expectRevert(FakeSemaphore.FakeSemaphore_Refused.selector);
        adapter.verify(ALICE, SCOPE, _proof(ALICE, SCOPE, NULLIFIER));
    }

    function test_verify_failsIfAnswerIsNoBool() external {
        bytes memory proof = _proof(ALICE, SCOPE, NULLIFIER);
        semaphore.tell(FakeSemaphore.Answer.Nothing);
        vm.expectRevert();
        adapter.verify(ALICE, SCOPE, proof);
        semaphore.tell(FakeSemaphore.Answer.Two);
        vm.expectRevert();
        adapter.verify(ALICE, SCOPE, proof);
    }

    function test_threat28_semaphore_copiedProofNamesItsWallet() external {
        bytes memory proof = _proof(ALICE, SCOPE, NULLIFIER);
        vm.expectRevert(_anotherWallet(uint160(ALICE)));
        adapter.verify(address(0xBAD), SCOPE, proof);
    }

    /// @dev A message is a number of 256 bits: one whose lower 160 are the wallet is not the wallet.
    function test_threat28_semaphore_messageIsWalletInAllItsBits() external {
        uint256 message = (1 << 160) | uint160(ALICE);
        vm.expectRevert(_anotherWallet(message));
        adapter.verify(ALICE, SCOPE, abi.encode(_shown(message, uint256(SCOPE), NULLIFIER)));
    }

    function test_threat28_semaphore_proofForAnotherScope() external {
        bytes memory proof = _proof(ALICE, bytes32(uint256(SCOPE) - 1), NULLIFIER);
        vm.expectRevert(
            abi.encodeWithSelector(ISemaphorePersonhood.SemaphorePersonhood_AnotherScope.selector, uint256(SCOPE) - 1)
        );
        adapter.verify(ALICE, SCOPE, proof);
    }

    function test_verify_failsIfNullifierZero() external {
        vm.expectRevert(ISemaphorePersonhood.SemaphorePersonhood_NoNullifier.selector);
        adapter.verify(ALICE, SCOPE, _proof(ALICE, SCOPE, 0));
    }

    function test_verify_failsIfProofIsNotOne() external {
        vm.expectRevert();
        adapter.verify(ALICE, SCOPE, "");
        bytes memory proof = _proof(ALICE, SCOPE, NULLIFIER);
        assembly ("memory-safe") {
            mstore(proof, sub(mload(proof), 1))
        }
        vm.expectRevert();
        adapter.verify(ALICE, SCOPE, proof);
    }

    function test_constructor_failsIfGroupDoesNotExist() external {
        vm.expectRevert(abi.encodeWithSelector(ISemaphorePersonhood.SemaphorePersonhood_NoGroup.selector, 8));
        _deploy(8);
    }

    function test_threat28_semaphore_oneMemberBindsOneWallet() external {
        IContest contest = _contest();
        bytes32 scope = keccak256(abi.encode(block.chainid, address(contest)));
        vm.prank(ALICE);
        contest.bind(_proof(ALICE, scope, NULLIFIER));
        vm.expectRevert(abi.encodeWithSelector(IContest.Persons_NullifierUsed.selector, bytes32(NULLIFIER), ALICE));
        vm.prank(BOB);
        contest.bind(_proof(BOB, scope, NULLIFIER));
        vm.expectRevert(abi.encodeWithSelector(IContest.Persons_WalletBound.selector, ALICE));
        vm.prank(ALICE);
        contest.bind(_proof(ALICE, scope, NULLIFIER + 1));
        assertEq(semaphore.validated(), 0, "nothing was used up in Semaphore");
    }

    function testFuzz_verify_believesOnlyWhatWasAsked(
        address wallet,
        bytes32 scope,
        uint256 message,
        uint256 provenScope,
        uint256 nullifier
    ) external view {
        bool isLawful = message == uint160(wallet) && provenScope == uint256(scope) && nullifier != 0;
        try adapter.verify(wallet, scope, abi.encode(_shown(message, provenScope, nullifier))) returns (bytes32 said) {
            assertTrue(isLawful, "refused what was not asked");
            assertEq(said, bytes32(nullifier), "nullifier");
        } catch {
            assertTrue(!isLawful, "took what was asked");
        }
        assertEq(adapter.verify(wallet, scope, _proof(wallet, scope, 1)), bytes32(uint256(1)), "any wallet and scope");
    }

    function _deploy(uint256 groupId) private returns (ISemaphorePersonhood) {
        return
            ISemaphorePersonhood(
                deploy("SemaphorePersonhood.sol:SemaphorePersonhood", abi.encode(address(semaphore), groupId))
            );
    }

    function _contest() private returns (IContest) {
        vm.warp(ENTRIES_OPEN);
        Rules memory rules = personRules();
        rules.personhood = address(adapter);
        return createContest(rules);
    }

    function _proof(address wallet, bytes32 scope, uint256 nullifier) private pure returns (bytes memory) {
        return abi.encode(_shown(uint160(wallet), uint256(scope), nullifier));
    }

    function _shown(
        uint256 message,
        uint256 scope,
        uint256 nullifier
    ) private pure returns (ISemaphore.SemaphoreProof memory shown) {
        shown.merkleTreeDepth = 16;
        shown.merkleTreeRoot = 1;
        shown.nullifier = nullifier;
        shown.message = message;
        shown.scope = scope;
    }

    function _anotherWallet(uint256 message) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ISemaphorePersonhood.SemaphorePersonhood_AnotherWallet.selector, message);
    }
}
