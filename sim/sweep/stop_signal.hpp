// Ctrl-C and SIGTERM, as a flag that simulations look at.
#pragma once

#include <atomic>

namespace idlewatt {

/// Set once SIGINT or SIGTERM has come.
const std::atomic<bool>& stop_requested();

/// How often SIGINT or SIGTERM came to this process: the second one means "now".
int stop_requests();

/// Installs the handlers and lets the two signals through. Call again after somebody else (SimGrid's Engine) has
/// installed handlers of its own.
void accept_stop_signals();

/// Keeps the two signals waiting, for the calling thread and its children, until accept_stop_signals().
void hold_stop_signals();

}  // namespace idlewatt
