// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";

import {Contest} from "./contest/Contest.sol";
import {Rules} from "./interfaces/IContest.sol";
import {IContestFactory} from "./interfaces/IContestFactory.sol";
import {RulesCode} from "./libraries/RulesCode.sol";

/// @title Contest factory
contract ContestFactory is IContestFactory {
    /// @inheritdoc IContestFactory
    address public immutable implementation = address(new Contest());

    /// @inheritdoc IContestFactory
    function create(Rules calldata rules, bytes32 salt) external returns (address contest) {
        RulesCode.check(rules);
        bytes32 ownSalt = _saltOf(msg.sender, salt);
        contest = Clones.cloneDeterministicWithImmutableArgs(implementation, RulesCode.encode(rules, ownSalt), ownSalt);
        emit ContestCreated(contest, msg.sender, salt, rules);
    }

    /// @inheritdoc IContestFactory
    function predict(address creator, Rules calldata rules, bytes32 salt) external view returns (address) {
        bytes32 ownSalt = _saltOf(creator, salt);
        return
            Clones.predictDeterministicAddressWithImmutableArgs(
                implementation,
                RulesCode.encode(rules, ownSalt),
                ownSalt
            );
    }

    /// @inheritdoc IContestFactory
    /// @dev Nothing is stored: a contest carries its rules and its salt, which together give the only address where this
    /// factory could have put them.
    function isContest(address contest) external view returns (bool) {
        if (contest.code.length != RulesCode.OFFSET + 32 * RulesCode.WORDS) return false;
        bytes memory words = Clones.fetchCloneArgs(contest);
        bytes32[9] memory decoded = abi.decode(words, (bytes32[9]));
        bytes32 ownSalt = decoded[RulesCode.SALT];
        return contest == Clones.predictDeterministicAddressWithImmutableArgs(implementation, words, ownSalt);
    }

    /// @dev Only `creator` can use this salt, so nobody can take a creator's address.
    function _saltOf(address creator, bytes32 salt) private pure returns (bytes32) {
        return keccak256(abi.encode(creator, salt));
    }
}
