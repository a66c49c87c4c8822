// What is left when the disk is full, the directory is closed, or the process is killed.
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "analysis/sample_run.hpp"
#include "base/error.hpp"
#include "base/whole_file.hpp"
#include "results/hdf5_recorder.hpp"
#include "results/index.hpp"
#include "results/result.hpp"
#include "support/catch.hpp"
#include "temporary_directory.hpp"

using namespace idlewatt;

namespace {

/// Runs `work` in a child process, which ends as `work` returns; gives the status of waitpid.
int in_child(const std::function<int()>& work) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    int status = 99;
    try {
      status = work();
    } catch (...) {
    }
    ::exit(status);  // with the library's own tidying up, which must not hang or print
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

/// The one part in a folder: its name is random.
std::string only_part_in(const std::filesystem::path& folder) {
  std::vector<std::string> parts;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (is_left_part(entry.path().filename().string())) {
      parts.push_back(entry.path().string());
    }
  }
  REQUIRE(parts.size() == 1);
  return parts.front();
}

/// Plays bins and requests until `bins`, then dies at once.
int play_and_die(const std::string& path, std::int64_t bins) {
  return in_child([&] {
    const sample::Shape shape;
    const RunLayout layout = sample::layout(shape);
    Hdf5Recorder recorder(path);
    recorder.begin(layout, sample::provenance());
    sample::Made made;
    for (std::int64_t i = 0; i < bins; ++i) {
      for (std::int64_t id = 100 * i; id < 100 * (i + 1); ++id) {
        recorder.request(sample::request(layout, id, 100 * shape.bins, made));
      }
      recorder.bin(sample::bin(layout, i, made));
    }
    ::raise(SIGKILL);
    return 0;
  });
}

}  // namespace

TEST_CASE("after kill -9 the .part opens up to its last flush") {
  const test::TemporaryDirectory directory;
  const std::string path = directory / "run.h5";
  for (const auto& [bins, whole] : {std::pair{0, 0}, {255, 0}, {256, 256}, {300, 256}, {599, 512}}) {
    INFO(bins);
    const int status = play_and_die(path, bins);
    REQUIRE(WIFSIGNALED(status));
    REQUIRE(WTERMSIG(status) == SIGKILL);
    CHECK_FALSE(std::filesystem::exists(path));

    const std::string part = only_part_in(directory.path());
    CHECK_THROWS_WITH(read_result(part), Catch::Contains("has no checksum at its end"));
    const Result result = read_result(part, Unsealed::accepted);
    CHECK_FALSE(result.complete);
    CHECK(result.variant == "l4 hpa");
    const auto rows = static_cast<std::size_t>(whole);
    const NumberArray time = read_numbers(part, "timeseries/time", Unsealed::accepted);
    REQUIRE(time.shape.at(0) == rows);
    for (const char* name : {"power_w", "accelerator_time_s", "replicas", "arrivals", "rack_power_w"}) {
      CHECK(read_numbers(part, std::string("timeseries/") + name, Unsealed::accepted).shape.at(0) == rows);
    }
    // What is there is what was told.
    const RunLayout layout = sample::layout({});
    const NumberArray arrivals = read_numbers(part, "timeseries/arrivals", Unsealed::accepted);
    sample::Made made;
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::int64_t n = 0; n < 100; ++n) {
        sample::request(layout, static_cast<std::int64_t>(i) * 100 + n, 100 * 600, made);
      }
      const SeriesBin told = sample::bin(layout, static_cast<std::int64_t>(i), made);
      for (std::size_t pool = 0; pool < 3; ++pool) {
        REQUIRE(arrivals.values[3 * i + pool] == static_cast<double>(told.pools[PoolId(pool)].arrivals));
      }
    }
    std::filesystem::remove(part);
  }
}

