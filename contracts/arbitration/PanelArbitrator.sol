// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrable} from "../interfaces/IArbitrable.sol";
import {IArbitrator} from "../interfaces/IArbitrator.sol";
import {IPanelArbitrator, PanelDispute} from "../interfaces/IPanelArbitrator.sol";
import {Rulings} from "./Rulings.sol";

/// @title Panel arbitrator
/// @notice A few named members rule on disputes by public votes; see `IPanelArbitrator`.
contract PanelArbitrator is IPanelArbitrator {
    /// @dev `votes` has a byte for each member, in the order of `members()`: 0 before its vote, then its vote plus 1.
    struct Dispute {
        IArbitrable arbitrable;
        uint8 choices;
        uint8 ruling;
        bool ruled;
        bool delivered;
        uint256 votes;
    }

    uint256 private constant MAX_MEMBERS = 32;
    uint256 private constant MAX_CHOICES = 254;
    uint256 private constant MAX_REASON = 2_048;

    /// @inheritdoc IPanelArbitrator
    uint256 public immutable threshold;
    /// @inheritdoc IPanelArbitrator
    uint256 public immutable fee;

    address[] private _members;
    /// @dev Place in `_members`, counted from 1.
    mapping(address member => uint256) private _placeOf;
    Dispute[] private _disputes;
    /// @inheritdoc IPanelArbitrator
    mapping(address account => uint256) public creditOf;

    /// @param members_ Who votes: 1 to 32 accounts, each named once.
    /// @param threshold_ How many must vote alike: more than half of them.
    /// @param fee_ What a dispute costs, in wei of the chain's own coin; may be 0.
    constructor(address[] memory members_, uint256 threshold_, uint256 fee_) {
        uint256 count = members_.length;
        if (count == 0 || count > MAX_MEMBERS) revert Panel_BadMembers(count);
        if (threshold_ > count || threshold_ * 2 <= count) revert Panel_BadThreshold(threshold_, count);
        for (uint256 i = 0; i < count; ++i) {
            address member = members_[i];
            if (member == address(0) || member == address(this) || _placeOf[member] != 0) {
                revert Panel_BadMember(i, member);
            }
            _placeOf[member] = i + 1;
        }
        _members = members_;
        threshold = threshold_;
        fee = fee_;
    }

    /* DISPUTES */

    /// @inheritdoc IArbitrator
    function createDispute(uint256 choices, bytes calldata) external payable returns (uint256 disputeId) {
        if (choices == 0 || choices > MAX_CHOICES) revert Panel_BadChoices(choices);
        if (msg.value != fee) revert Panel_WrongFee(fee, msg.value);
        disputeId = _disputes.length;
        Dispute storage dispute = _disputes.push();
        dispute.arbitrable = IArbitrable(msg.sender);
        dispute.choices = uint8(choices);
        emit DisputeCreation(disputeId, IArbitrable(msg.sender));
    }

    /// @inheritdoc IPanelArbitrator
    function vote(uint256 disputeId, uint256 ruling, string calldata reason) external {
        uint256 place = _placeOf[msg.sender];
        if (place == 0) revert Panel_NotMember(msg.sender);
        Dispute storage dispute = _dispute(disputeId);
        if (dispute.ruled) revert Panel_Ruled(disputeId, dispute.ruling);
        if (_ballot(dispute.votes, place) != 0) revert Panel_Voted(disputeId, msg.sender);
        if (ruling > dispute.choices) revert Panel_BadRuling(ruling, dispute.choices);
        uint256 length = bytes(reason).length;
        if (length == 0 || length > MAX_REASON) revert Panel_BadReason(length);

        dispute.votes |= (ruling + 1) << (8 * (place - 1));
        emit Voted(disputeId, msg.sender, ruling, reason);
        (bool decided, uint256 outcome) = _outcome(dispute.votes, dispute.choices);
        if (!decided) return;

        dispute.ruled = true;
        dispute.ruling = uint8(outcome);
        emit Ruled(disputeId, outcome);
        _share(disputeId, dispute.votes);
        // Said to be delivered while it is being delivered: an arbitrable that calls back is not given it twice.
        dispute.delivered = true;
        bool delivered = Rulings.give(dispute.arbitrable, disputeId, outcome);
        if (!delivered) dispute.delivered = false;
        emit RulingRelayed(disputeId, dispute.arbitrable, delivered);
    }

    /// @inheritdoc IPanelArbitrator
    function relayRuling(uint256 disputeId) external {
        Dispute storage dispute = _dispute(disputeId);
        if (!dispute.ruled) revert Panel_NotRuled(disputeId);
        if (dispute.delivered) revert Panel_Delivered(disputeId);
        dispute.delivered = true;
        if (!Rulings.giveAgain(dispute.arbitrable, disputeId, dispute.ruling)) revert Panel_NotTaken(disputeId);
        emit RulingRelayed(disputeId, dispute.arbitrable, true);
    }

    /* FEES */

    /// @inheritdoc IPanelArbitrator
    function collect() external {
        _pay(msg.sender);
    }

    /// @inheritdoc IPanelArbitrator
    function collectTo(address to) external {
        _pay(to);
    }

    /* VIEWS */

    /// @inheritdoc IArbitrator
    function arbitrationCost(bytes calldata) external view returns (uint256) {
        return fee;
    }

    /// @inheritdoc IPanelArbitrator
    function members() external view returns (address[] memory) {
        return _members;
    }

    /// @inheritdoc IPanelArbitrator
    function disputeCount() external view returns (uint256) {
        return _disputes.length;
    }

    /// @inheritdoc IPanelArbitrator
    function disputeOf(uint256 disputeId) external view returns (PanelDispute memory) {
        Dispute storage dispute = _dispute(disputeId);
        return
            PanelDispute({
                arbitrable: address(dispute.arbitrable),
                choices: dispute.choices,
                votesCast: _votesCast(dispute.votes),
                ruled: dispute.ruled,
                ruling: dispute.ruling,
                delivered: dispute.delivered
            });
    }

    /// @inheritdoc IPanelArbitrator
    function voteOf(uint256 disputeId, address member) external view returns (bool voted, uint256 ruling) {
        uint256 place = _placeOf[member];
        uint256 ballot = place == 0 ? 0 : _ballot(_dispute(disputeId).votes, place);
        return ballot == 0 ? (false, 0) : (true, ballot - 1);
    }

    /* INSIDE */

    function _dispute(uint256 disputeId) private view returns (Dispute storage) {
        if (disputeId >= _disputes.length) revert Panel_Unknown(disputeId);
        return _disputes[disputeId];
    }

    /// @dev The vote of the member at `place`, counted from 1, plus 1; or 0.
    function _ballot(uint256 votes, uint256 place) private pure returns (uint256) {
        return uint8(votes >> (8 * (place - 1)));
    }

    function _votesCast(uint256 votes) private view returns (uint256 cast) {
        for (uint256 place = 1; place <= _members.length; ++place) if (_ballot(votes, place) != 0) ++cast;
    }

    /// @dev Decided for the ruling that reached the threshold, or for 0 when even the strongest cannot reach it with all
    /// votes that are left.
    function _outcome(uint256 votes, uint256 choices) private view returns (bool decided, uint256 ruling) {
        uint256 left = _members.length;
        uint256 strongest = 0;
        uint256[] memory counts = new uint256[](choices + 1);
        for (uint256 place = 1; place <= _members.length; ++place) {
            uint256 ballot = _ballot(votes, place);
            if (ballot == 0) continue;
            --left;
            uint256 count = ++counts[ballot - 1];
            if (count == threshold) return (true, ballot - 1);
            if (count > strongest) strongest = count;
        }
        return (strongest + left < threshold, 0);
    }

    /// @dev Shares the fee among all who voted; the last of them, in this transaction, gets what does not divide.
    function _share(uint256 disputeId, uint256 votes) private {
        uint256 cast = _votesCast(votes);
        uint256 share = fee / cast;
        for (uint256 place = 1; place <= _members.length; ++place) {
            if (_ballot(votes, place) == 0) continue;
            address member = _members[place - 1];
            uint256 amount = member == msg.sender ? fee - share * (cast - 1) : share;
            creditOf[member] += amount;
            emit Credited(disputeId, member, amount);
        }
    }

    function _pay(address to) private {
        uint256 amount = creditOf[msg.sender];
        if (amount == 0) revert Panel_NothingOwed(msg.sender);
        creditOf[msg.sender] = 0;
        emit Collected(msg.sender, to, amount);
        (bool paid, ) = to.call{value: amount}("");
        if (!paid) revert Panel_NotPaid(to, amount);
    }
}
