// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {EntryInput, EntryStatus, EntryView, IContest, Phase, Tally} from "../interfaces/IContest.sol";
import {Coins} from "../libraries/Coins.sol";
import {Ranks} from "../libraries/Ranks.sol";
import {RulesCode} from "../libraries/RulesCode.sol";

import {Persons} from "./Persons.sol";

/// @title Entries
/// @notice Who entered what, the bonds behind it, and what bonds are owed back.
abstract contract Entries is Persons {
    using SafeERC20 for IERC20;

    /// @dev Two slots. `challengeId`: of the last challenge, open or closed; 0 without one.
    struct Entry {
        address author;
        uint48 modelSize;
        bool bondHeld;
        uint32 challengeId;
        bytes32 identity;
    }

    /// @dev One slot: the highest id, how many entries are live or challenged, the highest id counted, how many challenges
    /// are open, the ranks counted so far, and whether they are final. Counting and finishing need no other slot than this one and the tallies.
    struct Roll {
        uint16 entries;
        uint16 live;
        uint16 counted;
        uint16 openChallenges;
        bool isFinal;
        Ranks ranks;
    }

    uint256 private constant MAX_URI = 512;
    uint256 internal constant IDS = 2 ** 16;

    Roll internal _roll;
    /// @dev By id. Arrays, because a page of `count` reads neighbours and need not hash for each. The status lies in the
    /// tally's slot, so that a drop learns for free whether the entry is live.
    Tally[IDS] internal _tallies;
    Entry[IDS] internal _entries;
    mapping(address account => uint256) private _credits;
    /// @dev Above 0 while tokens are on their way and their arrival is measured. A whole word is cheaper than a bit.
    uint256 private transient _inTransit;

    /* ENTRIES */

    /// @inheritdoc IContest
    function submit(EntryInput calldata input, bytes32 declaration) external onlyClone returns (uint256 entryId) {
        _requirePhase(Phase.Entry);
        _checkInput(input, declaration);
        entryId = _nextId();
        _takePlace(msg.sender, entryId);

        _tallies[entryId].status = EntryStatus.Live;
        _entries[entryId] = Entry({
            author: msg.sender,
            modelSize: input.modelSize,
            bondHeld: true,
            challengeId: 0,
            identity: keccak256(abi.encode(input.manifestHash, input.modelSha256, input.modelRoot))
        });
        emit EntrySubmitted(
            entryId,
            msg.sender,
            input.manifestHash,
            input.modelSha256,
            input.modelRoot,
            input.modelSize,
            input.manifestURI
        );

        (address coin, uint96 bond) = _pair(RulesCode.COIN_AND_ENTRY_BOND);
        _pullExactly(coin, bond);
    }

    /// @inheritdoc IContest
    function retract(uint256 entryId) external onlyClone {
        _requirePhase(Phase.Entry);
        EntryStatus status = _statusOf(entryId);
        if (status != EntryStatus.Live) revert Entries_NotLive(entryId, status);
        Entry storage entry_ = _entries[entryId];
        address author = entry_.author;
        if (author != msg.sender) revert Entries_NotAuthor(author, msg.sender);

        _tallies[entryId].status = EntryStatus.Retracted;
        entry_.bondHeld = false;
        _leavePlace(author);

        (address coin, uint96 bond) = _pair(RulesCode.COIN_AND_ENTRY_BOND);
        uint256 burned = bond / 10;
        emit EntryRetracted(entryId, bond - burned, burned);
        _credit(author, coin, bond - burned);
        _burn(coin, burned);
    }

    /// @inheritdoc IContest
    function releaseBond(uint256 entryId) external onlyClone {
        _requirePhase(Phase.Final);
        if (_statusOf(entryId) != EntryStatus.Live || !_entries[entryId].bondHeld) revert Entries_NoBond(entryId);

        Entry storage entry_ = _entries[entryId];
        entry_.bondHeld = false;
        (address coin, uint96 bond) = _pair(RulesCode.COIN_AND_ENTRY_BOND);
        _credit(entry_.author, coin, bond);
    }

    /// @inheritdoc IContest
    function collect() external onlyClone {
        uint256 amount = _credits[msg.sender];
        if (amount == 0) revert Prizes_NothingOwed(msg.sender);

        _credits[msg.sender] = 0;
        (address coin, ) = _pair(RulesCode.COIN_AND_ENTRY_BOND);
        emit Collected(msg.sender, coin, amount);
        _payOut(coin, msg.sender, amount);
    }

    /* VIEWS */

    /// @inheritdoc IContest
    function entry(uint256 entryId) external view onlyClone returns (EntryView memory seen) {
        if (entryId >= IDS) return seen;
        Entry storage entry_ = _entries[entryId];
        return
            EntryView({
                author: entry_.author,
                modelSize: entry_.modelSize,
                status: _tallies[entryId].status,
                bondHeld: entry_.bondHeld,
                identity: entry_.identity
            });
    }

    /// @inheritdoc IContest
    function entryCount() external view onlyClone returns (uint256) {
        return _roll.entries;
    }

    /// @inheritdoc IContest
    function liveCount() external view onlyClone returns (uint256) {
        return _roll.live;
    }

    /// @inheritdoc IContest
    function creditOf(address account) external view onlyClone returns (uint256) {
        return _credits[account];
    }

    /* INTERNALS */

    function _isFinal() internal view override returns (bool) {
        return _roll.isFinal;
    }

    function _statusOf(uint256 entryId) internal view returns (EntryStatus) {
        return entryId < IDS ? _tallies[entryId].status : EntryStatus.None;
    }

    function _checkURI(string calldata uri) internal pure {
        uint256 length = bytes(uri).length;
        if (length == 0 || length > MAX_URI) revert Entries_BadURI(length, MAX_URI);
    }

    /// @dev Frees the place of an entry that is live no more.
    function _leavePlace(address author) internal {
        --_roll.live;
        (address adapter, ) = _pair(RulesCode.PERSONHOOD_AND_PERSON_CAP);
        if (adapter != address(0)) _accounts[author].liveEntry = 0;
    }

    /// @dev While tokens are measured, none may come or go on the side: a token that calls back finds every door shut.
    function _beginTransit() internal {
        if (_inTransit != 0) revert Coins_Nested();
        _inTransit = 1;
    }

    function _endTransit() internal {
        _inTransit = 0;
    }

    /// @dev Pulls `amount` wei of `token` from the caller and refuses any other amount than that.
    function _pullExactly(address token, uint256 amount) internal {
        _beginTransit();
        uint256 received = Coins.pull(IERC20(token), msg.sender, amount);
        if (received != amount) revert Coins_Short(amount, received);
        _endTransit();
    }

    function _payOut(address token, address to, uint256 amount) internal {
        if (_inTransit != 0) revert Coins_Nested();
        IERC20(token).safeTransfer(to, amount);
    }

    /// @dev Sends to nobody. A coin that refuses even that leaves them here, owed to an address that
    /// cannot collect.
    function _burn(address coin, uint256 amount) internal {
        if (_inTransit != 0) revert Coins_Nested();
        // Some coins refuse to move nothing.
        if (amount == 0 || Coins.tryBurn(IERC20(coin), amount)) return;
        _credit(Coins.DEAD, coin, amount);
    }

    function _credit(address account, address coin, uint256 amount) internal {
        _credits[account] += amount;
        emit Credited(account, coin, amount);
    }

    function _checkInput(EntryInput calldata input, bytes32 declaration) private view {
        bytes32 declarationHash = bytes32(_word(RulesCode.DECLARATION_HASH));
        if (declaration != declarationHash) revert Entries_WrongDeclaration(declarationHash, declaration);
        uint256 maxModelBytes = _schedule().maxModelBytes();
        if (input.modelSize == 0 || input.modelSize > maxModelBytes) {
            revert Entries_ModelSize(input.modelSize, maxModelBytes);
        }
        if (input.manifestHash == 0 || input.modelSha256 == 0 || input.modelRoot == 0) {
            revert Entries_Incomplete(input.manifestHash, input.modelSha256, input.modelRoot);
        }
        _checkURI(input.manifestURI);
    }

    function _nextId() private returns (uint256 entryId) {
        Roll storage roll = _roll;
        uint256 maxEntries = _schedule().maxEntries();
        if (roll.live >= maxEntries) revert Entries_Full(maxEntries);
        entryId = uint256(roll.entries) + 1;
        if (entryId >= IDS) revert Entries_Full(IDS - 1);
        roll.entries = uint16(entryId); // under IDS
        ++roll.live;
    }

    /// @dev In a personhood contest an author is a person and has one live entry.
    function _takePlace(address author, uint256 entryId) private {
        (address adapter, ) = _pair(RulesCode.PERSONHOOD_AND_PERSON_CAP);
        if (adapter == address(0)) return;
        Account storage account = _accounts[author];
        if (!account.person) revert Persons_NotBound(author);
        if (account.liveEntry != 0) revert Entries_OnePerPerson(account.liveEntry);
        account.liveEntry = uint16(entryId); // under IDS
    }
}
