// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrable} from "../interfaces/IArbitrable.sol";
import {IRulings} from "../interfaces/IRulings.sol";

/// @title Rulings
/// @notice Gives rulings to arbitrables that may be hostile; see `IRulings`.
library Rulings {
    /// @notice Gas that an arbitrable gets to take a ruling when one is first given.
    uint256 internal constant RULE_GAS = 1_000_000;

    /// @dev What the caller needs for itself after the call.
    uint256 private constant SPARE_GAS = 50_000;

    /// @notice Calls `arbitrable.rule` with `RULE_GAS`, neither less nor more, and returns whether it succeeded.
    /// @dev Reverts when the transaction has too little gas left. Without that, a wallet's estimate would settle on the
    /// least gas with which the outer call passes, and that is one with which this call fails.
    function give(IArbitrable arbitrable, uint256 disputeId, uint256 ruling) internal returns (bool) {
        // EIP-150 lets a call have at most all but one 64th of what is left.
        uint256 needed = (RULE_GAS * 64) / 63 + SPARE_GAS;
        if (gasleft() < needed) revert IRulings.Rulings_TooLittleGas(needed, gasleft());
        return _call(arbitrable, disputeId, ruling, RULE_GAS);
    }

    /// @notice Calls `arbitrable.rule` with all the gas that the caller brought and returns whether it succeeded.
    function giveAgain(IArbitrable arbitrable, uint256 disputeId, uint256 ruling) internal returns (bool) {
        return _call(arbitrable, disputeId, ruling, gasleft());
    }

    /// @dev `try` reverts, uncaught, where there is no code. A `catch` without a variable copies nothing of what came
    /// back, so a huge answer costs the caller nothing.
    function _call(IArbitrable arbitrable, uint256 disputeId, uint256 ruling, uint256 gas) private returns (bool) {
        if (address(arbitrable).code.length == 0) return false;
        try arbitrable.rule{gas: gas}(disputeId, ruling) {
            return true;
        } catch {
            return false;
        }
    }
}
