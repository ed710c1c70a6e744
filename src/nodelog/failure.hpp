#pragma once
// Why a call failed, in a line for people. Pure; any thread.

#include <string>

#include "base/bytes.hpp"
#include "evm/message.hpp"
#include "nodelog/names.hpp"

namespace cairn::nodelog {

// Of a revert: the text of Error(string), a Panic(uint256) with its meaning, a known error by its
// name with its arguments, any other by its selector and data. Of a halt: its name. Printable and
// bounded; empty for a success.
std::string failure_text(evm::Status status, BytesView output, const Names& names);

}  // namespace cairn::nodelog
