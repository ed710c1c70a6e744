// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

contract Token is ERC20 {
    address public immutable issuer;

    event Issued(address indexed to, uint256 indexed series, uint256 amount, bytes32 note);

    error NotIssuer(address caller);

    constructor(uint256 supply) ERC20("Stone", "STN") {
        issuer = msg.sender;
        _mint(msg.sender, supply);
    }

    function issue(address to, uint256 series, uint256 amount) external {
        require(msg.sender == issuer, NotIssuer(msg.sender));
        _mint(to, amount);
        emit Issued(to, series, amount, keccak256(abi.encode(to, series)));
    }
}
