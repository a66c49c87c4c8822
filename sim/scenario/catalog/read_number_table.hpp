// Reads small CSV files with two columns of numbers: rates over time, distributions of lengths.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// The two columns of a file.
struct NumberTable {
  std::string path;
  std::vector<double> first;   ///< ascending
  std::vector<double> second;  ///< at least 0
  std::vector<int> line;       ///< line of each row, from 1

  Place place(std::size_t row, int column = 1) const;
};

/// Reads the file that `node` names, relative to the folder of the file that contains the node. The file begins with
/// `header`, such as "t_s,rate_rps". Each row holds two finite numbers of at least 0, the first larger than in the row
/// before. Empty lines at the end are accepted. Throws PlacedError, at a place in the table if the mistake is there.
NumberTable read_number_table(const YamlNode& node, std::string_view header);

}  // namespace idlewatt
