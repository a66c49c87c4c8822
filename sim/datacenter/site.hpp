// SimGrid as a run sees it: an engine, the site's hosts, and actors whose failures come back to whoever runs it.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "units/ticks.hpp"

namespace idlewatt {

/// One Engine per process: make one Site.
class SimulatedSite {
 public:
  /// `arguments` go to SimGrid (--cfg=..., --log=...). Throws InputError for an argument that it does not take.
  explicit SimulatedSite(const std::vector<std::string>& arguments);
  ~SimulatedSite();
  SimulatedSite(const SimulatedSite&) = delete;
  SimulatedSite& operator=(const SimulatedSite&) = delete;

  /// An actor on the control host. A control actor that never ends by itself is a `daemon`: the run does not wait for
  /// it. Whatever `body` throws ends the run and comes out of run().
  void add_actor(const std::string& name, bool daemon, std::function<void()> body);

  /// Runs until every actor that is no daemon has ended. Throws what an actor threw; Error on a deadlock.
  void run();

  /// For actors: sleep until a time. Returns at once when it has come.
  void sleep_until(Ticks time);
  /// For actors: let the others of this instant act first.
  void yield();

  std::int64_t wakes() const { return wakes_; }

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  std::exception_ptr failure_;
  bool deadlock_ = false;
  std::int64_t wakes_ = 0;
};

}  // namespace idlewatt
