// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

contract Guestbook {
    string[] public lines;

    event Signed(address indexed guest, string line);

    function sign(string calldata line) external payable {
        require(bytes(line).length > 0, "an empty line");
        lines.push(line);
        emit Signed(msg.sender, line);
    }

    function count() external view returns (uint256) {
        return lines.length;
    }
}
