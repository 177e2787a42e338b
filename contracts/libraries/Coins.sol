// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title Coins
/// @notice Takes tokens in and says how many really came; sends them to nobody.
library Coins {
    using SafeERC20 for IERC20;

    /// @dev Nobody has its key.
    address internal constant DEAD = 0x000000000000000000000000000000000000dEaD;
    /// @dev Several times what a plain ERC-20 takes for a transfer, a fifth of what a ruling is given.
    uint256 private constant BURN_GAS = 200_000;

    /// @notice Pulls `amount` wei of `token` from `from` and returns by how much this contract's balance grew.
    /// @dev Whoever re-enters while the token moves, to take coins out or to bring more in, changes what is returned; the
    /// caller refuses anything but `amount`.
    function pull(IERC20 token, address from, uint256 amount) internal returns (uint256 received) {
        uint256 balanceBefore = token.balanceOf(address(this));
        token.safeTransferFrom(from, address(this), amount);
        uint256 balanceAfter = token.balanceOf(address(this));
        return balanceAfter > balanceBefore ? balanceAfter - balanceBefore : 0;
    }

    /// @notice Sends `amount` wei of `token` to nobody. Returns whether the token did it.
    /// @dev Never reverts and never takes more than `BURN_GAS` twice, for the call and for copying what it returns: a token
    /// cannot stop what burns a part of something, such as a ruling or a slash.
    function tryBurn(IERC20 token, uint256 amount) internal returns (bool sent) {
        bytes memory answer;
        (sent, answer) = address(token).call{gas: BURN_GAS}(abi.encodeCall(IERC20.transfer, (DEAD, amount)));
        if (!sent) return false;
        return answer.length == 0 ? address(token).code.length != 0 : uint256(bytes32(answer)) == 1;
    }
}
