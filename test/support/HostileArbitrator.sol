// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrable} from "../../contracts/interfaces/IArbitrable.sol";
import {IArbitrator} from "../../contracts/interfaces/IArbitrator.sol";

/// @notice An arbitrator without scruples: does to whom it pleases what it was told. Left alone it behaves, but never rules.
contract HostileArbitrator is IArbitrator {
    error HostileArbitrator_Refused();

    /// @notice What it does when a dispute is opened.
    enum Trick {
        None,
        Reverts,
        BurnsAllGas,
        WantsMore,
        CallsBack
    }

    Trick public trick;
    uint256 public cost;
    uint256 public nextId;
    bool public repeats;
    /// @dev Made from inside `createDispute`, each to `target`.
    address public target;
    bytes[] private _calls;
    bool[] public succeeded;

    receive() external payable {}

    function setTrick(Trick trick_) external {
        trick = trick_;
    }

    function setCost(uint256 cost_) external {
        cost = cost_;
    }

    /// @notice From now on each dispute gets the id of the one before.
    function setRepeats(bool on) external {
        repeats = on;
    }

    function setCalls(address target_, bytes[] calldata calls) external {
        trick = Trick.CallsBack;
        target = target_;
        delete _calls;
        for (uint256 i = 0; i < calls.length; ++i) _calls.push(calls[i]);
    }

    function createDispute(uint256, bytes calldata) external payable returns (uint256 disputeId) {
        if (trick == Trick.Reverts) revert HostileArbitrator_Refused();
        if (trick == Trick.WantsMore && msg.value <= cost) revert HostileArbitrator_Refused();
        if (trick == Trick.BurnsAllGas) _burnAllGas();
        if (trick == Trick.CallsBack) {
            for (uint256 i = 0; i < _calls.length; ++i) {
                (bool ok, ) = target.call(_calls[i]);
                succeeded.push(ok);
            }
        }
        disputeId = repeats ? nextId - 1 : nextId++;
        emit DisputeCreation(disputeId, IArbitrable(msg.sender));
    }

    function ruleOn(IArbitrable arbitrable, uint256 disputeId, uint256 ruling) external {
        arbitrable.rule(disputeId, ruling);
    }

    /// @notice Calls whatever it likes in its own name.
    function attempt(address to, bytes calldata data) external returns (bool ok) {
        (ok, ) = to.call(data);
    }

    function arbitrationCost(bytes calldata) external view returns (uint256) {
        if (trick == Trick.BurnsAllGas) _burnAllGas();
        return cost;
    }

    function _burnAllGas() private pure {
        assembly ("memory-safe") {
            invalid()
        }
    }
}

/// @notice Asks for a fee and takes none: what it calls `createDispute` is not payable.
contract UnpayableArbitrator {
    uint256 public disputes;

    function createDispute(uint256, bytes calldata) external returns (uint256) {
        return disputes++;
    }

    function arbitrationCost(bytes calldata) external pure returns (uint256) {
        return 1;
    }
}
