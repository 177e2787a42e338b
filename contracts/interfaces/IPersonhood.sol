// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Personhood adapter
/// @notice Answers one question: which person, within one scope, stands behind a wallet.
/// @dev Safety, of every adapter:
/// - It is `view` and keeps no state. A proof copied from the mempool can be shown again but never used up, so nobody
///   can burn somebody else's. The contest alone remembers which nullifier bound which wallet.
/// - It never sees a coin. The worst a bad adapter can do is to call somebody a person who is none, or to refuse one.
/// - A nullifier belongs to the person, not to the wallet: whoever comes back with another wallet brings the same one.
///
/// Liveness: whoever issues proofs can stop, and then nobody new is bound. Who is bound already stays so, and every
/// voter can leave.
///
/// Trust, apart for each: an adapter is exactly as good as whoever decides who is a person.
///
/// | adapter | who decides | what the chain shows about the person |
/// | --- | --- | --- |
/// | `SemaphorePersonhood` | the admin of one Semaphore group | nothing but that the wallet is a member's |
/// | `AttestedPersonhood` | all issuers named at its creation, together | a nullifier that the issuers can trace |
/// | `HumanityPersonhood` | Proof of Humanity's registry and its court | which humanity: a public profile |
interface IPersonhood {
    /// @notice Returns the person's nullifier for `scope`, or reverts when `proof` does not bind `wallet` to it.
    /// @dev The same person always has the same nullifier in one scope, and another one in every other scope. Whether
    /// two of them can be told to be one person's depends on the adapter.
    /// @param wallet The wallet that the proof must name.
    /// @param scope keccak256(abi.encode(chainid, contest)).
    /// @param proof Bytes in the adapter's own format.
    /// @return nullifier Never 0.
    function verify(address wallet, bytes32 scope, bytes calldata proof) external view returns (bytes32 nullifier);
}
