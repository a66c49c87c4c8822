// The result files in a folder.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

namespace idlewatt {

/// The paths of the finished runs of a folder: those that its index names and that are there, else all results in it and
/// in its folders. `warnings` names a run that is in the index and is not there. Throws InputError when no run is left.
std::vector<std::string> finished_runs(const std::filesystem::path& folder, std::ostream& warnings);

}  // namespace idlewatt
