// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// What a contract sees of the chain around it.
contract Probe {
    uint256 public value = 7;
    uint256[] private list;

    event Seen(uint256 number, uint256 time, uint256 randao, address coinbase, uint256 baseFee, uint256 gasLimit);

    function look() external {
        emit Seen(block.number, block.timestamp, block.prevrandao, block.coinbase, block.basefee, block.gaslimit);
    }

    function divide(uint256 by) external view returns (uint256) {
        return value / by;
    }

    function check(uint256 expected) external view {
        assert(value == expected);
    }

    function item(uint256 index) external view returns (uint256) {
        return list[index];
    }

    function silent() external pure {
        revert();
    }
}

contract Seventeen {
    function value() external pure returns (uint256) {
        return 17;
    }
}
