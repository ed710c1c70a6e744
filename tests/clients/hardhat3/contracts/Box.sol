// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {OwnableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

contract Box is OwnableUpgradeable {
    uint256 public content;

    event Stored(address indexed by, uint256 content);

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    function initialize(address owner, uint256 first) external initializer {
        __Ownable_init(owner);
        content = first;
    }

    function store(uint256 next) external onlyOwner {
        content = next;
        emit Stored(msg.sender, next);
    }
}

/// @custom:oz-upgrades-unsafe-allow missing-initializer
contract BoxV2 is Box {
    string public label;

    function relabel(string calldata label_) external reinitializer(2) {
        label = label_;
    }

    function increment() external {
        ++content;
    }
}

/// @custom:oz-upgrades-unsafe-allow missing-initializer
contract UUPSBox is Box, UUPSUpgradeable {
    function _authorizeUpgrade(address) internal override onlyOwner {}
}

/// @custom:oz-upgrades-unsafe-allow missing-initializer
contract UUPSBoxV2 is BoxV2, UUPSUpgradeable {
    function _authorizeUpgrade(address) internal override onlyOwner {}
}

/// Puts a slot before those of Box: no proxy may be upgraded to it.
contract ShiftedBox {
    address public intruder;
    uint256 public content;
}
