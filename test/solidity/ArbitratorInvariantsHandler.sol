// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPanelArbitrator, PanelDispute} from "../../contracts/interfaces/IPanelArbitrator.sol";
import {Manner, TestArbitrable, Unpayable} from "../support/TestArbitrables.sol";
import {Test} from "../support/Vm.sol";

/// @notice Random members, arbitrables and strangers around one panel of three of five. Knows beforehand whether each call
/// must work and fails when the panel disagrees.
/// @dev The last member takes no coins. Each arbitrable has a manner of its own, which may change.
contract PanelHandler is Test {
    uint256 public constant MEMBERS = 5;
    uint256 private constant ARBITRABLES = 3;
    uint256 private constant MAX_DISPUTES = 6;

    IPanelArbitrator private _panel;
    TestArbitrable[] private _arbitrables;
    address private _stiff;

    uint256 public disputes;
    uint256 public open;
    uint256 public ruled;
    uint256 public collected;
    mapping(uint256 disputeId => TestArbitrable) private _arbitrableOf;
    mapping(uint256 disputeId => bool) private _known;
    mapping(uint256 disputeId => uint256) private _first;

    constructor(uint256 fee) {
        _stiff = address(new Unpayable());
        address[] memory members = new address[](MEMBERS);
        for (uint256 i = 0; i < MEMBERS; ++i) members[i] = memberAt(i);
        _panel = IPanelArbitrator(deploy("PanelArbitrator.sol:PanelArbitrator", abi.encode(members, 3, fee)));
        for (uint256 i = 0; i < ARBITRABLES; ++i) _arbitrables.push(new TestArbitrable(_panel));
        vm.deal(address(this), type(uint96).max);
    }

    /* CALLS OF THE FUZZER */

    function openDispute(uint256 who) external {
        if (disputes == MAX_DISPUTES) return;
        TestArbitrable arbitrable = _arbitrables[who % ARBITRABLES];
        uint256 id = arbitrable.open{value: _panel.fee()}(2, "");
        assertEq(id, disputes, "ids count up");
        _arbitrableOf[id] = arbitrable;
        ++disputes;
        ++open;
    }

    function openWithAnotherFee(uint256 who, uint96 paid) external {
        if (paid == _panel.fee()) return;
        try _arbitrables[who % ARBITRABLES].open{value: paid}(2, "") {
            revert NotTrue("only the fee is taken");
        } catch {}
    }

    function vote(uint256 who, uint256 which, uint256 ruling) external {
        if (disputes == 0) return;
        uint256 id = which % disputes;
        // Mostly members, now and then a stranger; mostly choices that exist.
        address voter = who % 11 == 0 ? address(0x57) : memberAt(who % MEMBERS);
        ruling = ruling % 7 == 0 ? ruling : ruling % 3;
        (bool voted, ) = _panel.voteOf(id, voter);
        bool lawful = voter != address(0x57) && ruling <= 2 && !voted && !_known[id];
        vm.prank(voter);
        try _panel.vote(id, ruling, "so") {
            assertTrue(lawful, "refused what is not lawful");
        } catch {
            assertTrue(!lawful, "took what is lawful");
            return;
        }
        PanelDispute memory dispute = _panel.disputeOf(id);
        if (!dispute.ruled) return;
        (_known[id], _first[id]) = (true, dispute.ruling);
        ++ruled;
        --open;
    }

    function behave(uint256 who, uint256 manner, uint256 which) external {
        TestArbitrable arbitrable = _arbitrables[who % ARBITRABLES];
        if (manner % 6 != uint256(Manner.CallsBack)) return arbitrable.setManner(Manner(manner % 6));
        arbitrable.setCallBack(
            manner % 2 == 0
                ? abi.encodeCall(IPanelArbitrator.relayRuling, (which % MAX_DISPUTES))
                : abi.encodeCall(IPanelArbitrator.vote, (which % MAX_DISPUTES, 1, "I too"))
        );
    }

    function relay(uint256 which) external {
        if (disputes == 0) return;
        uint256 id = which % disputes;
        PanelDispute memory dispute = _panel.disputeOf(id);
        Manner manner = _arbitrableOf[id].manner();
        bool takes = manner == Manner.Takes || manner == Manner.CallsBack || manner == Manner.ReturnsMuch;
        try _panel.relayRuling{gas: 3_000_000}(id) {
            assertTrue(dispute.ruled && !dispute.delivered && takes, "only what was not delivered");
        } catch {
            assertTrue(!dispute.ruled || dispute.delivered || !takes, "what can be delivered is");
        }
    }

    function collect(uint256 who, bool elsewhere) external {
        address member = memberAt(who % MEMBERS);
        uint256 owed = _panel.creditOf(member);
        bool payable_ = owed != 0 && (elsewhere || member != _stiff);
        vm.prank(member);
        (bool ok, ) = address(_panel).call(
            elsewhere
                ? abi.encodeCall(IPanelArbitrator.collectTo, (address(0xCAFE)))
                : abi.encodeCall(IPanelArbitrator.collect, ())
        );
        assertTrue(ok == payable_, "paid when it can be");
        if (ok) collected += owed;
    }

    /* WHAT HAPPENED */

    function memberAt(uint256 place) public view returns (address) {
        return place == MEMBERS - 1 ? _stiff : address(uint160(0xA000 + place));
    }

    function thePanel() external view returns (IPanelArbitrator) {
        return _panel;
    }

    function firstRuling(uint256 id) external view returns (bool known, uint256 ruling) {
        return (_known[id], _first[id]);
    }

    function timesTold(uint256 id) external view returns (uint256) {
        return _arbitrableOf[id].times(id);
    }

    function toldRuling(uint256 id) external view returns (uint256) {
        return _arbitrableOf[id].rulingOn(id);
    }
}
