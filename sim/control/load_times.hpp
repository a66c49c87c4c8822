// How long the parts of a replica's start take while nobody else loads, and how many bytes they move.
#pragma once

#include <cstdint>

#include "catalog/engine.hpp"
#include "catalog/model.hpp"
#include "catalog/server.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// A replica of a pool, to be loaded on servers of its type. What it points to outlives it.
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
  /// Of the files that one group of accelerators (Parallelism::groups) needs. Where a server has several ranks of one
  /// stage, each counts its part of those that they read alike.
  double group_bytes() const;
  /// Host memory to the accelerators, all of a replica's at once, each its share; seconds.
  double copy_s() const;
  /// Host memory to the accelerators or back over PCIe, as an engine that lives on moves weights that it has pinned.
  double swap_s() const;
  /// From sleep: context and graphs, and the weights, which the engine has pinned; seconds.
  double wake_s() const;
  /// The engine's start without weights, seconds.
  double engine_start_s() const;
  /// Image and weights of a replica on empty servers of a rack that nobody else loads to, seconds. All fetch the image
  /// at once, then their groups' weights; a last server with fewer of them leaves its share of the shared links to the others.
  double fetch_s(double shared_bytes_per_s) const;
  /// The weights from disks that have them, seconds.
  double read_s() const;

 private:
  double accelerator_bytes() const;
  /// Groups that an empty server takes; at least one, though a pool that is never placed may have larger ones.
  std::int32_t groups_of_a_server() const;
};

}  // namespace idlewatt
