// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IKlerosArbitrator, KlerosDispute} from "../../contracts/interfaces/IKlerosArbitrator.sol";
import {Manner, TestArbitrable} from "../support/TestArbitrables.sol";
import {TestKlerosCore, TestTemplateRegistry} from "../support/TestKleros.sol";
import {Test} from "../support/Vm.sol";

/// @notice Random arbitrables, jurors and strangers around one adapter to Kleros. Knows beforehand whether each call must
/// work and fails when the adapter disagrees.
/// @dev Each arbitrable has a manner of its own, which may change.
contract KlerosHandler is Test {
    uint256 private constant ARBITRABLES = 3;
    uint256 private constant MAX_DISPUTES = 6;
    address private constant STRANGER = address(0x57);

    TestKlerosCore private _core;
    IKlerosArbitrator private _adapter;
    TestArbitrable[] private _arbitrables;
    /// @dev Court 7, three jurors, dispute kit 1.
    bytes private _extraData = abi.encode(uint256(7), uint256(3), uint256(1));

    uint256 public disputes;
    uint256 public paid;
    mapping(uint256 disputeId => TestArbitrable) public arbitrableOf;
    mapping(uint256 disputeId => uint256) public choicesOf;
    mapping(uint256 disputeId => bool) public isDecided;
    mapping(uint256 disputeId => bool) public isExecuted;
    /// @dev As it must be passed on.
    mapping(uint256 disputeId => uint256) public lawfulRuling;

    constructor() {
        _core = new TestKlerosCore();
        _adapter = IKlerosArbitrator(
            deploy(
                "KlerosArbitrator.sol:KlerosArbitrator",
                abi.encode(_core, new TestTemplateRegistry(), "Is this entry eligible?", "[]")
            )
        );
        for (uint256 i = 0; i < ARBITRABLES; ++i) _arbitrables.push(new TestArbitrable(_adapter));
        vm.deal(address(this), type(uint96).max);
    }

    /* CALLS OF THE FUZZER */

    /// @dev Pays the cost, now and then a wei less or more.
    function openDispute(uint256 who, uint256 choices, uint256 more) external {
        if (disputes == MAX_DISPUTES) return;
        choices = choices % 5 == 0 ? choices % 300 : 1 + (choices % 3);
        uint256 value = _adapter.arbitrationCost(_extraData) + (more % 3) - 1;
        bool lawful = choices != 0 && choices <= 255 && more % 3 != 0;
        TestArbitrable arbitrable = _arbitrables[who % ARBITRABLES];
        try arbitrable.open{value: value}(choices, _extraData) returns (uint256 id) {
            assertTrue(lawful, "refused what is not lawful");
            assertEq(id, disputes, "Kleros' own number");
        } catch {
            assertTrue(!lawful, "took what is lawful");
            return;
        }
        (arbitrableOf[disputes], choicesOf[disputes]) = (arbitrable, choices);
        ++disputes;
        paid += value;
    }

    /// @dev Kleros does not list the adapter, or gives a number again: nothing is opened, nothing is taken.
    function openInVain(uint256 who, bool unlisted) external {
        uint256 value = _adapter.arbitrationCost(_extraData);
        if (unlisted) _core.changeArbitrableWhitelistEnabled(true);
        else if (disputes != 0) _core.setRepeating(true);
        else return;
        try _arbitrables[who % ARBITRABLES].open{value: value}(2, _extraData) {
            revert NotTrue("no such dispute");
        } catch {}
        _core.changeArbitrableWhitelistEnabled(false);
        _core.setRepeating(false);
    }

    function decide(uint256 which, uint256 ruling) external {
        if (disputes == 0 || isDecided[which % disputes]) return;
        uint256 id = which % disputes;
        ruling = ruling % 7 == 0 ? ruling : ruling % 5;
        _core.decide(id, ruling);
        isDecided[id] = true;
        lawfulRuling[id] = ruling > choicesOf[id] ? 0 : ruling;
    }

    /// @dev Whatever the arbitrable does, Kleros can end what its jurors decided.
    function execute(uint256 which) external {
        if (disputes == 0) return;
        uint256 id = which % disputes;
        bool lawful = isDecided[id] && !isExecuted[id];
        try _core.executeRuling{gas: 3_000_000}(id) {
            assertTrue(lawful, "once, when it is decided");
            isExecuted[id] = true;
            // What one that calls back has gas left for is up to whom it calls.
            bool isSure = arbitrableOf[id].manner() != Manner.CallsBack;
            assertTrue(!isSure || _adapter.disputeOf(id).delivered == takes(id), "delivered when it was taken");
        } catch {
            assertTrue(!lawful, "nothing keeps Kleros from ending");
        }
    }

    /// @dev A stranger, or Kleros itself a second time or about what nobody asked.
    function ruleUnlawfully(uint256 which, uint256 ruling, bool stranger) external {
        uint256 id = which % (MAX_DISPUTES + 1);
        if (!stranger && id < disputes && !isExecuted[id]) return;
        if (stranger) vm.prank(STRANGER);
        (bool ok, ) = stranger
            ? address(_adapter).call(abi.encodeCall(_adapter.rule, (id, ruling)))
            : address(_core).call(abi.encodeCall(_core.force, (_adapter, id, ruling)));
        assertTrue(!ok, "one ruling, by Kleros, on what was asked");
    }

    function behave(uint256 who, uint256 manner, uint256 which) external {
        TestArbitrable arbitrable = _arbitrables[who % ARBITRABLES];
        if (manner % 6 != uint256(Manner.CallsBack)) return arbitrable.setManner(Manner(manner % 6));
        arbitrable.setCallBack(abi.encodeCall(IKlerosArbitrator.relayRuling, (which % MAX_DISPUTES)));
    }

    function relay(uint256 which) external {
        uint256 id = which % (MAX_DISPUTES + 1);
        KlerosDispute memory dispute = _adapter.disputeOf(id);
        bool lawful = dispute.ruled && !dispute.delivered && takes(id);
        (bool ok, ) = address(_adapter).call{gas: 6_000_000}(abi.encodeCall(IKlerosArbitrator.relayRuling, (id)));
        assertTrue(ok == lawful, "what was not delivered and can be");
    }

    /* WHAT HAPPENED */

    function takes(uint256 id) public view returns (bool) {
        if (id >= disputes) return false;
        Manner manner = arbitrableOf[id].manner();
        return manner == Manner.Takes || manner == Manner.CallsBack || manner == Manner.ReturnsMuch;
    }

    function theAdapter() external view returns (IKlerosArbitrator) {
        return _adapter;
    }

    function theCore() external view returns (TestKlerosCore) {
        return _core;
    }
}
