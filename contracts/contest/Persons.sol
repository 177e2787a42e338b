// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContest} from "../interfaces/IContest.sol";
import {IPersonhood} from "../interfaces/IPersonhood.sol";
import {RulesCode} from "../libraries/RulesCode.sol";
import {TallyMath} from "../libraries/TallyMath.sol";
import {RuleBook} from "./RuleBook.sol";

/// @title Persons
/// @notice Who is a person in this contest, and how many coins each has counted.
abstract contract Persons is RuleBook {
    /// @dev One slot. `counted`: wei in stakes that count. `liveEntry`: id of the entry a person authored. Open contests
    /// never write it.
    struct Account {
        uint96 counted;
        uint16 liveEntry;
        bool person;
    }

    mapping(address wallet => Account) internal _accounts;
    mapping(bytes32 nullifier => address wallet) private _wallets;

    /* PERSONS */

    /// @inheritdoc IContest
    function bind(bytes calldata proof) external onlyClone {
        (address adapter, ) = _pair(RulesCode.PERSONHOOD_AND_PERSON_CAP);
        if (adapter == address(0)) revert Persons_OpenContest();
        Account storage account = _accounts[msg.sender];
        if (account.person) revert Persons_WalletBound(msg.sender);

        bytes32 scope = keccak256(abi.encode(block.chainid, address(this)));
        bytes32 nullifier = IPersonhood(adapter).verify(msg.sender, scope, proof);
        if (nullifier == 0) revert Persons_NoNullifier();
        address bound = _wallets[nullifier];
        if (bound != address(0)) revert Persons_NullifierUsed(nullifier, bound);

        _wallets[nullifier] = msg.sender;
        account.person = true;
        emit PersonBound(msg.sender, nullifier);
    }

    /* VIEWS */

    /// @inheritdoc IContest
    function personOf(
        address wallet
    ) external view onlyClone returns (bool bound, uint256 counted, uint256 liveEntryId) {
        Account storage account = _accounts[wallet];
        return (account.person, account.counted, account.liveEntry);
    }

    /// @inheritdoc IContest
    function walletOf(bytes32 nullifier) external view onlyClone returns (address) {
        return _wallets[nullifier];
    }

    /* INTERNALS */

    /// @dev Counts a stake wholly, under both caps, and returns its weight; 0 when `wallet` is no person.
    /// @param countedBefore Wei of the stake that counted until now.
    /// @param stakeAfter Wei of the stake from now on, above 0.
    function _countStake(
        address wallet,
        uint256 countedBefore,
        uint256 stakeAfter,
        uint256 personCap
    ) internal returns (uint256 weight) {
        Account storage account = _accounts[wallet];
        if (!account.person) return 0;

        (, uint96 entryCap) = _pair(RulesCode.ARBITRATOR_AND_ENTRY_CAP);
        if (stakeAfter > entryCap) revert Ballots_OverCap(entryCap, stakeAfter);
        uint256 counted = account.counted - countedBefore + stakeAfter;
        if (counted > personCap) revert Ballots_OverCap(personCap, counted);

        account.counted = uint96(counted); // at most personCap, which has 96 bits
        return TallyMath.personWeight(stakeAfter);
    }

    /// @dev Takes `amount` wei out of what `wallet` has counted. Never fails: a counted stake is part of the sum.
    function _uncountStake(address wallet, uint256 amount) internal {
        _accounts[wallet].counted -= uint96(amount);
    }
}
