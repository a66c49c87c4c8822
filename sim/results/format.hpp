// The format of result files, declared once: the recorder takes names, units and texts from here, and `idlewatt format`
// prints the declaration as analysis/FORMAT.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace idlewatt {

/// The version of the format. It is raised whenever a reader of the version before would misread a file. Readers refuse
/// files of an older or newer version. Since version 3, files end in a checksum (results/seal.hpp), attributes are
/// texts of fixed length, and the words are requests (before: `queries`) and attempts (before: `tries`).
inline constexpr std::int32_t kFormatVersion = 3;

/// The exactness of a number.
enum class Exactness {
  exact,       ///< an integer, or a text
  rounded,     ///< an exact integer of the ledger, converted to float64: one or two roundings of 2e-16
  attributed,  ///< rounded, and counted for something by a rule
  computed,    ///< computed in floating point from exact numbers
};

/// A dataset or a column of a table. Its units, long_name and cell_methods are attributes in the file.
struct FormatVariable {
  std::string name;
  std::vector<std::string> dimensions;  ///< slowest first; empty for a scalar or a column
  std::string type;                     ///< "float64", "text"
  std::string units;                    ///< empty for none
  Exactness exactness = Exactness::exact;
  std::string cell_methods;  ///< "time: mean", "time: sum", "time: point"; empty for none
  std::string long_name;
  std::string remark = {};  ///< further remark; not in the file
};

/// A dimension. A dimension with a type has its coordinates in a dataset of its name.
struct FormatDimension {
  std::string name;
  std::string type;  ///< empty for a dimension without coordinates
  std::string long_name;
  std::string values = {};  ///< description of the coordinates, as Markdown
};

struct FormatAttribute {
  std::string name;
  std::string type;
  std::string meaning;
};

/// A group of the file, or a table in it.
struct FormatGroup {
  std::string path;   ///< "/timeseries"
  std::string about;  ///< Markdown
  std::vector<FormatAttribute> attributes = {};
  std::vector<FormatDimension> dimensions = {};
  std::vector<FormatVariable> variables = {};
  bool table = false;      ///< true: the variables are columns of a table
  bool separate = false;   ///< true: the group is a file of its own
  std::string after = {};  ///< Markdown below the tables

  /// The variable, or the dimension, of that name. Throws Error when it is not declared.
  const FormatVariable& variable(std::string_view name) const;
  const FormatDimension& dimension(std::string_view name) const;
};

/// The group at a path: "/" (the root), "/timeseries", "/servers", "/latency", "/summary", "/requests", "/bill" and its
/// tables, "/provenance", "/provenance/figures", "index.h5". Throws Error for any other path.
const FormatGroup& format_group(std::string_view path);

/// All groups, in the order of the page.
const std::vector<FormatGroup>& format_groups();

/// The text of analysis/FORMAT.md.
std::string format_page();

}  // namespace idlewatt
