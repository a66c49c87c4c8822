// The trace formats beside Azure's: good rows, bad rows, the rules for rows that are no requests, gzip, writing.
#include <filesystem>
#include <fstream>

#include "support.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "traffic/request_sorter.hpp"
#include "traffic/trace_file.hpp"
#include "traffic/trace_writer.hpp"

namespace idlewatt {
namespace {

namespace fs = std::filesystem;

std::vector<Request> read(const std::string& content, TraceFile trace = {}) {
  const TemporaryFolder folder;
  trace.path = folder.write("trace", content);
  return test::read_all(*open_trace_file(trace));
}

std::string error_of(const std::string& content, TraceFile trace = {}) {
  const TemporaryFolder folder;
  trace.path = folder.write("trace", content);
  try {
    test::read_all(*open_trace_file(trace));
  } catch (const InputError& error) {
    return std::string(error.what()).substr(trace.path.size());
  }
  return "no error";
}

const std::string kBurst = "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n";
const std::string kOwn = "arrival_s,prompt_tokens,output_tokens\n";

TraceFile skipping(std::int64_t most = 1000) {
  TraceFile trace;
  trace.on_error = OnError::skip;
  trace.max_skipped = most;
  trace.skipped = std::make_shared<SkippedRows>();
  return trace;
}

Request everything() {
  Request request = test::request_at(123'456'789'012'345, 7);
  request.output_tokens = 9;
  request.stream = StreamId(2);
  request.tenant = 3;
  request.priority = -4;
  request.deadline_class = DeadlineClass::deferrable;
  request.deadline = request.arrival + 1;
  request.semantic_key = 18446744073709551615U;
  request.similarity = 0.1F;
  request.session = 11;
  request.prefix_blocks = {1, 18446744073709551615U, 3};
  request.block_tokens = 3;
  request.key = 18446744073709551614U;
  request.wait = std::make_shared<const RequestWait>(RequestWait{{5, 6}, 7});
  return request;
}

}  // namespace

TEST_CASE("BurstGPT: seconds stay, quoted fields and other columns are fine, failed requests are left out") {
  TraceFile trace;
  trace.skipped = std::make_shared<SkippedRows>();
  const std::vector<Request> requests = read("\xEF\xBB\xBF" + kBurst + "5,ChatGPT,472,18,490,Conversation log\r\n" +
                                                 "45.25,\"GPT-4, \"\"turbo\"\"\",\"1087\",230,1317,\"API log\"\n" +
                                                 "118.0,GPT-4,417,0,417,API log\n118,GPT-4,1,2,3,API log",
                                             trace);
  REQUIRE(requests.size() == 3);
  CHECK(requests[0].arrival == 5 * kTicksPerSecond);
  CHECK(requests[1].arrival == 45 * kTicksPerSecond + kTicksPerSecond / 4);
  CHECK(requests[1].prompt_tokens == 1087);
  CHECK(requests[2].output_tokens == 2);
  CHECK(trace.skipped->zero_tokens == 1);
  CHECK(describe(*trace.skipped) == "1 row without prompt or output tokens left out");

  const std::vector<Request> sessions = read(
      "Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
      "1,abc,0.5,GPT-4,1,2,3,API log\n2,abc,0.5,GPT-4,1,2,3,API log\n3,d,0.5,GPT-4,1,2,3,API log\n4,,1,M,1,1,2,x\n");
  CHECK(sessions[0].session == sessions[1].session);
  CHECK(sessions[0].session != sessions[2].session);
  CHECK(sessions[3].session == 0);
}

TEST_CASE("BurstGPT: what is wrong is named by line and column") {
  CHECK(error_of("Timestamp,Model,Request tokens\n") ==
        ":1:1: column Response tokens is missing (expected a header such as `" + kBurst.substr(0, kBurst.size() - 1) +
            "`)");
  const std::string time = " (expected seconds such as `5` or `5.25`, up to 2.8 years)";
  CHECK(error_of(kBurst + "noon,M,1,2,3,x\n") == ":2:1: Timestamp is `noon`" + time);
  CHECK(error_of(kBurst + "-1,M,1,2,3,x\n") == ":2:1: Timestamp is `-1`" + time);
  CHECK(error_of(kBurst + "1e99,M,1,2,3,x\n") == ":2:1: Timestamp is `1e99`" + time);
  CHECK(error_of(kBurst + "99999999999,M,1,2,3,x\n") == ":2:1: Timestamp is `99999999999`" + time);
  CHECK(error_of(kBurst + "1,M,x,2,3,x\n") == ":2:5: Request tokens is `x` (expected a whole number of tokens)");
  CHECK(error_of(kBurst + "1,M,2,3,5,x,y\n") ==
        ":2:12: unexpected `,y` after the header's last column (expected the end of the line)");
  CHECK(error_of(kBurst + "1,\"M,1,2,3,x\n") ==
        ":2:3: the quotes around `M,1,2,3,x` are not closed (expected a quoted field on one line)");
  CHECK(error_of(kBurst + "7,M,1,2,3,x\n6.5,M,1,2,3,x\n") ==
        ":3:1: the time goes back: `6.5` is before the row above (expected rows in order of time, or `sort: true`)");
  CHECK(error_of(kBurst + "7,M,1") ==
        ":2:6: Response tokens is missing; the file may be cut off here (expected a "
        "whole number of tokens)");
}

TEST_CASE("Mooncake: milliseconds stay, hashes become prefix blocks, other keys are ignored") {
  const std::vector<Request> requests = read(
      R"({"timestamp": 0, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47, 2353, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]})"
      "\n"
      R"({"x": {"a": [1, "}", {}], "b\"": null}, "hash_ids":[], "timestamp":27482.5,"output_length":1,"input_length":2})"
      "\r\n");
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].prompt_tokens == 6955);
  CHECK(requests[0].prefix_blocks.size() == 14);
  CHECK(requests[0].prefix_blocks[2] == 2353);
  CHECK(requests[0].block_tokens == 512);
  CHECK(requests[1].arrival == 274825 * (kTicksPerMillisecond / 10));
  CHECK(requests[1].prefix_blocks.empty());
}

