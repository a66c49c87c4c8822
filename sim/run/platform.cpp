#include "run/platform.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <limits>
#include <map>
#include <utility>

#include "base/error.hpp"
#include "run/simgrid.hpp"

namespace idlewatt {
namespace {

/// argc and argv as SimGrid wants them; it takes out what it understands.
struct Arguments {
  explicit Arguments(const std::vector<std::string>& given) : words{"idlewatt"} {
    // True transfer times: no TCP window, no slow start, no cross traffic (a 140 GB flow over 100 Gbps takes 11.2 s,
    // with SimGrid's defaults 12.1 s at 50 us of latency and 69 s at 500 us).
    for (const char* setting : {"--cfg=network/model:CM02", "--cfg=network/TCP-gamma:0", "--cfg=network/crosstraffic:0",
                                "--log=root.thresh:error"}) {
      words.emplace_back(setting);
    }
    words.insert(words.end(), given.begin(), given.end());
    for (std::string& word : words) {
      pointers.push_back(word.data());
    }
    count = static_cast<int>(pointers.size());
    pointers.push_back(nullptr);
  }

  std::vector<std::string> words;
  std::vector<char*> pointers;
  int count = 0;
};

}  // namespace

struct Platform::Parts {
  Parts(const NetworkPlan& network, const std::vector<std::string>& given)
      : arguments(given), engine(&arguments.count, arguments.pointers.data()) {
    sg::NetZone& zone = *sg::create_site(engine, "site");
    control = sg::create_host(zone, "control", kFlops);
    store = sg::create_host(zone, "store", kFlops);
    const sg::Link& store_link = *sg::create_link(zone, "store link", network.store_bytes_per_s);
    for (const RackId rack : network.uplink_bytes_per_s.ids()) {
      uplinks.add(sg::create_link(zone, fmt::format("uplink {}", rack.value()), network.uplink_bytes_per_s[rack]));
    }
    for (const ServerId id : network.servers.ids()) {
      const NetworkPlan::Server& plan = network.servers[id];
      const std::string number = std::to_string(id.value());
      sg::Host* host = sg::create_host(zone, "server " + number, kFlops);
      const sg::Link& nic = *sg::create_link(zone, "nic " + number, plan.nic_bytes_per_s);
      sg::add_route(zone, *store, *host, {&store_link, uplinks[plan.rack], &nic});
      nics.add(&nic);
      servers.add(host);
      disks.add(sg::create_disk(*host, "disk " + number, plan.disk_bytes_per_s));
    }
    for (const auto& [first, second] : network.pairs) {
      add_pair(zone, network, first, second);
    }
    zone.seal();
  }

  void add_pair(sg::NetZone& zone, const NetworkPlan& network, ServerId first, ServerId second) {
    if (first == second) {
      const sg::Link& link = *sg::create_link(zone, fmt::format("accelerators {}", first.value()),
                                              network.servers[first].accelerator_link_bytes_per_s);
      sg::add_route(zone, *servers[first], *servers[first], {&link});
      return;
    }
    const auto rack = [&](ServerId server) { return network.servers[server].rack; };
    if (rack(first) == rack(second)) {
      sg::add_route(zone, *servers[first], *servers[second], {nics[first], nics[second]});
    } else {
      sg::add_route(zone, *servers[first], *servers[second],
                    {nics[first], uplinks[rack(first)], uplinks[rack(second)], nics[second]});
    }
  }

  static constexpr double kFlops = 1e9;  // nothing computes on SimGrid's hosts

