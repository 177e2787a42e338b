// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice One word: what a voter has on an entry.
/// @dev From the lowest bit: coins (96 bits, wei); weight (48 bits, personhood contests only, 0 for support; in an open
/// contest every coin weighs one); nonces (112 bits, those of signed orders that are spent, which outlive a stake).
type Stake is uint256;

using StakeLib for Stake global;

/// @title Stake
/// @notice Reads and packs a stake, so that it is loaded once and stored once.
library StakeLib {
    /// @notice How many nonces there are.
    uint256 internal constant NONCES = 112;

    function coins(Stake self) internal pure returns (uint256) {
        return uint96(Stake.unwrap(self));
    }

    function weight(Stake self) internal pure returns (uint256) {
        return uint48(Stake.unwrap(self) >> 96);
    }

    /// @notice Returns a bit for each nonce that is spent, bit 0 for nonce 0.
    function nonces(Stake self) internal pure returns (uint256) {
        return Stake.unwrap(self) >> 144;
    }

    /// @notice Returns the word.
    /// @param coins_ Wei, under 2⁹⁶.
    /// @param weight_ Under 2⁴⁸: at most the root of 2⁹⁶ − 1.
    /// @param nonces_ Bits, under 2¹¹².
    function pack(uint256 coins_, uint256 weight_, uint256 nonces_) internal pure returns (Stake) {
        return Stake.wrap(coins_ | (weight_ << 96) | (nonces_ << 144));
    }
}
