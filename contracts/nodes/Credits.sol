// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {Coins} from "../libraries/Coins.sol";

/// @title Credits
/// @notice Coins in, what is owed to whom in both coins, and what is still to be burned.
abstract contract Credits is INodeRegistry {
    using SafeERC20 for IERC20;

    /// @dev Stands for the chain's own coin where a token is named.
    address internal constant NATIVE = address(0);

    /// @inheritdoc INodeRegistry
    address public immutable coin;

    mapping(address account => mapping(address token => uint256)) private _credits;
    /// @inheritdoc INodeRegistry
    uint256 public unburned;
    /// @dev 1 while coins are on their way in: what another brings meanwhile must not make up for what these lost.
    uint256 private transient _inTransit;

    /// @param coin_ What stakes are paid in: a plain ERC-20.
    constructor(address coin_) {
        coin = coin_;
    }

    /// @inheritdoc INodeRegistry
    function burn() external {
        if (unburned == 0) revert Nodes_NothingOwed(Coins.DEAD);
        if (!_tryBurn()) revert Nodes_NotPaid(Coins.DEAD);
    }

    /// @inheritdoc INodeRegistry
    function creditOf(address account, address token) public view returns (uint256) {
        return _credits[account][token];
    }

    function _pullExactly(uint256 amount) internal {
        if (_inTransit != 0) revert Nodes_Nested();
        _inTransit = 1;
        uint256 received = Coins.pull(IERC20(coin), msg.sender, amount);
        if (received != amount) revert Nodes_Short(amount, received);
        _inTransit = 0;
    }

    function _credit(address account, address token, uint256 amount) internal {
        if (amount == 0) return;
        _credits[account][token] += amount;
        emit Credited(account, token, amount);
    }

    /// @dev Whoever is credited can be anybody's doing, so a payment that fails keeps its credit and stops nothing else.
    function _tryPay(address account, address token) internal returns (bool paid) {
        uint256 amount = _credits[account][token];
        if (amount == 0) return false;
        _credits[account][token] = 0;
        if (token == NATIVE) (paid, ) = account.call{value: amount}("");
        else paid = IERC20(token).trySafeTransfer(account, amount);
        if (paid) emit Collected(account, token, amount);
        else _credits[account][token] += amount;
    }

    /// @dev A coin that refuses 0x…dEaD must not shield anybody: what cannot be sent now waits for `burn`.
    function _burn(uint256 amount) internal {
        unburned += amount;
        _tryBurn();
    }

    /// @dev There is something to burn: every slash is above 0, and a tenth of it less is, too.
    function _tryBurn() private returns (bool sent) {
        uint256 amount = unburned;
        unburned = 0;
        sent = Coins.tryBurn(IERC20(coin), amount);
        if (sent) emit Burned(amount);
        else unburned += amount;
    }
}
