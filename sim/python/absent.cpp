// Instead of everything else here, where the system's Python or pybind11 was not found at build time.
#include "python/python_policy.hpp"

namespace idlewatt {
namespace {

constexpr const char* kAbsent =
    "this idlewatt was built without Python; expected a build that found Python 3.11 to 3.13 with its development "
    "files and pybind11 (Debian's python3-dev and pybind11-dev)";

}  // namespace

std::string python_version() {
  return "";
}

std::shared_ptr<const Plugin> load_python_policy(const PythonChoice& /*choice*/) {
  throw Error(kAbsent);
}

struct PythonSession::State {};

PythonSession::PythonSession(std::uint64_t /*seed*/) {
  throw Error(kAbsent);
}
PythonSession::~PythonSession() = default;

}  // namespace idlewatt
