// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrable} from "../../contracts/interfaces/IArbitrable.sol";
import {IArbitrableV2} from "../../contracts/interfaces/IArbitrableV2.sol";
import {IArbitrator} from "../../contracts/interfaces/IArbitrator.sol";
import {IArbitratorV2} from "../../contracts/interfaces/IArbitratorV2.sol";
import {IDisputeTemplateRegistry} from "../../contracts/interfaces/IDisputeTemplateRegistry.sol";
import {IKlerosArbitrator, KlerosDispute} from "../../contracts/interfaces/IKlerosArbitrator.sol";
import {IRulings} from "../../contracts/interfaces/IRulings.sol";
import {Manner, TestArbitrable} from "../support/TestArbitrables.sol";
import {TestKlerosCore, TestTemplateRegistry} from "../support/TestKleros.sol";
import {Test} from "../support/Vm.sol";

contract KlerosArbitratorTest is Test {
    /// @dev keccak256 of `DisputeRequest(address,uint256,uint256,uint256,string)`, as on Arbitrum One.
    bytes32 private constant DISPUTE_REQUEST = 0x8bd32f430ff060e6bd204709b3790c9807987263d3230c580dc80b5f89e27186;
    /// @dev keccak256 of `Ruling(address,uint256,uint256)`.
    bytes32 private constant RULING = 0x394027a5fa6e098a1191094d1719d6929b9abc535fcc0c8f448d6a4e75622276;
    address private constant STRANGER = address(0x57);
    string private constant TEMPLATE = "Is this entry eligible?";

    TestKlerosCore private core;
    TestTemplateRegistry private registry;
    IKlerosArbitrator private adapter;
    TestArbitrable private arbitrable;
    /// @dev Court 7, three jurors, dispute kit 1.
    bytes private extraData = abi.encode(uint256(7), uint256(3), uint256(1));

    function setUp() public {
        core = new TestKlerosCore();
        registry = new TestTemplateRegistry();
        adapter = _deploy(address(core));
        arbitrable = new TestArbitrable(adapter);
        vm.deal(address(this), 100 ether);
    }

    /* KLEROS' OWN INTERFACE */

    /// @dev Four bytes and topics as in the ABIs that Kleros published with its contracts on Arbitrum One.
    function test_interfaces_areThosePublished() external pure {
        assertEq(IArbitratorV2.createDispute.selector, bytes4(0xc13517e1), "createDispute(uint256,bytes)");
        assertEq(IArbitratorV2.arbitrationCost.selector, bytes4(0xf7434ea9), "arbitrationCost(bytes)");
        assertEq(IArbitratorV2.currentRuling.selector, bytes4(0x1c3db16d), "currentRuling(uint256)");
        assertEq(IArbitrableV2.rule.selector, bytes4(0x311a6c56), "rule(uint256,uint256)");
        assertEq(
            IDisputeTemplateRegistry.setDisputeTemplate.selector,
            bytes4(0x4a994174),
            "setDisputeTemplate(string,string,string)"
        );
        assertEq(IArbitrableV2.DisputeRequest.selector, DISPUTE_REQUEST, "DisputeRequest");
        assertEq(IArbitrableV2.Ruling.selector, RULING, "Ruling");
        // ERC-792 has the same calls under the same names.
        assertEq(IArbitrator.createDispute.selector, bytes4(0xc13517e1), "ERC-792 createDispute");
        assertEq(IArbitrator.arbitrationCost.selector, bytes4(0xf7434ea9), "ERC-792 arbitrationCost");
        assertEq(IArbitrable.rule.selector, bytes4(0x311a6c56), "ERC-792 rule");
        assertEq(IArbitrable.Ruling.selector, RULING, "ERC-792 Ruling");
    }

    function test_constructor_publishesTheTemplate() external {
        assertEq(address(adapter.core()), address(core), "core");
        assertEq(adapter.templateId(), 40, "template");
        vm.expectEmit(address(registry));
        emit TestTemplateRegistry.DisputeTemplate(41, "Coindrop", TEMPLATE, "[]");
        assertEq(_deploy(address(core)).templateId(), 41, "a template each");
    }

    function test_constructor_failsIfCoreHasNoCode() external {
        bytes memory code = abi.encodePacked(
            vm.getCode("KlerosArbitrator.sol:KlerosArbitrator"),
            abi.encode(STRANGER, registry, TEMPLATE, "[]")
        );
        address deployed;
        assembly ("memory-safe") {
            deployed := create(0, add(code, 32), mload(code))
        }
        assertEq(deployed, address(0), "refused");
    }

    /* DISPUTES */

    function test_createDispute_passesOnAllThatItIsPaid() external {
        assertEq(adapter.arbitrationCost(extraData), 0.006 ether, "three jurors");
        assertEq(adapter.arbitrationCost(abi.encode(7, 5, 1)), 0.01 ether, "five jurors");

        vm.expectEmit(address(core));
        emit IArbitratorV2.DisputeCreation(0, IArbitrableV2(address(adapter)));
        vm.expectEmit(address(adapter));
        emit IArbitrator.DisputeCreation(0, IArbitrable(address(arbitrable)));
        vm.expectEmit(address(adapter));
        emit IArbitrableV2.DisputeRequest(core, 0, uint160(address(arbitrable)), 40, "");
        assertEq(arbitrable.open{value: 0.006 ether}(2, extraData), 0, "Kleros' id");
        (IArbitrableV2 arbitrated, uint256 choices, uint256 votes, , , ) = core.disputes(0);
        assertEq(address(arbitrated), address(adapter), "arbitrable of Kleros");
        assertEq(choices, 2, "choices");
        assertEq(votes, 3, "jurors");

        // Kleros draws more jurors for more coins; the adapter keeps none.
        assertEq(arbitrable.open{value: 0.011 ether}(2, extraData), 1, "the next id");
        (, , votes, , , ) = core.disputes(1);
        assertEq(votes, 5, "jurors");
        assertEq(address(adapter).balance, 0, "it holds nothing");
        assertEq(address(core).balance, 0.017 ether, "Kleros holds all");
        KlerosDispute memory dispute = adapter.disputeOf(1);
        assertEq(address(dispute.arbitrable), address(arbitrable), "arbitrable");
        assertEq(dispute.choices, 2, "choices kept");
        assertTrue(!dispute.ruled && !dispute.delivered && dispute.ruling == 0, "open");
        assertEq(address(adapter.disputeOf(2).arbitrable), address(0), "unknown");
    }

    function test_createDispute_failsIfKlerosRefuses() external {
        vm.expectRevert(abi.encodeWithSelector(TestKlerosCore.ArbitrationFeesNotEnough.selector));
        arbitrable.open{value: 0.006 ether - 1}(2, extraData);
        vm.expectRevert();
        arbitrable.open{value: 1 ether}(2, "no court");
    }

    function test_createDispute_failsIfChoicesOutOfBounds() external {
        vm.expectRevert(abi.encodeWithSelector(IKlerosArbitrator.Kleros_BadChoices.selector, 0));
        arbitrable.open{value: 0.006 ether}(0, extraData);
        vm.expectRevert(abi.encodeWithSelector(IKlerosArbitrator.Kleros_BadChoices.selector, 256));
        arbitrable.open{value: 0.006 ether}(256, extraData);
    }

    function test_createDispute_failsIfIdIsInUse() external {
        _open();
        core.setRepeating(true);
        TestArbitrable thief = new TestArbitrable(adapter);
        vm.expectRevert(abi.encodeWithSelector(IKlerosArbitrator.Kleros_IdInUse.selector, 0));
        thief.open{value: 0.006 ether}(2, extraData);
        assertEq(address(adapter.disputeOf(0).arbitrable), address(arbitrable), "the first one's");
    }

    function test_adapter_takesNoCoinsUnasked() external {
        (bool ok, ) = address(adapter).call{value: 1}("");
        assertTrue(!ok, "refused");
    }

    /* RULINGS */

    function test_rule_reachesTheArbitrable() external {
        for (uint256 ruling = 0; ruling <= 2; ++ruling) {
            uint256 id = _open();
            core.decide(id, ruling);
            vm.expectEmit(address(core));
            emit IArbitratorV2.Ruling(IArbitrableV2(address(adapter)), id, ruling);
            vm.expectEmit(address(adapter));
            emit IArbitrableV2.Ruling(core, id, ruling);
            vm.expectEmit(address(arbitrable));
            emit IArbitrable.Ruling(adapter, id, ruling);
            vm.expectEmit(address(adapter));
            emit IKlerosArbitrator.RulingRelayed(id, IArbitrable(address(arbitrable)), true);
            core.executeRuling(id);
            assertEq(arbitrable.rulingOn(id), ruling, "told");
            assertEq(arbitrable.times(id), 1, "once");
            assertTrue(adapter.disputeOf(id).ruled && adapter.disputeOf(id).delivered, "done");
            assertEq(adapter.disputeOf(id).ruling, ruling, "kept");
        }
    }

    function testFuzz_rule_outsideOfTheChoicesIsPassedOnAsZero(uint256 ruling, uint256 choices) external {
        choices = bound(choices, 1, 255);
        uint256 id = arbitrable.open{value: 0.006 ether}(choices, extraData);
        core.decide(id, ruling);
        core.executeRuling(id);
        assertEq(arbitrable.times(id), 1, "told");
        assertEq(arbitrable.rulingOn(id), ruling > choices ? 0 : ruling, "told a lawful one");
    }

    function test_threat26_rule_failsIfNotFromKleros() external {
        uint256 id = _open();
        vm.expectRevert(abi.encodeWithSelector(IKlerosArbitrator.Kleros_NotCore.selector, STRANGER));
        vm.prank(STRANGER);
        adapter.rule(id, 2);
    }

    function test_rule_failsIfRuledOrUnknown() external {
        uint256 id = _open();
        core.decide(id, 1);
        core.executeRuling(id);
        vm.expectRevert(abi.encodeWithSelector(IKlerosArbitrator.Kleros_Ruled.selector, id, 1));
        core.force(adapter, id, 2);
        vm.expectRevert(abi.encodeWithSelector(IKlerosArbitrator.Kleros_Unknown.selector, 7));
        core.force(adapter, 7, 2);
        assertEq(arbitrable.rulingOn(id), 1, "the first stands");
        assertEq(arbitrable.times(id), 1, "once");
    }

    function test_rule_reachesOnlyTheOneWhoAsked() external {
        TestArbitrable other = new TestArbitrable(adapter);
        uint256 first = _open();
        uint256 second = other.open{value: 0.006 ether}(2, extraData);
        core.decide(second, 2);
        core.executeRuling(second);
        assertEq(other.rulingOn(second), 2, "the one who asked");
        assertEq(arbitrable.ruledTimes(), 0, "not the other");
        core.decide(first, 1);
        core.executeRuling(first);
        assertEq(arbitrable.rulingOn(first), 1, "now the other");
        assertEq(other.ruledTimes(), 1, "once");
    }

    /// @dev Each time with just the gas that the adapter asks for: what is left after the arbitrable must do.
    function test_rule_standsWhateverTheArbitrableDoes() external {
        Manner[4] memory manners = [Manner.Reverts, Manner.BurnsAllGas, Manner.ReturnsMuch, Manner.RevertsWithMuch];
        for (uint256 i = 0; i < manners.length; ++i) {
            uint256 id = _open();
            arbitrable.setManner(manners[i]);
            core.decide(id, 2);
            core.executeRuling{gas: 1_250_000}(id);
            assertTrue(adapter.disputeOf(id).ruled, "ruled");
            assertEq(adapter.disputeOf(id).ruling, 2, "ruling");
            assertTrue(
                adapter.disputeOf(id).delivered == (manners[i] == Manner.ReturnsMuch),
                "taken by those who do not revert"
            );
        }
        vm.deal(STRANGER, 1 ether);
        vm.prank(STRANGER);
        uint256 last = adapter.createDispute{value: 0.006 ether}(2, extraData);
        core.decide(last, 1);
        core.executeRuling(last);
        assertTrue(adapter.disputeOf(last).ruled && !adapter.disputeOf(last).delivered, "an account without code");
    }

    /// @dev Kleros' keepers ask for an estimate too: it must not settle where only the passing on fails.
    function testFuzz_rule_neverLosesARulingToTooLittleGas(uint256 gas) external {
        uint256 id = _open();
        core.decide(id, 2);
        // It needs nearly all of what it is due; half of the tries are close to that.
        arbitrable.setManner(Manner.NeedsMuchGas);
        gas = bound(gas, gas % 2 == 0 ? 30_000 : 900_000, 1_400_000);
        (bool ok, bytes memory answer) = address(core).call{gas: gas}(
            abi.encodeCall(TestKlerosCore.executeRuling, (id))
        );
        assertEq(arbitrable.times(id), ok ? 1 : 0, "both or neither");
        assertTrue(adapter.disputeOf(id).ruled == ok, "ruled with it");
        assertTrue(ok || gas < 1_250_000, "enough is enough");
        bool named = answer.length > 4 && bytes4(answer) == IRulings.Rulings_TooLittleGas.selector;
        assertTrue(ok || named || gas < 200_000, "and says so");
    }

    function test_relayRuling_givesTheSameRulingOnce() external {
        uint256 id = _open();
        vm.expectRevert(abi.encodeWithSelector(IKlerosArbitrator.Kleros_NotRuled.selector, id));
        adapter.relayRuling(id);
        vm.expectRevert(abi.encodeWithSelector(IKlerosArbitrator.Kleros_Unknown.selector, id + 1));
        adapter.relayRuling(id + 1);

        arbitrable.setManner(Manner.Reverts);
        core.decide(id, 2);
        core.executeRuling(id);
        vm.expectRevert(abi.encodeWithSelector(IKlerosArbitrator.Kleros_NotTaken.selector, id));
        vm.prank(STRANGER);
        adapter.relayRuling(id);
        assertTrue(!adapter.disputeOf(id).delivered, "not delivered");

        arbitrable.setManner(Manner.Takes);
        vm.expectEmit(address(adapter));
        emit IKlerosArbitrator.RulingRelayed(id, IArbitrable(address(arbitrable)), true);
        vm.prank(STRANGER);
        adapter.relayRuling(id);
        assertEq(arbitrable.rulingOn(id), 2, "the same ruling");
        vm.expectRevert(abi.encodeWithSelector(IKlerosArbitrator.Kleros_Delivered.selector, id));
        adapter.relayRuling(id);
        assertEq(arbitrable.times(id), 1, "once");
    }

    function test_arbitrable_callingBackIsNotToldTwice() external {
        uint256 id = _open();
        arbitrable.setCallBack(abi.encodeCall(IKlerosArbitrator.relayRuling, (id)));
        core.decide(id, 1);
        core.executeRuling(id);
        assertTrue(!arbitrable.calledBack(), "refused");
        assertEq(bytes4(arbitrable.answer()), IKlerosArbitrator.Kleros_Delivered.selector, "by name");
        assertEq(arbitrable.times(id), 1, "once");
    }

    /* HELPERS */

    function _deploy(address core_) private returns (IKlerosArbitrator) {
        return
            IKlerosArbitrator(
                deploy("KlerosArbitrator.sol:KlerosArbitrator", abi.encode(core_, registry, TEMPLATE, "[]"))
            );
    }

    function _open() private returns (uint256) {
        return arbitrable.open{value: 0.006 ether}(2, extraData);
    }
}
