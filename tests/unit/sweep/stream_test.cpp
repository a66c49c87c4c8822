#include <csignal>
#include <unistd.h>
#include <vector>

#include "base/error.hpp"
#include "support/catch.hpp"
#include "sweep/shell_command.hpp"
#include "sweep/work_list.hpp"
#include "sweep/worker_pool.hpp"

using namespace idlewatt;

TEST_CASE("a job that its caller puts back is run again") {
  int starts = 0;
  int left = 1;
  std::vector<bool> died;
  run_stream({.next = [&]() -> std::optional<JobStream::Next> {
                if (left == 0) {
                  return std::nullopt;
                }
                --left;
                const bool first = ++starts == 1;
                return JobStream::Next{7, [first](const auto&) {
                                         if (first) {
                                           raise(SIGKILL);
                                         }
                                         return RunResult{};
                                       }};
              },
              .changed =
                  [&](std::size_t number, const JobReport& report) {
                    CHECK(number == 7);
                    if (report.state == JobReport::State::running) {
                      return;
                    }
                    died.push_back(report.died);
                    CHECK(report.peak_bytes > 0);
                    left += report.died ? 1 : 0;
                  }},
             {.at_once = 2});
  CHECK(died == std::vector<bool>{true, false});
}

TEST_CASE("without room, one job at a time still runs") {
  int running = 0;
  int most = 0;
  int started = 0;
  run_stream({.next = [&]() -> std::optional<JobStream::Next> {
                if (started == 5) {
                  return std::nullopt;
                }
                return JobStream::Next{static_cast<std::size_t>(started++), [](const auto&) {
                                         usleep(2000);
                                         return RunResult{};
                                       }};
              },
              .changed =
                  [&](std::size_t, const JobReport& report) {
                    running += report.state == JobReport::State::running ? 1 : -1;
                    most = std::max(most, running);
                  }},
             {.at_once = 4, .may_start = [](int) { return false; }});
  CHECK(started == 5);
  CHECK(running == 0);
  CHECK(most == 1);
}

TEST_CASE("programs of others: what they say, how they end, whether they are there") {
  const CommandOutput good = run_shell_command({"sh", "-c", "echo out; echo err >&2; exit 3"});
  CHECK(good.found);
  CHECK(good.status == 3);
  CHECK(good.out == "out\n");
  CHECK(good.first_line() == "err");
  CHECK_FALSE(run_shell_command({"no-such-program-here"}).found);
  CHECK(run_shell_command({"sh", "-c", "kill -9 $$"}).status == 137);
  CHECK(run_shell_command({"sh", "-c", "head -c 300000 /dev/zero"}).out.size() == 300000);
}

TEST_CASE("words for a shell come back as they were") {
  const std::string nasty = "a b'c\"d$e`f\\g*\nh";
  CHECK(run_shell_command({"sh", "-c", "printf %s " + shell_quoted(nasty)}).out == nasty);
}

TEST_CASE("shards count from 0") {
  CHECK(parse_shard("2/8").number == 2);
  CHECK(parse_shard("2/8").count == 8);
  for (const char* bad : {"", "1", "/", "1/", "1/0", "8/8", "-1/8", "1/8x", "a/b"}) {
    CHECK_THROWS_AS(parse_shard(bad), InputError);
  }
}
