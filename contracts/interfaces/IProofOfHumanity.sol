// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Proof of Humanity v2, as far as it is asked
/// @notice A registry of humans, each with a humanity that one account at a time can hold.
/// @dev Written from the published interface. Both of its contracts answer these calls: `ProofOfHumanity`, for
/// humanities whose home is this chain, and `CrossChainProofOfHumanity`, also for those reported from other chains.
/// Source: github.com/Proof-Of-Humanity/proof-of-humanity-v2-contracts, contracts/interfaces/IProofOfHumanity.sol and
/// ICrossChainProofOfHumanity.sol; selectors 0xf72c436f and 0xe274f78f.
interface IProofOfHumanity {
    /// @notice Whether the account holds a humanity that has not expired.
    function isHuman(address account) external view returns (bool);

    /// @notice The humanity that the account holds; 0 when it holds none, or an expired one.
    function humanityOf(address account) external view returns (bytes20 humanityId);
}
