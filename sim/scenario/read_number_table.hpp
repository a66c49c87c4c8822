// Reads small CSV files of two columns of numbers: rates over time, distributions of lengths.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenario/yaml_tree.hpp"

namespace idlewatt {

struct NumberTable {
  std::string path;
  std::vector<double> first;   ///< ascending
  std::vector<double> second;  ///< at least 0
  std::vector<int> line;       ///< where each row stands, from 1

  Place place(std::size_t row, int column = 1) const;
};

/// The file that `node` names, relative to the folder of the file that the node stands in. It begins with `header`,
/// such as "t_s,rate_rps"; each row holds two finite numbers of at least 0, the first larger than in the row before;
/// empty lines at the end are accepted. Throws PlacedError, in the table where the mistake is there.
NumberTable read_number_table(const YamlNode& node, std::string_view header);

}  // namespace idlewatt
