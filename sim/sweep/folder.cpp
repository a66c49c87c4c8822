#include "sweep/folder.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <sstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/whole_file.hpp"

namespace idlewatt {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDescription = "grid.txt";

std::optional<std::string> content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return std::nullopt;
  }
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// What makes a grid the same one: its values and seeds may change, and results of others stay.
std::string description(const Sweep& grid) {
  std::string text = fmt::format(
      "idlewatt grid 1\n"
      "title: {}\n"
      "base: {}\n",
      grid.file().title, grid.file().base_as_written);
  for (const SweepAxis& axis : grid.file().axes) {
    text += fmt::format("axis: {}\n", axis.name);
  }
  return text;
}

/// A folder with nothing in it but descriptions that someone died writing.
bool is_fresh(const std::string& path) {
  std::error_code error;
  fs::directory_iterator entries(path, error);
  return !error && std::all_of(fs::begin(entries), fs::end(entries), [](const fs::directory_entry& entry) {
    return entry.path().filename().string().starts_with(std::string(kDescription) + ".");
  });
}

[[noreturn]] void cannot(const std::string& what, const std::string& path) {
  throw OutputError(fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

void make_folder(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error || !fs::is_directory(path)) {
    throw OutputError(fmt::format("cannot make the folder {}: {}", path, error ? error.message() : "it is no folder"));
  }
}

}  // namespace

PointLock::~PointLock() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

void PointLock::remove_file() const {
  if (descriptor_ >= 0) {
    ::unlink(path_.c_str());
  }
}

bool SweepFolder::holds(const Sweep& grid) const {
  std::error_code error;
  if (!fs::exists(path_, error)) {
    return false;
  }
  const std::string wanted = description(grid);
  const auto found = content_of((fs::path(path_) / kDescription).string());
  if (!found) {
    if (!is_fresh(path_)) {
      throw InputError(fmt::format(
          "{} holds something else than a grid's results; expected an empty folder, or `-o` with another one", path_));
    }
    return false;
  }
  if (*found != wanted) {
    const std::size_t title = found->find("title: ");
    const std::string name =
        title == std::string::npos ? "?" : found->substr(title + 7, found->find('\n', title) - title - 7);
    throw InputError(
        fmt::format("{} holds the results of another grid (`{}`, or one with other axes or another base); expected a "
                    "folder of its own, by `-o`",
                    path_, name));
  }
  return true;
}

void SweepFolder::prepare(const Sweep& grid) const {
  // First whose folder it is: whoever dies after this leaves one that it may enter again.
  if (!holds(grid)) {
    make_folder(path_);
    write_whole_file((fs::path(path_) / kDescription).string(), description(grid));
  }
  for (const char* part : {"points", "failed", "locks"}) {
    make_folder((fs::path(path_) / part).string());
  }
}

std::string SweepFolder::result_path(const SweepPoint& point) const {
  return (fs::path(path_) / "points" / point.file).string();
}

std::string SweepFolder::failure_path(const SweepPoint& point) const {
  return (fs::path(path_) / "failed" / (point.file + ".txt")).string();
}

std::string SweepFolder::lock_path(const SweepPoint& point) const {
  return (fs::path(path_) / "locks" / (point.file + ".lock")).string();
}

bool SweepFolder::is_done(const SweepPoint& point) const {
  const std::string path = result_path(point);
  return ::access(path.c_str(), R_OK) == 0 && fingerprint_of_complete(path) == point.fingerprint;
}

std::optional<Result> SweepFolder::result(const SweepPoint& point) const {
  const std::string path = result_path(point);
  if (::access(path.c_str(), R_OK) != 0) {
    return std::nullopt;
  }
  try {
    Result result = read_result(path);
    return result.complete && result.scenario_hash == point.fingerprint ? std::optional(std::move(result))
                                                                        : std::nullopt;
  } catch (const Error&) {  // broken: not done, then
    return std::nullopt;
  }
}

std::optional<std::string> SweepFolder::failure(const SweepPoint& point) const {
  const auto text = content_of(failure_path(point));
  const std::string expected = point.fingerprint + "\n";
  if (!text || !text->starts_with(expected)) {
    return std::nullopt;
  }
  std::string message = text->substr(expected.size());
  message.erase(message.find_last_not_of('\n') + 1);
  return message;
}

PointState SweepFolder::state(const SweepPoint& point) const {
  if (is_done(point)) {
    return PointState::done;
  }
  const std::string path = lock_path(point);
  if (const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC); file >= 0) {
    const bool held = ::flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    ::close(file);
    if (held) {
      return PointState::running;
    }
  }
  return failure(point) ? PointState::failed : PointState::waiting;
}

void SweepFolder::write_failure(const SweepPoint& point, const std::string& message) const {
  write_whole_file(failure_path(point), fmt::format("{}\n{}\n", point.fingerprint, message));
}

void SweepFolder::forget_failure(const SweepPoint& point) const {
  ::unlink(failure_path(point).c_str());
}

std::unique_ptr<PointLock> SweepFolder::lock(const SweepPoint& point) const {
  const std::string path = lock_path(point);
  for (;;) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0) {
      cannot("write", path);
    }
    auto lock = std::make_unique<PointLock>(file, path);
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK || errno == EINTR) {
        return nullptr;
      }
      return lock;  // a file system without locks: two may do the same work, and both will write the same file
    }
    // Whoever held it before may have removed the file since we opened it.
    struct stat mine {};
    if (::fstat(file, &mine) == 0 && mine.st_nlink > 0) {
      return lock;
    }
  }
}

void SweepFolder::tidy(const Sweep& grid) const {
  std::error_code ignored;
  for (const SweepPoint& point : grid.points()) {
    fs::remove(kept_part_name(result_path(point)), ignored);
    fs::remove(lock_path(point), ignored);
  }
  for (const char* folder : {".", "points", "failed"}) {
    remove_left_parts((fs::path(path_) / folder).string());
  }
}

}  // namespace idlewatt
