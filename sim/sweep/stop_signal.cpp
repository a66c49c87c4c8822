#include "sweep/stop_signal.hpp"

#include <csignal>

namespace idlewatt {

namespace {

// The program's only static variables: a signal handler receives nothing but the signal's number, and may touch
// nothing but lock-free atomics.
std::atomic<bool> stop_flag{false};
std::atomic<int> request_count{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

extern "C" void on_stop_signal(int) {
  stop_flag.store(true);
  request_count.fetch_add(1);
}

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

const std::atomic<bool>& stop_requested() {
  return stop_flag;
}

int stop_requests() {
  return request_count.load();
}

void accept_stop_signals() {
  struct sigaction action {};
  action.sa_handler = on_stop_signal;
  action.sa_mask = stop_signals();
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  const sigset_t signals = stop_signals();
  sigprocmask(SIG_UNBLOCK, &signals, nullptr);
}

void hold_stop_signals() {
  const sigset_t signals = stop_signals();
  sigprocmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace idlewatt
