#include "datacenter/site.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "datacenter/simgrid.hpp"
#include "base/error.hpp"

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

struct SimulatedSite::Parts {
  Parts(const NetworkPlan& network, const std::vector<std::string>& given)
      : arguments(given), engine(&arguments.count, arguments.pointers.data()) {
    sg::NetZone& zone = *sg::create_site(engine, "site");
    control = sg::create_host(zone, "control", kFlops);
    store = sg::create_host(zone, "store", kFlops);
    const sg::Link& store_link = *sg::create_link(zone, "store link", network.store_bytes_per_s);
    for (std::size_t i = 0; i < network.uplink_bytes_per_s.size(); ++i) {
      uplinks.push_back(sg::create_link(zone, "uplink " + std::to_string(i), network.uplink_bytes_per_s[i]));
    }
    for (std::size_t i = 0; i < network.servers.size(); ++i) {
      const NetworkPlan::Server& plan = network.servers[i];
      const std::string number = std::to_string(i);
      sg::Host* host = sg::create_host(zone, "server " + number, kFlops);
      const sg::Link& nic = *sg::create_link(zone, "nic " + number, plan.nic_bytes_per_s);
      sg::add_route(zone, *store, *host, {&store_link, uplinks[static_cast<std::size_t>(plan.rack)], &nic});
      nics.push_back(&nic);
      servers.push_back(host);
      disks.push_back(sg::create_disk(*host, "disk " + number, plan.disk_bytes_per_s));
    }
    for (const auto& [first, second] : network.pairs) {
      add_pair(zone, network, static_cast<std::size_t>(first), static_cast<std::size_t>(second));
    }
    zone.seal();
  }

  void add_pair(sg::NetZone& zone, const NetworkPlan& network, std::size_t first, std::size_t second) {
    if (first == second) {
      const sg::Link& link = *sg::create_link(zone, "accelerators " + std::to_string(first),
                                              network.servers[first].accelerator_link_bytes_per_s);
      sg::add_route(zone, *servers[first], *servers[first], {&link});
      return;
    }
    const auto rack = [&](std::size_t server) { return static_cast<std::size_t>(network.servers[server].rack); };
    if (rack(first) == rack(second)) {
      sg::add_route(zone, *servers[first], *servers[second], {nics[first], nics[second]});
    } else {
      sg::add_route(zone, *servers[first], *servers[second],
                    {nics[first], uplinks[rack(first)], uplinks[rack(second)], nics[second]});
    }
  }

  /// A bell that somebody may sleep by.
  struct Sleeper {
    sg::SemaphorePtr semaphore = sg::Semaphore::create(0);
    bool asleep = false;
    Ticks until = 0;
  };

  static constexpr double kFlops = 1e9;  // nothing computes on SimGrid's hosts

  Arguments arguments;
  sg::Engine engine;
  sg::Host* control = nullptr;
  sg::Host* store = nullptr;
  std::vector<sg::Host*> servers;
  std::vector<sg::Disk*> disks;
  std::vector<sg::Link*> uplinks;  ///< by rack
  std::vector<const sg::Link*> nics;
  std::array<Sleeper, 2> bells;
};

struct ActorHandle::Held {
  simgrid::s4u::ActorPtr actor;
};

ActorHandle::ActorHandle() = default;
ActorHandle::~ActorHandle() = default;
ActorHandle::ActorHandle(ActorHandle&&) noexcept = default;
ActorHandle& ActorHandle::operator=(ActorHandle&&) noexcept = default;

void ActorHandle::kill() {
  if (held_) {
    // An actor of this instant may have begun a transfer and not wait for it yet: SimGrid would not cancel it, and
    // print a stack trace.
    sg::this_actor::yield();
    held_->actor->kill();
    held_.reset();
  }
}

SimulatedSite::SimulatedSite(const NetworkPlan& network, const std::vector<std::string>& arguments)
    : parts_(std::make_unique<Parts>(network, arguments)) {
  if (parts_->arguments.count > 1) {
    throw InputError("SimGrid does not take `" + std::string(parts_->arguments.pointers[1]) +
                     "` (expected --cfg=... or --log=...)");
  }
  sg::Engine::on_deadlock_cb([this] { deadlock_ = true; });
}

SimulatedSite::~SimulatedSite() = default;

