// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {CallbackCoin, ICoinHook, Reentrant} from "./HostileCoins.sol";

/// @notice A contract wallet that answers for one key.
contract OwnedWallet is IERC1271 {
    error ActFailed();

    address private immutable _owner;

    constructor(address owner) {
        _owner = owner;
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        return ECDSA.recoverCalldata(digest, signature) == _owner ? this.isValidSignature.selector : bytes4(0);
    }

    function act(address target, bytes calldata call_) external {
        (bool success, ) = target.call(call_);
        if (!success) revert ActFailed();
    }
}

/// @notice A wallet that agrees to everything, and calls back when its coins move.
contract YesWallet is Reentrant, IERC1271 {
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return IERC1271.isValidSignature.selector;
    }
}

/// @notice A wallet that answers every question about a signature in its own bad way.
contract HostileWallet {
    enum Way {
        Loops,
        Reverts,
        ReturnsALot,
        ReturnsNothing,
        SaysNo
    }

    Way private immutable _way;

    constructor(Way way) {
        _way = way;
    }

    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4 answer) {
        Way way = _way;
        assembly ("memory-safe") {
            switch way
            case 0 {
                for {} 1 {} {}
            }
            case 1 {
                revert(0, 20000)
            }
            case 2 {
                return(0, 200000)
            }
            case 3 {
                return(0, 0)
            }
            default {
                mstore(0, 0)
                return(0, 32)
            }
        }
    }
}

/// @notice A wallet that agrees to every order, and screams zeros when its coins are to leave.
contract ScreamingWallet is ICoinHook, IERC1271 {
    uint256 private immutable _length;

    /// @param length Bytes that it screams.
    constructor(uint256 length) {
        _length = length;
    }

    function prepare(CallbackCoin coin, address spender) external {
        coin.approve(spender, type(uint256).max);
        coin.setWantsCall(true);
    }

    function coinsMove(address, address, uint256) external view {
        uint256 length = _length;
        assembly ("memory-safe") {
            revert(mload(0x40), length)
        }
    }

    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return IERC1271.isValidSignature.selector;
    }
}

/// @notice A wallet that agrees where nobody pays for gas, as in a call that only tries, and refuses on the chain.
contract FickleWallet is IERC1271 {
    constructor(IERC20 coin, address spender) {
        coin.approve(spender, type(uint256).max);
    }

    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        return tx.gasprice == 0 ? this.isValidSignature.selector : bytes4(0);
    }
}
