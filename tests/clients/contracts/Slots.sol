// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// Reads slots 1..n, so that an access list shows in the gas.
contract Slots {
    uint256 public total;

    function read(uint256 n) external {
        uint256 sum = 1;
        for (uint256 slot = 1; slot <= n; ++slot) {
            assembly {
                sum := add(sum, sload(slot))
            }
        }
        total = sum;
    }

    function stop(string calldata reason) external pure {
        revert(reason);
    }

    function divide(uint256 a, uint256 b) external pure returns (uint256) {
        return a / b;
    }
}