ActorHandle SimulatedSite::add_actor(const std::string& name, bool daemon, std::function<void()> body) {
  const auto actor = sg::create_actor(parts_->engine, *parts_->control, name, [this, daemon, body = std::move(body)] {
    // An exception that leaves an actor would abort the process.
    try {
      if (daemon) {
        // By itself: before its creator gets to do it, it may have ended, and SimGrid would keep a dead daemon.
        simgrid::s4u::Actor::self()->daemonize();
      }
      body();
      about_to_wait();
    } catch (const simgrid::ForcefulKillException&) {
      throw;  // how SimGrid unwinds an actor that was killed
    } catch (...) {
      failure_ = std::current_exception();
      simgrid::s4u::Actor::kill_all();
    }
  });
  ActorHandle handle;
  handle.held_ = std::make_unique<ActorHandle::Held>(ActorHandle::Held{actor});
  return handle;
}

void SimulatedSite::run() {
  parts_->engine.run();
  if (failure_) {
    std::rethrow_exception(failure_);
  }
  if (deadlock_) {
    throw Error("the simulation came to a standstill: every actor waits for another (a bug in idlewatt)");
  }
}

void SimulatedSite::sleep_until(Ticks time) {
  about_to_wait();
  sg::this_actor::sleep_until(to_seconds(time));
  ++wakes_;
}

/// The shortest time that passes on SimGrid's clock; late in a long run it cannot show a nanosecond.
static double instant_s() {
  constexpr double kNanosecond = 1e-9;
  return std::max(kNanosecond, 4.0 * sg::Engine::get_clock() * std::numeric_limits<double>::epsilon());
}

bool SimulatedSite::sleep_until_or_rung(Ticks time, Bell bell) {
  ++wakes_;
  const double left_s = std::max(to_seconds(time) - sg::Engine::get_clock(), instant_s());
  Parts::Sleeper& sleeper = parts_->bells[static_cast<std::size_t>(bell)];
  sleeper.asleep = true;
  sleeper.until = time;
  const bool rung = !sleeper.semaphore->acquire_timeout(left_s);
  sleeper.asleep = false;
  return !rung;
}

void SimulatedSite::ring(Bell bell) {
  Parts::Sleeper& sleeper = parts_->bells[static_cast<std::size_t>(bell)];
  if (sleeper.asleep) {
    sleeper.asleep = false;
    sleeper.semaphore->release();
  }
}

void SimulatedSite::ring_if_before(Ticks time, Bell bell) {
  if (time < parts_->bells[static_cast<std::size_t>(bell)].until) {
    ring(bell);
  }
}

void SimulatedSite::send(const std::vector<Flow>& flows) {
  about_to_wait();
  const auto host = [this](std::int32_t server) -> sg::Host& {
    return *parts_->servers[static_cast<std::size_t>(server)];
  };
  if (flows.size() == 1) {
    sg::send(host(flows[0].from), host(flows[0].to), flows[0].bytes);
  } else {
    std::vector<simgrid::s4u::CommPtr> sent;
    for (const Flow& flow : flows) {
      sent.push_back(sg::begin_send(host(flow.from), host(flow.to), flow.bytes));
    }
    sg::send(sent);
  }
  ++wakes_;
}

void SimulatedSite::give_way(int asked) {
  constexpr int kLong = 8;
  about_to_wait();
  if (asked < kLong) {
    sg::this_actor::yield();
  } else {
    sg::this_actor::sleep_for(instant_s());
  }
  ++wakes_;
}

Ticks SimulatedSite::now() const {
  return to_ticks(sg::Engine::get_clock());
}

void SimulatedSite::fetch_from_store(std::int32_t server, double bytes) {
  about_to_wait();
  sg::send(*parts_->store, *parts_->servers[static_cast<std::size_t>(server)], bytes);
  ++wakes_;
}

void SimulatedSite::set_uplink(std::int32_t rack, double bytes_per_s) {
  parts_->uplinks[static_cast<std::size_t>(rack)]->set_bandwidth(bytes_per_s);
}

void SimulatedSite::read_disk(std::int32_t server, double bytes) {
  about_to_wait();
  sg::read(*parts_->disks[static_cast<std::size_t>(server)], bytes);
  ++wakes_;
}

}  // namespace idlewatt
