// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrableV2} from "../../contracts/interfaces/IArbitrableV2.sol";
import {IArbitratorV2} from "../../contracts/interfaces/IArbitratorV2.sol";
import {IDisputeTemplateRegistry} from "../../contracts/interfaces/IDisputeTemplateRegistry.sol";

/// @notice KlerosCore as an arbitrable sees it: what it charges, how it counts, and that its ruling undoes itself when the
/// arbitrable reverts. The jurors' votes are whatever `decide` says.
/// @dev Source: github.com/kleros/kleros-v2, contracts/src/arbitration/KlerosCoreBase.sol, createDispute and executeRuling.
contract TestKlerosCore is IArbitratorV2 {
    error ArbitrationFeesNotEnough();
    error ArbitrableNotWhitelisted();
    error NotExecutionPeriod();
    error RulingAlreadyExecuted();

    struct Dispute {
        IArbitrableV2 arbitrated;
        uint256 choices;
        uint256 votes;
        uint256 ruling;
        bool decided;
        bool ruled;
    }

    uint256 public feeForJuror = 0.002 ether;
    Dispute[] public disputes;
    /// @dev Gives the next dispute the last one's id, as no KlerosCore does.
    bool public repeating;
    mapping(address arbitrable => bool) public arbitrableWhitelist;
    bool public arbitrableWhitelistEnabled;

    function setFeeForJuror(uint256 fee) external {
        feeForJuror = fee;
    }

    function setRepeating(bool on) external {
        repeating = on;
    }

    /// @dev Kleros lets only its owner call this and the next.
    function changeArbitrableWhitelist(address arbitrable, bool allowed) external {
        arbitrableWhitelist[arbitrable] = allowed;
    }

    function changeArbitrableWhitelistEnabled(bool enabled) external {
        arbitrableWhitelistEnabled = enabled;
    }

    function createDispute(uint256 choices, bytes calldata extraData) external payable returns (uint256 disputeID) {
        if (arbitrableWhitelistEnabled && !arbitrableWhitelist[msg.sender]) revert ArbitrableNotWhitelisted();
        if (msg.value < arbitrationCost(extraData)) revert ArbitrationFeesNotEnough();
        disputeID = repeating ? disputes.length - 1 : disputes.length;
        if (!repeating) disputes.push();
        disputes[disputeID].arbitrated = IArbitrableV2(msg.sender);
        disputes[disputeID].choices = choices;
        disputes[disputeID].votes = msg.value / feeForJuror;
        emit DisputeCreation(disputeID, IArbitrableV2(msg.sender));
    }

    function decide(uint256 disputeID, uint256 ruling) external {
        disputes[disputeID].decided = true;
        disputes[disputeID].ruling = ruling;
    }

    function executeRuling(uint256 disputeID) external {
        Dispute storage dispute = disputes[disputeID];
        if (!dispute.decided) revert NotExecutionPeriod();
        if (dispute.ruled) revert RulingAlreadyExecuted();
        dispute.ruled = true;
        emit Ruling(dispute.arbitrated, disputeID, dispute.ruling);
        dispute.arbitrated.rule(disputeID, dispute.ruling);
    }

    /// @notice Rules, though it has ruled or was never asked, as no KlerosCore does.
    function force(IArbitrableV2 arbitrable, uint256 disputeID, uint256 ruling) external {
        arbitrable.rule(disputeID, ruling);
    }

    function currentRuling(uint256 disputeID) external view returns (uint256 ruling, bool tied, bool overridden) {
        return (disputes[disputeID].ruling, false, false);
    }

    /// @dev Jurors' fee times the least number of them, which is the second word.
    function arbitrationCost(bytes calldata extraData) public view returns (uint256) {
        (, uint256 minJurors, ) = abi.decode(extraData, (uint256, uint256, uint256));
        return feeForJuror * minJurors;
    }
}

/// @notice The registry, which publishes what it is given.
contract TestTemplateRegistry is IDisputeTemplateRegistry {
    event DisputeTemplate(
        uint256 indexed _templateId,
        string indexed _templateTag,
        string _templateData,
        string _templateDataMappings
    );

    uint256 public templates = 40;

    function setDisputeTemplate(
        string memory templateTag,
        string memory templateData,
        string memory templateDataMappings
    ) external returns (uint256 templateId) {
        templateId = templates++;
        emit DisputeTemplate(templateId, templateTag, templateData, templateDataMappings);
    }
}
