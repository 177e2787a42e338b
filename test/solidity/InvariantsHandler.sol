// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContest, Order, OrderKind} from "../../contracts/interfaces/IContest.sol";
import {HostileArbitrator} from "../support/HostileArbitrator.sol";
import {TestCoin} from "../support/TestCoin.sol";
import {Test, Vm} from "../support/Vm.sol";

/// @notice Random voters, carriers of their signed orders, challengers, an arbitrator, funders and callers around one contest. Knows beforehand whether each call must work, fails
/// when the contest disagrees, and keeps its own books in the most naive way: every voter's path by itself.
/// @dev Entries 1 to 4 are live until they are removed, 5 was retracted, 6 never was. Lies beside the tests and shares a word with their file:
/// the fuzzer calls only contracts of files that are run.
contract ContestHandler is Test {
    uint256 public constant ACTORS = 5;
    uint256 public constant ENTRIES = 6;

    struct Path {
        uint256 coins;
        uint256 weight;
        /// @dev Weight-seconds inside the window.
        uint256 acc;
    }

    /// @dev A stake as the last event told it.
    struct Told {
        uint256 stake;
        uint256 weight;
    }

    struct Replayed {
        uint256 weight;
        uint256 acc;
        uint256 since;
    }

    IContest public contest;
    TestCoin public coin;
    bool public isPersonal;
    uint256 public entryCap;
    uint256 public personCap;
    uint256 private _votesOpen;
    uint256 private _countFrom;
    uint256 private _votesClose;

    /// @dev Seconds since 1970; the chain's time follows it.
    uint256 public time;
    mapping(uint256 actor => mapping(uint256 entryId => Path)) public paths;
    mapping(uint256 actor => bool) public isPerson;
    mapping(uint256 actor => uint256) public counted;
    mapping(uint256 entryId => Replayed) public replayed;
    mapping(address voter => mapping(uint256 entryId => Told)) public told;
    mapping(uint256 actor => uint256) public funded;
    mapping(uint256 rank => bool) public isClaimed;
    uint256 public pot;
    uint256 public paidOut;
    uint256 public bondsHeld;
    uint256 public credits;
    uint256 public gifts;
    bool public isFinal;
    uint256 public countedUpTo;
    mapping(uint256 entryId => bool) public isRemoved;
    /// @dev Since when, in seconds since 1970; 0 while no challenge is open.
    mapping(uint256 entryId => uint256) public challengedAt;
    mapping(uint256 entryId => address) private _challenger;
    mapping(uint256 entryId => uint256) private _disputeId;
    mapping(address account => uint256) public owed;
    mapping(uint256 actor => mapping(uint256 entryId => uint256)) private _spent;
    uint256 public openChallenges;
    uint256 public burned;
    mapping(string action => uint256) public done;
    address[ACTORS] private _actors;
    HostileArbitrator private _arbitrator;
    bytes32 private immutable _domain;
    uint256 private constant KEYS = 0xAC7000;
    uint256 private constant CHALLENGE_BOND = 5 ether;
    uint256 private constant TIMEOUT = 7 days;
    address private constant DEAD = 0x000000000000000000000000000000000000dEaD;

    constructor(IContest contest_, TestCoin coin_, uint256 start, uint256 bondsHeld_, uint256 credits_) {
        contest = contest_;
        coin = coin_;
        isPersonal = contest_.rules().personhood != address(0);
        entryCap = contest_.rules().entryCap;
        personCap = contest_.rules().personCap;
        _votesOpen = contest_.rules().votesOpen;
        _countFrom = contest_.rules().countFrom;
        _votesClose = contest_.rules().votesClose;
        time = start;
        bondsHeld = bondsHeld_;
        credits = credits_;
        owed[address(0xA4)] = credits_;
        burned = coin_.balanceOf(DEAD);
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
        vm.recordLogs();
    }

    /* TIME */

    /// @dev Mostly small steps, sometimes to an edge, seldom far past the end.
    function wait(uint256 seed) external {
        uint256 next = time + (seed % 9_000);
        uint256[8] memory edges = [
            _countFrom - 1,
            _countFrom,
            _countFrom + 1,
            _votesClose - 1,
            _votesClose,
            _votesClose + 1,
            _votesClose + 400 days,
            _votesOpen
        ];
        // Every third step meets an edge; those after the close are skipped half of the time, since they end the voting.
        uint256 choice = (seed >> 32) % 24;
        bool skipped = choice >= 4 && (seed >> 64) % 2 != 0;
        if (choice < 8 && !skipped && edges[choice] > time) next = edges[choice];
        _beforeTime();
        _settle(next);
        time = next;
        vm.warp(next);
    }

    /* STAKES */

    function drop(uint256 actor, uint256 entryId, uint256 amount) external {
        (actor, entryId) = (actor % ACTORS, entryId % (ENTRIES + 1));
        amount %= 5 ether;
        (bool counts, bool allowed) = _mayAdd(actor, entryId, amount, 0);
        bool success = _try(actor, abi.encodeCall(IContest.drop, (entryId, amount)));
        assertTrue(success == (allowed && _voting()), "drop works exactly when it must");
        if (success) _add(actor, entryId, amount, counts);
        _note("drop", success);
    }

    function dropMany(uint256 actor, uint256 first, uint256 second, uint256 a, uint256 b) external {
        actor %= ACTORS;
        (first, second) = (1 + (first % 4), 1 + (second % 4));
        (a, b) = (1 + (a % 3 ether), 1 + (b % 3 ether));
        (bool counts, bool allowed) = _mayAdd(actor, first, a, 0);
        if (allowed) {
            // What the second part meets depends on the first.
            Path memory saved = paths[actor][first];
            uint256 savedCounted = counted[actor];
            _add(actor, first, a, counts);
            (counts, allowed) = _mayAdd(actor, second, b, 0);
            (paths[actor][first], counted[actor]) = (saved, savedCounted);
        }
        bool expected = allowed && _voting();

        bool success = _try(actor, abi.encodeCall(IContest.dropMany, (_list(first, second), _list(a, b))));
        assertTrue(success == expected, "dropMany works exactly when it must");
        if (success) {
            _add(actor, first, a, counts);
            _add(actor, second, b, counts);
        }
        _note("dropMany", success);
    }

    function withdraw(uint256 actor, uint256 entryId, uint256 amount) external {
        (actor, entryId) = (actor % ACTORS, 1 + (entryId % ENTRIES));
        uint256 coins = paths[actor][entryId].coins;
        // Often everything, sometimes one wei too many.
        amount = amount % 4 == 0 ? coins : amount % (coins + 2);
        uint256 before = coin.balanceOf(actorAt(actor));
        bool success = _try(actor, abi.encodeCall(IContest.withdraw, (entryId, amount)));
        assertTrue(success == (amount != 0 && amount <= coins), "withdraw works in every phase");
        if (success) {
            _remove(actor, entryId, amount);
            assertEq(coin.balanceOf(actorAt(actor)) - before, amount, "coins come back");
        }
        _note("withdraw", success);
    }

    function withdrawMany(uint256 actor, uint256 first, uint256 second) external {
        actor %= ACTORS;
        (first, second) = (1 + (first % ENTRIES), 1 + (second % ENTRIES));
        uint256 sum = paths[actor][first].coins + (first == second ? 0 : paths[actor][second].coins);
        uint256 before = coin.balanceOf(actorAt(actor));
        bool success = _try(actor, abi.encodeCall(IContest.withdrawMany, (_list(first, second))));
        assertTrue(success == (sum != 0), "withdrawMany works in every phase");
        if (success) {
            _remove(actor, first, paths[actor][first].coins);
            _remove(actor, second, paths[actor][second].coins);
        }
        assertEq(coin.balanceOf(actorAt(actor)) - before, success ? sum : 0, "coins come back");
        _note("withdrawMany", success);
    }

    function move(uint256 actor, uint256 from, uint256 to, uint256 amount) external {
        (actor, from, to) = (actor % ACTORS, 1 + (from % 4), 1 + (to % ENTRIES));
        uint256 coins = paths[actor][from].coins;
        amount = amount % 4 == 0 ? coins : amount % (coins + 2);
        bool counts;
        bool expected = _voting() && from != to && amount <= coins;
        if (expected) (counts, expected) = _mayAdd(actor, to, amount, paths[actor][from].weight == 0 ? 0 : amount);
        bool success = _try(actor, abi.encodeCall(IContest.move, (from, to, amount)));
        assertTrue(success == expected, "move works exactly when it must");
        if (success) {
            _remove(actor, from, amount);
            _add(actor, to, amount, counts);
        }
        _note("move", success);
    }

    function bind(uint256 actor) external {
        actor %= ACTORS;
        bytes memory proof = abi.encode(
            bytes32(actor + 1),
            actorAt(actor),
            keccak256(abi.encode(block.chainid, address(contest)))
        );
        bool success = _try(actor, abi.encodeCall(IContest.bind, (proof)));
        assertTrue(success == (isPersonal && !isPerson[actor]), "bind works once");
        if (success) isPerson[actor] = true;
        _note("bind", success);
    }

    function reweigh(uint256 actor, uint256 entryId) external {
        (actor, entryId) = (actor % ACTORS, 1 + (entryId % ENTRIES));
        Path memory path = paths[actor][entryId];
        bool fits = path.weight != 0 || (path.coins <= entryCap && counted[actor] + path.coins <= personCap);
        bool expected = isPersonal && isPerson[actor] && _voting() && _takesPart(entryId) && path.coins != 0 && fits;
        uint256[] memory ids = new uint256[](1);
        ids[0] = entryId;
        bool success = _try(actor, abi.encodeCall(IContest.reweigh, (ids)));
        assertTrue(success == expected, "reweigh works exactly when it must");
        if (success) _add(actor, entryId, 0, true);
        _note("reweigh", success);
    }

    /// @dev Two wallets of one person: the second one learns that the person is taken.
    function bindAsAnother(uint256 actor, uint256 person) external {
        (actor, person) = (actor % ACTORS, person % ACTORS);
        if (actor == person || !isPerson[person]) return;
        bytes memory proof = abi.encode(
            bytes32(person + 1),
            actorAt(actor),
            keccak256(abi.encode(block.chainid, address(contest)))
        );
        assertTrue(!_try(actor, abi.encodeCall(IContest.bind, (proof))), "one wallet for a person");
        _note("bindAsAnother", false);
    }

    /* ORDERS */

    /// @dev Two orders of any two actors in one batch. The second one is often a replay of the first.
    function carry(uint256 seed, uint256 a, uint256 b) external {
        Order[] memory orders = new Order[](2);
        orders[0] = _order(seed);
        orders[1] = (seed >> 200) % 4 == 0 ? orders[0] : _order(uint256(keccak256(abi.encode(seed, a, b))));
        uint256 skips = 0;
        for (uint256 i = 0; i < 2; ++i) if (!_book(orders[i])) ++skips;
        vm.prank(address(0xCA881E8));
        contest.carry(orders);
        assertEq(_noteAndCountSkips(), skips, "exactly the bad orders are skipped");
        for (uint256 i = 0; i < 2; ++i) {
            uint256 actor = _actorOf(orders[i].voter);
            assertEq(
                contest.noncesOf(orders[i].voter, orders[i].entryId),
                _spent[actor][orders[i].entryId],
                "nonces are spent by what succeeds"
            );
        }
    }

    function cancel(uint256 actor, uint256 entryId, uint256 mask) external {
        (actor, entryId, mask) = (actor % ACTORS, 1 + (entryId % ENTRIES), mask % 256);
        bool success = _try(actor, abi.encodeCall(IContest.cancel, (entryId, mask)));
        assertTrue(success == (mask != 0), "cancel works");
        if (success) _spent[actor][entryId] |= mask;
        _note("cancel", success);
    }

    /* CHALLENGES */

    function challenge(uint256 actor, uint256 entryId) external {
        (actor, entryId) = (actor % ACTORS, 1 + (entryId % ENTRIES));
        bool expected = time < _votesClose && entryId <= 4 && !isRemoved[entryId] && challengedAt[entryId] == 0;
        expected = expected && coin.balanceOf(actorAt(actor)) >= CHALLENGE_BOND;
        uint256 disputeId = _arbitrator.nextId();
        bool success = _try(actor, abi.encodeCall(IContest.challenge, (entryId, "https://why", "extra")));
        assertTrue(success == expected, "challenge works exactly when it must");
        if (success) {
            (challengedAt[entryId], _challenger[entryId], _disputeId[entryId]) = (time, actorAt(actor), disputeId);
            bondsHeld += CHALLENGE_BOND;
            ++openChallenges;
        }
        _note("challenge", success);
    }

    /// @dev Rules on an open or a closed dispute, with a ruling of 0 to 3.
    function rule(uint256 entryId, uint256 ruling) external {
        (entryId, ruling) = (1 + (entryId % 4), ruling % 4);
        if (_challenger[entryId] == address(0)) return;
        _arbitrator.ruleOn(contest, _disputeId[entryId], ruling);
        if (challengedAt[entryId] != 0) _close(entryId, ruling);
        _note("rule", true);
    }

    function lapse(uint256 entryId) external {
        entryId = 1 + (entryId % ENTRIES);
        bool success = _try(0, abi.encodeCall(IContest.lapse, (entryId)));
        uint256 since = challengedAt[entryId];
        assertTrue(success == (since != 0 && time >= since + TIMEOUT), "lapse works exactly when it must");
        if (success) _close(entryId, 0);
        _note("lapse", success);
    }

    /* RESULT */

    function fund(uint256 actor, uint256 amount) external {
        (actor, amount) = (actor % ACTORS, amount % 3 ether);
        bool success = _try(actor, abi.encodeCall(IContest.fund, (amount)));
        assertTrue(success == (amount != 0 && !isFinal), "fund works until the result is final");
        if (success) {
            funded[actor] += amount;
            pot += amount;
        }
        _note("fund", success);
    }

    function count(uint256 limit) external {
        limit %= 7;
        bool expected = time >= _votesClose && !isFinal && limit != 0 && countedUpTo < 5 && openChallenges == 0;
        bool success = _try(0, abi.encodeCall(IContest.count, (limit)));
        assertTrue(success == expected, "count works exactly when it must");
        if (success) countedUpTo = countedUpTo + limit < 5 ? countedUpTo + limit : 5;
        _note("count", success);
    }

    function finalize(uint256 actor) external {
        bool success = _try(actor % ACTORS, abi.encodeCall(IContest.finalize, ()));
        assertTrue(success == (time >= _votesClose && !isFinal && countedUpTo == 5), "finalize works exactly once");
        if (success) isFinal = true;
        _note("finalize", success);
    }

    function claim(uint256 rank) external {
        rank = 1 + (rank % 10);
        uint256 prize = isClaimed[rank] ? 0 : prizeOf(rank);
        uint256 before = coin.balanceOf(address(contest));
        bool success = _try(0, abi.encodeCall(IContest.claim, (rank)));
        assertTrue(success == (prize != 0), "claim works exactly when a prize waits");
        if (success) {
            assertEq(before - coin.balanceOf(address(contest)), prize, "the prize, to the wei");
            isClaimed[rank] = true;
            paidOut += prize;
        }
        _note("claim", success);
    }

    function reclaim(uint256 actor) external {
        actor %= ACTORS;
        uint256 share = isFinal && pot != 0 ? (funded[actor] * unheld()) / pot : 0;
        uint256 before = coin.balanceOf(address(contest));
        bool success = _try(actor, abi.encodeCall(IContest.reclaim, ()));
        assertTrue(success == (share != 0), "reclaim works exactly when a share waits");
        if (success) {
            assertEq(before - coin.balanceOf(address(contest)), share, "the share, to the wei");
            paidOut += share;
            funded[actor] = 0;
        }
        _note("reclaim", success);
    }

    function releaseBond(uint256 entryId) external {
        entryId = 1 + (entryId % ENTRIES);
        bool held = contest.entry(entryId).bondHeld;
        bool success = _try(0, abi.encodeCall(IContest.releaseBond, (entryId)));
        assertTrue(success == (isFinal && held && _takesPart(entryId)), "a bond comes back once the result is final");
        if (success) {
            bondsHeld -= 1 ether;
            _owe(contest.entry(entryId).author, 1 ether);
        }
        _note("releaseBond", success);
    }

    function collect(uint256 seed) external {
        address account = seed % 2 == 0 ? contest.entry(1 + (seed % 5)).author : actorAt(seed % ACTORS);
        uint256 before = coin.balanceOf(account);
        assertEq(contest.creditOf(account), owed[account], "credit");
        vm.prank(account);
        try contest.collect() {
            assertEq(coin.balanceOf(account) - before, owed[account], "all that is owed");
            credits -= owed[account];
            owed[account] = 0;
            _note("collect", true);
        } catch {
            assertEq(owed[account], 0, "credits can be collected");
        }
    }

    /// @dev Coins that nobody asked for.
    function give(uint256 amount) external {
        amount %= 10;
        coin.mint(address(contest), amount);
        gifts += amount;
    }

    /* VIEWS */

    function actorAt(uint256 index) public view returns (address) {
        return _actors[index];
    }

    function stakes() external view returns (uint256 sum) {
        for (uint256 actor = 0; actor < ACTORS; ++actor) {
            for (uint256 id = 0; id <= ENTRIES; ++id) sum += paths[actor][id].coins;
        }
    }

    /// @dev What a rank is paid once the result stands: its share rounded down, and for rank 1 the dust as well.
    function prizeOf(uint256 rank) public view returns (uint256) {
        (uint16[10] memory ids, , ) = contest.standings();
        if (!isFinal || ids[rank - 1] == 0) return 0;
        uint16[10] memory split = contest.rules().split;
        uint256 sum = 0;
        for (uint256 i = 0; i < 10; ++i) sum += (pot * split[i]) / 10_000;
        return (pot * split[rank - 1]) / 10_000 + (rank == 1 ? pot - sum : 0);
    }

    /// @dev What nobody is paid: the shares of ranks without an entry, or the whole pot.
    function unheld() public view returns (uint256 sum) {
        (uint16[10] memory ids, , ) = contest.standings();
        if (ids[0] == 0) return pot;
        uint16[10] memory split = contest.rules().split;
        for (uint256 i = 0; i < 10; ++i) if (ids[i] == 0) sum += (pot * split[i]) / 10_000;
    }

    function weightOn(uint256 entryId) external view returns (uint256 sum) {
        for (uint256 actor = 0; actor < ACTORS; ++actor) sum += paths[actor][entryId].weight;
    }

    /// @dev Weight-seconds on an entry up to now: the sum of every voter's own path.
    function accOn(uint256 entryId) public view returns (uint256 sum) {
        for (uint256 actor = 0; actor < ACTORS; ++actor) sum += paths[actor][entryId].acc;
    }

    /// @dev Seconds of the window after `from`.
    function windowAfter(uint256 from) public view returns (uint256) {
        return _overlap(from, type(uint256).max);
    }

    /// @dev The tally that events alone give, brought up to now.
    function replayedAcc(uint256 entryId) external view returns (uint256) {
        Replayed storage seen = replayed[entryId];
        return seen.acc + seen.weight * _overlap(seen.since, time);
    }

    /* BOOKS */

    /// @dev What is to be done before a second ends.
    function _beforeTime() internal virtual {}

    function _voting() private view returns (bool) {
        return time >= _votesOpen && time < _votesClose;
    }

    function _takesPart(uint256 entryId) private view returns (bool) {
        return entryId >= 1 && entryId <= 4 && !isRemoved[entryId];
    }

    function _owe(address account, uint256 amount) private {
        owed[account] += amount;
        credits += amount;
    }

    function _close(uint256 entryId, uint256 ruling) private {
        challengedAt[entryId] = 0;
        --openChallenges;
        bondsHeld -= CHALLENGE_BOND;
        _owe(ruling == 1 ? contest.entry(entryId).author : _challenger[entryId], CHALLENGE_BOND);
        if (ruling != 2) return;
        isRemoved[entryId] = true;
        bondsHeld -= 1 ether;
        _owe(_challenger[entryId], 0.5 ether);
        burned += 0.5 ether;
    }

    /// @dev Of any actor, on any entry, for up to five coins; one in eight is signed by somebody else.
    function _order(uint256 seed) private view returns (Order memory order) {
        uint256 actor = seed % ACTORS;
        order.kind = (seed >> 8) % 3 == 0 ? OrderKind.Withdraw : OrderKind.Drop;
        order.voter = actorAt(actor);
        order.entryId = 1 + ((seed >> 16) % ENTRIES);
        order.amount = (seed >> 32) % 4 == 0 ? paths[actor][order.entryId].coins : (seed >> 40) % 3 ether;
        order.nonce = (seed >> 136) % 114;
        order.deadline = time + ((seed >> 144) % 8 == 0 ? 0 : 1_000);
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
        uint256 key = KEYS + ((seed >> 152) % 8 == 0 ? (actor + 1) % ACTORS : actor);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", _domain, structHash)));
        order.signature = abi.encodePacked(r, s, v);
        if (key != KEYS + actor) order.deadline |= 1 << 255;
    }

    /// @dev Writes down what an order does, if it must work. A forged one is marked by its deadline.
    function _book(Order memory order) private returns (bool works) {
        uint256 actor = _actorOf(order.voter);
        uint256 bit = 1 << order.nonce;
        if (order.nonce >= 112 || order.deadline >> 255 != 0 || order.amount == 0) return false;
        if (_spent[actor][order.entryId] & bit != 0) return false;
        if (order.kind == OrderKind.Drop) {
            bool counts;
            (counts, works) = _mayAdd(actor, order.entryId, order.amount, 0);
            if (!works || !_voting()) return false;
            _add(actor, order.entryId, order.amount, counts);
        } else {
            if (order.amount > paths[actor][order.entryId].coins) return false;
            _remove(actor, order.entryId, order.amount);
        }
        _spent[actor][order.entryId] |= bit;
        return true;
    }

    function _actorOf(address voter) private view returns (uint256 actor) {
        while (_actors[actor] != voter) ++actor;
    }

    /// @dev Whether adding is within the law, and whether the stake counts after it.
    function _mayAdd(
        uint256 actor,
        uint256 entryId,
        uint256 amount,
        uint256 freed
    ) private view returns (bool counts, bool allowed) {
        counts = !isPersonal || isPerson[actor];
        allowed = amount != 0 && _takesPart(entryId);
        if (isPersonal && isPerson[actor]) {
            Path storage path = paths[actor][entryId];
            uint256 after_ = path.coins + amount;
            uint256 sum = counted[actor] - freed - (path.weight == 0 ? 0 : path.coins) + after_;
            allowed = allowed && after_ <= entryCap && sum <= personCap;
        }
    }

    function _add(uint256 actor, uint256 entryId, uint256 amount, bool counts) private {
        Path storage path = paths[actor][entryId];
        if (isPersonal && counts) counted[actor] += amount + (path.weight == 0 ? path.coins : 0);
        path.coins += amount;
        path.weight = counts ? _weight(path.coins) : 0;
    }

    function _remove(uint256 actor, uint256 entryId, uint256 amount) private {
        Path storage path = paths[actor][entryId];
        bool counts = path.weight != 0;
        if (isPersonal && counts) counted[actor] -= amount;
        path.coins -= amount;
        path.weight = counts ? _weight(path.coins) : 0;
    }

    /// @dev Every path gathers what it held since the last step of time.
    function _settle(uint256 next) private {
        uint256 seconds_ = _overlap(time, next);
        for (uint256 actor = 0; actor < ACTORS; ++actor) {
            for (uint256 id = 1; id <= 4; ++id) paths[actor][id].acc += paths[actor][id].weight * seconds_;
        }
    }

    /// @dev Seconds of the window between two times.
    function _overlap(uint256 from, uint256 to) private view returns (uint256) {
        uint256 start = from > _countFrom ? from : _countFrom;
        uint256 end = to < _votesClose ? to : _votesClose;
        return end > start ? end - start : 0;
    }

    /// @dev Found by halving, not by the contract's method.
    function _weight(uint256 coins) private view returns (uint256) {
        if (!isPersonal) return coins;
        uint256 low = 0;
        uint256 high = 2 ** 48;
        while (high - low > 1) {
            uint256 middle = (low + high) / 2;
            if (middle * middle <= coins) low = middle;
            else high = middle;
        }
        return low;
    }

    function _try(uint256 actor, bytes memory call_) private returns (bool success) {
        vm.prank(actorAt(actor));
        (success, ) = address(contest).call(call_);
    }

    /// @dev Counts what happened and folds the events it left into the replayed tallies. The recorder also keeps what a
    /// reverted call emitted; a chain does not.
    function _note(string memory action, bool success) private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        if (!success) return;
        ++done[action];
        _fold(logs);
    }

    /// @dev As `_note`, for a batch.
    function _noteAndCountSkips() private returns (uint256 skips) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        ++done["carry"];
        for (uint256 i = 0; i < logs.length; ++i) if (logs[i].topics[0] == IContest.OrderSkipped.selector) ++skips;
        _fold(logs);
    }

    function _fold(Vm.Log[] memory logs) private {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != IContest.StakeChanged.selector) continue;
            // Of an order that failed after it: undone on a chain, and kept by the recorder.
            if (i + 1 < logs.length && logs[i + 1].topics[0] == IContest.OrderSkipped.selector) continue;
            (uint256 stake, uint256 weight, uint256 entryWeight, uint256 timestamp) = abi.decode(
                logs[i].data,
                (uint256, uint256, uint256, uint256)
            );
            Replayed storage seen = replayed[uint256(logs[i].topics[2])];
            seen.acc += seen.weight * _overlap(seen.since, timestamp);
            (seen.weight, seen.since) = (entryWeight, timestamp);
            told[address(uint160(uint256(logs[i].topics[1])))][uint256(logs[i].topics[2])] = Told(stake, weight);
        }
    }

    function _list(uint256 a, uint256 b) private pure returns (uint256[] memory values) {
        values = new uint256[](2);
        (values[0], values[1]) = (a, b);
    }
}

