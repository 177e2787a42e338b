// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IHumanityPersonhood} from "../interfaces/IHumanityPersonhood.sol";
import {IPersonhood} from "../interfaces/IPersonhood.sol";
import {IProofOfHumanity} from "../interfaces/IProofOfHumanity.sol";

/// @title Proof of Humanity personhood
contract HumanityPersonhood is IHumanityPersonhood {
    /// @inheritdoc IHumanityPersonhood
    address public immutable registry;

    /// @param registry_ Proof of Humanity v2's main or cross-chain contract.
    constructor(address registry_) {
        if (registry_.code.length == 0) revert HumanityPersonhood_NoRegistry(registry_);
        registry = registry_;
    }

    /// @inheritdoc IPersonhood
    function verify(address wallet, bytes32 scope, bytes calldata) external view returns (bytes32 nullifier) {
        if (!IProofOfHumanity(registry).isHuman(wallet)) revert HumanityPersonhood_NotHuman(wallet);
        bytes20 humanityId = IProofOfHumanity(registry).humanityOf(wallet);
        if (humanityId == 0) revert HumanityPersonhood_NoHumanity(wallet);
        return keccak256(abi.encode(humanityId, scope));
    }
}
