#include "results/seal.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>
#include <zlib.h>

#include "base/error.hpp"
#include "results/format.hpp"

namespace idlewatt::hdf5 {
namespace {

constexpr std::string_view kBefore = "idlewatt";
constexpr std::string_view kBehind = "checksum";
constexpr std::size_t kVersionAt = 8;
constexpr std::size_t kSumAt = 12;
constexpr std::size_t kLengthAt = 16;
constexpr std::size_t kBehindAt = 24;
constexpr std::size_t kSealBytes = 32;
constexpr std::size_t kBlock = std::size_t{1} << 18;
constexpr std::string_view kSignature("\x89HDF\r\n\x1a\n", 8);

template <class T>
T little_endian(const unsigned char* bytes) {
  T value = 0;
  for (std::size_t i = sizeof(T); i-- > 0;) {
    value = static_cast<T>(value << 8 | bytes[i]);
  }
  return value;
}

template <class T>
void put_little_endian(T value, unsigned char* bytes) {
  for (std::size_t i = 0; i < sizeof(T); ++i, value = static_cast<T>(value >> 8)) {
    bytes[i] = static_cast<unsigned char>(value & 0xff);
  }
}

/// A regular file, read by position. Throws OutputError with the system's reason.
class Bytes {
 public:
  Bytes(const std::string& path, int flags)
      // Without O_NONBLOCK a named pipe would wait for a writer here.
      : descriptor_(::open(path.c_str(), flags | O_NONBLOCK | O_CLOEXEC)) {
    struct stat status {};
    if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) {
      const int reason = errno;
      close();
      throw OutputError(std::strerror(reason));
    }
    if (!S_ISREG(status.st_mode)) {
      close();
      throw OutputError(S_ISDIR(status.st_mode) ? "it is a folder" : "it is no regular file");
    }
    size_ = static_cast<std::uint64_t>(status.st_size);
  }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;
  ~Bytes() { close(); }

  std::uint64_t size() const { return size_; }

  /// Reads `count` bytes at `at`, or fewer where the file ends.
  std::size_t read(std::uint64_t at, unsigned char* to, std::size_t count) const {
    std::size_t done = 0;
    while (done < count) {
      const ssize_t got = ::pread(descriptor_, to + done, count - done, static_cast<off_t>(at + done));
      if (got == 0) {
        break;
      }
      if (got < 0 && errno != EINTR) {
        throw OutputError(std::strerror(errno));
      }
      done += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    return done;
  }

  void append(const unsigned char* bytes, std::size_t count) const {
    std::size_t done = 0;
    while (done < count) {
      const ssize_t put = ::pwrite(descriptor_, bytes + done, count - done, static_cast<off_t>(size_ + done));
      if (put < 0 && errno != EINTR) {
        throw OutputError(std::strerror(errno));
      }
      done += put > 0 ? static_cast<std::size_t>(put) : 0;
    }
  }

  /// CRC-32 of the first `count` bytes. Nothing when the file has become shorter.
  std::optional<std::uint32_t> sum(std::uint64_t count) const {
    std::vector<unsigned char> block(kBlock);
    uLong sum = ::crc32(0, nullptr, 0);
    for (std::uint64_t at = 0; at < count;) {
      const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, count - at));
      if (read(at, block.data(), wanted) != wanted) {
        return std::nullopt;
      }
      sum = ::crc32(sum, block.data(), static_cast<uInt>(wanted));
      at += wanted;
    }
    return static_cast<std::uint32_t>(sum);
  }

 private:
  void close() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }

  int descriptor_;
  std::uint64_t size_ = 0;
};

struct Seal {
  std::uint32_t version = 0;
  std::uint32_t sum = 0;
  std::uint64_t length = 0;
};

std::optional<Seal> seal_of(const Bytes& file) {
  std::array<unsigned char, kSealBytes> bytes{};
  if (file.size() < kSealBytes || file.read(file.size() - kSealBytes, bytes.data(), kSealBytes) != kSealBytes ||
      std::memcmp(bytes.data(), kBefore.data(), kBefore.size()) != 0 ||
      std::memcmp(bytes.data() + kBehindAt, kBehind.data(), kBehind.size()) != 0) {
    return std::nullopt;
  }
  return Seal{.version = little_endian<std::uint32_t>(bytes.data() + kVersionAt),
              .sum = little_endian<std::uint32_t>(bytes.data() + kSumAt),
              .length = little_endian<std::uint64_t>(bytes.data() + kLengthAt)};
}

