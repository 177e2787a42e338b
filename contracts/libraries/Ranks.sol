// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The ids of the ten leading entries, 16 bits each, rank 1 lowest; 0 where nobody holds the rank.
type Ranks is uint160;

using RanksLib for Ranks global;

/// @title Ranks
/// @notice Keeps ten entries in order: score descending, then lower id.
/// @dev While a page is counted an entry is one sorting key: its score (under 2¹²⁰) above the 16 bits of its inverted id.
/// So the larger key is the better entry, and two entries never tie. Source: contracts/PROTOCOL.md, Standings.
library RanksLib {
    /// @notice How many ranks there are.
    uint256 internal constant SIZE = 10;

    /// @notice Returns the id at `rank`, 1 to 10.
    function idAt(Ranks self, uint256 rank) internal pure returns (uint16) {
        return uint16(Ranks.unwrap(self) >> (16 * (rank - 1)));
    }

    /// @notice Returns how many ranks are held. Held ranks have no gaps.
    function held(Ranks self) internal pure returns (uint256 ranks) {
        if (self.idAt(SIZE) != 0) return SIZE;
        while (self.idAt(ranks + 1) != 0) ++ranks;
    }

    /// @notice Returns the ids as an array, rank 1 first.
    function toArray(Ranks self) internal pure returns (uint16[10] memory) {
        return
            [
                self.idAt(1),
                self.idAt(2),
                self.idAt(3),
                self.idAt(4),
                self.idAt(5),
                self.idAt(6),
                self.idAt(7),
                self.idAt(8),
                self.idAt(9),
                self.idAt(10)
            ];
    }

    /// @notice Returns the sorting key of an entry.
    /// @param score In weight-seconds, under 2¹²⁰.
    /// @param entryId Under 2¹⁶.
    function key(uint256 score, uint256 entryId) internal pure returns (uint256) {
        return (score << 16) | (entryId ^ type(uint16).max);
    }

    /// @notice Puts a key that is larger than the last one where it belongs; the last one falls out.
    function insert(uint256[10] memory keys, uint256 newKey) internal pure {
        uint256 i = SIZE - 1;
        // Proof: i counts down from nine and stops at zero.
        unchecked {
            for (; i != 0; --i) {
                uint256 above = keys[i - 1];
                if (above > newKey) break;
                keys[i] = above;
            }
        }
        keys[i] = newKey;
    }

    /// @notice Packs the ids out of sorted keys; a key of 0 is a rank that nobody holds.
    function pack(uint256[10] memory keys) internal pure returns (Ranks) {
        uint256 packed = 0;
        for (uint256 i = 0; i < SIZE && keys[i] != 0; ++i) {
            packed |= ((keys[i] & type(uint16).max) ^ type(uint16).max) << (16 * i);
        }
        return Ranks.wrap(uint160(packed));
    }
}
