// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Personhood adapter
/// @notice Answers one question: which person, within one scope, stands behind a wallet.
/// @dev Safety: an adapter is `view` and keeps no state, so a proof copied from the mempool can be shown but never
/// used up. The contest alone remembers which nullifier bound which wallet.
/// Trust: an adapter is exactly as good as whoever issues its proofs. It decides who counts as a person; it can never
/// touch a coin.
interface IPersonhood {
    /// @notice Returns the person's nullifier for `scope`, or reverts when `proof` does not bind `wallet` to it.
    /// @dev The same person always has the same nullifier in one scope, and unlinkable ones in different scopes.
    /// @param wallet The wallet that the proof must name.
    /// @param scope keccak256(abi.encode(chainid, contest)).
    /// @param proof Bytes in the adapter's own format.
    /// @return nullifier Never 0.
    function verify(address wallet, bytes32 scope, bytes calldata proof) external view returns (bytes32 nullifier);
}
