// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A wallet that is a contract: it accepts what its owner's key signed (ERC-1271), and sends what its owner asks.
contract TestWallet {
    bytes4 private constant ACCEPTED = 0x1626ba7e;

    address public immutable owner;

    constructor(address owner_) {
        owner = owner_;
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        (bytes32 r, bytes32 s, uint8 v) = abi.decode(signature, (bytes32, bytes32, uint8));
        return ecrecover(digest, v, r, s) == owner ? ACCEPTED : bytes4(0xffffffff);
    }

    function execute(address to, bytes calldata data) external {
        require(msg.sender == owner, "not the owner");
        (bool isDone, ) = to.call(data);
        require(isDone, "the call failed");
    }
}
