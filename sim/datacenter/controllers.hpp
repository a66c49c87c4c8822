// Control policies as actors: each sleeps until its policy is due, shows it what a real controller would see, and
// carries out what it decides.
#pragma once

#include "datacenter/cluster.hpp"
#include "datacenter/control_clock.hpp"
#include "datacenter/lifecycle.hpp"
#include "datacenter/site.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// Everything a controller needs; outlives the actors.
struct ControlRoom {
  const Scenario& scenario;
  SimulatedSite& site;
  ControlClock& clock;
  Cluster& cluster;
  Lifecycle& lifecycle;
};

/// The actor of one pool's autoscaling policy.
void add_autoscaler(const ControlRoom& room, std::size_t pool);

/// The actor of one pool's idle policy; it also decides about the servers that the pool manages.
void add_idle_manager(const ControlRoom& room, std::size_t pool);

}  // namespace idlewatt
