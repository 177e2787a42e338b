// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {ChallengeView, EntryView, IContest, Rules, Tally} from "../../contracts/interfaces/IContest.sol";
import {INodeRegistry} from "../../contracts/interfaces/INodeRegistry.sol";
import {IPanelArbitrator} from "../../contracts/interfaces/IPanelArbitrator.sol";

/// @notice Stands in an account's place and says which calls would succeed from there. Put there by a state override; what
/// the account's own code was is found at `OWN`.
contract PowersProber {
    struct Call {
        address to;
        uint256 value;
        bytes data;
    }

    error Undone(bool passed);
    error TooLittleGas();

    address private constant OWN = address(0xC0DE);
    uint256 private constant CALL_GAS = 3_000_000;

    // solhint-disable-next-line no-complex-fallback
    fallback() external payable {
        (bool passed, bytes memory answer) = OWN.delegatecall(msg.data);
        if (!passed) {
            assembly ("memory-safe") {
                revert(add(answer, 32), mload(answer))
            }
        }
        assembly ("memory-safe") {
            return(add(answer, 32), mload(answer))
        }
    }

    function probeAll(Call[] calldata calls) external returns (bool[] memory passed) {
        passed = new bool[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            if (gasleft() < CALL_GAS + 500_000) revert TooLittleGas();
            try this.probeOne(calls[i]) {} catch (bytes memory said) {
                passed[i] = keccak256(said) == keccak256(abi.encodeWithSelector(Undone.selector, true));
            }
        }
    }

    /// @notice Reverts whatever the call did.
    function probeOne(Call calldata call_) external {
        (bool passed, ) = call_.to.call{value: call_.value, gas: CALL_GAS}(call_.data);
        revert Undone(passed);
    }
}

/// @notice Reads in one call all that somebody could take from somebody else, or alter.
contract PowersLens {
    struct Seat {
        uint256 credit;
        uint256 funded;
        uint256 counted;
        bool bound;
        uint256[] stakes;
        uint256[] weights;
        uint256[] nonces;
    }

    struct Account {
        uint256 coins;
        uint256 native;
        uint256 registryCoins;
        uint256 registryNative;
        uint256 nodeStake;
        uint256 panelNative;
        Seat[] seats;
    }

    struct EntrySeen {
        uint256 weight;
        uint256 score;
        uint8 status;
        bytes32 lasting;
        address author;
        bool bondHeld;
        address challenger;
    }

    struct ContestSeen {
        bytes32 rules;
        bytes32 standings;
        uint256 entryCount;
        uint256 pot;
        uint256 entryBond;
        uint256 challengeBond;
        EntrySeen[] entries;
    }

    struct House {
        address coin;
        address registry;
        address panel;
        address[] contests;
        uint256 entries;
    }

    /// @notice Of `stakers` it reads stakes, funds and person too, which others do not have.
    /// `leaving`: which of the voters could take all stakes out of which contest now, voter by voter. A
    /// `PowersProber` stands in their place.
    function see(
        House calldata house,
        address[] calldata accounts,
        address[] calldata stakers,
        address[] calldata voters
    )
        external
        returns (Account[] memory holders, ContestSeen[] memory contests, uint256 time, bool[][] memory leaving)
    {
        time = block.timestamp;
        holders = new Account[](accounts.length);
        for (uint256 i = 0; i < accounts.length; ++i) holders[i] = _account(house, accounts[i], stakers);
        contests = new ContestSeen[](house.contests.length);
        for (uint256 i = 0; i < contests.length; ++i)
            contests[i] = _contest(IContest(house.contests[i]), house.entries);
        PowersProber.Call[] memory calls = new PowersProber.Call[](contests.length);
        uint256[] memory ids = new uint256[](house.entries);
        for (uint256 i = 0; i < ids.length; ++i) ids[i] = i + 1;
        for (uint256 i = 0; i < calls.length; ++i) {
            calls[i] = PowersProber.Call(house.contests[i], 0, abi.encodeCall(IContest.withdrawMany, (ids)));
        }
        leaving = new bool[][](voters.length);
        for (uint256 i = 0; i < voters.length; ++i) leaving[i] = PowersProber(payable(voters[i])).probeAll(calls);
    }

    function _account(
        House calldata house,
        address account,
        address[] calldata stakers
    ) private view returns (Account memory seen) {
        bool whole = false;
        for (uint256 i = 0; i < stakers.length; ++i) whole = whole || stakers[i] == account;
        INodeRegistry registry = INodeRegistry(house.registry);
        seen.coins = IERC20(house.coin).balanceOf(account);
        seen.native = account.balance;
        seen.registryCoins = registry.creditOf(account, house.coin);
        seen.registryNative = registry.creditOf(account, address(0));
        seen.nodeStake = registry.nodeOf(account).stake;
        seen.panelNative = IPanelArbitrator(house.panel).creditOf(account);
        seen.seats = new Seat[](house.contests.length);
        for (uint256 i = 0; i < house.contests.length; ++i) {
            seen.seats[i] = _seat(IContest(house.contests[i]), account, whole ? house.entries : 0);
        }
    }

    function _seat(IContest contest, address account, uint256 entries) private view returns (Seat memory seat) {
        seat.credit = contest.creditOf(account);
        seat.stakes = new uint256[](entries);
        seat.weights = new uint256[](entries);
        seat.nonces = new uint256[](entries);
        if (entries == 0) return seat;
        seat.funded = contest.fundedBy(account);
        (seat.bound, seat.counted, ) = contest.personOf(account);
        for (uint256 i = 0; i < entries; ++i) {
            (seat.stakes[i], seat.weights[i]) = contest.stakeOf(account, i + 1);
            seat.nonces[i] = contest.noncesOf(account, i + 1);
        }
    }

    function _contest(IContest contest, uint256 entries) private view returns (ContestSeen memory seen) {
        Rules memory rules = contest.rules();
        seen.rules = keccak256(abi.encode(rules));
        (seen.entryBond, seen.challengeBond) = (rules.entryBond, rules.challengeBond);
        (uint16[10] memory ids, uint256 counted, bool isFinal) = contest.standings();
        seen.standings = keccak256(abi.encode(ids, counted, isFinal));
        seen.entryCount = contest.entryCount();
        (seen.pot, , ) = contest.pot();
        seen.entries = new EntrySeen[](entries);
        for (uint256 i = 0; i < entries; ++i) {
            Tally memory tally = contest.tallyOf(i + 1);
            EntryView memory entry = contest.entry(i + 1);
            ChallengeView memory challenge = contest.challengeOf(i + 1);
            seen.entries[i] = EntrySeen({
                weight: tally.weight,
                score: contest.scoreOf(i + 1),
                status: uint8(tally.status),
                lasting: keccak256(abi.encode(entry.author, entry.modelSize, entry.identity)),
                author: entry.author,
                bondHeld: entry.bondHeld,
                challenger: challenge.open ? challenge.challenger : address(0)
            });
        }
    }
}