TEST_CASE("Mooncake: what is wrong is named by line and column") {
  const auto mooncake_error = [](const std::string& content) {
    TraceFile trace;
    trace.format = &trace_format("mooncake");
    return error_of(content, trace);
  };
  CHECK(mooncake_error("{\"timestamp\": 1, \"input_length\": 2}\n").find(":1:1: `output_length` is missing") == 0);
  CHECK(mooncake_error("{\"timestamp\": \"x\", \"input_length\": 2}\n") ==
        ":1:15: timestamp is `x` (expected milliseconds such as `27482`, up to 2.8 years)");
  CHECK(mooncake_error("{\"timestamp\": 1, \"input_length\": -2}\n") ==
        ":1:34: input_length is `-2` (expected a whole number of tokens)");
  CHECK(mooncake_error("{\"timestamp\": 1, \"hash_ids\": [1, 2") ==
        ":1:35: the line ends too early; the file may be cut off here (expected a comma)");
  CHECK(mooncake_error("{\"timestamp\": 1 2}\n") == ":1:17: unexpected `2}` (expected a comma)");
  CHECK(mooncake_error("{\"x\": " + std::string(1000, '[') + "\n").find("(expected a value that is less deep)") !=
        std::string::npos);
  CHECK(mooncake_error("{\"x\n") == ":1:4: the line ends too early (expected a closing double quote)");
  CHECK(mooncake_error("{\"timestamp\": 0, \"input_length\": 100, \"output_length\": 1, \"hash_ids\": [1, 2, 3]}\n") ==
        ":1:78: 3 hashes do not fit a prompt of 100 tokens in blocks of 512 (expected 1, one for each block; "
        "`block_tokens` says how large blocks are)");
  CHECK(mooncake_error("{\"timestamp\": 0, \"delay\": 1}\n").find("which only `format: mooncake-sessions` reads") !=
        std::string::npos);
}

TEST_CASE("Mooncake's keys: block sizes by the number of hashes, units by the times, and no guess between two") {
  const auto row = [](const std::string& time, int length, int hashes) {
    std::string ids;
    for (int i = 0; i < hashes; ++i) {
      ids += (i == 0 ? "" : ", ") + std::to_string(i);
    }
    return "{\"timestamp\": " + time + ", \"input_length\": " + std::to_string(length) +
           ", \"output_length\": 1, \"hash_ids\": [" + ids + "]}\n";
  };
  CHECK(read(row("0", 190, 3) + row("1000", 250, 4))[1].block_tokens == 64);
  CHECK(read(row("0", 190, 3) + row("1000", 250, 4))[1].arrival == kTicksPerSecond);
  CHECK(error_of(row("0", 17, 2)).find("fit 16 as well as") == std::string::npos);
  CHECK(error_of(row("0", 60, 2)) == "no error");  // blocks of 32
  CHECK(error_of(row("0", 3, 3)).find("no error") == 0);
  CHECK(error_of(row("0.25", 64, 4)).find("look like Bailian's seconds, but `chat_id` is missing") !=
        std::string::npos);
  CHECK(error_of(row("1780000000", 512, 1)).find("may be seconds since 1970") != std::string::npos);
  const std::vector<Request> unix = read(row("1780000000.125", 512, 1) + row("1780000003.5", 512, 1));
  CHECK(unix[0].arrival == 0);
  CHECK(unix[1].arrival == 27 * kTicksPerSecond / 8);
  TraceFile told;
  told.time_unit = TimeUnit::seconds;
  CHECK(read(row("0.25", 64, 4), told)[0].arrival == kTicksPerSecond / 4);
  told.block_tokens = 64;
  CHECK(error_of(row("0.25", 64, 4), told).find("4 hashes do not fit a prompt of 64 tokens in blocks of 64") !=
        std::string::npos);
}

