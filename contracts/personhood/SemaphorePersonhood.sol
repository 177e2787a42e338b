// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISemaphore} from "@semaphore-protocol/contracts/interfaces/ISemaphore.sol";
import {ISemaphoreGroups} from "@semaphore-protocol/contracts/interfaces/ISemaphoreGroups.sol";

import {IPersonhood} from "../interfaces/IPersonhood.sol";
import {ISemaphorePersonhood} from "../interfaces/ISemaphorePersonhood.sol";

/// @title Semaphore personhood
contract SemaphorePersonhood is ISemaphorePersonhood {
    /// @inheritdoc ISemaphorePersonhood
    address public immutable semaphore;
    /// @inheritdoc ISemaphorePersonhood
    uint256 public immutable groupId;

    /// @param semaphore_ Semaphore v4's contract.
    /// @param groupId_ A group that exists there.
    constructor(address semaphore_, uint256 groupId_) {
        if (ISemaphoreGroups(semaphore_).getGroupAdmin(groupId_) == address(0)) {
            revert SemaphorePersonhood_NoGroup(groupId_);
        }
        semaphore = semaphore_;
        groupId = groupId_;
    }

    /// @inheritdoc IPersonhood
    function verify(address wallet, bytes32 scope, bytes calldata proof) external view returns (bytes32 nullifier) {
        ISemaphore.SemaphoreProof memory shown = abi.decode(proof, (ISemaphore.SemaphoreProof));
        if (shown.message != uint160(wallet)) revert SemaphorePersonhood_AnotherWallet(shown.message);
        if (shown.scope != uint256(scope)) revert SemaphorePersonhood_AnotherScope(shown.scope);
        if (shown.nullifier == 0) revert SemaphorePersonhood_NoNullifier();
        if (!ISemaphore(semaphore).verifyProof(groupId, shown)) revert SemaphorePersonhood_NotProven();
        return bytes32(shown.nullifier);
    }
}
