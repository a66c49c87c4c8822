// The format of result files, declared once: the recorder takes names, units and texts from here, and `idlewatt format`
// prints it as analysis/FORMAT.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace idlewatt {

/// Grows when a reader of the version before would misread a file. Readers refuse what is newer or older than they are.
/// 3: files end in a checksum (results/seal.hpp); attributes are texts of fixed length; requests are called so
/// everywhere (`queries` before), and so are attempts (`tries`).
inline constexpr std::int32_t kFormatVersion = 3;

/// How far a number can be trusted to be the simulator's own.
enum class Exactness {
  exact,       ///< an integer, or a text
  rounded,     ///< an exact integer of the ledger, converted to float64: one or two roundings of 2e-16
  attributed,  ///< rounded, but a rule decided what it is counted for
  computed,    ///< in floating point from exact numbers
};

/// A dataset or a column of a table. In the file its units, long_name and cell_methods are attributes.
struct FormatVariable {
  std::string name;
  std::vector<std::string> dimensions;  ///< slowest first; empty for a scalar or a column
  std::string type;                     ///< "float64", "text"
  std::string units;                    ///< empty for none
  Exactness exactness = Exactness::exact;
  std::string cell_methods;  ///< "time: mean", "time: sum", "time: point"; empty for none
  std::string long_name;
  std::string remark = {};  ///< what else there is to say; not in the file
};

/// A dimension; one with a type has its coordinates in a dataset of its name.
struct FormatDimension {
  std::string name;
  std::string type;  ///< empty for a dimension without coordinates
  std::string long_name;
  std::string values = {};  ///< what they are, as Markdown
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
  bool table = false;      ///< variables are columns
  bool separate = false;   ///< a file of its own
  std::string after = {};  ///< Markdown below the tables

  /// Throws Error when it is not declared.
  const FormatVariable& variable(std::string_view name) const;
  const FormatDimension& dimension(std::string_view name) const;
};

/// "/timeseries", "/servers", "/latency", "/summary", "/requests", "/bill" and its tables, "/provenance",
/// "/provenance/figures", "index.h5";
/// "/" is the root. Throws Error for another.
const FormatGroup& format_group(std::string_view path);

/// All of them, in the order of the page.
const std::vector<FormatGroup>& format_groups();

/// analysis/FORMAT.md.
std::string format_page();

}  // namespace idlewatt
