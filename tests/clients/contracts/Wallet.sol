// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// Code that an account lends itself by EIP-7702: several calls in one transaction.
contract Wallet {
    struct Call {
        address to;
        uint256 value;
        bytes data;
    }

    event Ran(address indexed account, uint256 calls);

    error OnlyMyself(address caller);

    function run(Call[] calldata calls) external payable {
        require(msg.sender == address(this), OnlyMyself(msg.sender));
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool success, ) = calls[i].to.call{value: calls[i].value}(calls[i].data);
            require(success, "call failed");
        }
        emit Ran(address(this), calls.length);
    }
}
