// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISemaphore} from "@semaphore-protocol/contracts/interfaces/ISemaphore.sol";

/// @notice Answers as it is told, also what the real one never would. What it is asked for must be `FakeSemaphore.GROUP`.
contract FakeSemaphore {
    enum Answer {
        True,
        False,
        Nothing,
        Two,
        Revert
    }

    error FakeSemaphore_Refused();
    error FakeSemaphore_AnotherGroup(uint256 groupId);

    uint256 public constant GROUP = 7;

    Answer public answer;
    uint256 public validated;

    function tell(Answer answer_) external {
        answer = answer_;
    }

    /// @dev Only group 7 exists.
    function getGroupAdmin(uint256 groupId) external pure returns (address) {
        return groupId == GROUP ? address(0xAD) : address(0);
    }

    /// @dev Anyone can use a nullifier up here, as in the real one.
    function validateProof(uint256, ISemaphore.SemaphoreProof calldata) external {
        ++validated;
    }

    function verifyProof(uint256 groupId, ISemaphore.SemaphoreProof calldata) external view returns (bool) {
        if (groupId != GROUP) revert FakeSemaphore_AnotherGroup(groupId);
        if (answer == Answer.Revert) revert FakeSemaphore_Refused();
        uint256 size = answer == Answer.Nothing ? 0 : 32;
        uint256 word =
            answer == Answer.True
                ? 1
                : answer == Answer.Two
                    ? 2
                    : 0;
        assembly ("memory-safe") {
            mstore(0, word)
            return(0, size)
        }
    }
}
