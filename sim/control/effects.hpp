// The effects of control. Each act of control returns a list of effects; `run/` carries them out after the act.
#pragma once

#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "base/id.hpp"
#include "base/ticks.hpp"

namespace idlewatt {

/// Something under way in control, such as the start of a replica on one server. A later process has a larger id. Of
/// the processes that are due at one tick, the one with the smallest id acts first.
using ProcessId = Id<struct ProcessTag, std::int64_t>;

/// The process acts at `until`. Replaces the time for which the process waited before.
struct Wait {
  ProcessId process;
  Ticks until = 0;
  bool operator==(const Wait&) const = default;
};

/// The server boots. The process acts at `until`, when the boot is over.
struct Boot {
  ProcessId process;
  ServerId server;
  Ticks until = 0;
  bool operator==(const Boot&) const = default;
};

/// The server shuts down. The process acts at `until`, when the shutdown is over.
struct ShutDown {
  ProcessId process;
  ServerId server;
  Ticks until = 0;
  bool operator==(const ShutDown&) const = default;
};

/// Bytes travel from the model store to the server, over the store's, the rack's and the server's link. The process
/// acts when they have arrived.
struct Fetch {
  ProcessId process;
  ServerId server;
  double bytes = 0.0;
  bool operator==(const Fetch&) const = default;
};

/// Bytes are read from the server's disk. The process acts when all of them are read.
struct ReadDisk {
  ProcessId process;
  ServerId server;
  double bytes = 0.0;
  bool operator==(const ReadDisk&) const = default;
};

/// A part of a KV cache that travels from one server to another, or within one server.
struct KvPiece {
  ServerId from;
  ServerId to;
  double bytes = 0.0;
  bool operator==(const KvPiece&) const = default;
};

/// A KV cache travels in pieces at the same time. The process acts when the last piece has arrived.
struct SendKv {
  ProcessId process;
  std::vector<KvPiece> pieces;
  bool operator==(const SendKv&) const = default;
};

/// The process is over. It waits for nothing more, and its transfers are abandoned.
struct Cancel {
  ProcessId process;
  bool operator==(const Cancel&) const = default;
};

/// Sets the bandwidth of the rack's uplink from now on, also for transfers under way.
struct SetUplink {
  RackId rack;
  double bytes_per_s = 0.0;
  bool operator==(const SetUplink&) const = default;
};

using Effect = std::variant<Wait, Boot, ShutDown, Fetch, ReadDisk, SendKv, Cancel, SetUplink>;

/// The effects of one act, in the order in which control decided on them.
using Effects = std::vector<Effect>;

}  // namespace idlewatt
