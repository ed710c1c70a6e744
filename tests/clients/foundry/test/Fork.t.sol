// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {WithVm} from "../lib/Vm.sol";
import {Guestbook} from "../src/Guestbook.sol";
import {Stone} from "../src/Stone.sol";
import {Vault} from "../src/Vault.sol";

/// Runs on a fork of a chain on which script/Deploy.s.sol was broadcast.
contract ForkTest is WithVm {
    bool public IS_TEST = true;

    event Transfer(address indexed from, address indexed to, uint256 value);

    Stone private stone;
    Vault private vault;
    Guestbook private book;
    address private owner;

    function setUp() public {
        stone = Stone(vm.envAddress("STONE"));
        vault = Vault(vm.envAddress("VAULT"));
        book = Guestbook(vm.envAddress("GUESTBOOK"));
        owner = vm.envAddress("OWNER");
    }

    function test_ReadsWhatWasDeployed() public view {
        require(stone.totalSupply() == 1_000_000 ether, "supply");
        require(stone.balanceOf(address(vault)) == 4 ether, "vault");
        require(keccak256(bytes(book.lines(0))) == keccak256("first"), "line");
        require(address(vault.stone()) == address(stone), "immutable");
        require(block.chainid == 31337, "chain id");
        require(block.number > 0, "block number");
    }

    function test_TransfersOnTheFork() public {
        vm.expectEmit(true, true, false, true);
        emit Transfer(owner, address(this), 5);
        vm.prank(owner);
        stone.transfer(address(this), 5);
        require(stone.balanceOf(address(this)) == 5, "moved");
    }

    function test_VaultStaysClosedUntilItsTime() public {
        vm.expectRevert(abi.encodeWithSelector(Vault.Closed.selector, 4_000_000_000));
        vm.prank(owner);
        vault.withdraw();
        vm.warp(4_000_000_000);
        vm.prank(owner);
        vault.withdraw();
        require(vault.kept(owner) == 0, "all is out");
    }

    function test_BlockHashesComeFromTheChain() public view {
        require(blockhash(block.number - 1) != 0, "parent");
    }

    function test_AnOlderBlockHasNoGuestbook() public {
        vm.createSelectFork(vm.envString("FORK_URL"), 0);
        require(address(book).code.length == 0, "not yet");
        require(owner.balance == 10_000 ether, "as in genesis");
    }

    function testFuzz_NoneTakesMoreThanThereIs(uint96 value) public {
        uint256 balance = stone.balanceOf(owner);
        vm.expectRevert(
            abi.encodeWithSelector(Stone.TooFew.selector, balance, balance + value + 1)
        );
        vm.prank(owner);
        stone.transfer(address(this), balance + value + 1);
    }
}
