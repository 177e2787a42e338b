// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

import {IAttestedPersonhood} from "../../contracts/interfaces/IAttestedPersonhood.sol";
import {Test} from "../support/Vm.sol";

/// @notice Signs whatever it was told to.
contract WalletIssuer is IERC1271 {
    mapping(bytes32 digest => bool) private _approved;

    function approve(bytes32 digest) external {
        _approved[digest] = true;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return _approved[digest] ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}

contract AttestedPersonhoodTest is Test {
    uint256 private constant FIRST = 0xF1;
    uint256 private constant SECOND = 0xF2;
    address private constant WALLET = address(0xA11CE);
    bytes32 private constant SCOPE = "scope";
    bytes32 private constant NULLIFIER = "nullifier";
    uint64 private constant DEADLINE = 1_800_000_100;

    IAttestedPersonhood private adapter;

    function setUp() public {
        vm.warp(DEADLINE);
        adapter = _deploy(_issuers(vm.addr(FIRST), vm.addr(SECOND)));
    }

    function test_verify_returnsNullifierIfAllSigned() external view {
        assertEq(adapter.verify(WALLET, SCOPE, _proof(FIRST, SECOND)), NULLIFIER, "nullifier");
        assertEq(adapter.issuers().length, 2, "issuers");
    }

    function test_verify_failsIfOneDidNotSign() external {
        vm.expectRevert(_notSigned(vm.addr(SECOND)));
        adapter.verify(WALLET, SCOPE, _proof(FIRST, FIRST));
        vm.expectRevert(_notSigned(vm.addr(FIRST)));
        adapter.verify(WALLET, SCOPE, _proof(SECOND, FIRST));
    }

    function test_threat28_attested_failsIfAnythingDiffers() external {
        bytes memory proof = _proof(FIRST, SECOND);
        vm.expectRevert(_notSigned(vm.addr(FIRST)));
        adapter.verify(address(0xBAD), SCOPE, proof);
        vm.expectRevert(_notSigned(vm.addr(FIRST)));
        adapter.verify(WALLET, "another", proof);

        bytes[] memory signatures = _signatures(FIRST, SECOND, NULLIFIER, DEADLINE);
        vm.expectRevert(_notSigned(vm.addr(FIRST)));
        adapter.verify(WALLET, SCOPE, abi.encode(bytes32("another"), DEADLINE, signatures));
        vm.expectRevert(_notSigned(vm.addr(FIRST)));
        adapter.verify(WALLET, SCOPE, abi.encode(NULLIFIER, DEADLINE + 1, signatures));
        vm.chainId(1);
        vm.expectRevert(_notSigned(vm.addr(FIRST)));
        adapter.verify(WALLET, SCOPE, proof);
    }

    /// @dev Whatever a credential leaves open, nobody binds two wallets with it, nor one in two contests.
    function test_threat28_attested_noCredentialServesTwo() external view {
        address[2] memory wallets = [WALLET, address(0)];
        bytes32[2] memory scopes = [SCOPE, bytes32(0)];
        for (uint256 i = 0; i < 4; ++i) {
            bytes32 digest = _digestOf(wallets[i % 2], scopes[i / 2], NULLIFIER, DEADLINE);
            bytes memory proof = abi.encode(NULLIFIER, DEADLINE, _signaturesOver(FIRST, SECOND, digest));
            uint256 times = _verifies(WALLET, SCOPE, proof) ? 1 : 0;
            if (_verifies(address(0xBAD), SCOPE, proof)) ++times;
            if (_verifies(WALLET, "another", proof)) ++times;
            assertEq(times, i == 0 ? 1 : 0, "only one that says it all, and once");
        }
    }

    function test_threat28_attested_failsIfSignedForAnotherAdapter() external {
        bytes memory proof = _proof(FIRST, SECOND);
        IAttestedPersonhood other = _deploy(_issuers(vm.addr(FIRST), vm.addr(SECOND)));
        vm.expectRevert(_notSigned(vm.addr(FIRST)));
        other.verify(WALLET, SCOPE, proof);
    }

    function test_verify_failsIfExpired() external {
        bytes memory proof = _proof(FIRST, SECOND);
        vm.warp(DEADLINE + 1);
        vm.expectRevert(abi.encodeWithSelector(IAttestedPersonhood.AttestedPersonhood_Expired.selector, DEADLINE));
        adapter.verify(WALLET, SCOPE, proof);
    }

    function test_verify_failsIfCountDiffers() external {
        bytes[] memory one = new bytes[](1);
        vm.expectRevert(abi.encodeWithSelector(IAttestedPersonhood.AttestedPersonhood_WrongCount.selector, 2, 1));
        adapter.verify(WALLET, SCOPE, abi.encode(NULLIFIER, DEADLINE, one));
    }

    function test_verify_failsIfNullifierZero() external {
        bytes[] memory signatures = _signatures(FIRST, SECOND, 0, DEADLINE);
        vm.expectRevert(IAttestedPersonhood.AttestedPersonhood_NoNullifier.selector);
        adapter.verify(WALLET, SCOPE, abi.encode(bytes32(0), DEADLINE, signatures));
    }

    function test_verify_takesContractIssuers() external {
        WalletIssuer issuer = new WalletIssuer();
        adapter = _deploy(_issuers(address(issuer), vm.addr(SECOND)));
        bytes memory proof = _proof(FIRST, SECOND);
        vm.expectRevert(_notSigned(address(issuer)));
        adapter.verify(WALLET, SCOPE, proof);
        issuer.approve(_digest(NULLIFIER, DEADLINE));
        assertEq(adapter.verify(WALLET, SCOPE, proof), NULLIFIER, "nullifier");
    }

    /// @dev What a key says has 65 bytes; what a contract accepts is its own affair.
    function test_verify_takesOddSignaturesFromContractsOnly() external {
        bytes[] memory signatures = _signatures(FIRST, SECOND, NULLIFIER, DEADLINE);
        signatures[0] = hex"0d0d";
        vm.expectRevert(_notSigned(vm.addr(FIRST)));
        adapter.verify(WALLET, SCOPE, abi.encode(NULLIFIER, DEADLINE, signatures));

        WalletIssuer issuer = new WalletIssuer();
        adapter = _deploy(_issuers(address(issuer), vm.addr(SECOND)));
        signatures = _signatures(FIRST, SECOND, NULLIFIER, DEADLINE);
        signatures[0] = hex"0d0d";
        issuer.approve(_digest(NULLIFIER, DEADLINE));
        assertEq(adapter.verify(WALLET, SCOPE, abi.encode(NULLIFIER, DEADLINE, signatures)), NULLIFIER, "nullifier");
    }

    /// @dev An account whose code is delegated (EIP-7702) still signs with its key.
    function test_verify_takesAKeyWhoseAccountHasCode() external {
        bytes memory proof = _proof(FIRST, SECOND);
        vm.etch(vm.addr(FIRST), hex"ef01000000000000000000000000000000000000000001");
        assertEq(adapter.verify(WALLET, SCOPE, proof), NULLIFIER, "nullifier");
    }

    function test_constructor_failsIfIssuersBad() external {
        vm.expectRevert(IAttestedPersonhood.AttestedPersonhood_NoIssuer.selector);
        _deploy(new address[](0));
        bytes4 reason = IAttestedPersonhood.AttestedPersonhood_BadIssuer.selector;
        vm.expectRevert(abi.encodeWithSelector(reason, 1, address(1)));
        _deploy(_issuers(address(1), address(1)));
        vm.expectRevert(abi.encodeWithSelector(reason, 1, address(0)));
        _deploy(_issuers(address(1), address(0)));
        vm.expectRevert(abi.encodeWithSelector(reason, 0, address(0)));
        _deploy(_issuers(address(0), address(1)));
    }

    function _deploy(address[] memory issuers) private returns (IAttestedPersonhood) {
        return IAttestedPersonhood(deploy("AttestedPersonhood.sol:AttestedPersonhood", abi.encode(issuers)));
    }

    function _issuers(address first, address second) private pure returns (address[] memory issuers) {
        issuers = new address[](2);
        (issuers[0], issuers[1]) = (first, second);
    }

    function _proof(uint256 first, uint256 second) private view returns (bytes memory) {
        return abi.encode(NULLIFIER, DEADLINE, _signatures(first, second, NULLIFIER, DEADLINE));
    }

    function _signatures(
        uint256 first,
        uint256 second,
        bytes32 nullifier,
        uint64 deadline
    ) private view returns (bytes[] memory) {
        return _signaturesOver(first, second, _digest(nullifier, deadline));
    }

    function _signaturesOver(
        uint256 first,
        uint256 second,
        bytes32 digest
    ) private pure returns (bytes[] memory signatures) {
        signatures = new bytes[](2);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(first, digest);
        signatures[0] = abi.encodePacked(r, s, v);
        (v, r, s) = vm.sign(second, digest);
        signatures[1] = abi.encodePacked(r, s, v);
    }

    function _verifies(address wallet, bytes32 scope, bytes memory proof) private view returns (bool) {
        try adapter.verify(wallet, scope, proof) {
            return true;
        } catch {
            return false;
        }
    }

    function _digest(bytes32 nullifier, uint64 deadline) private view returns (bytes32) {
        return _digestOf(WALLET, SCOPE, nullifier, deadline);
    }

    function _digestOf(
        address wallet,
        bytes32 scope,
        bytes32 nullifier,
        uint64 deadline
    ) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Coindrop Persons"),
                keccak256("1"),
                block.chainid,
                address(adapter)
            )
        );
        bytes32 typeHash = keccak256("Credential(address wallet,bytes32 scope,bytes32 nullifier,uint64 deadline)");
        bytes32 message = keccak256(abi.encode(typeHash, wallet, scope, nullifier, deadline));
        return keccak256(abi.encodePacked("\x19\x01", domain, message));
    }

    function _notSigned(address issuer) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAttestedPersonhood.AttestedPersonhood_NotSigned.selector, issuer);
    }
}