TEST_CASE("a full disk is one clear line, and the process ends quietly") {
  const test::TemporaryDirectory directory;
  const std::string path = directory / "run.h5";
  const std::string said = directory / "said.txt";
  for (const rlim_t limit : {rlim_t{100}, rlim_t{20'000}, rlim_t{100'000}, rlim_t{400'000}, rlim_t{580'000}}) {
    INFO(limit);
    const int status = in_child([&] {
      ::alarm(20);
      const int output = ::open(said.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
      ::dup2(output, STDERR_FILENO);
      std::signal(SIGXFSZ, SIG_IGN);
      const rlimit size{limit, RLIM_INFINITY};
      ::setrlimit(RLIMIT_FSIZE, &size);
      try {
        Hdf5Recorder recorder(path);
        sample::play(recorder, {});
      } catch (const OutputError& error) {
        const std::string message = error.what();
        if (message != "cannot write " + path + ": File too large") {
          return 4;
        }
      }
      // With room again, the same process writes its next result.
      const rlimit room{RLIM_INFINITY, RLIM_INFINITY};
      ::setrlimit(RLIMIT_FSIZE, &room);
      Hdf5Recorder next(directory / "next.h5");
      sample::play(next, {});
      return is_complete_result(directory / "next.h5") ? 3 : 5;
    });
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 3);
    CHECK(std::filesystem::file_size(said) == 0);
    CHECK_FALSE(std::filesystem::exists(path));
  }
}

TEST_CASE("symbolic links in the folder of results are not followed") {
  const test::TemporaryDirectory directory;
  const std::string path = directory / "run.h5";
  const std::string precious = directory / "precious.txt";
  std::ofstream(precious) << "mine";
  std::filesystem::create_symlink(precious, path + ".part");
  {
    Hdf5Recorder stopped(path);
    sample::play(stopped, {}, false);
  }
  CHECK_FALSE(std::filesystem::is_symlink(path + ".part"));  // the link made way for what the run left
  CHECK_FALSE(read_result(path + ".part").complete);
  std::filesystem::create_symlink(precious, path);
  Hdf5Recorder recorder(path);
  sample::play(recorder, {});
  CHECK_FALSE(std::filesystem::is_symlink(path));
  CHECK(is_complete_result(path));
  std::string text;
  std::getline(std::ifstream(precious), text);
  CHECK(text == "mine");
}

TEST_CASE("two writers of one file both write whole files, and the last one stands") {
  const test::TemporaryDirectory directory;
  const std::string path = directory / "run.h5";
  Hdf5Recorder first(path);
  first.begin(sample::layout({}), sample::provenance());
  Provenance other = sample::provenance();
  other.variant = "the other";
  {
    Hdf5Recorder second(path);
    second.begin(sample::layout({}), other);
    second.end({});
    CHECK(read_result(path).variant == "the other");
  }
  first.end({});
  CHECK(read_result(path).variant == "l4 hpa");
}

TEST_CASE("a directory that is missing or closed is one clear line") {
  const test::TemporaryDirectory directory;
  const std::string missing = directory / "nowhere/run.h5";
  Hdf5Recorder recorder(missing);
  CHECK_THROWS_WITH(recorder.begin(sample::layout({}), {}), "cannot write " + missing + ": No such file or directory");
  CHECK_THROWS_WITH(write_index(missing, "", {}), "cannot write " + missing + ": No such file or directory");

  const std::string closed = directory / "closed";
  std::filesystem::create_directory(closed);
  ::chmod(closed.c_str(), 0500);
  if (::geteuid() != 0) {  // root may write anywhere
    Hdf5Recorder refused(closed + "/run.h5");
    CHECK_THROWS_WITH(refused.begin(sample::layout({}), {}), "cannot write " + closed + "/run.h5: Permission denied");
  }

  const std::string taken = directory / "taken.h5";
  std::filesystem::create_directory(taken);
  Hdf5Recorder blocked(taken);
  CHECK_THROWS_WITH(sample::play(blocked, {}), "cannot write " + taken + ": Is a directory");
}
