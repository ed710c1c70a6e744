#pragma once
// How soon the scheduler lets a thread run that others wait for.

namespace cairn::base {

// Asks for short slices for the calling thread: under EEVDF (Linux 6.12 on) a thread that wakes
// goes before one with longer slices at once, not when that one's slice is over. Where the system
// does not know of it, nothing happens.
void ask_for_short_slices();

}  // namespace cairn::base
