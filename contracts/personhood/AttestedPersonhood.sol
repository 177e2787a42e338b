// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {IAttestedPersonhood} from "../interfaces/IAttestedPersonhood.sol";
import {IPersonhood} from "../interfaces/IPersonhood.sol";

/// @title Attested personhood
contract AttestedPersonhood is IAttestedPersonhood, EIP712 {
    bytes32 private constant CREDENTIAL_TYPE = keccak256(
        "Credential(address wallet,bytes32 scope,bytes32 nullifier,uint64 deadline)"
    );

    address[] private _issuers;

    /// @param issuers_ Accounts or contracts (ERC-1271) that must all sign, each named once.
    constructor(address[] memory issuers_) EIP712("Coindrop Persons", "1") {
        if (issuers_.length == 0) revert AttestedPersonhood_NoIssuer();
        for (uint256 i = 0; i < issuers_.length; ++i) {
            address issuer = issuers_[i];
            if (issuer == address(0)) revert AttestedPersonhood_BadIssuer(i, issuer);
            for (uint256 j = 0; j < i; ++j) if (issuer == issuers_[j]) revert AttestedPersonhood_BadIssuer(i, issuer);
        }
        _issuers = issuers_;
    }

    /// @inheritdoc IAttestedPersonhood
    function issuers() external view returns (address[] memory) {
        return _issuers;
    }

    /// @inheritdoc IPersonhood
    function verify(address wallet, bytes32 scope, bytes calldata proof) external view returns (bytes32 nullifier) {
        uint64 deadline;
        bytes[] memory signatures;
        (nullifier, deadline, signatures) = abi.decode(proof, (bytes32, uint64, bytes[]));
        if (nullifier == 0) revert AttestedPersonhood_NoNullifier();
        if (block.timestamp > deadline) revert AttestedPersonhood_Expired(deadline);
        if (signatures.length != _issuers.length) {
            revert AttestedPersonhood_WrongCount(_issuers.length, signatures.length);
        }
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(CREDENTIAL_TYPE, wallet, scope, nullifier, deadline)));
        for (uint256 i = 0; i < signatures.length; ++i) {
            if (!_signed(_issuers[i], digest, signatures[i])) revert AttestedPersonhood_NotSigned(_issuers[i]);
        }
    }

    /// @dev The key first: an account that delegates its code (EIP-7702) still signs with its key. A bad signature names
    /// the zero address, which is no issuer, and an account without code answers nothing, which is no consent.
    function _signed(address issuer, bytes32 digest, bytes memory signature) private view returns (bool) {
        (address signer, , ) = ECDSA.tryRecover(digest, signature);
        return signer == issuer || SignatureChecker.isValidERC1271SignatureNow(issuer, digest, signature);
    }
}