TEST_CASE("Own CSV: hashes without a block size are of 16 tokens, or refused; times may have exponents") {
  const std::string header = "arrival_s,prompt_tokens,output_tokens,prefix_blocks\n";
  CHECK(read(header + "1e-05,32,1,7 8\n")[0].arrival == kTicksPerSecond / 100'000);
  CHECK(read(header + "1.25E+2,40,1,7 8\n")[0].arrival == 125 * kTicksPerSecond);
  CHECK(error_of(header + "0,5120,1,1 2 3 4 5 6 7 8 9 10\n") ==
        ":2:1: 10 hashes do not fit a prompt of 5120 tokens in blocks of 16 (expected 320, one for each block; "
        "`block_tokens` says how large blocks are)");
  CHECK(error_of("arrival_s,prompt_tokens,output_tokens,block_tokens\n0,1,1,0\n").find(":2:7: block_tokens is `0`") ==
        0);
}

TEST_CASE("Rows in any order are sorted where the trace says so") {
  const std::string rows = "5,1,1\n3,2,1\n3,3,1\n4,4,1\n";
  CHECK(error_of(kOwn + rows).find("(expected rows in order of time, or `sort: true`)") != std::string::npos);
  TraceFile trace;
  trace.sort = true;
  const std::vector<Request> requests = read(kOwn + rows, trace);
  REQUIRE(requests.size() == 4);
  CHECK(requests[0].prompt_tokens == 2);
  CHECK(requests[1].prompt_tokens == 3);
  CHECK(requests[3].prompt_tokens == 1);
  CHECK(requests[0].arrival == 3 * kTicksPerSecond);
  const std::vector<Request> azure =
      read("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:00:01,1,1\n2023-11-16 18:00:00.5,2,1\n", trace);
  CHECK(azure[0].arrival == 0);
  CHECK(azure[1].arrival == kTicksPerSecond / 2);
}

TEST_CASE("A sorter that must use files gives what one in memory gives") {
  RequestSorter small(10'000);
  RequestSorter large;
  for (int i = 0; i < 2000; ++i) {
    Request request = test::request_at((i * 7919 % 1000) - 500, i);
    request.prefix_blocks.assign(static_cast<std::size_t>(i % 5), static_cast<std::uint64_t>(i));
    request.key = static_cast<std::uint64_t>(i);
    if (i % 3 == 0) {
      request.wait = std::make_shared<const RequestWait>(RequestWait{{1, 2}, i});
    }
    small.add(request);
    large.add(request);
  }
  const std::vector<Request> a = test::read_all(*small.sorted(500));
  const std::vector<Request> b = test::read_all(*large.sorted(500));
  REQUIRE(a.size() == 2000);
  REQUIRE(b.size() == 2000);
  for (std::size_t i = 0; i < a.size(); ++i) {
    REQUIRE(a[i].arrival == b[i].arrival);
    REQUIRE(a[i].prompt_tokens == b[i].prompt_tokens);
    REQUIRE(a[i].prefix_blocks == b[i].prefix_blocks);
    REQUIRE((a[i].wait != nullptr) == (b[i].wait != nullptr));
  }
  CHECK(a.front().arrival == 0);
}

TEST_CASE("Own CSV: every field, columns in any order, times exact to the tick") {
  const std::vector<Request> requests =
      read("output_tokens,session,arrival_s,prompt_tokens,deadline_s\n5,9,0.00000000001,6,\n5,9,1.5,6,2.25\n");
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].arrival == 1);
  CHECK(requests[0].deadline == kNever);
  CHECK(requests[1].deadline == 9 * kTicksPerSecond / 4);
  CHECK(requests[1].session == 9);
  CHECK(error_of("arrival_s,prompt_tokens,output_tokens,tennant\n").find(":1:39: unexpected column `tennant`") == 0);
  CHECK(error_of("arrival_s,prompt_tokens,output_tokens,priority\n0,1,1,70000\n") ==
        ":2:7: priority is `70000` (expected a number in its range)");
  CHECK(error_of("arrival_s,prompt_tokens,output_tokens,similarity\n0,1,1,nan\n") ==
        ":2:7: similarity is `nan` (expected a number from 0 to 1)");
}

