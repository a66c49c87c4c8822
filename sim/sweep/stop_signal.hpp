// Ctrl-C and SIGTERM as a flag that simulations check.
#pragma once

#include <atomic>

namespace idlewatt {

/// The flag, which is true once SIGINT or SIGTERM has come.
const std::atomic<bool>& stop_requested();

/// The number of times that SIGINT or SIGTERM came to this process. The second one asks for an end at once.
int stop_requests();

/// Installs the handlers and unblocks the two signals. Must be called again after other code (SimGrid's Engine) has
/// installed handlers.
void accept_stop_signals();

/// Blocks the two signals for the calling thread and its children until accept_stop_signals().
void hold_stop_signals();

}  // namespace idlewatt
