// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrable} from "../interfaces/IArbitrable.sol";
import {IArbitrableV2} from "../interfaces/IArbitrableV2.sol";
import {IArbitrator} from "../interfaces/IArbitrator.sol";
import {IArbitratorV2} from "../interfaces/IArbitratorV2.sol";
import {IDisputeTemplateRegistry} from "../interfaces/IDisputeTemplateRegistry.sol";
import {IKlerosArbitrator, KlerosDispute} from "../interfaces/IKlerosArbitrator.sol";
import {Rulings} from "./Rulings.sol";

/// @title Kleros arbitrator
/// @notice Passes disputes of contests on to Kleros v2 and its rulings back; see `IKlerosArbitrator`.
contract KlerosArbitrator is IKlerosArbitrator {
    /// @inheritdoc IKlerosArbitrator
    IArbitratorV2 public immutable core;
    /// @inheritdoc IKlerosArbitrator
    uint256 public immutable templateId;

    mapping(uint256 disputeId => KlerosDispute) private _disputes;

    /// @param core_ KlerosCore of this chain.
    /// @param registry Kleros' template registry of this chain.
    /// @param templateData The template: 1 must mean eligible and 2 ineligible, as in the contests' rules.
    /// @param templateDataMappings Where the template's open values come from; may be empty.
    constructor(
        IArbitratorV2 core_,
        IDisputeTemplateRegistry registry,
        string memory templateData,
        string memory templateDataMappings
    ) {
        if (address(core_).code.length == 0) revert Kleros_NoCode(address(core_));
        core = core_;
        templateId = registry.setDisputeTemplate("Coindrop", templateData, templateDataMappings);
    }

    /// @inheritdoc IArbitrator
    function createDispute(uint256 choices, bytes calldata extraData) external payable returns (uint256 disputeId) {
        if (choices == 0 || choices > type(uint8).max) revert Kleros_BadChoices(choices);
        disputeId = core.createDispute{value: msg.value}(choices, extraData);
        KlerosDispute storage dispute = _disputes[disputeId];
        if (address(dispute.arbitrable) != address(0)) revert Kleros_IdInUse(disputeId);
        dispute.arbitrable = IArbitrable(msg.sender);
        dispute.choices = uint8(choices);
        emit DisputeCreation(disputeId, IArbitrable(msg.sender));
        emit DisputeRequest(core, disputeId, uint160(msg.sender), templateId, "");
    }

    /// @inheritdoc IArbitrableV2
    function rule(uint256 disputeId, uint256 ruling) external {
        if (msg.sender != address(core)) revert Kleros_NotCore(msg.sender);
        KlerosDispute storage dispute = _dispute(disputeId);
        if (dispute.ruled) revert Kleros_Ruled(disputeId, dispute.ruling);
        uint8 lawful = ruling > dispute.choices ? 0 : uint8(ruling);
        dispute.ruled = true;
        dispute.ruling = lawful;
        emit Ruling(core, disputeId, lawful);
        // Said to be delivered while it is being delivered: an arbitrable that calls back is not given it twice.
        dispute.delivered = true;
        bool delivered = Rulings.give(dispute.arbitrable, disputeId, lawful);
        if (!delivered) dispute.delivered = false;
        emit RulingRelayed(disputeId, dispute.arbitrable, delivered);
    }

    /// @inheritdoc IKlerosArbitrator
    function relayRuling(uint256 disputeId) external {
        KlerosDispute storage dispute = _dispute(disputeId);
        if (!dispute.ruled) revert Kleros_NotRuled(disputeId);
        if (dispute.delivered) revert Kleros_Delivered(disputeId);
        dispute.delivered = true;
        if (!Rulings.giveAgain(dispute.arbitrable, disputeId, dispute.ruling)) revert Kleros_NotTaken(disputeId);
        emit RulingRelayed(disputeId, dispute.arbitrable, true);
    }

    /// @inheritdoc IArbitrator
    function arbitrationCost(bytes calldata extraData) external view returns (uint256) {
        return core.arbitrationCost(extraData);
    }

    /// @inheritdoc IKlerosArbitrator
    function disputeOf(uint256 disputeId) external view returns (KlerosDispute memory) {
        return _disputes[disputeId];
    }

    function _dispute(uint256 disputeId) private view returns (KlerosDispute storage dispute) {
        dispute = _disputes[disputeId];
        if (address(dispute.arbitrable) == address(0)) revert Kleros_Unknown(disputeId);
    }
}
