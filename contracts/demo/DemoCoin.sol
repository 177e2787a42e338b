// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title Demo coin
/// @notice The coin of the local demo. Worth nothing; anyone can have some.
contract DemoCoin is ERC20, ERC20Permit {
    /// @notice The account took its coins less than an hour ago; it can come again at `again`, in seconds since 1970.
    error DemoCoin_TooSoon(uint256 again);
    /// @notice The faucet would exceed the greatest supply, in wei.
    error DemoCoin_Dry(uint256 maxSupply);

    /// @notice What one call of the faucet gives, in wei.
    uint256 public constant FAUCET_AMOUNT = 100 ether;
    /// @notice How long an account waits between two calls, in seconds.
    uint256 public constant FAUCET_WAIT = 1 hours;
    /// @notice Most that will ever exist, in wei. Contests need a supply under 2⁹⁶.
    uint256 public constant MAX_SUPPLY = 1_000_000_000 ether;
    /// @notice What the deployer gets for bonds, stakes, prizes and gifts, in wei.
    uint256 public constant INITIAL_SUPPLY = 10_000_000 ether;

    /// @notice When the account may call the faucet again, in seconds since 1970.
    mapping(address account => uint256) public faucetOpensAt;

    constructor() ERC20("Coindrop demo coin", "DROP") ERC20Permit("Coindrop demo coin") {
        _mint(msg.sender, INITIAL_SUPPLY);
    }

    /// @notice Gives the caller 100 coins, once an hour.
    function faucet() external {
        uint256 again = faucetOpensAt[msg.sender];
        if (block.timestamp < again) revert DemoCoin_TooSoon(again);
        if (totalSupply() + FAUCET_AMOUNT > MAX_SUPPLY) revert DemoCoin_Dry(MAX_SUPPLY);
        faucetOpensAt[msg.sender] = block.timestamp + FAUCET_WAIT;
        _mint(msg.sender, FAUCET_AMOUNT);
    }
}
