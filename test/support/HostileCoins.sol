// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContest} from "../../contracts/interfaces/IContest.sol";
import {TestCoin} from "./TestCoin.sol";

/// @notice Keeps one percent of what it transfers, once switched on.
contract FeeCoin is TestCoin {
    bool public taking;

    function setTaking(bool on) external {
        taking = on;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (!taking || from == address(0)) return super._update(from, to, value);
        uint256 fee = value / 100;
        super._update(from, address(0xFEE), fee);
        super._update(from, to, value - fee);
    }
}

/// @notice Takes one percent of what is sent from an account, once switched on; what is fetched from it arrives whole.
contract OutFeeCoin is TestCoin {
    enum Fee {
        None,
        OutOfIt,
        OnTop
    }

    Fee public fee;

    function setFee(Fee fee_) external {
        fee = fee_;
    }

    function transfer(address to, uint256 value) public override returns (bool) {
        if (fee == Fee.None) return super.transfer(to, value);
        super.transfer(address(0xFEE), value / 100);
        return super.transfer(to, fee == Fee.OnTop ? value : value - value / 100);
    }
}

/// @notice Brings more than it was asked for, once switched on.
contract GenerousCoin is TestCoin {
    bool public giving;

    function setGiving(bool on) external {
        giving = on;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (giving && from != address(0)) super._update(address(0), to, 1);
    }
}

/// @notice Returns false instead of reverting, once switched on; moves nothing.
contract FalseCoin is TestCoin {
    bool public refusing;

    function setRefusing(bool on) external {
        refusing = on;
    }

    function transfer(address to, uint256 value) public override returns (bool) {
        return refusing ? false : super.transfer(to, value);
    }

    function transferFrom(address from, address to, uint256 value) public override returns (bool) {
        return refusing ? false : super.transferFrom(from, to, value);
    }
}

/// @notice Claims success and moves nothing, once switched on.
contract LyingCoin is TestCoin {
    bool public lying;

    function setLying(bool on) external {
        lying = on;
    }

    function transferFrom(address from, address to, uint256 value) public override returns (bool) {
        return lying ? true : super.transferFrom(from, to, value);
    }
}

/// @notice Returns nothing, as some old and large coins do.
contract SilentCoin {
    mapping(address account => uint256) public balanceOf;
    mapping(address owner => mapping(address spender => uint256)) public allowance;
    uint256 public totalSupply;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
        totalSupply += amount;
    }

    function approve(address spender, uint256 amount) external {
        allowance[msg.sender][spender] = amount;
    }

    function transfer(address to, uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
    }

    function transferFrom(address from, address to, uint256 amount) external {
        allowance[from][msg.sender] -= amount;
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}

/// @notice Reverts, or burns all gas, for one account.
contract BlockingCoin is TestCoin {
    error BlockingCoin_Blocked(address account);

    address public blocked;
    bool public burning;

    function setBlocked(address account, bool burn) external {
        blocked = account;
        burning = burn;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (blocked != address(0) && (from == blocked || to == blocked)) {
            if (burning) while (true) {}
            revert BlockingCoin_Blocked(blocked);
        }
        super._update(from, to, value);
    }
}

/// @notice Refuses to move nothing.
contract StrictCoin is TestCoin {
    error NothingMoves();

    function _update(address from, address to, uint256 value) internal override {
        if (value == 0) revert NothingMoves();
        super._update(from, to, value);
    }
}

/// @notice Shrinks every balance of one account.
contract RebasingCoin is TestCoin {
    function shrink(address account, uint256 amount) external {
        _burn(account, amount);
    }
}

interface ICoinHook {
    function coinsMove(address from, address to, uint256 amount) external;
}

/// @notice Calls sender before and receiver after each movement, as ERC-777 does.
contract CallbackCoin is TestCoin {
    mapping(address account => bool) public wantsCall;

    function setWantsCall(bool wants) external {
        wantsCall[msg.sender] = wants;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (wantsCall[from]) ICoinHook(from).coinsMove(from, to, value);
        super._update(from, to, value);
        if (wantsCall[to]) ICoinHook(to).coinsMove(from, to, value);
    }
}

/// @notice Calls one account before its coins move, and loses those that were sent first.
contract LosingCoin is TestCoin {
    address public loser;
    uint256 private _depth;

    function setLoser(address account) external {
        loser = account;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (from == address(0) || from != loser) return super._update(from, to, value);
        ++_depth;
        ICoinHook(from).coinsMove(from, to, value);
        if (--_depth == 0) super._update(from, address(this), value);
        else super._update(from, to, value);
    }
}