/// The attribute `format_version` as our writers encode it, found without the library: files of version 2 and before
/// have no seal, so nothing says that they are whole. Nothing when it is not among the first bytes.
std::optional<std::uint32_t> unsealed_version(std::string_view bytes) {
  constexpr std::string_view name("format_version\0", 15);
  // A 32-bit signed little-endian integer (12 bytes), and a scalar (4).
  constexpr std::string_view type("\x10\x08\0\0\x04\0\0\0\0\0\x20\0\x02\0\0\0", 16);
  for (std::size_t at = bytes.find(name); at != std::string_view::npos; at = bytes.find(name, at + 1)) {
    const std::string_view rest = bytes.substr(at + name.size());
    if (rest.starts_with(type) && rest.size() >= type.size() + sizeof(std::uint32_t)) {
      return little_endian<std::uint32_t>(reinterpret_cast<const unsigned char*>(rest.data() + type.size()));
    }
  }
  return std::nullopt;
}

/// Where the superblock of our files (versions 2 and 3 of HDF5's) says that the file ends.
std::optional<std::uint64_t> end_by_superblock(std::string_view bytes) {
  constexpr std::size_t version_at = 8;
  constexpr std::size_t offset_size_at = 9;
  constexpr std::size_t end_at = 28;
  if (bytes.size() < end_at + sizeof(std::uint64_t) || (bytes[version_at] != 2 && bytes[version_at] != 3) ||
      bytes[offset_size_at] != sizeof(std::uint64_t)) {
    return std::nullopt;
  }
  return little_endian<std::uint64_t>(reinterpret_cast<const unsigned char*>(bytes.data() + end_at));
}

std::string version_problem(std::uint32_t version) {
  const std::string of = fmt::format("format version {}", version);
  if (version < kFormatVersion) {
    return of + ", written by an older idlewatt: run the scenario again with this one";
  }
  return fmt::format("{}, newer than {}, the newest that this idlewatt knows: update idlewatt", of, kFormatVersion);
}

/// Why a file without a seal is none that can be read.
std::string without_seal(const Bytes& file) {
  std::string start(std::min<std::uint64_t>(file.size(), std::uint64_t{1} << 20), '\0');
  start.resize(file.read(0, reinterpret_cast<unsigned char*>(start.data()), start.size()));
  if (!start.starts_with(kSignature)) {
    return "not an HDF5 file (expected a result of idlewatt)";
  }
  if (const auto end = end_by_superblock(start); end && file.size() < *end) {
    return "is cut off: its end is missing";
  }
  const std::optional<std::uint32_t> version = unsealed_version(start);
  if (version && *version != kFormatVersion) {
    return version_problem(*version);
  }
  return "has no checksum at its end: its writer was killed or still writes (`idlewatt recover` shows what is whole in "
         "it), another program changed it, or it is no file of idlewatt";
}

}  // namespace

void append_seal(const std::string& path) {
  const Bytes file(path, O_RDWR | O_NOFOLLOW);
  const std::optional<std::uint32_t> sum = file.sum(file.size());
  if (!sum) {
    throw OutputError("another program changed it");
  }
  std::array<unsigned char, kSealBytes> bytes{};
  std::copy(kBefore.begin(), kBefore.end(), bytes.begin());
  put_little_endian(static_cast<std::uint32_t>(kFormatVersion), bytes.data() + kVersionAt);
  put_little_endian(*sum, bytes.data() + kSumAt);
  put_little_endian(file.size(), bytes.data() + kLengthAt);
  std::copy(kBehind.begin(), kBehind.end(), bytes.begin() + kBehindAt);
  file.append(bytes.data(), bytes.size());
}

void check_seal(const std::string& path) {
  try {
    const Bytes file(path, O_RDONLY);
    const std::optional<Seal> seal = seal_of(file);
    if (!seal) {
      throw OutputError(without_seal(file));
    }
    const bool whole = seal->length == file.size() - kSealBytes;
    // A newer format may have another seal; its version is what helps.
    if (whole && seal->version > static_cast<std::uint32_t>(kFormatVersion)) {
      throw OutputError(version_problem(seal->version));
    }
    if (!whole || file.sum(seal->length) != seal->sum) {
      throw OutputError("is damaged: its bytes do not give the checksum at its end");
    }
    if (seal->version != static_cast<std::uint32_t>(kFormatVersion)) {
      throw OutputError(version_problem(seal->version));
    }
  } catch (const OutputError& error) {
    throw InputError(path + ": " + error.what());
  }
}

bool has_seal(const std::string& path) {
  try {
    return seal_of(Bytes(path, O_RDONLY)).has_value();
  } catch (const OutputError&) {
    return false;
  }
}

}  // namespace idlewatt::hdf5
