// The site of a run in SimGrid: its hosts, links and disks, what travels between them, and the clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/id.hpp"
#include "base/ticks.hpp"
#include "control/effects.hpp"

namespace idlewatt {

/// The network: a model store behind its link, a link to each rack, a link to each server, and each server's disk.
/// Between two servers of a rack, two links of servers; between two racks, their uplinks as well.
struct NetworkPlan {
  struct Server {
    RackId rack;
    double nic_bytes_per_s = 0.0;
    double disk_bytes_per_s = 0.0;
    double accelerator_link_bytes_per_s = 0.0;  ///< between accelerators of the server; 0: of no use
  };
  double store_bytes_per_s = 0.0;
  IndexedVector<RackId, double> uplink_bytes_per_s;
  IndexedVector<ServerId, Server> servers;
  std::vector<std::pair<ServerId, ServerId>> pairs;  ///< servers that send to one another, the lower first
};

/// One Engine per process: make one Platform. Transfers are actors of SimGrid that share links and disks; one more
/// actor, the driver, holds the clock.
class Platform {
 public:
  /// `arguments` go to SimGrid (--cfg=..., --log=...). Throws InputError for an argument that it does not take.
  Platform(const NetworkPlan& network, const std::vector<std::string>& arguments);
  ~Platform();
  Platform(const Platform&) = delete;
  Platform& operator=(const Platform&) = delete;

  /// Runs `driver` as an actor, until it returns. Throws what the driver threw; Error on a deadlock.
  void run(std::function<void()> driver);

  // For the driver.
  /// Lets SimGrid's clock come to `time`. Requires that no transfer is under way; returns at once when it has come.
  void advance_to(Ticks time);
  /// Lets time pass until `time`, or until a transfer ends if that is sooner. Returns whether `time` has come.
  bool wait_for_transfers(Ticks time);

  /// A transfer begins now. The process is the name under which it ends or is abandoned.
  void begin(const Fetch& fetch);
  void begin(const ReadDisk& read);
  void begin(const SendKv& send);
  /// Abandons the transfer of the process, if one is under way.
  void abandon(ProcessId process);
  std::size_t transfers_under_way() const;

  /// A transfer that is over, at SimGrid's time.
  struct Ended {
    ProcessId process;
    Ticks at = 0;
  };
  /// The transfers that have ended since the last call, in order.
  std::vector<Ended> take_ended();

  /// The rack's uplink is so fast from now on, for transfers under way, too.
  void set_uplink(RackId rack, double bytes_per_s);

  /// How often SimGrid has woken an actor of ours.
  std::int64_t wakes() const { return wakes_; }

 private:
  struct Parts;
  void begin_transfer(const std::string& name, ProcessId process, std::function<void()> transfer);
  Ticks now() const;

  std::unique_ptr<Parts> parts_;
  std::exception_ptr failure_;
  bool deadlock_ = false;
  std::int64_t wakes_ = 0;
};

}  // namespace idlewatt
