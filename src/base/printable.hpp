#pragma once
// Text of strangers (contracts, peers, clients) made fit to be shown to a person: whatever bytes it
// holds, it cannot move a terminal's cursor, colour or rename anything, begin a line of its own, or
// reorder what stands around it. Pure; any thread.

#include <cstddef>
#include <string>
#include <string_view>

namespace cairn::base {

// Appends `text` as UTF-8. Written as JSON escapes (\n, \u001b) are control characters of both sets
// (C0, C1 and DEL), line and paragraph separators, and what changes the direction of writing or
// cannot be seen. Bytes that are no UTF-8 become U+FFFD.
void append_printable(std::string& out, std::string_view text);

// The same as a JSON string: in quotes, with quotes and backslashes escaped.
void append_quoted(std::string& out, std::string_view text);

// The printable form of the text's first `most_bytes`, with " ... (N more bytes)" where there are
// more. Cuts between characters.
std::string printable(std::string_view text, std::size_t most_bytes);

}  // namespace cairn::base
