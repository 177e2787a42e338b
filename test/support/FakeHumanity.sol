// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IProofOfHumanity} from "../../contracts/interfaces/IProofOfHumanity.sol";

/// @notice A registry of humanities that keeps what Proof of Humanity v2's main contract keeps and answers as it does:
/// one humanity has one owner and an end; an account is human while it owns the humanity it points at.
/// @dev Source: github.com/Proof-Of-Humanity/proof-of-humanity-v2-contracts, contracts/ProofOfHumanity.sol.
contract FakeHumanity is IProofOfHumanity {
    struct Humanity {
        address owner;
        uint40 expirationTime;
    }

    mapping(bytes20 humanityId => Humanity) private _humanities;
    mapping(address account => bytes20 humanityId) private _held;

    /// @dev What a successful claim does. `expirationTime`: seconds since 1970.
    function claim(bytes20 humanityId, address account, uint40 expirationTime) external {
        _humanities[humanityId] = Humanity(account, expirationTime);
        _held[account] = humanityId;
    }

    /// @dev What a revocation does: the account keeps pointing at the humanity.
    function revoke(bytes20 humanityId) external {
        delete _humanities[humanityId].owner;
    }

    function isHuman(address account) external view returns (bool) {
        Humanity storage humanity = _humanities[_held[account]];
        return humanity.owner == account && block.timestamp < humanity.expirationTime;
    }

    function humanityOf(address account) external view returns (bytes20 humanityId) {
        humanityId = _held[account];
        Humanity storage humanity = _humanities[humanityId];
        if (humanity.owner != account || block.timestamp > humanity.expirationTime) humanityId = 0;
    }
}
