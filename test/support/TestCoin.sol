// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @notice A plain coin that anyone can mint.
contract TestCoin is ERC20, ERC20Permit {
    constructor() ERC20("Test coin", "TEST") ERC20Permit("Test coin") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}
