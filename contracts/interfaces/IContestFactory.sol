// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Rules} from "./IContest.sol";

/// @title Contest factory
/// @notice Creates contests. Anyone may call it; nobody, its deployer included, has power over it or its contests.
/// @dev A contest is a clone whose init code carries the rules, so its CREATE2 address commits to them: whoever knows
/// creator, salt and rules can compute the address, and nobody can put other rules there.
///
/// Safety, which holds whatever anybody does:
/// - Every contest of this factory has the code of `implementation` and rules that were lawful when it was created; neither
///   ever changes. The factory has no owner, keeps nothing that could be changed, and takes no coin.
/// - `isContest` is true of what `create` made here and of nothing else.
/// - Only a creator can use the addresses that come of its own salts: nobody can take them first.
///
/// Liveness: anyone can create a contest at any time, with rules that are lawful then and a salt that was not used for them;
/// the coin alone is asked something, its `totalSupply`. Afterwards no contest depends on the factory or on another one.
///
/// Source of address and clone: EIP-1014 (CREATE2) and ERC-1167 with words appended to the code, `Clones` of OpenZeppelin;
/// the salt is keccak256(abi.encode(creator, salt)).
interface IContestFactory {
    /// @notice A contest exists from this block on.
    /// @dev Promises to readers:
    /// 1. Emitted once for each contest, in the transaction that creates it, before any event of the contest itself.
    /// 2. `rules` are complete and never change.
    /// 3. `isContest(contest)` is true for ever after.
    /// @param contest Address of the new contest.
    /// @param creator Who called `create`. Has no power from here on.
    /// @param salt What the creator chose to tell contests with equal rules apart.
    /// @param rules See `Rules`.
    event ContestCreated(address indexed contest, address indexed creator, bytes32 salt, Rules rules);

    /// @notice Returns the code behind every contest. It refuses direct calls.
    function implementation() external view returns (address);

    /// @notice Creates the contest that `rules` describe.
    /// @dev Reverts with the errors named `Rules_…` in `IContest` when the rules are not lawful, and when the same
    /// creator used the same salt for the same rules before.
    /// @param rules See `Rules` for units and bounds.
    /// @param salt Any value; `predict` takes the same one.
    /// @return contest Where the contest now lives.
    function create(Rules calldata rules, bytes32 salt) external returns (address contest);

    /// @notice Returns the address that `create(rules, salt)` called by `creator` gives.
    function predict(address creator, Rules calldata rules, bytes32 salt) external view returns (address);

    /// @notice Returns whether this factory created `contest`.
    function isContest(address contest) external view returns (bool);
}
