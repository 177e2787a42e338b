// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EntryInput, IContest} from "../../contracts/interfaces/IContest.sol";
import {Attestation, EntryHashes, INodeRegistry, Receipt} from "../../contracts/interfaces/INodeRegistry.sol";
import {BlockTree} from "./BlockTree.sol";
import {ContestFixture} from "./ContestFixture.sol";
import {NodeSpeech} from "./NodeSpeech.sol";
import {TestCoin} from "./TestCoin.sol";

/// @notice A registry with a node that can sign, beside the contests; entry 4 of `open` has a file that can be proved.
abstract contract NodeFixture is ContestFixture, NodeSpeech {
    uint256 internal constant KEY = 0xC0FFEE;
    uint256 internal constant OTHER_KEY = 0xBEEF;
    address internal constant NODE = address(0x40DE);
    address internal constant DEAD = 0x000000000000000000000000000000000000dEaD;
    string internal constant URL = "https://node.example";
    uint256 internal constant MIN_STAKE = 200 ether;
    uint256 internal constant MIN_BOND = 0.005 ether;
    /// @dev Entry 4's file: two blocks of 16 KiB and one of 100 bytes, so a tree of two levels with one padding leaf.
    uint256 internal constant FILE_SIZE = 32_868;
    uint256 internal constant FILE_ENTRY = 4;
    /// @dev Epoch of `VOTES_OPEN`.
    uint64 internal constant NOW = 500_027;

    bytes internal file;

    function setUp() public virtual override {
        super.setUp();
        registry = registryWith(coin);
        file = fileOf(FILE_SIZE, "file");
        vm.warp(ENTRIES_OPEN);
        submitFile(open, file);
        vm.warp(VOTES_OPEN);
    }

    /* REGISTRY */

    function deployRegistry(address token, uint256 minStake, uint256 minBond) internal returns (INodeRegistry) {
        bytes memory arguments = abi.encode(token, address(factory), minStake, minBond);
        return INodeRegistry(deploy("NodeRegistry.sol:NodeRegistry", arguments));
    }

    /// @dev A registry that may take NODE's coins.
    function registryWith(TestCoin token) internal returns (INodeRegistry made) {
        made = deployRegistry(address(token), MIN_STAKE, MIN_BOND);
        if (token.balanceOf(NODE) == 0) token.mint(NODE, 1_000 ether);
        vm.prank(NODE);
        token.approve(address(made), type(uint256).max);
    }

    function registerNode(uint256 stake) internal {
        registerAt(registry, stake);
    }

    function registerAt(INodeRegistry where, uint256 stake) internal {
        bytes memory proof = sign(KEY, digestAt(where, nodeKeyHash(NODE)));
        vm.prank(NODE);
        where.register(URL, vm.addr(KEY), proof, stake);
    }

    function stakeOfNode() internal view returns (uint256) {
        return registry.nodeOf(NODE).stake;
    }

    /* ENTRIES */

    function submitFile(IContest contest, bytes memory content) internal returns (uint256 entryId) {
        coin.mint(AUTHOR, BOND);
        allow(AUTHOR, address(contest));
        EntryHashes memory hashes = hashesOfFile(content);
        EntryInput memory input = EntryInput({
            manifestHash: hashes.manifestHash,
            modelSha256: hashes.modelSha256,
            modelRoot: hashes.modelRoot,
            modelSize: uint48(content.length),
            manifestURI: "https://example.org/entry.json"
        });
        vm.prank(AUTHOR);
        entryId = contest.submit(input, DECLARATION);
    }

    function fileHashes() internal view returns (EntryHashes memory) {
        return hashesOfFile(file);
    }

    /// @dev The hashes of the entries that `ContestFixture` submits: in turn to `open` and to `personal`.
    function hashesOf(IContest contest, uint256 entryId) internal view returns (EntryHashes memory) {
        if (address(contest) == address(open) && entryId == FILE_ENTRY) return fileHashes();
        uint256 turn = 2 * entryId - (address(contest) == address(open) ? 1 : 0);
        return
            EntryHashes(
                keccak256(abi.encode("manifest", turn)),
                keccak256(abi.encode("model", turn)),
                keccak256(abi.encode("root", turn))
            );
    }

    /* STATEMENTS */

    /// @dev What an honest node says about an entry now.
    function attestationOf(IContest contest, uint256 entryId) internal view returns (Attestation memory) {
        EntryHashes memory hashes = hashesOf(contest, entryId);
        return
            Attestation({
                node: NODE,
                contest: address(contest),
                entryId: entryId,
                manifestHash: hashes.manifestHash,
                modelRoot: hashes.modelRoot,
                modelSha256: hashes.modelSha256,
                engine: "engine",
                epoch: uint64(vm.getBlockTimestamp() / 3600)
            });
    }

    function receiptOf(IContest contest, uint256 entryId) internal view returns (Receipt memory said) {
        EntryHashes memory hashes = hashesOf(contest, entryId);
        said.node = NODE;
        said.client = ALICE;
        said.contest = address(contest);
        said.entryId = entryId;
        said.manifestHash = hashes.manifestHash;
        said.modelRoot = hashes.modelRoot;
        said.epoch = uint64(vm.getBlockTimestamp() / 3600);
        said.nonce = 7;
        said.requestHash = "request";
        said.responseHash = "response";
        said.paramsHash = "params";
        said.seed = 42;
        said.promptTokens = 10;
        said.outputTokens = 20;
        said.firstTokenMs = 30;
        said.totalMs = 40;
    }

    /* CHALLENGES */

    /// @dev BOB asks NODE for a block of entry 4's file with the least bond.
    function challengeFile(uint256 index) internal returns (uint256 challengeId) {
        Attestation memory said = attestationOf(open, FILE_ENTRY);
        bytes memory signature = signed(KEY, said);
        // Hashing calls a precompile, which would use the prank up.
        EntryHashes memory hashes = fileHashes();
        vm.deal(BOB, BOB.balance + MIN_BOND);
        vm.prank(BOB);
        challengeId = registry.challengeBlock{value: MIN_BOND}(said, signature, hashes, index);
    }

    function answerFile(uint256 challengeId, uint256 index) internal {
        registry.answerBlock(challengeId, BlockTree.blockAt(file, index), BlockTree.path(file, index));
    }
}
