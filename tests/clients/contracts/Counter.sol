// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {OwnableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

contract CounterV1 is OwnableUpgradeable, UUPSUpgradeable {
    uint256 public count;

    constructor() {
        _disableInitializers();
    }

    function initialize(address owner, uint256 start) external initializer {
        __Ownable_init(owner);
        count = start;
    }

    function increment() external {
        ++count;
    }

    function version() external pure virtual returns (uint256) {
        return 1;
    }

    function _authorizeUpgrade(address) internal override onlyOwner {}
}

contract CounterV2 is CounterV1 {
    error BelowZero(uint256 count, uint256 by);

    function version() external pure override returns (uint256) {
        return 2;
    }

    function decrease(uint256 by) external {
        require(by <= count, BelowZero(count, by));
        count -= by;
    }
}

contract CounterProxy is ERC1967Proxy {
    constructor(address implementation, bytes memory data) ERC1967Proxy(implementation, data) {}
}
