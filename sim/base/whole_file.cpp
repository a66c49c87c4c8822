#include "base/whole_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <random>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace idlewatt {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLetters = "abcdefghijkmnopqrstuvwxyz2345679";
static_assert(kLetters.size() == 32);
constexpr std::string_view kSuffix = ".part";
constexpr std::size_t kRandom = 8;
constexpr std::size_t kLongestName = 255;  // of a file, in bytes, on the usual file systems
constexpr mode_t kMode = 0666;             // less the umask

[[noreturn]] void fail_with(int reason) {
  throw OutputError(std::strerror(reason));
}

/// Closes a descriptor when it goes out of scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }
  int get() const { return number_; }

 private:
  int number_;
};

/// Some file systems cannot, and say so by these two.
void sync_descriptor(int descriptor) {
  if (::fsync(descriptor) != 0 && errno != EINVAL && errno != ENOTSUP) {
    fail_with(errno);
  }
}

void sync_path(const std::string& path, int flags) {
  const Descriptor descriptor(::open(path.c_str(), flags | O_CLOEXEC));
  if (descriptor.get() < 0) {
    fail_with(errno);
  }
  sync_descriptor(descriptor.get());
}

/// What the parts of a file are called up to the dot and the random characters: its name, cut where need be.
std::string_view stem_of_parts(std::string_view name) {
  return name.substr(0, kLongestName - kRandom - kSuffix.size() - 1);
}

void write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && errno != EINTR) {
      fail_with(errno);
    }
    text.remove_prefix(count > 0 ? static_cast<std::size_t>(count) : 0);
  }
}

}  // namespace

std::string part_name(const std::string& path) {
  const fs::path whole(path);
  std::string name(stem_of_parts(whole.filename().string()));
  name += '.';
  std::random_device random;
  std::uint64_t bits = (static_cast<std::uint64_t>(random()) << 32) | random();
  for (std::size_t i = 0; i < kRandom; ++i, bits >>= 5) {
    name += kLetters[bits % kLetters.size()];
  }
  name += kSuffix;
  return (whole.parent_path() / name).string();
}

std::string kept_part_name(const std::string& path) {
  return path + std::string(kSuffix);
}

void require_replaceable(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno != ENOENT) {
      fail_with(errno);
    }
    return;
  }
  if (S_ISDIR(status.st_mode)) {
    fail_with(EISDIR);
  }
  if (!S_ISREG(status.st_mode) && !S_ISLNK(status.st_mode)) {
    throw OutputError("it is no regular file");
  }
}

int create_part(const std::string& part, const std::string& path) {
  require_replaceable(path);
  const int descriptor = ::open(part.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kMode);
  if (descriptor < 0) {
    fail_with(errno);
  }
  return descriptor;
}

void publish_part(const std::string& part, const std::string& path) {
  sync_path(part, O_RDONLY | O_NOFOLLOW);
  require_replaceable(path);
  if (std::rename(part.c_str(), path.c_str()) != 0) {
    fail_with(errno);
  }
  const std::string folder = fs::path(path).parent_path().string();
  sync_path(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
}

void remove_part(const std::string& part) {
  ::unlink(part.c_str());
}

bool is_left_part(std::string_view name) {
  const std::size_t tail = 1 + kRandom + kSuffix.size();
  if (name.size() <= tail || !name.ends_with(kSuffix) || name[name.size() - tail] != '.') {
    return false;
  }
  const std::string_view random = name.substr(name.size() - tail + 1, kRandom);
  return std::all_of(random.begin(), random.end(), [](char c) { return kLetters.find(c) != std::string_view::npos; });
}

bool is_part_of(std::string_view name, std::string_view of) {
  if (name.size() == of.size() + kSuffix.size() && name.starts_with(of) && name.ends_with(kSuffix)) {
    return true;
  }
  const std::string_view stem = stem_of_parts(of);
  return is_left_part(name) && name.substr(0, name.size() - kSuffix.size() - kRandom - 1) == stem;
}

void remove_parts_of(const std::string& path) {
  const fs::path whole(path);
  const fs::path folder = whole.parent_path();
  const std::string name = whole.filename().string();
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder.empty() ? "." : folder, ignored)) {
    if (is_part_of(entry.path().filename().string(), name)) {
      remove_part(entry.path().string());
    }
  }
}

void remove_left_parts(const std::string& folder) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    if (!is_left_part(entry.path().filename().string())) {
      continue;
    }
    const Descriptor descriptor(::open(entry.path().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (descriptor.get() >= 0 && ::flock(descriptor.get(), LOCK_EX | LOCK_NB) == 0) {
      remove_part(entry.path().string());
    }
  }
}

void write_whole_file(const std::string& path, std::string_view text) {
  writing(path, [&] {
    const std::string part = part_name(path);
    const Descriptor descriptor(create_part(part, path));
    ::flock(descriptor.get(), LOCK_EX | LOCK_NB);  // says that its writer lives; without it nothing is lost
    try {
      write_all(descriptor.get(), text);
      publish_part(part, path);
    } catch (const OutputError&) {
      remove_part(part);
      throw;
    }
  });
}

}  // namespace idlewatt
