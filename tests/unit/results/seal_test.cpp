// What readers do with files that are damaged, changed, of another version, or not files at all.
#include "results/seal.hpp"

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "analysis/sample_run.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "results/attributed_run.hpp"
#include "results/format.hpp"
#include "results/hdf5_recorder.hpp"
#include "results/index.hpp"
#include "results/metered_run.hpp"
#include "results/result.hpp"
#include "results/trace_hdf5.hpp"
#include "support/catch.hpp"
#include "temporary_directory.hpp"

using namespace idlewatt;

namespace {

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bytes;
}

/// The least that a file can be: what is read fast, and mutated often.
std::string small_result(const test::TemporaryDirectory& directory) {
  const std::string path = directory / "small.h5";
  sample::Shape shape;
  shape.bins = 3;
  shape.with_requests = false;
  Hdf5Recorder recorder(path);
  sample::play(recorder, shape);
  return path;
}

std::string small_trace(const test::TemporaryDirectory& directory) {
  const std::string path = directory / "trace.h5";
  const auto writer = write_hdf5_trace(path);
  for (std::int32_t i = 0; i < 50; ++i) {
    Request request;
    request.arrival = i * kTicksPerSecond;
    request.prompt_tokens = 100 + i;
    request.output_tokens = 10;
    request.prefix_blocks = {1, 2, 3};
    writer->write(request);
  }
  writer->publish();
  return path;
}

/// Draws numbers below a bound, the same on every machine.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t bound) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(state_ >> 33) % bound;
  }

 private:
  std::uint64_t state_;
};

/// One of the ways in which files get damaged.
std::string mutated(std::string bytes, Draws& draws) {
  const std::size_t at = draws.below(bytes.size());
  const std::size_t length = 1 + draws.below(std::min<std::size_t>(bytes.size() - at, 600));
  switch (draws.below(7)) {
    case 0:
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << draws.below(8)));
      return bytes;
    case 1:
      bytes[at] = static_cast<char>(draws.below(256));
      return bytes;
    case 2:
      bytes.replace(at, length, length, '\0');
      return bytes;
    case 3:
      bytes.resize(at);
      return bytes;
    case 4:
      bytes.erase(at, length);
      return bytes;
    case 5:
      bytes.insert(draws.below(bytes.size()), bytes.substr(at, length));
      return bytes;
    default:
      for (std::size_t i = 0; i < length; ++i) {
        bytes[at + i] = static_cast<char>(draws.below(256));
      }
      return bytes;
  }
}

/// 300, or what IDLEWATT_MUTATIONS says: the long form of the tests sets 30000.
int mutations() {
  const char* text = std::getenv("IDLEWATT_MUTATIONS");
  return text == nullptr ? 300 : std::atoi(text);
}

void read_trace(const std::string& path) {
  const auto reader = open_hdf5_trace({.path = path});
  for (Request request; reader->next(request);) {
  }
}

using Read = std::function<void(const std::string&)>;

/// Reads `times` damaged copies. Each is refused with one line that names the file, or is no other than the whole file.
void check_damaged(const std::string& whole_path, const std::string& path, int times, const Read& read) {
  const std::string whole = bytes_of(whole_path);
  Draws draws(7);
  for (int i = 0; i < times; ++i) {
    const std::string damaged = mutated(whole, draws);
    if (damaged == whole) {
      continue;
    }
    write_bytes(path, damaged);
    INFO("mutation " << i);
    ::alarm(10);  // a loop ends the test, and not nobody's patience
    std::string said;
    try {
      read(path);
    } catch (const InputError& error) {
      said = error.what();
    }
    ::alarm(0);
    REQUIRE(said.find(path + ": ") != std::string::npos);
    REQUIRE(said.find('\n') == std::string::npos);
  }
}

