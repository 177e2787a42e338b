// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Rulings
/// @notice How an arbitrator of this house gives a ruling to an arbitrable that may be hostile, the first time.
/// @dev Safety: the call gets 1,000,000 gas, neither less nor more, and nothing it does (revert, use that up, answer at
/// length, call back, have no code) undoes what the arbitrator wrote down before.
///
/// Liveness: a transaction that could not pass so much on is refused whole, so no ruling is lost to a wallet's estimate,
/// which settles on the least gas with which the outer call passes. A contest's `rule` takes well under 1,000,000 with a
/// plain coin. What fails the first time can be given again, with any gas, by `relayRuling`.
interface IRulings {
    /// @notice The transaction has `left` gas where giving the ruling wants `needed`: 1,065,873, which is 1,000,000, the 64th
    /// that a call cannot pass on (EIP-150), and 50,000 for what comes after it.
    error Rulings_TooLittleGas(uint256 needed, uint256 left);
}
