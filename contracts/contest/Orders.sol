// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {IContest, Order, OrderKind} from "../interfaces/IContest.sol";
import {RulesCode} from "../libraries/RulesCode.sol";
import {Stake, StakeLib} from "../libraries/Stake.sol";
import {Ballots} from "./Ballots.sol";

/// @title Orders
/// @notice Stakes and withdrawals that a voter signs and somebody else carries.
/// @dev Each order runs in a call of its own, so that what fails in it undoes it wholly, its nonce included, and nothing
/// else. Source of the types: contracts/PROTOCOL.md, Signed orders.
abstract contract Orders is Ballots, EIP712 {
    using SafeERC20 for IERC20;

    bytes32 private constant DROP_TYPE = keccak256(
        "Drop(address voter,uint256 entryId,uint256 amount,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant WITHDRAW_TYPE = keccak256(
        "Withdraw(address voter,uint256 entryId,uint256 amount,uint256 nonce,uint256 deadline)"
    );
    /// @dev What one order may use, its signature and its coins included: the whole cost of a hostile one to its carrier.
    uint256 private constant ORDER_GAS = 500_000;
    uint256 private constant SIGNATURE_GAS = 200_000;
    uint256 private constant MAX_REASON = 256;
    /// @dev A call passes on at most 63/64 of what is left (EIP-150); below this an order would fail for want of gas alone.
    uint256 private constant GAS_BEFORE_ORDER = (ORDER_GAS * 64) / 63 + 5_000;
    /// @dev What the signature of a wallet that is not deployed yet ends with. Source: ERC-6492.
    bytes32 private constant UNDEPLOYED_SUFFIX = 0x6492649264926492649264926492649264926492649264926492649264926492;

    constructor() EIP712("Coindrop", "1") {}

    /* STAKES */

    /// @inheritdoc IContest
    function carry(Order[] calldata orders) external onlyClone {
        if (orders.length == 0) revert Ballots_BadLists(0, 0);
        (address coin, ) = _pair(RulesCode.COIN_AND_ENTRY_BOND);
        bytes32 domain = _domainSeparatorV4();
        _beginTransit();
        int256 due = int256(IERC20(coin).balanceOf(address(this))); // no balance near 2²⁵⁵ can be moved
        for (uint256 i = 0; i < orders.length; ++i) {
            if (gasleft() < GAS_BEFORE_ORDER) revert Orders_TooLittleGas(gasleft(), GAS_BEFORE_ORDER);
            Order calldata order = orders[i];
            try this.carryOne{gas: ORDER_GAS}(order, coin, domain) returns (int256 moved) {
                due += moved;
            } catch {
                // What a coin or its hooks say at length is not even copied: the carrier would pay for every byte.
                bool short = LowLevelCall.returnDataSize() <= MAX_REASON;
                bytes memory reason = short ? LowLevelCall.returnData() : bytes("");
                emit OrderSkipped(order.voter, order.entryId, order.nonce, reason);
            }
        }
        // More than is due was given unasked and belongs to nobody.
        int256 balance = int256(IERC20(coin).balanceOf(address(this)));
        if (balance < due) revert Coins_Short(uint256(due), uint256(balance));
        _endTransit();
    }

    /// @inheritdoc IContest
    /// @dev Needs no `onlyClone`: nothing but `carry` makes a contest call itself.
    function carryOne(Order calldata order, address coin, bytes32 domain) external returns (int256 moved) {
        if (msg.sender != address(this)) revert Orders_NotItself(msg.sender);
        if (block.timestamp > order.deadline) revert Orders_Expired(order.deadline);
        if (order.nonce >= StakeLib.NONCES) revert Orders_BadNonce(order.nonce);
        _checkSignature(order, domain);

        address voter = order.voter;
        uint256 amount = order.amount;
        uint256 bit = 1 << order.nonce;
        if (order.kind == OrderKind.Drop) {
            uint256 spent = _add(_requireVoting(), voter, order.entryId, amount, bit);
            if (spent & bit != 0) revert Orders_NonceSpent(order.nonce);
            IERC20(coin).safeTransferFrom(voter, address(this), amount);
            moved = int256(amount); // part of a stake, under 2⁹⁶
        } else {
            uint256 spent = _remove(_schedule(), voter, order.entryId, amount, bit);
            if (spent & bit != 0) revert Orders_NonceSpent(order.nonce);
            IERC20(coin).safeTransfer(voter, amount);
            moved = -int256(amount); // part of a stake, under 2⁹⁶
        }
    }

    /// @inheritdoc IContest
    function cancel(uint256 entryId, uint256 mask) external onlyClone {
        if (mask == 0 || mask >> StakeLib.NONCES != 0) revert Orders_BadMask(mask);
        Stake stake = _stakes[msg.sender][entryId];
        _stakes[msg.sender][entryId] = StakeLib.pack(stake.coins(), stake.weight(), stake.nonces() | mask);
        emit OrdersCancelled(msg.sender, entryId, mask);
    }

    /* VIEWS */

    /// @inheritdoc IContest
    function noncesOf(address voter, uint256 entryId) external view onlyClone returns (uint256 spent) {
        return _stakes[voter][entryId].nonces();
    }

    /* INTERNALS */

    /// @dev The key first: an account that delegates its code (EIP-7702) still signs with its key. High s is refused.
    function _checkSignature(Order calldata order, bytes32 domain) private view {
        bytes32 digest = MessageHashUtils.toTypedDataHash(domain, _structHash(order));
        (address signer, ECDSA.RecoverError problem, ) = ECDSA.tryRecoverCalldata(digest, order.signature);
        if (problem == ECDSA.RecoverError.NoError && signer == order.voter) return;
        if (order.voter.code.length != 0) {
            // Not through the interface: an answer that is no bytes4 would undo the order without a word.
            (bool success, bytes memory answer) = order.voter.staticcall{gas: SIGNATURE_GAS}(
                abi.encodeCall(IERC1271.isValidSignature, (digest, order.signature))
            );
            if (success && answer.length >= 32 && bytes32(answer) == bytes32(IERC1271.isValidSignature.selector))
                return;
        } else if (_endsUndeployed(order.signature)) {
            revert Orders_NotDeployed(order.voter);
        }
        revert Orders_BadSignature(order.voter);
    }

    /// @dev The two types have the same fields, each of one word. Source: EIP-712, encodeData.
    function _structHash(Order calldata order) private pure returns (bytes32) {
        bytes32 orderType = order.kind == OrderKind.Drop ? DROP_TYPE : WITHDRAW_TYPE;
        return keccak256(abi.encode(orderType, order.voter, order.entryId, order.amount, order.nonce, order.deadline));
    }

    function _endsUndeployed(bytes calldata signature) private pure returns (bool) {
        return signature.length >= 32 && bytes32(signature[signature.length - 32:]) == UNDEPLOYED_SUFFIX;
    }
}
