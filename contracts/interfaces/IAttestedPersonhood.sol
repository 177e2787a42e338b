// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPersonhood} from "./IPersonhood.sol";

/// @title Attested personhood
/// @notice A wallet is a person when every named issuer signed the same credential for it.
/// @dev `proof` is abi.encode(bytes32 nullifier, uint64 deadline, bytes[] signatures), signatures in the order of
/// `issuers()`, each over `Credential(address wallet,bytes32 scope,bytes32 nullifier,uint64 deadline)` in the EIP-712
/// domain "Coindrop Persons", version "1", this chain, this adapter.
///
/// Safety:
/// - A credential names its wallet, scope, chain and adapter; shown anywhere else it is refused.
/// - All issuers sign one and the same credential, so no issuer's signature can be joined to another nullifier.
///
/// Trust: the issuers together can invent persons, and know which wallet they vouched for. Any one of them can refuse.
/// Two independent sources of identity are two adapters, not two issuers of one.
///
/// Liveness: a credential that is too old must be asked for again. An issuer that is a contract (ERC-1271) can change
/// its mind about a signature until the wallet is bound.
interface IAttestedPersonhood is IPersonhood {
    /// @notice There is no issuer.
    error AttestedPersonhood_NoIssuer();
    /// @notice This issuer, at `index` counted from 0, is zero or named before.
    error AttestedPersonhood_BadIssuer(uint256 index, address issuer);
    /// @notice The credential ended at `deadline`, in seconds since 1970.
    error AttestedPersonhood_Expired(uint64 deadline);
    /// @notice There are more or fewer signatures than issuers.
    error AttestedPersonhood_WrongCount(uint256 expected, uint256 given);
    /// @notice This issuer did not sign this credential.
    error AttestedPersonhood_NotSigned(address issuer);
    /// @notice A credential must name a person.
    error AttestedPersonhood_NoNullifier();

    /// @notice Returns who must sign, in order.
    function issuers() external view returns (address[] memory);
}
