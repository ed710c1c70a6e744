// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// The cheats of forge that this project uses.
interface Vm {
    function startBroadcast() external;
    function stopBroadcast() external;
    function prank(address sender) external;
    function expectRevert(bytes calldata data) external;
    function expectEmit(bool topic1, bool topic2, bool topic3, bool data) external;
    function warp(uint256 timestamp) external;
    function roll(uint256 number) external;
    function envAddress(string calldata name) external view returns (address);
    function createSelectFork(string calldata url, uint256 number) external returns (uint256);
    function rollFork(uint256 number) external;
    function envString(string calldata name) external view returns (string memory);
}

abstract contract WithVm {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
}
