// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EntryInput, IContest, Rules} from "../../contracts/interfaces/IContest.sol";
import {IContestFactory} from "../../contracts/interfaces/IContestFactory.sol";
import {TestCoin} from "./TestCoin.sol";
import {TestPersonhood} from "./TestPersonhood.sol";
import {Test} from "./Vm.sol";

/// @notice A contest of each kind with three live entries, and the hands that tests use again and again.
abstract contract ContestFixture is Test {
    uint40 internal constant ENTRIES_OPEN = 1_800_001_000;
    uint40 internal constant VOTES_OPEN = 1_800_100_000;
    uint40 internal constant COUNT_FROM = 1_800_200_000;
    uint40 internal constant VOTES_CLOSE = 1_800_459_200;
    uint256 internal constant WINDOW = 259_200;
    uint96 internal constant BOND = 10 ether;
    uint96 internal constant PERSON_CAP = 25 ether;
    uint96 internal constant ENTRY_CAP = 10 ether;
    bytes32 internal constant DECLARATION = keccak256("I am no big tech company.");

    address internal constant ORGANISER = address(0x0123);
    address internal constant AUTHOR = address(0xA0);
    address internal constant ALICE = address(0xA11CE);
    address internal constant BOB = address(0xB0B);
    address internal constant CAROL = address(0xCA401);

    IContestFactory internal factory;
    TestCoin internal coin;
    TestPersonhood internal personhood;
    /// @dev Open contest with entries 1, 2 and 3, at the moment voting opens.
    IContest internal open;
    /// @dev Personhood contest with the same; ALICE and BOB are persons, CAROL is not.
    IContest internal personal;
    uint256 private _salts;
    uint256 private _submitted;

    function setUp() public virtual {
        factory = IContestFactory(deploy("ContestFactory.sol:ContestFactory", ""));
        coin = new TestCoin();
        personhood = new TestPersonhood();
        open = createContest(openRules());
        personal = createContest(personRules());
        vm.warp(ENTRIES_OPEN);
        for (uint256 i = 0; i < 3; ++i) {
            submitTo(open, AUTHOR);
            address author = address(uint160(0xA1 + i));
            bindTo(personal, author);
            submitTo(personal, author);
        }
        bindTo(personal, ALICE);
        bindTo(personal, BOB);
        equip(ALICE, 1_000 ether);
        equip(BOB, 1_000 ether);
        equip(CAROL, 1_000 ether);
        vm.warp(VOTES_OPEN);
    }

    function openRules() internal view returns (Rules memory rules) {
        rules.coin = address(coin);
        rules.prizeToken = address(coin);
        rules.arbitrator = address(factory);
        rules.arbitratorExtraDataHash = keccak256("extra");
        rules.declarationHash = DECLARATION;
        rules.entriesOpen = ENTRIES_OPEN;
        rules.votesOpen = VOTES_OPEN;
        rules.countFrom = COUNT_FROM;
        rules.votesClose = VOTES_CLOSE;
        rules.rulingTimeout = 7 days;
        rules.maxEntries = 40;
        rules.maxModelBytes = 6 << 30;
        rules.entryBond = BOND;
        rules.challengeBond = 5 ether;
        rules.split = [uint16(3_000), 2_000, 1_300, 1_000, 800, 600, 500, 400, 250, 150];
    }

    function personRules() internal view returns (Rules memory rules) {
        rules = openRules();
        rules.personhood = address(personhood);
        rules.personCap = PERSON_CAP;
        rules.entryCap = ENTRY_CAP;
    }

    function createContest(Rules memory rules) internal returns (IContest) {
        vm.prank(ORGANISER);
        return IContest(factory.create(rules, bytes32(++_salts)));
    }

    /// @dev Gives coins and lets every contest of the fixture take them.
    function equip(address account, uint256 amount) internal {
        coin.mint(account, amount);
        allow(account, address(open));
        allow(account, address(personal));
    }

    function allow(address account, address spender) internal {
        vm.prank(account);
        coin.approve(spender, type(uint256).max);
    }

    function entryInput() internal returns (EntryInput memory) {
        ++_submitted;
        return
            EntryInput({
                manifestHash: keccak256(abi.encode("manifest", _submitted)),
                modelSha256: keccak256(abi.encode("model", _submitted)),
                modelRoot: keccak256(abi.encode("root", _submitted)),
                modelSize: 1_000_000,
                manifestURI: "https://example.org/entry.json"
            });
    }

    /// @dev Submits an entry of its own with coins minted for the bond.
    function submitTo(IContest contest, address author) internal returns (uint256) {
        coin.mint(author, BOND);
        allow(author, address(contest));
        EntryInput memory input = entryInput();
        vm.prank(author);
        return contest.submit(input, DECLARATION);
    }

    function bindTo(IContest contest, address wallet) internal {
        bytes memory proof = proofFor(contest, wallet, keccak256(abi.encode("person", wallet)));
        vm.prank(wallet);
        contest.bind(proof);
    }

    function proofFor(IContest contest, address wallet, bytes32 nullifier) internal view returns (bytes memory) {
        return abi.encode(nullifier, wallet, keccak256(abi.encode(block.chainid, address(contest))));
    }

    function dropAs(address voter, IContest contest, uint256 entryId, uint256 amount) internal {
        vm.prank(voter);
        contest.drop(entryId, amount);
    }

    function withdrawAs(address voter, IContest contest, uint256 entryId, uint256 amount) internal {
        vm.prank(voter);
        contest.withdraw(entryId, amount);
    }

    function moveAs(address voter, IContest contest, uint256 from, uint256 to, uint256 amount) internal {
        vm.prank(voter);
        contest.move(from, to, amount);
    }

    function stakeIn(IContest contest, address voter, uint256 entryId) internal view returns (uint256 stake) {
        (stake, ) = contest.stakeOf(voter, entryId);
    }

    function weightIn(IContest contest, address voter, uint256 entryId) internal view returns (uint256 weight) {
        (, weight) = contest.stakeOf(voter, entryId);
    }

    function list(uint256 a) internal pure returns (uint256[] memory values) {
        values = new uint256[](1);
        values[0] = a;
    }

    function list(uint256 a, uint256 b) internal pure returns (uint256[] memory values) {
        values = new uint256[](2);
        (values[0], values[1]) = (a, b);
    }

    function list(uint256 a, uint256 b, uint256 c) internal pure returns (uint256[] memory values) {
        values = new uint256[](3);
        (values[0], values[1], values[2]) = (a, b, c);
    }
}
