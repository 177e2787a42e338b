// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPersonhood} from "../../contracts/interfaces/IPersonhood.sol";

/// @notice Believes everybody: the proof is the nullifier, the wallet and the scope it was made for.
contract TestPersonhood is IPersonhood {
    error TestPersonhood_NotProven();

    function verify(address wallet, bytes32 scope, bytes calldata proof) external pure returns (bytes32) {
        (bytes32 nullifier, address provenWallet, bytes32 provenScope) = abi.decode(proof, (bytes32, address, bytes32));
        if (provenWallet != wallet || provenScope != scope) revert TestPersonhood_NotProven();
        return nullifier;
    }
}
