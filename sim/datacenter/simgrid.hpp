// What differs between SimGrid 3.32 (Debian 12) and 4.x, in one place; everything else includes this, not SimGrid.
#pragma once

#include <functional>
#include <simgrid/s4u.hpp>
#include <simgrid/version.h>
#include <string>

namespace idlewatt::sg {

using simgrid::s4u::Engine;
using simgrid::s4u::Host;
using simgrid::s4u::NetZone;
namespace this_actor = simgrid::s4u::this_actor;

inline NetZone* create_site(Engine& engine, const std::string& name) {
#if SIMGRID_VERSION >= 40000
  return engine.get_netzone_root()->add_netzone_full(name);
#else
  static_cast<void>(engine);
  return simgrid::s4u::create_full_zone(name);
#endif
}

inline Host* create_host(NetZone& zone, const std::string& name, double flops) {
#if SIMGRID_VERSION >= 40000
  return zone.add_host(name, flops);
#else
  return zone.create_host(name, flops);
#endif
}

inline simgrid::s4u::ActorPtr create_actor(Engine& engine, Host& host, const std::string& name,
                                           const std::function<void()>& body) {
#if SIMGRID_VERSION >= 40000
  static_cast<void>(engine);
  return host.add_actor(name, body);
#else
  static_cast<void>(engine);
  return simgrid::s4u::Actor::create(name, &host, body);
#endif
}

}  // namespace idlewatt::sg
