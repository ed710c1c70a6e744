#pragma once
// What contracts say through console.log of Hardhat (console.sol) and Foundry (forge-std): call
// data for evm::kConsoleAddress. Every overload is known: log() and up to four arguments of
// uint256, int256, string, bool, address and bytes, one bytes1 to bytes32, and the selectors of old
// versions of console.sol, which hashed `uint` and `int`. Pure; any thread.

#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace cairn::nodelog {

// The text, not yet made printable: contracts choose every byte of it. Where the first of several
// arguments is a string it is a format as Hardhat's: %s, %d and %i stand for the next argument, %o
// for it with quotes around a string, %x for a number's hexadecimal digits, %% for %; arguments
// that are left over follow after spaces. Call data of no known overload is shown as it is.
std::string console_text(BytesView input);

// The lines of that text: printable, `most_lines` at most of `most_bytes` each (a last one tells of
// what is left out).
std::vector<std::string> console_lines(BytesView input, std::size_t most_lines,
                                       std::size_t most_bytes);

}  // namespace cairn::nodelog
