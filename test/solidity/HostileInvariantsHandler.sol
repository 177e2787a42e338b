// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContest, Order, OrderKind} from "../../contracts/interfaces/IContest.sol";
import {HostileArbitrator} from "../support/HostileArbitrator.sol";
import {TurncoatCoin} from "../support/HostileCoins.sol";
import {Test} from "../support/Vm.sol";

/// @notice Random voters, carriers, challengers and callers around one open contest whose coin turns now and again. What
/// works is up to the coin; what has worked is written down, and what has not must have changed nothing.
/// @dev Entries 1 to 3 are live until they are removed. Lies beside the tests and shares a word with their file: the
/// fuzzer calls only contracts of files that are run.
contract HostileContestHandler is Test {
    uint256 public constant ACTORS = 4;
    uint256 public constant ENTRIES = 3;
    uint256 private constant KEYS = 0xAC7100;
    /// @dev Enough for every call, so that a coin that burns all gas costs its call and not the test.
    uint256 private constant GAS = 5_000_000;

    IContest public contest;
    TurncoatCoin public coin;
    /// @dev Seconds since 1970; the chain's time follows it.
    uint256 public time;
    mapping(uint256 actor => mapping(uint256 entryId => uint256)) public stakes;
    /// @dev Weight-seconds inside the window.
    mapping(uint256 entryId => uint256) public acc;
    uint256 public pot;
    mapping(uint256 actor => mapping(uint256 entryId => uint256)) private _spent;
    uint256 private _nonces;
    uint256 private _shrunk;
    address[ACTORS] private _actors;
    HostileArbitrator private _arbitrator;
    uint256 private immutable _countFrom;
    uint256 private immutable _votesOpen;
    uint256 private immutable _votesClose;
    bytes32 private immutable _domain;

    constructor(IContest contest_, TurncoatCoin coin_, uint256 start) {
        (contest, coin, time) = (contest_, coin_, start);
        _countFrom = contest_.rules().countFrom;
        _votesOpen = contest_.rules().votesOpen;
        _votesClose = contest_.rules().votesClose;
        _arbitrator = HostileArbitrator(payable(contest_.rules().arbitrator));
        _domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Coindrop"),
                keccak256("1"),
                uint256(31_337),
                address(contest_)
            )
        );
        for (uint256 i = 0; i < ACTORS; ++i) {
            _actors[i] = vm.addr(KEYS + i);
            coin_.mint(actorAt(i), 1_000 ether);
            vm.prank(actorAt(i));
            coin_.approve(address(contest_), type(uint256).max);
        }
        // The coin is a voter too: what it has at stake is what it can try to take out in the middle of a call.
        coin_.mint(address(coin_), 1_000 ether);
        uint256[] memory first = new uint256[](1);
        first[0] = 1;
        bytes[] memory calls = new bytes[](5);
        calls[0] = abi.encodeCall(IContest.withdraw, (1, 1 ether));
        calls[1] = abi.encodeCall(IContest.drop, (1, 2 ether));
        calls[2] = abi.encodeCall(IContest.withdrawMany, (first));
        calls[3] = abi.encodeCall(IContest.drop, (1, 1 ether));
        calls[4] = abi.encodeCall(IContest.collect, ());
        coin_.setCalls(calls);
    }

    /* TIME AND THE COIN */

    function wait(uint256 seed) external {
        uint256 next = time + (seed % 9_000);
        // Every eighth step goes to the close or far past it.
        if ((seed >> 32) % 16 == 0 && time < _votesClose) next = _votesClose;
        if ((seed >> 32) % 16 == 1) next = time + 30 days;
        if (next > _votesClose && time < _votesClose && (seed >> 64) % 2 == 0) next = _votesClose - 1;
        for (uint256 id = 1; id <= ENTRIES; ++id) acc[id] += weightOn(id) * _overlap(time, next);
        time = next;
        vm.warp(next);
    }

    /// @dev Turns against everybody, or against one of: a voter, the author, nobody at 0x…dEaD, the contest itself.
    function turn(uint256 way, uint256 against) external {
        address[7] memory accounts = [
            actorAt(0),
            actorAt(1),
            actorAt(2),
            actorAt(3),
            address(0xA0),
            0x000000000000000000000000000000000000dEaD,
            address(contest)
        ];
        coin.turn(TurncoatCoin.Way(way % 9), accounts[against % 7]);
    }

    /// @dev Balances shrink seldom and at most twice, so that there is something left to see.
    function shrink(uint256 amount) external {
        if (amount % 4 == 0 && _shrunk++ < 2) coin.shrink(amount % 50 ether);
    }

    /* STAKES */

    function drop(uint256 actor, uint256 entryId, uint256 amount) external {
        (actor, entryId, amount) = (actor % ACTORS, 1 + (entryId % ENTRIES), 1 + (amount % 5 ether));
        if (_try(actorAt(actor), abi.encodeCall(IContest.drop, (entryId, amount)))) stakes[actor][entryId] += amount;
    }

    function withdraw(uint256 actor, uint256 entryId, uint256 amount) external {
        (actor, entryId) = (actor % ACTORS, 1 + (entryId % ENTRIES));
        amount = amount % 4 == 0 ? stakes[actor][entryId] : amount % (stakes[actor][entryId] + 1);
        bool success = _try(actorAt(actor), abi.encodeCall(IContest.withdraw, (entryId, amount)));
        if (success) stakes[actor][entryId] -= amount;
        else assertTrue(amount == 0 || !lets(actor, amount), "only the coin stops a withdrawal");
    }

    function move(uint256 actor, uint256 from, uint256 to, uint256 amount) external {
        (actor, from, to) = (actor % ACTORS, 1 + (from % ENTRIES), 1 + (to % ENTRIES));
        amount %= stakes[actor][from] + 1;
        if (!_try(actorAt(actor), abi.encodeCall(IContest.move, (from, to, amount)))) return;
        stakes[actor][from] -= amount;
        stakes[actor][to] += amount;
    }

    /// @dev Two signed orders in a batch. What its nonce says was spent was done wholly, and the rest not at all.
    function carry(uint256 seed) external {
        uint256[2] memory seeds = [seed, seed >> 64];
        Order[] memory orders = new Order[](2);
        for (uint256 i = 0; i < 2; ++i) orders[i] = _order(seeds[i], _nonces++ % 112);
        bool success = _try(address(0xCA881E8), abi.encodeCall(IContest.carry, (orders)));
        for (uint256 i = 0; i < 2; ++i) {
            (uint256 actor, uint256 entryId) = (seeds[i] % ACTORS, orders[i].entryId);
            uint256 bit = 1 << orders[i].nonce;
            if (contest.noncesOf(orders[i].voter, entryId) & bit == 0 || _spent[actor][entryId] & bit != 0) continue;
            assertTrue(success && !_isForged(seeds[i]), "only what its voter signed, in a batch that came through");
            _spent[actor][entryId] |= bit;
            if (orders[i].kind == OrderKind.Drop) stakes[actor][entryId] += orders[i].amount;
            else stakes[actor][entryId] -= orders[i].amount;
        }
    }

    /* CHALLENGES AND THE RESULT */

    function challenge(uint256 actor, uint256 entryId) external {
        (actor, entryId) = (actor % ACTORS, 1 + (entryId % ENTRIES));
        _try(actorAt(actor), abi.encodeCall(IContest.challenge, (entryId, "https://why", "extra")));
    }

    /// @dev Whatever the coin does, a ruling closes.
    function rule(uint256 entryId, uint256 ruling) external {
        entryId = 1 + (entryId % ENTRIES);
        if (!contest.challengeOf(entryId).open) return;
        _arbitrator.ruleOn{gas: 1_000_000}(contest, contest.challengeOf(entryId).disputeId, ruling % 3);
        assertTrue(!contest.challengeOf(entryId).open, "closed");
    }

    function fund(uint256 actor, uint256 amount) external {
        amount = 1 + (amount % 3 ether);
        if (_try(actorAt(actor % ACTORS), abi.encodeCall(IContest.fund, (amount)))) pot += amount;
    }

    function collect(uint256 seed) external {
        _try(seed % 2 == 0 ? address(0xA0) : actorAt(seed % ACTORS), abi.encodeCall(IContest.collect, ()));
    }

    /* VIEWS */

    function actorAt(uint256 index) public view returns (address) {
        return _actors[index];
    }

    /// @dev The coin's own stake is what the contest says: in the middle of others' calls it takes it out and puts it in.
    function weightOn(uint256 entryId) public view returns (uint256 sum) {
        (sum, ) = contest.stakeOf(address(coin), entryId);
        for (uint256 actor = 0; actor < ACTORS; ++actor) sum += stakes[actor][entryId];
    }

    function windowAfter(uint256 from) external view returns (uint256) {
        return _overlap(from, type(uint256).max);
    }

    /// @dev Whether the coin as it is now would let `actor` have `amount` out of the contest.
    function lets(uint256 actor, uint256 amount) public view returns (bool) {
        TurncoatCoin.Way way = coin.way();
        if (way == TurncoatCoin.Way.ReturnsFalse) return false;
        if (way == TurncoatCoin.Way.Blocks || way == TurncoatCoin.Way.BurnsAllGas) {
            if (coin.blocked() == actorAt(actor) || coin.blocked() == address(contest)) return false;
        }
        // What it takes out itself in the middle of a call, and what it takes on top, must be there too.
        uint256 more = way == TurncoatCoin.Way.TakesOnTop ? amount / 100 : 0;
        if (way == TurncoatCoin.Way.CallsBack) (more, ) = contest.stakeOf(address(coin), 1);
        return coin.balanceOf(address(contest)) >= amount + more;
    }

    /* INTERNALS */

    function _order(uint256 seed, uint256 nonce) private view returns (Order memory order) {
        uint256 actor = seed % ACTORS;
        order.kind = (seed >> 8) % 2 == 0 ? OrderKind.Withdraw : OrderKind.Drop;
        order.voter = actorAt(actor);
        order.entryId = 1 + ((seed >> 16) % ENTRIES);
        order.amount = 1 + ((seed >> 24) % 3 ether);
        order.nonce = nonce;
        order.deadline = type(uint256).max;
        bytes32 structHash = keccak256(
            abi.encode(
                order.kind == OrderKind.Drop
                    ? keccak256("Drop(address voter,uint256 entryId,uint256 amount,uint256 nonce,uint256 deadline)")
                    : keccak256(
                        "Withdraw(address voter,uint256 entryId,uint256 amount,uint256 nonce,uint256 deadline)"
                    ),
                order.voter,
                order.entryId,
                order.amount,
                order.nonce,
                order.deadline
            )
        );
        uint256 key = KEYS + (_isForged(seed) ? (actor + 1) % ACTORS : actor);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", _domain, structHash)));
        order.signature = abi.encodePacked(r, s, v);
    }

    /// @dev One in eight is signed by somebody else.
    function _isForged(uint256 seed) private pure returns (bool) {
        return (seed >> 4) % 8 == 0;
    }

    /// @dev Seconds of the window between two times.
    function _overlap(uint256 from, uint256 to) private view returns (uint256) {
        uint256 start = from > _countFrom ? from : _countFrom;
        uint256 end = to < _votesClose ? to : _votesClose;
        return end > start ? end - start : 0;
    }

    function _try(address account, bytes memory call_) private returns (bool success) {
        vm.prank(account);
        (success, ) = address(contest).call{gas: GAS}(call_);
    }
}
