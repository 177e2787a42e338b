// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrable} from "../../contracts/interfaces/IArbitrable.sol";
import {IArbitrator} from "../../contracts/interfaces/IArbitrator.sol";

/// @notice What an arbitrable under test does when it is ruled on.
enum Manner {
    Takes,
    Reverts,
    BurnsAllGas,
    ReturnsMuch,
    RevertsWithMuch,
    CallsBack,
    NeedsMuchGas
}

/// @notice Opens disputes and takes rulings in the manner it was told.
contract TestArbitrable is IArbitrable {
    error TestArbitrable_Refused();

    IArbitrator public arbitrator;
    Manner public manner;
    /// @dev Called from inside `rule`, on the arbitrator.
    bytes public callBack;
    bool public calledBack;
    bytes public answer;

    uint256 public ruledTimes;
    mapping(uint256 disputeId => uint256) public times;
    mapping(uint256 disputeId => uint256) public rulingOn;

    constructor(IArbitrator arbitrator_) {
        arbitrator = arbitrator_;
    }

    receive() external payable {}

    function setArbitrator(IArbitrator arbitrator_) external {
        arbitrator = arbitrator_;
    }

    function setManner(Manner manner_) external {
        manner = manner_;
    }

    /// @notice Lets the next ruling be answered with a call to the arbitrator.
    function setCallBack(bytes calldata data) external {
        manner = Manner.CallsBack;
        callBack = data;
    }

    function open(uint256 choices, bytes calldata extraData) external payable returns (uint256) {
        return arbitrator.createDispute{value: msg.value}(choices, extraData);
    }

    function rule(uint256 disputeId, uint256 ruling) external {
        if (manner == Manner.Reverts) revert TestArbitrable_Refused();
        if (manner == Manner.BurnsAllGas) _burnAllGas();
        if (manner == Manner.NeedsMuchGas) _useMuchGas();
        if (manner == Manner.ReturnsMuch || manner == Manner.RevertsWithMuch) _answerMuch();
        if (manner == Manner.CallsBack) {
            // solhint-disable-next-line reentrancy
            (calledBack, answer) = address(arbitrator).call(callBack);
        }
        ++ruledTimes;
        ++times[disputeId];
        rulingOn[disputeId] = ruling;
        emit Ruling(arbitrator, disputeId, ruling);
    }

    /// @dev As an honest one may, but for what is left of the million it is given.
    function _useMuchGas() private view {
        uint256 start = gasleft();
        while (start - gasleft() < 880_000) {}
    }

    /// @dev `invalid` uses up whatever gas the call has.
    function _burnAllGas() private pure {
        assembly ("memory-safe") {
            invalid()
        }
    }

    /// @dev 600 KB: making them fits into the gas of one ruling, copying them as well would not.
    function _answerMuch() private view {
        bool reverts = manner == Manner.RevertsWithMuch;
        assembly ("memory-safe") {
            if reverts {
                revert(0, 600000)
            }
            return(0, 600000)
        }
    }
}

/// @notice Takes no coins: it has nothing that could.
contract Unpayable {
    string public constant NAME = "stiff";
}

/// @notice Makes a call of its choice while it is being paid.
contract GreedyMember {
    address private _target;
    bytes private _call;
    bool public asked;
    bool public gotMore;

    // solhint-disable-next-line no-complex-fallback
    receive() external payable {
        asked = true;
        (gotMore, ) = _target.call(_call);
    }

    function setCall(address target, bytes calldata call) external {
        _target = target;
        _call = call;
    }
}
