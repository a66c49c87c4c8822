#include "datacenter/site.hpp"

#include <utility>

#include "datacenter/simgrid.hpp"
#include "units/error.hpp"

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
  explicit Parts(const std::vector<std::string>& given)
      : arguments(given), engine(&arguments.count, arguments.pointers.data()) {
    zone = sg::create_site(engine, "site");
    control = sg::create_host(*zone, "control", 1e9);
    zone->seal();
  }

  Arguments arguments;
  sg::Engine engine;
  sg::NetZone* zone = nullptr;
  sg::Host* control = nullptr;
};

SimulatedSite::SimulatedSite(const std::vector<std::string>& arguments) : parts_(std::make_unique<Parts>(arguments)) {
  if (parts_->arguments.count > 1) {
    throw InputError("SimGrid does not take `" + std::string(parts_->arguments.pointers[1]) +
                     "` (expected --cfg=... or --log=...)");
  }
  sg::Engine::on_deadlock_cb([this] { deadlock_ = true; });
}

SimulatedSite::~SimulatedSite() = default;

void SimulatedSite::add_actor(const std::string& name, bool daemon, std::function<void()> body) {
  const auto actor = sg::create_actor(parts_->engine, *parts_->control, name, [this, body = std::move(body)] {
    // An exception that leaves an actor would abort the process.
    try {
      body();
    } catch (const simgrid::ForcefulKillException&) {
      throw;  // how SimGrid unwinds an actor that was killed
    } catch (...) {
      failure_ = std::current_exception();
      simgrid::s4u::Actor::kill_all();
    }
  });
  if (daemon) {
    actor->daemonize();
  }
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
  sg::this_actor::sleep_until(to_seconds(time));
  ++wakes_;
}

void SimulatedSite::yield() {
  sg::this_actor::yield();
  ++wakes_;
}

}  // namespace idlewatt
