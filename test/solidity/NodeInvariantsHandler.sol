// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContest} from "../../contracts/interfaces/IContest.sol";
import {
    Attestation,
    BlockChallenge,
    EntryHashes,
    INodeRegistry,
    Receipt
} from "../../contracts/interfaces/INodeRegistry.sol";
import {BlockTree} from "../support/BlockTree.sol";
import {BlockingCoin} from "../support/HostileCoins.sol";
import {NodeSpeech} from "../support/NodeSpeech.sol";
import {Vm} from "../support/Vm.sol";

/// @notice An honest node, a lying one, and strangers who try everything against both. Knows beforehand whether each
/// call must work, and keeps its own books.
/// @dev The honest node signs only what is true of existing entries, and answers every challenge before its deadline.
contract NodeHandler is NodeSpeech {
    uint256 public constant HONEST = 0;
    uint256 public constant LIAR = 1;
    uint256 public constant ACCOUNTS = 5;
    uint256 public constant ENTRIES = 4;
    uint256 private constant BOND = 0.005 ether;
    address private constant DEAD = 0x000000000000000000000000000000000000dEaD;

    struct Spoken {
        Attestation said;
        bytes signature;
        bool isLie;
    }

    IContest public contest;
    BlockingCoin public coin;
    INodeRegistry public otherRegistry;
    uint256 public time;
    mapping(uint256 entryId => bytes) private _files;
    Spoken[][2] private _spoken;

    mapping(uint256 node => uint256) public stakes;
    mapping(uint256 node => uint256) public leavesAt;
    mapping(uint256 node => uint256) public openOn;
    mapping(address account => mapping(address token => uint256)) public credits;
    mapping(bytes32 statement => bool) public punished;
    mapping(uint256 node => mapping(uint256 entryId => uint256 challengeId)) public openChallenge;
    uint256[] private _challenges;
    uint256 public bonds;
    uint256 public unburned;
    uint256 public coinGifts;
    uint256 public nativeGifts;

    /// @dev As the events tell it.
    mapping(address node => uint256) public toldStake;
    mapping(address account => mapping(address token => uint256)) public toldCredit;
    uint256 public toldUnburned;

    /// @param files Of entries 1 to 4.
    constructor(
        INodeRegistry registry_,
        INodeRegistry other,
        IContest contest_,
        BlockingCoin coin_,
        bytes[] memory files
    ) {
        registry = registry_;
        otherRegistry = other;
        contest = contest_;
        coin = coin_;
        time = vm.getBlockTimestamp();
        for (uint256 i = 0; i < files.length; ++i) _files[i + 1] = files[i];
        vm.recordLogs();
        for (uint256 node = 0; node < 2; ++node) {
            coin_.mint(accountAt(node), 1_000_000 ether);
            bytes memory proof = sign(keyOf(node), digestAt(registry_, nodeKeyHash(accountAt(node))));
            vm.startPrank(accountAt(node));
            coin_.approve(address(registry_), type(uint256).max);
            registry_.register("https://node.example", vm.addr(keyOf(node)), proof, 250 ether);
            vm.stopPrank();
            stakes[node] = 250 ether;
        }
        _note();
    }

    /* TIME */

    /// @dev Mostly hours, sometimes days. The honest node answers what would fall due, often in the last second.
    function wait(uint256 seed) external {
        uint256 next = time + (seed % 5 == 0 ? (seed >> 8) % 3 days : (seed >> 8) % 7 hours);
        for (uint256 id = 1; id <= ENTRIES; ++id) {
            uint256 challengeId = openChallenge[HONEST][id];
            if (challengeId == 0) continue;
            uint256 answerBy = registry.challengeOf(challengeId).answerBy;
            if (next < answerBy) continue;
            vm.warp(answerBy - 1);
            assertTrue(_answer(challengeId), "who answers in time is heard");
        }
        time = next;
        vm.warp(next);
    }

    /* SPEAK */

    function attest(uint256 node, uint256 entryId, uint256 lie) external {
        (node, entryId) = (node % 2, 1 + (entryId % ENTRIES));
        Attestation memory said = _truth(node, entryId);
        said.engine = bytes32(lie);
        bool isLie = node == LIAR && lie % 3 == 0;
        if (isLie && lie % 2 == 0) said.modelRoot = bytes32(lie);
        else if (isLie) said.manifestHash = bytes32(lie);
        _spoken[node].push(Spoken(said, signed(keyOf(node), said), isLie));
    }

    /* ACCUSE */

    /// @dev Whatever the liar said, true or false, once or again.
    function accuseLiar(uint256 seed, uint256 who) external {
        if (_spoken[LIAR].length == 0) return;
        Spoken memory it = _spoken[LIAR][seed % _spoken[LIAR].length];
        bytes32 digest = digestAt(registry, attestationHash(it.said));
        bool expected = it.isLie && stakes[LIAR] != 0 && !punished[digest];
        address bringer = accountAt(who % ACCOUNTS);
        bytes memory call_ = abi.encodeCall(
            INodeRegistry.slashAttestation,
            (it.said, it.signature, hashesOf(it.said.entryId))
        );
        assertTrue(_try(bringer, 0, call_) == expected, "a lie costs the stake, once");
        if (!expected) return;
        if (stakes[LIAR] >= 200 ether) punished[digest] = true;
        _lose(LIAR, stakes[LIAR], bringer);
    }

    /// @dev A true statement of the honest node, twisted in every way a stranger can think of.
    function frame(uint256 seed, uint256 variant, uint256 who) external {
        if (_spoken[HONEST].length == 0) return;
        Spoken memory it = _spoken[HONEST][seed % _spoken[HONEST].length];
        EntryHashes memory hashes = hashesOf(it.said.entryId);
        variant %= 16;
        if (variant < 8) _twistStatement(it, variant, seed);
        else _twistProof(it, hashes, variant, seed);
        bytes memory call_ = abi.encodeCall(INodeRegistry.slashAttestation, (it.said, it.signature, hashes));
        assertTrue(!_try(accountAt(who % ACCOUNTS), 0, call_), "truth is no evidence");
    }

    function frameByReceipt(uint256 entryId, uint256 variant, uint256 seed) external {
        entryId = 1 + (entryId % ENTRIES);
        EntryHashes memory hashes = hashesOf(entryId);
        Receipt memory said;
        said.node = accountAt(HONEST);
        said.contest = address(contest);
        (said.entryId, said.nonce, said.seed) = (entryId, uint64(seed), uint64(seed >> 64));
        (said.manifestHash, said.modelRoot) = (hashes.manifestHash, hashes.modelRoot);
        bytes memory signature = signed(keyOf(HONEST), said);
        variant %= 9;
        if (variant == 1) said.modelRoot = bytes32(seed);
        if (variant == 2) said.manifestHash = bytes32(seed);
        if (variant == 3) signature = mirrored(signature);
        if (variant == 4) signature = signed(keyOf(LIAR), said);
        if (variant == 5) hashes.modelRoot = bytes32(seed);
        if (variant == 6) said.entryId = 1 + (entryId % (ENTRIES + 3));
        if (variant == 7) hashes = hashesOf(1 + (entryId % ENTRIES));
        if (variant == 8) {
            // True of an entry there, which is another one than here.
            said.modelRoot = bytes32(seed);
            signature = sign(keyOf(HONEST), digestAt(otherRegistry, receiptHash(said)));
        }
        bytes memory call_ = abi.encodeCall(INodeRegistry.slashReceipt, (said, signature, hashes));
        assertTrue(!_try(accountAt(2), 0, call_), "truth is no evidence");
    }

    /* ASK FOR BLOCKS */

    function challenge(uint256 node, uint256 seed, uint256 index, uint256 value) external {
        node %= 2;
        if (_spoken[node].length == 0) return;
        Spoken memory it = _spoken[node][seed % _spoken[node].length];
        uint256 blocks = BlockTree.blocks(_files[it.said.entryId]);
        index %= blocks + 1;
        value = value % 8 == 0 ? BOND - 1 : BOND + (value % 3);
        address who = accountAt((seed >> 8) % ACCOUNTS);
        bool expected = value >= BOND && index < blocks && _mayAsk(node, it.said);
        bytes memory call_ = abi.encodeCall(
            INodeRegistry.challengeBlock,
            (it.said, it.signature, hashesOf(it.said.entryId), index)
        );
        vm.deal(who, who.balance + value);
        assertTrue(_try(who, value, call_) == expected, "a challenge is taken exactly when it must");
        if (!expected) return;
        uint256 challengeId = registry.challengeCount();
        openChallenge[node][it.said.entryId] = challengeId;
        _challenges.push(challengeId);
        ++openOn[node];
        bonds += BOND;
        credits[who][address(0)] += value - BOND;
    }

    /// @dev By anyone, in time or late, with the block or with something like it.
    function answer(uint256 seed, uint256 variant) external {
        if (_challenges.length == 0) return;
        uint256 challengeId = _challenges[seed % _challenges.length];
        BlockChallenge memory asked = registry.challengeOf(challengeId);
        if (variant % 3 == 0 || asked.answerBy == 0 || time >= asked.answerBy) {
            bytes memory content = _files[asked.entryId == 0 ? 4 : asked.entryId];
            uint256 other = (asked.index + 1) % BlockTree.blocks(content);
            bytes memory call_ = abi.encodeCall(
                INodeRegistry.answerBlock,
                (challengeId, BlockTree.blockAt(content, other), BlockTree.path(content, other))
            );
            bool fits = asked.answerBy > time && other == asked.index;
            if (!fits) assertTrue(!_try(accountAt(3), 0, call_), "nothing else is an answer");
            return;
        }
        assertTrue(_answer(challengeId), "the block is an answer, whoever carries it");
    }

    function expire(uint256 seed) external {
        if (_challenges.length == 0) return;
        uint256 challengeId = _challenges[seed % _challenges.length];
        BlockChallenge memory asked = registry.challengeOf(challengeId);
        bool expected = asked.answerBy != 0 && time >= asked.answerBy;
        bool success = _try(accountAt(4), 0, abi.encodeCall(INodeRegistry.expireBlock, (challengeId)));
        assertTrue(success == expected, "a challenge expires once, and not early");
        if (!expected) return;
        assertEq(asked.node, accountAt(LIAR), "the honest node lets nothing expire");
        _close(LIAR, asked);
        credits[asked.challenger][address(0)] += BOND;
        if (stakes[LIAR] >= 5) _lose(LIAR, stakes[LIAR] / 5, asked.challenger);
    }

    /* COINS */

    function addStake(uint256 node, uint256 amount) external {
        (node, amount) = (node % 2, amount % 300 ether);
        bool success = _try(accountAt(node), 0, abi.encodeCall(INodeRegistry.addStake, (amount)));
        assertTrue(success == (amount != 0 && leavesAt[node] == 0), "a node that stays can add");
        if (success) stakes[node] += amount;
    }

    /// @dev Seldom, since nothing follows it.
    function leave(uint256 seed) external {
        if (seed % 8 != 0) return;
        uint256 node = (seed >> 8) % 2;
        bool success = _try(accountAt(node), 0, abi.encodeCall(INodeRegistry.leave, ()));
        assertTrue(success == (leavesAt[node] == 0), "a node can leave once");
        if (success) leavesAt[node] = time + 7 days;
    }

    function collect(uint256 who) external {
        who %= ACCOUNTS;
        address account = accountAt(who);
        bool isFree = who < 2 && leavesAt[who] != 0 && time >= leavesAt[who] && openOn[who] == 0;
        uint256 coins = credits[account][address(coin)] + (isFree ? stakes[who] : 0);
        uint256 native = credits[account][address(0)];
        (uint256 coinsBefore, uint256 nativeBefore) = (coin.balanceOf(account), account.balance);
        bool success = _try(account, 0, abi.encodeCall(INodeRegistry.collect, ()));
        assertTrue(success == (coins + native != 0), "whoever is owed is paid");
        if (!success) return;
        assertEq(coin.balanceOf(account) - coinsBefore, coins, "coins");
        assertEq(account.balance - nativeBefore, native, "native");
        (credits[account][address(coin)], credits[account][address(0)]) = (0, 0);
        if (isFree) stakes[who] = 0;
    }

    /// @dev 0x…dEaD takes coins at some times and not at others.
    function refuseDead(bool refuse) external {
        coin.setBlocked(refuse ? DEAD : address(0), false);
    }

    function burn() external {
        bool success = _try(accountAt(2), 0, abi.encodeCall(INodeRegistry.burn, ()));
        assertTrue(success == (unburned != 0 && coin.blocked() == address(0)), "burning waits and is not lost");
        if (success) unburned = 0;
    }

    function give(uint256 amount) external {
        amount %= 10;
        coin.mint(address(registry), amount);
        vm.deal(address(registry), address(registry).balance + amount);
        coinGifts += amount;
        nativeGifts += amount;
    }

    /* VIEWS */

    function accountAt(uint256 index) public pure returns (address) {
        return address(uint160(0xACC000 + index));
    }

    function keyOf(uint256 node) public pure returns (uint256) {
        return 0x5EC4E7 + node;
    }

    function hashesOf(uint256 entryId) public view returns (EntryHashes memory) {
        return hashesOfFile(_files[entryId]);
    }

    /* INTERNALS */

    function _truth(uint256 node, uint256 entryId) private view returns (Attestation memory said) {
        EntryHashes memory hashes = hashesOf(entryId);
        said.node = accountAt(node);
        said.contest = address(contest);
        said.entryId = entryId;
        said.manifestHash = hashes.manifestHash;
        said.modelRoot = hashes.modelRoot;
        said.modelSha256 = hashes.modelSha256;
        said.epoch = uint64(time / 3600);
    }

    function _twistStatement(Spoken memory it, uint256 variant, uint256 seed) private view {
        if (variant == 1) it.said.manifestHash = bytes32(seed);
        if (variant == 2) it.said.modelRoot = bytes32(seed);
        if (variant == 3) it.said.modelSha256 = bytes32(seed);
        if (variant == 4) it.said.entryId = 1 + (it.said.entryId % (ENTRIES + 3));
        if (variant == 5) it.said.node = accountAt(LIAR);
        if (variant == 6) it.said.contest = address(otherRegistry);
        if (variant == 7) it.said.node = address(0);
    }

    /// @dev From 10 on the statement is false, but not the honest node's, or not for here.
    function _twistProof(Spoken memory it, EntryHashes memory hashes, uint256 variant, uint256 seed) private view {
        if (variant == 8) hashes.modelSha256 = bytes32(seed);
        if (variant == 9) it.signature = mirrored(it.signature);
        if (variant < 10) return;
        it.said.modelRoot = bytes32(seed);
        bytes32 structHash = attestationHash(it.said);
        if (variant == 10) it.signature = signed(keyOf(LIAR), it.said);
        if (variant == 11) it.signature = sign(keyOf(HONEST), digestAt(otherRegistry, structHash));
        if (variant == 12) it.signature = sign(keyOf(HONEST), digestOn(1, registry, structHash));
        if (variant == 13) it.signature = sign(keyOf(HONEST), structHash);
        if (variant == 14) it.signature = sign(keyOf(HONEST), digestAt(registry, nodeKeyHash(it.said.node)));
        if (variant == 15) it.signature = new bytes(65);
    }

    function _mayAsk(uint256 node, Attestation memory said) private view returns (bool) {
        bool isRecent = time / 3600 - said.epoch < 24;
        bool isThere = stakes[node] != 0 && (leavesAt[node] == 0 || time < leavesAt[node]);
        return isRecent && isThere && openChallenge[node][said.entryId] == 0;
    }

    function _answer(uint256 challengeId) private returns (bool success) {
        BlockChallenge memory asked = registry.challengeOf(challengeId);
        bytes memory content = _files[asked.entryId];
        bytes memory call_ = abi.encodeCall(
            INodeRegistry.answerBlock,
            (challengeId, BlockTree.blockAt(content, asked.index), BlockTree.path(content, asked.index))
        );
        success = _try(accountAt(3), 0, call_);
        if (!success) return false;
        _close(asked.node == accountAt(HONEST) ? HONEST : LIAR, asked);
        credits[asked.node][address(0)] += BOND;
    }

    function _close(uint256 node, BlockChallenge memory asked) private {
        delete openChallenge[node][asked.entryId];
        --openOn[node];
        bonds -= BOND;
    }

    function _lose(uint256 node, uint256 amount, address bringer) private {
        stakes[node] -= amount;
        credits[bringer][address(coin)] += amount / 10;
        unburned += amount - amount / 10;
        if (coin.blocked() == address(0)) unburned = 0;
    }

    function _try(address from, uint256 value, bytes memory call_) private returns (bool success) {
        vm.prank(from);
        (success, ) = address(registry).call{value: value}(call_);
        if (success) _note();
        else vm.getRecordedLogs();
    }

    /// @dev Folds the events into what they tell.
    function _note() private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter != address(registry)) continue;
            bytes32 name = logs[i].topics[0];
            address account = logs[i].topics.length > 1 ? address(uint160(uint256(logs[i].topics[1]))) : address(0);
            address token = logs[i].topics.length > 2 ? address(uint160(uint256(logs[i].topics[2]))) : address(0);
            if (name == INodeRegistry.NodeRegistered.selector) {
                (, toldStake[account]) = abi.decode(logs[i].data, (string, uint256));
            }
            if (name == INodeRegistry.StakeSet.selector) toldStake[account] = abi.decode(logs[i].data, (uint256));
            if (name == INodeRegistry.Credited.selector) {
                toldCredit[account][token] += abi.decode(logs[i].data, (uint256));
            }
            if (name == INodeRegistry.Collected.selector) {
                toldCredit[account][token] -= abi.decode(logs[i].data, (uint256));
            }
            if (name == INodeRegistry.Burned.selector) toldUnburned -= abi.decode(logs[i].data, (uint256));
            if (name == INodeRegistry.NodeSlashed.selector) toldUnburned += _burnedBy(logs[i].data);
        }
    }

    function _burnedBy(bytes memory data) private pure returns (uint256) {
        (, , , uint256 amount, uint256 reward) = abi.decode(data, (uint8, bytes32, address, uint256, uint256));
        return amount - reward;
    }
}
