// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

// Says things as Hardhat's console.sol does: call data by signature, STATICCALL from assembly.
library HardhatConsole {
    address private constant CONSOLE = 0x000000000000000000636F6e736F6c652e6c6f67;

    function send(bytes memory payload) private view {
        address console = CONSOLE;
        assembly {
            pop(staticcall(gas(), console, add(payload, 32), mload(payload), 0, 0))
        }
    }

    function log(string memory a) internal view {
        send(abi.encodeWithSignature("log(string)", a));
    }

    function log(string memory a, uint256 b) internal view {
        send(abi.encodeWithSignature("log(string,uint256)", a, b));
    }

    function log(string memory a, address b, uint256 c, bool d) internal view {
        send(abi.encodeWithSignature("log(string,address,uint256,bool)", a, b, c, d));
    }

    // As before version 2.6, when the signatures were hashed with `uint`.
    function logOld(string memory a, uint256 b) internal view {
        send(abi.encodeWithSignature("log(string,uint)", a, b));
    }
}

// Says things as forge-std's console does: through a view function that is used as a pure one.
library ForgeConsole {
    address private constant CONSOLE = 0x000000000000000000636F6e736F6c652e6c6f67;

    function sendView(bytes memory payload) private view {
        (bool ok, ) = CONSOLE.staticcall(payload);
        ok;
    }

    function castToPure(
        function(bytes memory) internal view f
    ) private pure returns (function(bytes memory) internal pure g) {
        assembly {
            g := f
        }
    }

    function send(bytes memory payload) private pure {
        castToPure(sendView)(payload);
    }

    function log(string memory a, int256 b) internal pure {
        send(abi.encodeWithSignature("log(string,int256)", a, b));
    }

    function logBytes32(bytes32 a) internal pure {
        send(abi.encodeWithSignature("log(bytes32)", a));
    }

    function log(bool a, string memory b, uint256 c) internal pure {
        send(abi.encodeWithSignature("log(bool,string,uint256)", a, b, c));
    }
}

contract Talker {
    error TooMuch(uint256 amount, string why);

    uint256 public total;

    function add(uint256 amount) external returns (uint256) {
        HardhatConsole.log("adding %d to the total", amount);
        HardhatConsole.log("from %s: %s, is it odd? %s", msg.sender, amount, amount % 2 == 1);
        HardhatConsole.logOld("an old friend:", amount);
        total += amount;
        return total;
    }

    function peek() external pure returns (bool) {
        ForgeConsole.log("below zero: %d", -5);
        ForgeConsole.log(true, "and", 7);
        ForgeConsole.logBytes32(bytes32(uint256(1)));
        return true;
    }

    function refuse(uint256 amount) external {
        HardhatConsole.log("refusing");
        total = amount;
        revert TooMuch(amount, "\x1b[31mred");
    }

    function tryToRefuse(uint256 amount) external {
        try this.refuse(amount) {} catch {
            HardhatConsole.log("it was refused");
        }
        require(amount < 10, "not less than ten");
        total += amount;
    }

    function divide(uint256 by) external {
        total = 100 / by;
    }
}
