// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Dispute template registry of Kleros v2
/// @notice Where the texts are published that tell jurors what disputes are about.
/// @dev Written from the published interface, github.com/kleros/kleros-v2,
/// contracts/src/arbitration/interfaces/IDisputeTemplateRegistry.sol.
interface IDisputeTemplateRegistry {
    /// @notice Publishes a template. Anyone may call it; nobody can change one.
    /// @param templateTag A label; may be empty.
    /// @param templateData JSON: title, question, answers with their numbers, policy and more.
    /// @param templateDataMappings JSON: where the values come from that the template leaves open; may be empty.
    /// @return templateId Its number.
    function setDisputeTemplate(
        string memory templateTag,
        string memory templateData,
        string memory templateDataMappings
    ) external returns (uint256 templateId);
}
