// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Prizes} from "./Prizes.sol";

/// @title Contest
/// @notice The code behind every contest. All prose is in `interfaces/IContest.sol`; the parts, each built on the one
/// before it: `RuleBook`, `Persons`, `Entries`, `Challenges`, `Ballots`, `Orders`, `Standings`, `Prizes`.
contract Contest is Prizes {}
