// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";

import {IArbitrable} from "../interfaces/IArbitrable.sol";
import {IArbitrator} from "../interfaces/IArbitrator.sol";
import {ChallengeView, EntryStatus, IContest} from "../interfaces/IContest.sol";
import {RulesCode} from "../libraries/RulesCode.sol";
import {Entries} from "./Entries.sol";

/// @title Challenges
/// @notice Whether an entry may take part: anyone can ask, with a bond; the arbitrator named in the rules answers.
/// @dev A challenge closes once, by a ruling or by running out of time. Closing pays nobody: it credits. So neither an
/// arbitrator nor anybody who is owed something can keep a challenge open beyond its time.
abstract contract Challenges is Entries {
    /// @dev Two slots. `entryId` is 0 before and stays after the challenge is closed; `open` says which it is.
    struct Challenge {
        address challenger;
        uint40 openedAt;
        uint16 entryId;
        bool open;
        uint256 disputeId;
    }

    /// @dev Choices beside "refused to rule". Source: ERC-792.
    uint256 private constant CHOICES = 2;
    uint256 private constant ELIGIBLE = 1;
    uint256 private constant INELIGIBLE = 2;
    /// @dev Told once, with the first challenge, to whoever shows the dispute to jurors. Source: ERC-1497, MetaEvidence.
    // solhint-disable quotes
    string private constant QUESTION =
        'data:application/json,{"category":"Eligibility","title":"Is this entry eligible?",'
        '"description":"An entry of a contest of AI models was challenged. The declaration its author signed '
        'up to is the text whose keccak256 is declarationHash in the rules of the arbitrable contract.",'
        '"question":"Did the entry keep to the declaration?","rulingOptions":{"type":"single-select",'
        '"titles":["Eligible","Ineligible"]}}';
    // solhint-enable quotes

    /// @dev By challenge id, counting from 1.
    mapping(uint256 challengeId => Challenge) private _challenges;
    mapping(uint256 disputeId => uint256 challengeId) private _challengeOfDispute;
    uint32 private _challengeCount;

    /* ENTRIES */

    /// @inheritdoc IContest
    function challenge(
        uint256 entryId,
        string calldata evidenceURI,
        bytes calldata extraData
    ) external payable onlyClone returns (uint256 challengeId) {
        if (block.timestamp >= _schedule().votesClose()) revert Contest_WrongPhase(_phase());
        EntryStatus status = _statusOf(entryId);
        if (status != EntryStatus.Live) revert Entries_NotLive(entryId, status);
        _checkURI(evidenceURI);
        (IArbitrator arbitrator, uint256 fee) = _arbitratorAndFee(extraData);

        challengeId = ++_challengeCount;
        _tallies[entryId].status = EntryStatus.Challenged;
        _entries[entryId].challengeId = uint32(challengeId); // counted in 32 bits
        ++_roll.openChallenges;
        _challenges[challengeId] = Challenge({
            challenger: msg.sender,
            openedAt: uint40(block.timestamp), // seconds since 1970 fit 40 bits for 34,000 years
            entryId: uint16(entryId), // under IDS
            open: true,
            disputeId: 0
        });
        _pullChallengeBond();

        // Only the arbitrator knows the dispute's id, so it is told after the call. Until then nothing can be ruled.
        uint256 disputeId = arbitrator.createDispute{value: fee}(CHOICES, extraData);
        uint256 inUse = _challengeOfDispute[disputeId];
        if (inUse != 0) revert Challenges_DisputeInUse(disputeId, inUse);
        _challengeOfDispute[disputeId] = challengeId;
        _challenges[challengeId].disputeId = disputeId;

        if (challengeId == 1) emit MetaEvidence(0, QUESTION);
        emit Dispute(arbitrator, disputeId, 0, challengeId);
        emit Evidence(arbitrator, challengeId, msg.sender, evidenceURI);
        emit EntryChallenged(entryId, challengeId, msg.sender, disputeId, evidenceURI);
        if (msg.value != fee) Address.sendValue(payable(msg.sender), msg.value - fee);
    }

    /// @inheritdoc IContest
    function submitEvidence(uint256 entryId, string calldata evidenceURI) external onlyClone {
        uint256 challengeId = _openChallengeOn(entryId);
        _checkURI(evidenceURI);
        emit Evidence(_arbitrator(), challengeId, msg.sender, evidenceURI);
    }

    /// @inheritdoc IArbitrable
    function rule(uint256 disputeId, uint256 ruling) external onlyClone {
        IArbitrator arbitrator = _arbitrator();
        if (msg.sender != address(arbitrator)) revert Challenges_NotArbitrator(address(arbitrator), msg.sender);
        uint256 challengeId = _challengeOfDispute[disputeId];
        if (challengeId == 0) revert Challenges_UnknownDispute(disputeId);
        // Ruled already or out of time: the court may finish its own books, and changes nothing here.
        if (!_challenges[challengeId].open) return;
        if (ruling > CHOICES) ruling = 0;
        emit Ruling(arbitrator, disputeId, ruling);
        _close(challengeId, ruling, false);
    }

    /// @inheritdoc IContest
    function lapse(uint256 entryId) external onlyClone {
        uint256 challengeId = _openChallengeOn(entryId);
        uint256 due = uint256(_challenges[challengeId].openedAt) + _schedule().rulingTimeout();
        if (block.timestamp < due) revert Challenges_NotYet(due);
        _close(challengeId, 0, true);
    }

    /* VIEWS */

    /// @inheritdoc IContest
    function challengeOf(uint256 entryId) external view onlyClone returns (ChallengeView memory seen) {
        uint256 challengeId = entryId < IDS ? _entries[entryId].challengeId : 0;
        if (challengeId == 0) return seen;
        Challenge storage stored = _challenges[challengeId];
        return
            ChallengeView({
                challengeId: challengeId,
                challenger: stored.challenger,
                openedAt: stored.openedAt,
                open: stored.open,
                disputeId: stored.disputeId
            });
    }

    /* INTERNALS */

    function _pullChallengeBond() private {
        (, uint96 bond) = _pair(RulesCode.PRIZE_TOKEN_AND_CHALLENGE_BOND);
        (address coin, ) = _pair(RulesCode.COIN_AND_ENTRY_BOND);
        _pullExactly(coin, bond);
    }

    /// @dev Source of who gets what: contracts/PROTOCOL.md, Eligibility.
    function _close(uint256 challengeId, uint256 ruling, bool lapsed) private {
        Challenge storage closing = _challenges[challengeId];
        uint256 entryId = closing.entryId;
        address author = _entries[entryId].author;
        closing.open = false;
        --_roll.openChallenges;
        _tallies[entryId].status = ruling == INELIGIBLE ? EntryStatus.Removed : EntryStatus.Live;
        emit EntryRuled(entryId, challengeId, ruling, lapsed);

        (, uint96 challengeBond) = _pair(RulesCode.PRIZE_TOKEN_AND_CHALLENGE_BOND);
        (address coin, uint96 entryBond) = _pair(RulesCode.COIN_AND_ENTRY_BOND);
        _credit(ruling == ELIGIBLE ? author : closing.challenger, coin, challengeBond);
        if (ruling != INELIGIBLE) return;

        _entries[entryId].bondHeld = false;
        _leavePlace(author);
        uint256 reward = entryBond / 2;
        if (reward != 0) _credit(closing.challenger, coin, reward);
        _burn(coin, entryBond - reward);
    }

    function _openChallengeOn(uint256 entryId) private view returns (uint256) {
        EntryStatus status = _statusOf(entryId);
        if (status != EntryStatus.Challenged) revert Challenges_NoneOpen(entryId, status);
        return _entries[entryId].challengeId;
    }

    function _arbitrator() private view returns (IArbitrator) {
        (address arbitrator, ) = _pair(RulesCode.ARBITRATOR_AND_ENTRY_CAP);
        return IArbitrator(arbitrator);
    }

    function _arbitratorAndFee(bytes calldata extraData) private view returns (IArbitrator arbitrator, uint256 fee) {
        arbitrator = _arbitrator();
        if (address(arbitrator) == address(0)) revert Challenges_NoArbitrator();
        bytes32 expected = bytes32(_word(RulesCode.EXTRA_DATA_HASH));
        if (keccak256(extraData) != expected) revert Challenges_WrongExtraData(expected, keccak256(extraData));
        fee = arbitrator.arbitrationCost(extraData);
        if (msg.value < fee) revert Challenges_FeeTooLow(fee, msg.value);
    }
}
