// The differences between SimGrid 3.32 (Debian 12) and 4.x. All other files include this header instead of SimGrid.
#pragma once

#include <functional>
#include <simgrid/s4u.hpp>
#include <simgrid/version.h>
#include <string>

namespace idlewatt::sg {

using simgrid::s4u::Disk;
using simgrid::s4u::Engine;
using simgrid::s4u::Host;
using simgrid::s4u::Link;
using simgrid::s4u::NetZone;
using simgrid::s4u::Semaphore;
using simgrid::s4u::SemaphorePtr;
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

inline Link* create_link(NetZone& zone, const std::string& name, double bytes_per_s) {
#if SIMGRID_VERSION >= 40000
  return zone.add_link(name, bytes_per_s);
#else
  return zone.create_link(name, bytes_per_s);
#endif
}

inline void add_route(NetZone& zone, const Host& from, const Host& to, const std::vector<const Link*>& links) {
#if SIMGRID_VERSION >= 40000
  zone.add_route(&from, &to, links);
#else
  std::vector<simgrid::s4u::LinkInRoute> route;
  for (const Link* link : links) {
    route.emplace_back(link);
  }
  zone.add_route(from.get_netpoint(), to.get_netpoint(), nullptr, nullptr, route, true);
#endif
}

inline Disk* create_disk(Host& host, const std::string& name, double bytes_per_s) {
#if SIMGRID_VERSION >= 40000
  return host.add_disk(name, bytes_per_s, bytes_per_s);
#else
  return host.create_disk(name, bytes_per_s, bytes_per_s);
#endif
}

/// Blocks the calling actor until the bytes have arrived. The transfer is dropped when the actor is killed.
inline void send(Host& from, Host& to, double bytes) {
  simgrid::s4u::Comm::sendto(&from, &to, static_cast<std::uint64_t>(bytes));
}

/// Blocks the calling actor until the last of the parallel flows has arrived.
inline void send(const std::vector<simgrid::s4u::CommPtr>& flows) {
  for (const simgrid::s4u::CommPtr& flow : flows) {
    flow->wait();
  }
}
inline simgrid::s4u::CommPtr begin_send(Host& from, Host& to, double bytes) {
  return simgrid::s4u::Comm::sendto_async(&from, &to, static_cast<std::uint64_t>(bytes));
}

inline void read(Disk& disk, double bytes) {
  disk.read(static_cast<sg_size_t>(bytes));
}

}  // namespace idlewatt::sg
