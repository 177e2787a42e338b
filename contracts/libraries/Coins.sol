// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title Coins
/// @notice Takes tokens in and says how many really came.
library Coins {
    using SafeERC20 for IERC20;

    /// @notice Pulls `amount` wei of `token` from `from` and returns by how much this contract's balance grew.
    /// @dev Whoever re-enters while the token moves, to take coins out or to bring more in, changes what is returned; the
    /// caller refuses anything but `amount`.
    function pull(IERC20 token, address from, uint256 amount) internal returns (uint256 received) {
        uint256 balanceBefore = token.balanceOf(address(this));
        token.safeTransferFrom(from, address(this), amount);
        uint256 balanceAfter = token.balanceOf(address(this));
        return balanceAfter > balanceBefore ? balanceAfter - balanceBefore : 0;
    }
}
