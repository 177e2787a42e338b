// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPersonhood} from "./IPersonhood.sol";

/// @title Proof of Humanity personhood
/// @notice A wallet is a person while Proof of Humanity v2 says that it holds a humanity.
/// @dev There is nothing to prove, so `proof` is not read: the registry knows the wallet, and only the wallet binds.
/// The nullifier is keccak256(abi.encode(humanityId, scope)).
///
/// Safety:
/// - The nullifier comes from the humanity, not from the account that holds it. A human who moves a humanity to another
///   account (by giving it up and claiming it again, or by way of another chain) brings the same nullifier, and the
///   contest refuses it: one humanity, one wallet, for the whole contest.
/// - Both answers are wanted: `isHuman`, which knows expiry and home chain, and `humanityOf`, which says which.
///
/// Trust: the registry's vouchers, challengers and court decide who is human and that no human has two humanities; its
/// governor can change its parameters, its arbitrator and its code. Whoever was bound stays bound when a humanity
/// lapses or is revoked later.
///
/// Privacy: none. Humanities are public profiles, so everyone can work out whose nullifier it is.
///
/// Liveness: a humanity lasts about a year; one that expired must be renewed before it can bind.
interface IHumanityPersonhood is IPersonhood {
    /// @notice There is no contract at this address.
    error HumanityPersonhood_NoRegistry(address registry);
    /// @notice The registry does not call this wallet a human's, now.
    error HumanityPersonhood_NotHuman(address wallet);
    /// @notice The registry calls the wallet a human's but does not say whose.
    error HumanityPersonhood_NoHumanity(address wallet);

    /// @notice The registry that is asked: Proof of Humanity's main or cross-chain contract.
    function registry() external view returns (address);
}