  Arguments arguments;
  sg::Engine engine;
  sg::Host* control = nullptr;
  sg::Host* store = nullptr;
  IndexedVector<ServerId, sg::Host*> servers;
  IndexedVector<ServerId, sg::Disk*> disks;
  IndexedVector<ServerId, const sg::Link*> nics;
  IndexedVector<RackId, sg::Link*> uplinks;
  std::map<ProcessId, simgrid::s4u::ActorPtr> transfers;  ///< under way
  std::vector<Ended> ended;
  sg::SemaphorePtr bell = sg::Semaphore::create(0);  ///< rung when a transfer ends while the driver waits
  bool driver_waits = false;
};

Platform::Platform(const NetworkPlan& network, const std::vector<std::string>& arguments)
    : parts_(std::make_unique<Parts>(network, arguments)) {
  if (parts_->arguments.count > 1) {
    throw InputError("SimGrid does not take `" + std::string(parts_->arguments.pointers[1]) +
                     "` (expected --cfg=... or --log=...)");
  }
  sg::Engine::on_deadlock_cb([this] { deadlock_ = true; });
}

Platform::~Platform() = default;

void Platform::run(std::function<void()> driver) {
  sg::create_actor(parts_->engine, *parts_->control, "driver", [this, driver = std::move(driver)] {
    // An exception that leaves an actor would abort the process.
    try {
      driver();
    } catch (const simgrid::ForcefulKillException&) {
      throw;  // how SimGrid unwinds an actor that was killed
    } catch (...) {
      failure_ = std::current_exception();
      simgrid::s4u::Actor::kill_all();
    }
  });
  parts_->engine.run();
  if (failure_) {
    std::rethrow_exception(failure_);
  }
  if (deadlock_) {
    throw Error("the simulation came to a standstill: every actor waits for another (a bug in idlewatt)");
  }
}

// ---- Time ----

/// The shortest time that passes on SimGrid's clock; late in a long run it cannot show a nanosecond.
static double instant_s() {
  constexpr double kNanosecond = 1e-9;
  return std::max(kNanosecond, 4.0 * sg::Engine::get_clock() * std::numeric_limits<double>::epsilon());
}

Ticks Platform::now() const {
  return to_ticks(sg::Engine::get_clock());
}

void Platform::advance_to(Ticks time) {
  sg::this_actor::sleep_until(to_seconds(time));
  ++wakes_;
}

bool Platform::wait_for_transfers(Ticks time) {
  if (!parts_->ended.empty()) {
    return false;
  }
  ++wakes_;
  const double left_s = std::max(to_seconds(time) - sg::Engine::get_clock(), instant_s());
  parts_->driver_waits = true;
  const bool rung = !parts_->bell->acquire_timeout(left_s);
  parts_->driver_waits = false;
  return !rung;
}

// ---- Transfers ----

void Platform::begin_transfer(const std::string& name, ProcessId process, std::function<void()> transfer) {
  const auto body = [this, process, transfer = std::move(transfer)] {
    // By itself: before its creator gets to do it, it may have ended, and SimGrid would keep a dead daemon.
    simgrid::s4u::Actor::self()->daemonize();
    transfer();
    ++wakes_;
    parts_->transfers.erase(process);
    parts_->ended.push_back({process, now()});
    if (parts_->driver_waits) {
      parts_->driver_waits = false;
      parts_->bell->release();
    }
  };
  // The actor may be over before its creator goes on: it is entered by a name of its own.
  parts_->transfers.emplace(process, nullptr);
  const auto actor = sg::create_actor(parts_->engine, *parts_->control, name, body);
  if (const auto entry = parts_->transfers.find(process); entry != parts_->transfers.end()) {
    entry->second = actor;
  }
}

void Platform::begin(const Fetch& fetch) {
  begin_transfer("fetch", fetch.process,
                 [this, fetch] { sg::send(*parts_->store, *parts_->servers[fetch.server], fetch.bytes); });
}

void Platform::begin(const ReadDisk& read) {
  begin_transfer("read", read.process, [this, read] { sg::read(*parts_->disks[read.server], read.bytes); });
}

void Platform::begin(const SendKv& send) {
  begin_transfer("kv cache", send.process, [this, pieces = send.pieces] {
    if (pieces.size() == 1) {
      sg::send(*parts_->servers[pieces[0].from], *parts_->servers[pieces[0].to], pieces[0].bytes);
      return;
    }
    std::vector<simgrid::s4u::CommPtr> sent;
    for (const KvPiece& piece : pieces) {
      sent.push_back(sg::begin_send(*parts_->servers[piece.from], *parts_->servers[piece.to], piece.bytes));
    }
    sg::send(sent);
  });
}

void Platform::abandon(ProcessId process) {
  std::erase_if(parts_->ended, [process](const Ended& ended) { return ended.process == process; });
  if (!parts_->transfers.contains(process)) {
    return;
  }
  // An actor of this instant may have begun a transfer and not wait for it yet: SimGrid would not cancel it, and print
  // a stack trace.
  sg::this_actor::yield();
  if (const auto entry = parts_->transfers.find(process); entry != parts_->transfers.end()) {
    entry->second->kill();
    parts_->transfers.erase(entry);
  }
  std::erase_if(parts_->ended, [process](const Ended& ended) { return ended.process == process; });
}

std::size_t Platform::transfers_under_way() const {
  return parts_->transfers.size() + parts_->ended.size();
}

std::vector<Platform::Ended> Platform::take_ended() {
  return std::exchange(parts_->ended, {});
}

void Platform::set_uplink(RackId rack, double bytes_per_s) {
  parts_->uplinks[rack]->set_bandwidth(bytes_per_s);
}

}  // namespace idlewatt
