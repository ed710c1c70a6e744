// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

contract Lock {
    uint256 public immutable unlockTime;
    address payable public immutable owner;

    event Withdrawal(address indexed to, uint256 amount, uint256 when);

    error StillLocked(uint256 now_, uint256 unlockTime);

    constructor(uint256 unlockTime_) payable {
        require(block.timestamp < unlockTime_, "Unlock time should be in the future");
        unlockTime = unlockTime_;
        owner = payable(msg.sender);
    }

    function withdraw() external {
        require(block.timestamp >= unlockTime, StillLocked(block.timestamp, unlockTime));
        require(msg.sender == owner, "You aren't the owner");
        emit Withdrawal(owner, address(this).balance, block.timestamp);
        (bool paid, ) = owner.call{value: address(this).balance}("");
        require(paid, "The owner takes no ether");
    }
}
