// The site of a run in SimGrid: its hosts, links and disks, the transfers between them, and the clock.
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

/// The network: a model store behind its link, a link to each rack, a link to each server, and each server's disk. The
/// path between two servers of a rack is the links of both servers; between two racks, the racks' uplinks as well.
struct NetworkPlan {
  struct Server {
    RackId rack;
    double nic_bytes_per_s = 0.0;
    double disk_bytes_per_s = 0.0;
    double accelerator_link_bytes_per_s = 0.0;  ///< link between accelerators of the server; 0: not needed
  };
  double store_bytes_per_s = 0.0;
  IndexedVector<RackId, double> uplink_bytes_per_s;
  IndexedVector<ServerId, Server> servers;
  std::vector<std::pair<ServerId, ServerId>> pairs;  ///< servers that send to one another, the lower id first
};

/// The hosts, links and clock of SimGrid. SimGrid allows one Engine per process, so make one Platform per process.
/// Transfers are SimGrid actors that share links and disks. One more actor, the driver, holds the clock.
class Platform {
 public:
  /// Makes the platform. `arguments` go to SimGrid (--cfg=..., --log=...). Throws InputError for an argument that
  /// SimGrid does not accept.
  Platform(const NetworkPlan& network, const std::vector<std::string>& arguments);
  ~Platform();
  Platform(const Platform&) = delete;
  Platform& operator=(const Platform&) = delete;

  /// Runs `driver` as an actor until it returns. Throws the exception of the driver; Error on a deadlock.
  void run(std::function<void()> driver);

  // The functions below are for the driver.
  /// Advances SimGrid's clock to `time`; returns at once if the clock is there already. Requires that no transfer is
  /// under way.
  void advance_to(Ticks time);
  /// Advances the clock to `time`, or to the end of a transfer if that is sooner. Returns true when the clock is at
  /// `time`.
  bool wait_for_transfers(Ticks time);

  /// Begins a transfer now. Its process is the name under which it ends or is abandoned.
  void begin(const Fetch& fetch);
  void begin(const ReadDisk& read);
  void begin(const SendKv& send);
  /// Abandons the transfer of the process, if one is under way.
  void abandon(ProcessId process);
  std::size_t transfers_under_way() const;

  /// A transfer that has ended, at SimGrid's time.
  struct Ended {
    ProcessId process;
    Ticks at = 0;
  };
  /// The transfers that have ended since the last call, in order.
  std::vector<Ended> take_ended();

  /// Sets the bandwidth of the rack's uplink from now on, also for transfers under way.
  void set_uplink(RackId rack, double bytes_per_s);

  /// The number of times that SimGrid has woken an actor of ours.
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
