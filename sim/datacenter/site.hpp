// SimGrid as a run sees it: an engine, the site's hosts and links, and actors whose failures come back to whoever runs
// it.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/ticks.hpp"

namespace idlewatt {

/// What an actor may be woken by while it sleeps.
enum class Bell : std::uint8_t { kv_mover, traffic };

/// The network: a model store behind its link, a link to each rack, a link to each server, and each server's disk.
/// Between two servers of a rack, two links of servers; between two racks, their uplinks as well.
struct NetworkPlan {
  struct Server {
    std::int32_t rack = 0;
    double nic_bytes_per_s = 0.0;
    double disk_bytes_per_s = 0.0;
    double accelerator_link_bytes_per_s = 0.0;  ///< between accelerators of the server; 0: of no use
  };
  double store_bytes_per_s = 0.0;
  std::vector<double> uplink_bytes_per_s;  ///< of each rack
  std::vector<Server> servers;
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;  ///< servers that send to one another, the lower first
};

/// An actor that can be killed. Empty when there is none.
class ActorHandle {
 public:
  ActorHandle();
  ~ActorHandle();
  ActorHandle(ActorHandle&&) noexcept;
  ActorHandle& operator=(ActorHandle&&) noexcept;

  /// Ends the actor at once; its transfer, if any, is abandoned. Nothing happens when it has ended.
  void kill();

 private:
  friend class SimulatedSite;
  struct Held;
  std::unique_ptr<Held> held_;
};

/// One Engine per process: make one Site.
class SimulatedSite {
 public:
  /// `arguments` go to SimGrid (--cfg=..., --log=...). Throws InputError for an argument that it does not take.
  SimulatedSite(const NetworkPlan& network, const std::vector<std::string>& arguments);
  ~SimulatedSite();
  SimulatedSite(const SimulatedSite&) = delete;
  SimulatedSite& operator=(const SimulatedSite&) = delete;

  /// An actor on the control host. A control actor that never ends by itself is a `daemon`: the run does not wait for
  /// it. Whatever `body` throws ends the run and comes out of run().
  ActorHandle add_actor(const std::string& name, bool daemon, std::function<void()> body);

  /// Runs until every actor that is no daemon has ended. Throws what an actor threw; Error on a deadlock.
  void run();

  // For actors.
  void sleep_until(Ticks time);  ///< returns at once when it has come
  /// Lets others of this instant act first. Whoever has been asking for long (`asked` times, without anybody having
  /// acted) waits a nanosecond: two sleeps to the same time may end a rounding error apart.
  void give_way(int asked);
  Ticks now() const;
  void fetch_from_store(std::int32_t server, double bytes);  ///< over the store's, the rack's and the server's link
  void read_disk(std::int32_t server, double bytes);
  struct Flow {
    std::int32_t from = 0;
    std::int32_t to = 0;
    double bytes = 0.0;
  };
  /// Between servers of NetworkPlan::pairs, side by side; returns when the last has arrived.
  void send(const std::vector<Flow>& flows);
  /// Sleeps until the time, a nanosecond at least, or until somebody rings; whether the time has come. One actor at a
  /// time for each bell.
  bool sleep_until_or_rung(Ticks time, Bell bell);
  /// Wakes the actor that sleeps by the bell, if one does; if it would sleep beyond `time`.
  void ring(Bell bell);
  void ring_if_before(Ticks time, Bell bell);
  /// Called by every actor when it is about to let time pass, and when it ends.
  void before_waiting(std::function<void()> call) { before_waiting_ = std::move(call); }
  void about_to_wait() {
    if (before_waiting_) {
      before_waiting_();
    }
  }
  /// The rack's uplink is so fast from now on, for transfers under way, too.
  void set_uplink(std::int32_t rack, double bytes_per_s);

  std::int64_t wakes() const { return wakes_; }

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  std::exception_ptr failure_;
  std::function<void()> before_waiting_;
  bool deadlock_ = false;
  std::int64_t wakes_ = 0;
};

}  // namespace idlewatt
