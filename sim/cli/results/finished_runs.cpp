#include "cli/results/finished_runs.hpp"

#include <algorithm>
#include <ostream>

#include "base/error.hpp"
#include "cli/options/select.hpp"
#include "results/index.hpp"
#include "results/result.hpp"

namespace idlewatt {

namespace fs = std::filesystem;

std::vector<std::string> finished_runs(const fs::path& folder, std::ostream& warnings) {
  std::vector<std::string> paths;
  const fs::path index = folder / kIndexFile;
  if (fs::exists(index)) {
    for (const IndexedRun& run : read_index(index.string())) {
      const fs::path path = folder / run.file;
      if (fs::exists(path)) {
        paths.push_back(path.string());
      } else {
        warnings << path.string() << " is not there, and left out\n";
      }
    }
  } else {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.path().extension() == ".h5" && entry.path().filename() != kIndexFile &&
          has_series(entry.path().string())) {
        paths.push_back(entry.path().string());
      }
    }
    std::sort(paths.begin(), paths.end());
  }
  if (paths.empty()) {
    throw InputError(folder.string() + ": holds no finished run");
  }
  return paths;
}

}  // namespace idlewatt
