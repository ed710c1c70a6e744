// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {WithVm} from "../lib/Vm.sol";
import {Guestbook} from "../src/Guestbook.sol";
import {Stone} from "../src/Stone.sol";
import {Vault} from "../src/Vault.sol";

contract Deploy is WithVm {
    bool public IS_SCRIPT = true;

    function run() external returns (Stone stone, Vault vault, Guestbook book) {
        vm.startBroadcast();
        stone = new Stone(1_000_000 ether);
        vault = new Vault(stone, 4_000_000_000);
        book = new Guestbook{salt: keccak256("cairn")}();
        stone.approve(address(vault), 10 ether);
        vault.deposit(4 ether);
        book.sign{value: 1 gwei}("first");
        vm.stopBroadcast();
        require(stone.balanceOf(address(vault)) == 4 ether, "the vault has the stones");
    }
}
