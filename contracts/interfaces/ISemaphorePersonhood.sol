// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPersonhood} from "./IPersonhood.sol";

/// @title Semaphore personhood
/// @notice A wallet is a person when a zero-knowledge proof shows that it was named by a member of one Semaphore group.
/// @dev `proof` is abi.encode(ISemaphore.SemaphoreProof) of Semaphore v4: tree depth (1 to 32), tree root, nullifier,
/// message, scope, eight points. The message is the wallet, as a number; the scope is the contest's. Semaphore proves
/// the hashes of both, keccak256 shifted right by eight bits, so neither needs to fit the curve's field. The nullifier
/// is Poseidon of the hashed scope and the member's secret.
///
/// Safety:
/// - Only `Semaphore.verifyProof` is asked, and only its `true` is believed. `validateProof`, which anyone can call
///   with a copied proof and which spends nullifiers in Semaphore's own books, plays no part.
/// - A proof names its wallet: copied into another wallet's call it is refused.
/// - A nullifier has one form: Semaphore's verifier refuses numbers past the field, and the contest compares all bits.
///
/// Trust: the group's admin (`Semaphore.getGroupAdmin`) can add and remove members at any time, and so can invent
/// persons, refuse them, or give one person a second identity, whose nullifier is another. An adapter answers for one
/// group of one Semaphore contract, for ever.
///
/// Liveness:
/// - The group's current root never expires. Each join or removal makes a new root; a proof made for an older one is
///   good until `merkleTreeDuration` seconds after that root arose, then `Semaphore__MerkleTreeRootIsExpired`, and the
///   person proves again. A removed member can bind until then: admins keep the duration short.
/// - In a group with few members a proof hides its maker badly.
/// Source: Semaphore v4, npm package semaphore-protocol/contracts 4.14.3, Semaphore.sol.
interface ISemaphorePersonhood is IPersonhood {
    /// @notice The group does not exist. Whoever created it later would be its admin.
    error SemaphorePersonhood_NoGroup(uint256 groupId);
    /// @notice The proof names this wallet, as a number, not the caller's.
    error SemaphorePersonhood_AnotherWallet(uint256 message);
    /// @notice The proof was made for this scope: another contest, or another chain.
    error SemaphorePersonhood_AnotherScope(uint256 scope);
    /// @notice Semaphore says that the proof proves nothing.
    error SemaphorePersonhood_NotProven();
    /// @notice A proof must name a person.
    error SemaphorePersonhood_NoNullifier();

    /// @notice Semaphore's contract.
    function semaphore() external view returns (address);

    /// @notice The group whose members are persons.
    function groupId() external view returns (uint256);
}