/// @notice Behaves until it is turned; then it takes, lies, blocks or calls back, and can be turned again.
contract TurncoatCoin is TestCoin {
    enum Way {
        Plain,
        ReturnsNothing,
        ReturnsFalse,
        Blocks,
        BurnsAllGas,
        TakesAPart,
        TakesOnTop,
        CallsBack,
        Diverts
    }

    error TurncoatCoin_Blocked(address account);

    Way public way;
    /// @dev Whom it blocks.
    address public blocked;
    /// @dev Whose coins it counts when they are lost, and whom it calls.
    address public victim;
    /// @dev Wei that the victim lost to it.
    uint256 public taken;
    bytes[] private _calls;
    bool private _calling;

    function setVictim(address account) external {
        victim = account;
        _approve(address(this), account, type(uint256).max);
    }

    function turn(Way way_, address blocked_) external {
        (way, blocked) = (way_, blocked_);
    }

    /// @notice What it calls the victim with, in its own name, whenever coins move while it calls back.
    function setCalls(bytes[] calldata calls) external {
        delete _calls;
        for (uint256 i = 0; i < calls.length; ++i) _calls.push(calls[i]);
    }

    function act(bytes memory call_) public returns (bool success) {
        (success, ) = victim.call(call_);
    }

    function shrink(uint256 amount) external {
        uint256 balance = balanceOf(victim);
        amount = amount < balance ? amount : balance;
        _burn(victim, amount);
        taken += amount;
    }

    function transfer(address to, uint256 value) public override returns (bool) {
        if (way == Way.ReturnsFalse) return false;
        return _said(super.transfer(to, value));
    }

    function transferFrom(address from, address to, uint256 value) public override returns (bool) {
        if (way == Way.ReturnsFalse) return false;
        return _said(super.transferFrom(from, to, value));
    }

    function _said(bool answer) private view returns (bool) {
        if (way == Way.ReturnsNothing) _returnNothing();
        return answer;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (from == address(0) || to == address(0)) return super._update(from, to, value);
        if (blocked != address(0) && (from == blocked || to == blocked)) {
            if (way == Way.Blocks) revert TurncoatCoin_Blocked(blocked);
            if (way == Way.BurnsAllGas) _burnAllGas();
        }
        if (way == Way.CallsBack) _callBack();
        // What is on its way in is lost, if as much can be brought in the coin's own name meanwhile.
        if (way == Way.Diverts && to == victim && from != address(this)) {
            if (act(abi.encodeCall(IContest.drop, (1, value)))) to = address(this);
        }
        uint256 fee = value / 100;
        if (way == Way.TakesAPart) {
            super._update(from, address(0xFEE), fee);
            value -= fee;
        }
        if (way == Way.TakesOnTop) {
            super._update(from, address(0xFEE), fee);
            if (from == victim) taken += fee;
        }
        super._update(from, to, value);
        if (way == Way.CallsBack) _callBack();
    }

    function _callBack() private {
        if (_calling) return;
        _calling = true;
        for (uint256 i = 0; i < _calls.length; ++i) act(_calls[i]);
        _calling = false;
    }

    function _burnAllGas() private pure {
        assembly ("memory-safe") {
            invalid()
        }
    }

    function _returnNothing() private pure {
        assembly ("memory-safe") {
            return(0, 0)
        }
    }
}

/// @notice Makes one prepared call when its coins move, and keeps what it saw.
contract Reentrant is ICoinHook {
    address private _target;
    bytes private _call;
    bytes private _look;
    bool private _done;
    bool public reentered;
    bytes public answer;
    bytes public seen;

    function prepare(address target, bytes calldata call_, bytes calldata look) external {
        (_target, _call, _look) = (target, call_, look);
        (_done, reentered) = (false, false);
    }

    function act(address target, bytes calldata call_) external returns (bytes memory) {
        (bool success, bytes memory returned) = target.call(call_);
        if (!success) _bubble(returned);
        return returned;
    }

    function coinsMove(address, address, uint256) external {
        if (_done) return;
        _done = true;
        if (_look.length != 0) (, seen) = _target.staticcall(_look);
        if (_call.length != 0) (reentered, answer) = _target.call(_call);
    }

    function _bubble(bytes memory reason) private pure {
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }
}
