// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Stone} from "./Stone.sol";

/// Keeps stones for their owners until a moment.
contract Vault {
    Stone public immutable stone;
    uint256 public immutable opensAt;
    mapping(address => uint256) public kept;

    event Deposited(address indexed owner, uint256 value);

    error Closed(uint256 opensAt);

    constructor(Stone stone_, uint256 opensAt_) {
        stone = stone_;
        opensAt = opensAt_;
    }

    function deposit(uint256 value) external {
        stone.transferFrom(msg.sender, address(this), value);
        kept[msg.sender] += value;
        emit Deposited(msg.sender, value);
    }

    function withdraw() external {
        require(block.timestamp >= opensAt, Closed(opensAt));
        uint256 value = kept[msg.sender];
        kept[msg.sender] = 0;
        stone.transfer(msg.sender, value);
    }
}
