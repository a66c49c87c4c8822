// Which points of a grid a process looks after.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sweep/sweep.hpp"

namespace idlewatt {

/// "3/8": every eighth point, counted from the fourth. Points keep their shard whatever is done.
struct Shard {
  std::uint64_t number = 0;  ///< from 0
  std::uint64_t count = 1;
};

/// Throws InputError.
Shard parse_shard(const std::string& text);

/// Indices of all points, or of a shard's.
std::vector<std::size_t> points_of_shard(const Sweep& grid, const Shard& shard);

/// A file with an id a line names the points of a task. Throws OutputError, InputError.
void write_work_list(const std::string& path, const Sweep& grid, const std::vector<std::size_t>& points);
std::vector<std::size_t> read_work_list(const std::string& path, const Sweep& grid);

}  // namespace idlewatt