std::string problem_of(const std::string& path) {
  try {
    hdf5::check_seal(path);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("every file ends in a checksum of what stands before it") {
  const test::TemporaryDirectory directory;
  const std::string path = small_result(directory);
  CHECK(hdf5::has_seal(path));
  CHECK(problem_of(path).empty());
  const std::string bytes = bytes_of(path);
  CHECK(bytes.substr(bytes.size() - 32, 8) == "idlewatt");
  CHECK(bytes.substr(bytes.size() - 8) == "checksum");
  CHECK(hdf5::has_seal(small_trace(directory)));
  write_index(directory / "index.h5", "", {});
  CHECK(hdf5::has_seal(directory / "index.h5"));
}

TEST_CASE("damaged files are refused, whatever was damaged") {
  const test::TemporaryDirectory directory;
  const std::string result = small_result(directory);
  const std::string damaged = directory / "damaged.h5";
  const int times = mutations();
  check_damaged(result, damaged, times, [](const std::string& path) { read_result(path); });
  CHECK(fingerprint_of_complete(damaged).empty());
  check_damaged(result, damaged, times / 5, [](const std::string& path) { read_metered_run(path); });
  check_damaged(result, damaged, times / 5, [](const std::string& path) { read_attributed_run(path); });
  const std::string index = directory / "index.h5";
  write_index(index, "a title", {{"a", "a.h5", 1, Summary{}}});
  check_damaged(index, damaged, times / 5, [](const std::string& path) { read_index(path); });
  check_damaged(small_trace(directory), damaged, times / 5, read_trace);
}

TEST_CASE("why a file is refused is said so") {
  const test::TemporaryDirectory directory;
  const std::string path = small_result(directory);
  const std::string whole = bytes_of(path);
  const std::string other = directory / "other.h5";
  const auto problem = [&](const std::string& bytes) {
    write_bytes(other, bytes);
    return problem_of(other);
  };
  CHECK_THAT(problem(whole.substr(0, whole.size() / 2)), Catch::Contains(": is cut off: its end is missing"));
  CHECK_THAT(problem(whole.substr(0, whole.size() - 1)), Catch::Contains(": has no checksum at its end"));
  CHECK_THAT(problem(""), Catch::Contains(": not an HDF5 file"));
  CHECK_THAT(problem("time,power\n"), Catch::Contains(": not an HDF5 file"));
  std::string flipped = whole;
  flipped[whole.size() / 2] = static_cast<char>(flipped[whole.size() / 2] ^ 1);
  CHECK_THAT(problem(flipped), Catch::Contains(": is damaged: "));
  CHECK_THAT(problem(whole + whole), Catch::Contains(": is damaged: "));
  std::string newer = whole;
  newer[whole.size() - 24] = static_cast<char>(kFormatVersion + 1);
  CHECK_THAT(problem(newer), Catch::Contains(": format version 4, newer than 3, the newest that this idlewatt knows"));

  CHECK_THAT(problem_of(directory / "none.h5"), Catch::EndsWith(": No such file or directory"));
  CHECK_THAT(problem_of(directory.path().string()), Catch::EndsWith(": it is a folder"));
  CHECK_THAT(problem_of("/dev/zero"), Catch::EndsWith(": it is no regular file"));
  REQUIRE(::mkfifo((directory / "pipe").c_str(), 0600) == 0);
  CHECK_THAT(problem_of(directory / "pipe"), Catch::EndsWith(": it is no regular file"));
}

TEST_CASE("a file of an older format is refused with its version and what to do") {
  // As version 2 wrote it: the same attribute, and no checksum.
  const test::TemporaryDirectory directory;
  const std::string path = small_result(directory);
  std::string bytes = bytes_of(path);
  bytes.resize(bytes.size() - 32);
  const std::size_t name = bytes.find(std::string("format_version\0", 15));
  REQUIRE(name != std::string::npos);
  const std::size_t value = name + 15 + 16;
  REQUIRE(bytes[value] == static_cast<char>(kFormatVersion));
  for (const char version : {char{1}, char{2}}) {
    bytes[value] = version;
    write_bytes(path, bytes);
    CHECK_THROWS_WITH(read_result(path), path + ": format version " + std::to_string(version) +
                                             ", written by an older idlewatt: run the scenario again with this one");
  }
  bytes[value] = 9;
  write_bytes(path, bytes);
  CHECK_THROWS_WITH(read_result(path), Catch::Contains("format version 9, newer than 3"));
}
