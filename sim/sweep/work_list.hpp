// The points of a grid that one process takes care of.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sweep/sweep.hpp"

namespace idlewatt {

/// A part of the points: "3/8" is every eighth point, from the fourth on, since shards count from 0. A point stays in
/// its shard, whatever is done already.
struct Shard {
  std::uint64_t number = 0;  ///< from 0
  std::uint64_t count = 1;
};

/// Parses a shard such as "3/8". Throws InputError.
Shard parse_shard(const std::string& text);

/// The indices of all points of a shard.
std::vector<std::size_t> points_of_shard(const Sweep& grid, const Shard& shard);

/// Writes or reads the work-list of a task: a file with one point's id per line. Throws OutputError, InputError.
void write_work_list(const std::string& path, const Sweep& grid, const std::vector<std::size_t>& points);
std::vector<std::size_t> read_work_list(const std::string& path, const Sweep& grid);

}  // namespace idlewatt