TEST_CASE("Own CSV keeps every field through writing and reading, plain and compressed, to the same bytes") {
  const TemporaryFolder folder;
  std::vector<Request> requests{test::request_at(0, 1), test::request_at(1, 2), everything()};
  for (const std::string name : {"a.csv", "a.csv.gz"}) {
    const auto writer = write_csv_trace(folder(name));
    for (const Request& request : requests) {
      writer->write(request);
    }
    CHECK_FALSE(fs::exists(folder(name)));
    writer->publish();
    CHECK_FALSE(fs::exists(folder(name) + ".part"));
    const std::vector<Request> back = test::read_all(*open_trace_file({nullptr, folder(name)}));
    REQUIRE(back.size() == requests.size());
    const auto again = write_csv_trace(folder("again-" + name));
    for (const Request& request : back) {
      again->write(request);
    }
    again->publish();
    CHECK(content_of(folder("again-" + name)) == content_of(folder(name)));
    const Request& last = back.back();
    const Request expected = everything();
    CHECK(last.arrival == expected.arrival);
    CHECK(last.deadline == expected.deadline);
    CHECK(last.deadline_class == expected.deadline_class);
    CHECK(last.similarity == expected.similarity);
    CHECK(last.priority == expected.priority);
    CHECK(last.semantic_key == expected.semantic_key);
    CHECK(last.prefix_blocks == expected.prefix_blocks);
    CHECK(last.block_tokens == 3);
    CHECK(last.key == expected.key);
    REQUIRE(last.wait);
    CHECK(last.wait->after == expected.wait->after);
    CHECK(last.wait->delay == 7);
  }
  { const auto dropped = write_csv_trace(folder("b.csv")); }
  CHECK_FALSE(fs::exists(folder("b.csv.part")));
  CHECK_THROWS_AS(write_csv_trace(folder("no/b.csv")), OutputError);
}

TEST_CASE("A compressed trace that ends early or is damaged is an error") {
  const TemporaryFolder folder;
  {
    const auto writer = write_csv_trace(folder("a.csv.gz"));
    for (int i = 0; i < 20'000; ++i) {
      writer->write(test::request_at(i * 7919LL * 104'729, 1 + i * 31 % 1009));
    }
    writer->publish();
  }
  std::string bytes = content_of(folder("a.csv.gz"));
  const std::string end = error_of(bytes.substr(0, bytes.size() / 2));
  CHECK(end == ": cannot be read: the compressed file ends early (expected a readable trace file)");
  bytes[bytes.size() / 2] = static_cast<char>(~bytes[bytes.size() / 2]);
  CHECK(error_of(bytes).find("the file") == std::string::npos);
  CHECK(error_of(bytes) != "no error");
}

TEST_CASE("Bad rows are left out and counted where the trace says so, up to a limit") {
  const std::string rows = "1,1,1\nx,1,1\n2,1,1\n1.5,1,1\n3,1\n\n4,1,1\n";
  CHECK(error_of(kOwn + rows).find(":3:1: arrival_s is `x`") == 0);
  const TraceFile trace = skipping();
  CHECK(read(kOwn + rows, trace).size() == 3);
  CHECK(trace.skipped->bad == 4);
  CHECK(describe(*trace.skipped).find("4 rows that cannot be read left out, the first: ") == 0);
  CHECK(error_of(kOwn + rows, skipping(2)) ==
        ":6:4: output_tokens is missing (expected a whole number of tokens); 2 bad rows before it were left out, and "
        "max_skipped allows no more");
  CHECK(error_of(kOwn + "x,1,1\n", skipping()).find(":3:1: the file holds no row but the 1 left out") == 0);
}

TEST_CASE("A row with zero tokens follows the trace's rule") {
  const std::string rows = "1,0,1\n2,1,0\n3,1,1\n";
  TraceFile trace;
  CHECK(read(kOwn + rows, trace).size() == 1);
  trace.zero_tokens = ZeroTokens::one;
  REQUIRE(read(kOwn + rows, trace).size() == 3);
  CHECK(read(kOwn + rows, trace)[0].prompt_tokens == 1);
  trace.zero_tokens = ZeroTokens::stop;
  CHECK(error_of(kOwn + rows, trace) ==
        ":2:1: the row has no prompt tokens (expected at least 1; `zero_tokens: skip` leaves such rows out)");
}

TEST_CASE("A trace that begins like none says what was expected") {
  const std::string expected =
      " (expected a trace that workloads/FORMATS.md has, or `columns` to say which column is what)";
  CHECK(error_of("") == ":1:1: the file is empty" + expected);
  CHECK(error_of("a,b\n1,2\n") == ":1:1: no known trace begins like `a,b`" + expected);
  CHECK(error_of("\x89HDF\r\n\x1a\n").find("is an HDF5 trace, and nothing here reads those") != std::string::npos);
}

}  // namespace idlewatt
