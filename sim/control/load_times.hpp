// The durations of the parts of a replica's start when nothing else loads, and the bytes that they move.
#pragma once

#include <cstdint>

#include "catalog/engine.hpp"
#include "catalog/model.hpp"
#include "catalog/server.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// The load of a replica of a pool onto servers of its type. The objects that it points to must outlive it.
struct LoadTimes {
  const Pool* pool = nullptr;
  const Model* model = nullptr;
  const Engine* engine = nullptr;
  const Server* server = nullptr;

  static LoadTimes of(const Pool& pool, const Catalog& catalog) {
    return {.pool = &pool,
            .model = &catalog.models.at(pool.model),
            .engine = &catalog.engines.at(pool.engine),
            .server = &catalog.servers.at(pool.server)};
  }

  double weight_bytes() const;
  /// Bytes of the files that one group of accelerators (Parallelism::groups) needs. Where a server has several ranks of
  /// one stage, each counts its part of the files that they share.
  double group_bytes() const;
  /// Seconds to copy weights from host memory to all accelerators of a replica at once, each its share.
  double copy_s() const;
  /// Seconds to copy weights between host memory and the accelerators over PCIe, in an engine that stays alive and has
  /// pinned the weights.
  double swap_s() const;
  /// Seconds to wake from sleep: context and graphs, and the weights, which the engine has pinned.
  double wake_s() const;
  /// Seconds to start the engine, without weights.
  double engine_start_s() const;
  /// Seconds to pull the image to as many empty servers of a rack as a replica takes, all at once, where nothing else
  /// loads: fetched over the links, then unpacked.
  double pull_s(double shared_bytes_per_s) const;
  /// Seconds to fetch the weights of a replica to empty servers of a rack to which nothing else loads. A last server
  /// with fewer groups leaves its share of the shared links to the others.
  double fetch_s(double shared_bytes_per_s) const;
  /// Seconds to read the weights from disks that have them.
  double read_s() const;

 private:
  double accelerator_bytes() const;
  /// The number of groups that an empty server takes. At least one, although a pool that is never placed may have
  /// larger groups.
  std::int32_t groups_of_a_server() const;
  std::int32_t servers() const;
  /// The bandwidth of each of so many servers that fetch at once.
  double fetch_bytes_per_s(double shared_bytes_per_s, std::int32_t sharing) const;
};

}  // namespace idlewatt
