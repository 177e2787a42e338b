// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The part of the test virtual machine's commands ("cheatcodes") that our tests use.
/// @dev Source: Hardhat 3, Solidity tests; names and selectors are Foundry's. Add a command here when a test needs it.
// solhint-disable-next-line interface-starts-with-i
interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    /* TIME AND BLOCKS */

    /// @param timestamp Seconds since 1970 of the current block from now on.
    function warp(uint256 timestamp) external;
    function roll(uint256 blockNumber) external;
    /// @param baseFee Wei for a unit of gas that the current block burns from now on.
    function fee(uint256 baseFee) external;
    function chainId(uint256 id) external;
    /// @dev Use this instead of `block.timestamp` after `warp`: the optimizer may keep an earlier reading.
    function getBlockTimestamp() external view returns (uint256);
    function getBlockNumber() external view returns (uint256);

    /* WHO CALLS */

    function prank(address sender) external;
    function startPrank(address sender) external;
    function stopPrank() external;
    function label(address account, string calldata name) external;

    /* STATE */

    /// @param balance Wei that `account` has from now on.
    function deal(address account, uint256 balance) external;
    function etch(address account, bytes calldata code) external;
    function load(address account, bytes32 slot) external view returns (bytes32);
    function store(address account, bytes32 slot, bytes32 value) external;
    function snapshotState() external returns (uint256 id);
    function revertToState(uint256 id) external returns (bool);
    function record() external;
    function accesses(address account) external returns (bytes32[] memory reads, bytes32[] memory writes);
    function mockCall(address callee, bytes calldata data, bytes calldata returned) external;
    function clearMockedCalls() external;

    /* WHAT MUST HAPPEN NEXT */

    function expectRevert() external;
    function expectRevert(bytes4 selector) external;
    function expectRevert(bytes calldata data) external;
    function expectPartialRevert(bytes4 selector) external;
    function expectEmit() external;
    function expectEmit(address emitter) external;
    function expectEmit(bool topic1, bool topic2, bool topic3, bool data, address emitter) external;
    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory);

    /* KEYS AND RANDOMNESS */

    function addr(uint256 privateKey) external pure returns (address);
    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function assume(bool condition) external pure;
    function randomUint() external returns (uint256);
    function randomUint(uint256 min, uint256 max) external returns (uint256);

    /* CODE */

    /// @param artifact `File.sol:Name` of a compiled contract.
    function getCode(string calldata artifact) external view returns (bytes memory creationCode);

    /* REPORTS */

    function skip(bool skipTest, string calldata reason) external;
    function toString(uint256 value) external pure returns (string memory);
    function toString(address value) external pure returns (string memory);
    function envOr(string calldata name, uint256 fallbackValue) external view returns (uint256);
    function startSnapshotGas(string calldata name) external;
    function stopSnapshotGas() external returns (uint256 gasUsed);
    function pauseGasMetering() external;
    function resumeGasMetering() external;
}

/// @dev Where the virtual machine listens:
/// @dev address(uint160(uint256(keccak256("hevm cheat code"))))
address constant VM_ADDRESS = 0x7109709ECfa91a80626fF3989D68f67F5b1DD12D;

/// @notice Base of every Solidity test: the commands, bounded inputs, and equality that says what differed.
abstract contract Test {
    // solhint-disable-next-line const-name-snakecase
    Vm internal constant vm = Vm(VM_ADDRESS);

    error EmptyRange(uint256 min, uint256 max);
    error NotEqual(string what, uint256 actual, uint256 expected);
    error NotEqualAddress(string what, address actual, address expected);
    error NotEqualBytes32(string what, bytes32 actual, bytes32 expected);
    error NotTrue(string what);
    error NotDeployed(string artifact);

    /// @notice Folds a fuzzed number into `min..max`, both included, keeping values that are already inside.
    function bound(uint256 value, uint256 min, uint256 max) internal pure returns (uint256) {
        if (min > max) revert EmptyRange(min, max);
        if (value >= min && value <= max) return value;
        uint256 size = max - min;
        if (size == type(uint256).max) return value;
        return min + (value % (size + 1));
    }

    /// @notice Deploys a contract of the house, `File.sol:Name`, as it was compiled for use.
    /// @dev A test that says `new` makes the compiler work the contract out again, with the settings of the tests.
    function deploy(string memory artifact, bytes memory arguments) internal returns (address deployed) {
        bytes memory code = abi.encodePacked(vm.getCode(artifact), arguments);
        assembly ("memory-safe") {
            deployed := create(0, add(code, 32), mload(code))
        }
        if (deployed == address(0)) revert NotDeployed(artifact);
    }

    function assertEq(uint256 actual, uint256 expected, string memory what) internal pure {
        if (actual != expected) revert NotEqual(what, actual, expected);
    }

    function assertEq(address actual, address expected, string memory what) internal pure {
        if (actual != expected) revert NotEqualAddress(what, actual, expected);
    }

    function assertEq(bytes32 actual, bytes32 expected, string memory what) internal pure {
        if (actual != expected) revert NotEqualBytes32(what, actual, expected);
    }

    function assertTrue(bool condition, string memory what) internal pure {
        if (!condition) revert NotTrue(what);
    }
}
