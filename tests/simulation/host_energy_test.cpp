// A second opinion: SimGrid's host_energy plugin and our accounts over the same hours of a host that is switched off,
// boots, idles and works.
//
// The plugin integrates power over SimGrid's floating-point clock; our accounts multiply integers. They share only the
// times at which the host changes. What SimGrid cannot say is in which state a joule was spent: a boot is a processor
// state of its own there, and work is a load of one core.
#include <cstring>
#include <simgrid/plugins/energy.h>
#include <string>
#include <vector>

#include "in_child.hpp"
#include "ledger/account.hpp"
#include "run/simgrid.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

enum class Phase { off, boot, idle, busy };

struct Leg {
  Phase phase;
  Ticks duration;
};

constexpr double kOffW = 12.5;
constexpr double kBootW = 431.0;
constexpr double kIdleW = 310.7;
constexpr double kBusyW = 702.3;
constexpr double kFlops = 1e9;
constexpr int kBootState = 1;

/// Off for a night, on in the morning, short naps, a boot that is hardly over before the next switch-off.
std::vector<Leg> day() {
  const Ticks s = kTicksPerSecond;
  const Ticks ms = kTicksPerMillisecond;
  return {{Phase::idle, 37 * s},           {Phase::busy, 412 * s + 7 * ms}, {Phase::idle, 3 * s + 1},
          {Phase::off, 8 * 3600 * s},      {Phase::boot, 300 * s},          {Phase::idle, 60 * s},
          {Phase::busy, 123'456'789'012},  {Phase::off, 17 * ms},           {Phase::boot, 299 * s + 999 * ms},
          {Phase::off, 600 * s},           {Phase::boot, 300 * s},          {Phase::busy, 3600 * s},
          {Phase::idle, 11 * s + 111 * ms}};
}

ServerState server_state(Phase phase) {
  switch (phase) {
    case Phase::off:
      return ServerState::off;
    case Phase::boot:
      return ServerState::booting;
    case Phase::idle:
    case Phase::busy:
      break;
  }
  return ServerState::on;
}

double watts(Phase phase) {
  switch (phase) {
    case Phase::off:
      return kOffW;
    case Phase::boot:
      return kBootW;
    case Phase::idle:
      return kIdleW;
    case Phase::busy:
      break;
  }
  return kBusyW;
}

void enter(sg::Host& host, Phase phase) {
  if (phase == Phase::off) {
    host.turn_off();
    return;
  }
  host.turn_on();
  host.set_pstate(phase == Phase::boot ? kBootState : 0);
}

/// The plugin's joules after each leg.
std::vector<double> measured_by_simgrid(const std::vector<Leg>& legs) {
  int argc = 2;
  char name[] = "test";
  char quiet[] = "--log=root.thresh:error";
  char* argv[] = {name, quiet, nullptr};
  sg_host_energy_plugin_init();
  sg::Engine engine(&argc, argv);
  sg::NetZone* zone = sg::create_site(engine, "site");
  sg::Host* control = sg::create_host(*zone, "control", kFlops);
  sg::Host* host = zone->create_host("server", std::vector<double>{kFlops, kFlops});
  const auto pstate = [](double idle, double busy) {
    return std::to_string(idle) + ":" + std::to_string(idle) + ":" + std::to_string(busy);
  };
  // "idle:epsilon:all cores", one for each processor state.
  host->set_property("wattage_per_state", pstate(kIdleW, kBusyW) + ", " + pstate(kBootW, kBootW));
  host->set_property("wattage_off", std::to_string(kOffW));
  control->set_property("wattage_per_state", "0:0:0");
  zone->seal();

  std::vector<double> joules;
  sg::create_actor(engine, *control, "switch", [&] {
    Ticks now = 0;
    for (const Leg& leg : legs) {
      enter(*host, leg.phase);
      now += leg.duration;
      if (leg.phase == Phase::busy) {
        sg::create_actor(engine, *host, "work",
                         [now] { sg::this_actor::execute((to_seconds(now) - sg::Engine::get_clock()) * kFlops); });
      }
      sg::this_actor::sleep_until(to_seconds(now));
      joules.push_back(sg_host_get_consumed_energy(host));
    }
  });
  engine.run();
  return joules;
}

}  // namespace

TEST_CASE("SimGrid's energy plugin and our accounts agree on a host's days", "[energy]") {
  const std::vector<Leg> legs = day();
  const ChildReport report = in_child([&] {
    const std::vector<double> joules = measured_by_simgrid(legs);
    return std::string(reinterpret_cast<const char*>(joules.data()), joules.size() * sizeof(double));
  });
  std::vector<double> simgrid_j(legs.size());
  REQUIRE(report.bytes.size() == legs.size() * sizeof(double));
  std::memcpy(simgrid_j.data(), report.bytes.data(), report.bytes.size());

  ServerAccount server(ServerState::on, Power::from_w(kIdleW));
  AcceleratorAccount accelerator(AcceleratorState::idle_loaded, Power::from_w(kIdleW));
  Energy of_accelerator_bins;
  Ticks now = 0;
  for (std::size_t i = 0; i < legs.size(); ++i) {
    INFO("leg " << i);
    const Phase phase = legs[i].phase;
    const Ticks end = now + legs[i].duration;
    server.enter(server_state(phase), Power::from_w(watts(phase)), now);
    // The accelerator's account is told of work as work, and closes a bin within each leg.
    if (phase == Phase::busy) {
      accelerator.enter(AcceleratorState::idle_loaded, Power::from_w(kIdleW), now);
      const Ticks middle = now + legs[i].duration / 3;
      accelerator.worked(AcceleratorState::prefill, now, middle, Power::from_w(kBusyW) * (middle - now));
      of_accelerator_bins += accelerator.close_bin(middle).total_energy();
      accelerator.worked(AcceleratorState::decode, middle, end, Power::from_w(kBusyW) * (end - middle));
    } else {
      const AcceleratorState state = phase == Phase::off    ? AcceleratorState::off
                                     : phase == Phase::boot ? AcceleratorState::booting
                                                            : AcceleratorState::idle_loaded;
      accelerator.enter(state, Power::from_w(watts(phase)), now);
    }
    now = end;
    server.close_bin(now);
    of_accelerator_bins += accelerator.close_bin(now).total_energy();
    CHECK(server.totals().total_energy().j() == Approx(simgrid_j[i]).epsilon(1e-9));
    CHECK(accelerator.totals().total_energy().j() == Approx(simgrid_j[i]).epsilon(1e-9));
  }
  CHECK(of_accelerator_bins == server.totals().total_energy());
  CHECK(server.totals().total_ticks() == now);
  CHECK(accelerator.totals().total_ticks() == now);
}

}  // namespace idlewatt
