// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title Floor
/// @notice The least that a refundable vote with coins can do: one slot for voter and entry, one for the entry's tally,
/// one event, one transfer. No checks, no rules, no clone. `test/bench/gas.ts` measures drops beside it.
contract Floor {
    event Dropped(address indexed voter, uint256 indexed entryId, uint256 stake, uint256 weight);

    IERC20 private immutable _coin;
    uint256[65_536] private _tallies;
    mapping(address voter => mapping(uint256 entryId => uint256)) private _stakes;

    constructor(IERC20 coin) {
        _coin = coin;
        // An entry's tally slot is never fresh when somebody drops: its status was written at submission.
        for (uint256 entryId = 1; entryId <= 10; ++entryId) _tallies[entryId] = 1;
    }

    function drop(uint256 entryId, uint256 amount) external {
        uint256 stake = _stakes[msg.sender][entryId] + amount;
        uint256 weight = _tallies[entryId] + amount;
        _stakes[msg.sender][entryId] = stake;
        _tallies[entryId] = weight;
        emit Dropped(msg.sender, entryId, stake, weight);
        _coin.transferFrom(msg.sender, address(this), amount);
    }

    function dropWithoutCoin(uint256 entryId, uint256 amount) external {
        uint256 stake = _stakes[msg.sender][entryId] + amount;
        uint256 weight = _tallies[entryId] + amount;
        _stakes[msg.sender][entryId] = stake;
        _tallies[entryId] = weight;
        emit Dropped(msg.sender, entryId, stake, weight);
    }
}
