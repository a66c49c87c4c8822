#include "results/handle.hpp"

#include <string_view>

#include "base/error.hpp"

namespace idlewatt::hdf5 {
namespace {

struct Reason {
  std::string deepest;
  std::string system;  ///< strerror of the failed system call, when there was one
};

/// The library's own text carries the time of day and addresses; the system's message within it is what helps.
std::string system_message(std::string_view description) {
  constexpr std::string_view before = "error message = '";
  const std::size_t start = description.find(before);
  if (start == std::string_view::npos) {
    return {};
  }
  const std::size_t from = start + before.size();
  const std::size_t to = description.find('\'', from);
  return std::string(description.substr(from, to == std::string_view::npos ? to : to - from));
}

herr_t collect(unsigned, const H5E_error2_t* error, void* data) {
  Reason& reason = *static_cast<Reason*>(data);
  const std::string_view text = error->desc == nullptr ? std::string_view{} : error->desc;
  if (reason.deepest.empty()) {
    reason.deepest = text;
  }
  if (reason.system.empty()) {
    reason.system = system_message(text);
  }
  return 0;
}

}  // namespace

void prepare_library() {
  H5dont_atexit();  // fails when called again, which is fine
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

void fail(const std::string& what) {
  Reason reason;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, collect, &reason);
  H5Eclear2(H5E_DEFAULT);
  if (!reason.system.empty()) {
    throw OutputError(reason.system);
  }
  throw OutputError(reason.deepest.empty() ? what : what + ": " + reason.deepest);
}

}  // namespace idlewatt::hdf5