/// @notice The same random histories, and beside them a second contest in which the same stakes lie undivided. In an
/// open one a single wallet holds what all hold together; among persons each has one wallet, and support is left out.
/// Each second's changes are made there by one drop or one withdrawal an entry, whatever they were here.
contract ShadowedContestHandler is ContestHandler {
    IContest public whole;
    mapping(uint256 owner => mapping(uint256 entryId => uint256)) private _held;

    constructor(
        IContest contest_,
        IContest whole_,
        TestCoin coin_,
        uint256 start
    ) ContestHandler(contest_, coin_, start, 4 ether, 0.9 ether) {
        whole = whole_;
        for (uint256 owner = 0; owner < (isPersonal ? ACTORS : 1); ++owner) {
            address wallet = walletAt(owner);
            coin_.mint(wallet, 5_000 ether);
            vm.prank(wallet);
            coin_.approve(address(whole_), type(uint256).max);
            bytes32 scope = keccak256(abi.encode(block.chainid, address(whole_)));
            if (!isPersonal) continue;
            vm.prank(wallet);
            whole_.bind(abi.encode(bytes32(owner + 1), wallet, scope));
        }
        vm.getRecordedLogs();
    }

    /// @dev What leaves goes first, so that it frees its caps.
    function mirror() public {
        for (uint256 pass = 0; pass < 2; ++pass) {
            for (uint256 owner = 0; owner < (isPersonal ? ACTORS : 1); ++owner) {
                for (uint256 id = 1; id <= 4; ++id) _mirror(owner, id, pass == 1);
            }
        }
        // The replay is of the other contest alone.
        vm.getRecordedLogs();
    }

    function walletAt(uint256 owner) public pure returns (address) {
        return address(uint160(0x35AD00 + owner));
    }

    function _beforeTime() internal override {
        mirror();
    }

    function _mirror(uint256 owner, uint256 id, bool adds) private {
        (uint256 held, uint256 wanted) = (_held[owner][id], _counting(owner, id));
        if (held == wanted || adds != (wanted > held)) return;
        _held[owner][id] = wanted;
        vm.prank(walletAt(owner));
        if (adds) whole.drop(id, wanted - held);
        else whole.withdraw(id, held - wanted);
    }

    function _counting(uint256 owner, uint256 id) private view returns (uint256 sum) {
        if (isPersonal) return paths[owner][id].weight == 0 ? 0 : paths[owner][id].coins;
        for (uint256 actor = 0; actor < ACTORS; ++actor) sum += paths[actor][id].coins;
    }
}
