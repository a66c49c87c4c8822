#include "sweep/work_list.hpp"

#include <charconv>
#include <map>
#include <sstream>

#include "base/error.hpp"
#include "base/whole_file.hpp"
#include "scenario/yaml/yaml_tree.hpp"
#include "sweep/folder.hpp"

namespace idlewatt {

Shard parse_shard(const std::string& text) {
  Shard shard;
  const char* end = text.data() + text.size();
  const auto [slash, error] = std::from_chars(text.data(), end, shard.number);
  bool good = error == std::errc() && slash != end && *slash == '/';
  if (good) {
    const auto [stop, other] = std::from_chars(slash + 1, end, shard.count);
    good = other == std::errc() && stop == end && shard.count > 0;
  }
  if (!good) {
    throw InputError("--shard: `" + text + "` is no shard; expected i/n such as `0/8`");
  }
  if (shard.number >= shard.count) {
    throw InputError("--shard: `" + text + "` is out of range; expected `0/" + std::to_string(shard.count) + "` to `" +
                     std::to_string(shard.count - 1) + "/" + std::to_string(shard.count) + "`");
  }
  return shard;
}

std::vector<std::size_t> points_of_shard(const Sweep& grid, const Shard& shard) {
  std::vector<std::size_t> points;
  for (std::size_t i = shard.number; i < grid.points().size(); i += shard.count) {
    points.push_back(i);
  }
  return points;
}

void write_work_list(const std::string& path, const Sweep& grid, const std::vector<std::size_t>& points) {
  std::string text;
  for (const std::size_t point : points) {
    text += grid.points()[point].id + "\n";
  }
  write_whole_file(path, text);
}

std::vector<std::size_t> read_work_list(const std::string& path, const Sweep& grid) {
  std::map<std::string, std::size_t> by_id;
  for (std::size_t i = 0; i < grid.points().size(); ++i) {
    by_id[grid.points()[i].id] = i;
  }
  std::istringstream lines(read_text_file(path));
  std::vector<std::size_t> points;
  int number = 0;
  for (std::string id; std::getline(lines, id);) {
    ++number;
    const auto found = by_id.find(id);
    if (found == by_id.end()) {
      throw InputError(path + ":" + std::to_string(number) + ":1: the grid has no point `" + id +
                       "`; expected a list made from the grid as it is now");
    }
    points.push_back(found->second);
  }
  return points;
}

}  // namespace idlewatt
