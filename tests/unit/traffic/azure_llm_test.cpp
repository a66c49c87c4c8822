// Azure's CSV of LLM inference traces, and the rules for rows that all text formats share.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include "support.hpp"
#include "support/catch.hpp"
#include "traffic/open.hpp"
#include "traffic/trace_file.hpp"

namespace idlewatt {
namespace {

const std::string kHeader = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
const std::string kRow = "2023-11-16 18:15:46.6805900,374,44\n";

/// A file with the given content, gone with the object.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content)
      : path_(std::filesystem::temp_directory_path() / ("idlewatt-test-" + std::to_string(getpid()) + ".csv")) {
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

std::vector<Request> read(const std::string& content) {
  const TemporaryFile file(content);
  return test::read_all(*open_trace_file({&trace_format("azure-llm"), file.path()}));
}

/// The message that reading ends with, without the file's path; "no error" if there is none.
std::string error_of(const std::string& content) {
  const TemporaryFile file(content);
  try {
    test::read_all(*open_trace_file({&trace_format("azure-llm"), file.path()}));
  } catch (const InputError& error) {
    const std::string message = error.what();
    CHECK(message.substr(0, file.path().size()) == file.path());
    CHECK(message.find('\n') == std::string::npos);
    return message.substr(file.path().size());
  }
  return "no error";
}

}  // namespace

TEST_CASE("A trace's rows become requests, the first at time 0, exact to its last digit") {
  const std::vector<Request> requests = read(kHeader + kRow + "2023-11-16 18:15:50.9951690,396,109\n" +
                                             "2023-11-16 18:15:50.9951690,1,1\n" + "2023-11-17 00:00:00.0000001,7,8\n");
  REQUIRE(requests.size() == 4);
  CHECK(requests[0].arrival == 0);
  CHECK(requests[0].prompt_tokens == 374);
  CHECK(requests[0].output_tokens == 44);
  CHECK(requests[1].arrival == 43145790 * (kTicksPerSecond / 10'000'000));
  CHECK(requests[1].prompt_tokens == 396);
  CHECK(requests[1].output_tokens == 109);
  CHECK(requests[2].arrival == requests[1].arrival);
  // 18:15:46.68059 to midnight: 5 h 44 min 13.31941 s.
  CHECK(requests[3].arrival == 206533194101 * (kTicksPerSecond / 10'000'000));
}

TEST_CASE("Line ends, byte-order mark, final newline and time zone may vary") {
  const std::string rows =
      "2024-02-28 23:59:59,1,2\r\n2024-02-29 00:00:00.5,3,4\r\n2024-03-01 00:00:00.123456+00:00,5,6";
  const std::vector<Request> requests = read("\xEF\xBB\xBFTIMESTAMP,ContextTokens,GeneratedTokens\r\n" + rows);
  REQUIRE(requests.size() == 3);
  CHECK(requests[1].arrival == 3 * kTicksPerSecond / 2);
  CHECK(requests[2].arrival == 86401 * kTicksPerSecond + 123456 * kTicksPerMicrosecond);
  CHECK(requests[2].output_tokens == 6);
  CHECK(read(kHeader + kRow + "\n\r\n").size() == 1);
  CHECK(read(kHeader + "2023-11-16 18:15:46Z,1,1").size() == 1);
}

TEST_CASE("A trace longer than a block of the reader loses no row") {
  std::string content = kHeader;
  constexpr int kRows = 60'000;  // 2.1 MB
  for (int row = 0; row < kRows; ++row) {
    const std::string second = std::to_string(100 + row / 1000).substr(1);
    content += "2023-11-16 18:15:" + second + ".000" + std::to_string(1000 + row % 1000) + "," +
               std::to_string(row + 1) + ",5" + (row % 3 == 0 ? "\r\n" : "\n");
  }
  const std::vector<Request> requests = read(content);
  REQUIRE(requests.size() == kRows);
  for (int row = 0; row < kRows; ++row) {
    REQUIRE(requests[static_cast<std::size_t>(row)].prompt_tokens == row + 1);
  }
}

TEST_CASE("Times with a T and in other zones are read as they stand") {
  const std::vector<Request> requests = read(kHeader +
                                             "2024-05-10T00:00:00.25Z,1,1\n2024-05-10 02:00:01.5+02:00,1,1\n"
                                             "2024-05-09T16:00:02-0800,1,1\n");
  REQUIRE(requests.size() == 3);
  CHECK(requests[1].arrival == 5 * kTicksPerSecond / 4);
  CHECK(requests[2].arrival == 7 * kTicksPerSecond / 4);
}

TEST_CASE("A header that lacks a column says which") {
  CHECK(error_of("") == ":1:1: the file is empty (expected the header `TIMESTAMP,ContextTokens,GeneratedTokens`)");
  CHECK(error_of("TIMESTAMP,ContextTokens\n" + kRow) ==
        ":1:24: column GeneratedTokens is missing, `` stands in its place (expected the header "
        "`TIMESTAMP,ContextTokens,GeneratedTokens`)");
  CHECK(error_of(kRow) ==
        ":1:1: column TIMESTAMP is missing, `2023-11-16 18:15:46.6805900` stands in its place (expected the header "
        "`TIMESTAMP,ContextTokens,GeneratedTokens`)");
  CHECK(error_of("TIMESTAMP,ContextTokens,GeneratedTokens,Model\n" + kRow) ==
        ":1:41: unexpected column `Model` (expected the header `TIMESTAMP,ContextTokens,GeneratedTokens`)");
}

TEST_CASE("A trace without rows is an error") {
  const std::string message =
      ":2:1: the file holds no row (expected rows such as `2023-11-16 18:15:46.6805900,374,44`)";
  CHECK(error_of(kHeader) == message);
  CHECK(error_of("TIMESTAMP,ContextTokens,GeneratedTokens") == message);
}

TEST_CASE("A malformed row is named by line and column") {
  const std::string time = " (expected a UTC time such as `2023-11-16 18:15:46.6805900`)";
  const std::string tokens = " (expected a whole number of tokens)";
  const auto error_of_row = [](const std::string& row) { return error_of(kHeader + kRow + row + "\n"); };
  CHECK(error_of_row("yesterday,374,44") == ":3:1: TIMESTAMP is `yesterday`" + time);
  CHECK(error_of_row("2023-02-29 18:15:46,3,4") == ":3:1: TIMESTAMP is `2023-02-29 18:15:46`" + time);
  CHECK(error_of_row("2023-11-16 24:00:00,3,4") == ":3:1: TIMESTAMP is `2023-11-16 24:00:00`" + time);
  CHECK(error_of_row("2023-11-16 18:15:50.,3,4") == ":3:1: TIMESTAMP is `2023-11-16 18:15:50.`" + time);
  CHECK(error_of_row("2023-11-16 18:15:50.0123456789,3,4") ==
        ":3:1: TIMESTAMP is `2023-11-16 18:15:50.0123456789`" + time);
  CHECK(error_of_row("2023-11-16 18:15:50+25:00,3,4") == ":3:1: TIMESTAMP is `2023-11-16 18:15:50+25:00`" + time);
  CHECK(error_of_row("2023-11-16X18:15:50,3,4") == ":3:1: TIMESTAMP is `2023-11-16X18:15:50`" + time);
  CHECK(error_of_row(",3,4") == ":3:1: TIMESTAMP is missing" + time);
  CHECK(error_of_row("2023-11-16 18:15:50,-3,4") == ":3:21: ContextTokens is `-3`" + tokens);
  CHECK(error_of_row("2023-11-16 18:15:50,3,4.5") == ":3:23: GeneratedTokens is `4.5`" + tokens);
  CHECK(error_of_row("2023-11-16 18:15:50,3, 4") == ":3:23: GeneratedTokens is ` 4`" + tokens);
  CHECK(error_of_row("2023-11-16 18:15:50,99999999999,4") == ":3:21: ContextTokens is `99999999999`" + tokens);
  CHECK(error_of_row("2023-11-16 18:15:50,3,") == ":3:23: GeneratedTokens is missing" + tokens);
  CHECK(error_of_row("2023-11-16 18:15:50,3") == ":3:22: GeneratedTokens is missing" + tokens);
  CHECK(error_of_row("2023-11-16 18:15:50") == ":3:20: ContextTokens is missing" + tokens);
  CHECK(error_of_row("2023-11-16 18:15:50,3,4,5") ==
        ":3:24: unexpected `,5` after GeneratedTokens (expected the end of the line)");
  CHECK(error_of_row("\n2023-11-16 18:15:50,3,4") ==
        ":4:1: an empty line stands before this row (expected a row on every line)");
  CHECK(error_of_row("\x01\x02\x7f") == ":3:1: TIMESTAMP is `???`" + time);
}

TEST_CASE("Time that goes back is an error, and so is time that does not fit") {
  CHECK(error_of(kHeader + kRow + "2023-11-16 18:15:46.6805899,1,1\n") ==
        ":3:1: the time goes back: `2023-11-16 18:15:46.6805899` is before the row above (expected rows in order of "
        "time, or `sort: true`)");
  CHECK(error_of(kHeader + kRow + "1023-11-16 18:15:46,1,1\n").find("the time goes back") != std::string::npos);
  CHECK(error_of(kHeader + kRow + "2033-11-16 18:15:46,1,1\n") ==
        ":3:1: the row is more than 2.8 years after the first (expected a trace that fits into simulated time)");
}

TEST_CASE("A last line written in half is an error, and says so") {
  const std::string cut = "; the file may be cut off here";
  CHECK(error_of(kHeader + kRow + "2023-11-16 18:1") ==
        ":3:1: TIMESTAMP is `2023-11-16 18:1`" + cut + " (expected a UTC time such as `2023-11-16 18:15:46.6805900`)");
  CHECK(error_of(kHeader + kRow + "2023-11-16 18:15:50.99,3") ==
        ":3:25: GeneratedTokens is missing" + cut + " (expected a whole number of tokens)");
  CHECK(error_of(kHeader + kRow + "2023-11-16 18:15:50.99,") ==
        ":3:24: ContextTokens is missing" + cut + " (expected a whole number of tokens)");
}

TEST_CASE("A line longer than any trace's is an error") {
  CHECK(error_of(kHeader + std::string(17'000'000, 'x')) ==
        ":2:1: the line is longer than 16777216 bytes (expected a text file with short lines)");
}

TEST_CASE("A file that cannot be read is an error") {
  CHECK_THROWS_WITH(open_trace_file({&trace_format("azure-llm"), "/no/such/trace.csv"}),
                    "/no/such/trace.csv: cannot be opened: No such file or directory (expected a readable trace file)");
  const std::string folder = std::filesystem::temp_directory_path().string();
  CHECK_THROWS_AS(open_trace_file({&trace_format("azure-llm"), folder}), InputError);
}

TEST_CASE("Azure's conversation trace of 2023 reads as published") {
  const char* folder = std::getenv("IDLEWATT_DATA");
  const std::string path = std::string(folder == nullptr ? "" : folder) + "/traces/AzureLLMInferenceTrace_conv.csv";
  if (folder == nullptr || *folder == '\0' || !std::filesystem::exists(path)) {
    WARN("skipped: set IDLEWATT_DATA to a folder with traces/AzureLLMInferenceTrace_conv.csv (workloads/README.md)");
    return;
  }
  const TraceFile trace{&trace_format("azure-llm"), path};
  const std::unique_ptr<TraceReader> reader = open_trace_file(trace);
  std::int64_t rows = 0;
  std::int64_t prompt_tokens = 0;
  std::int64_t output_tokens = 0;
  Ticks last = 0;
  for (Request request; reader->next(request); ++rows) {
    prompt_tokens += request.prompt_tokens;
    output_tokens += request.output_tokens;
    REQUIRE(request.arrival >= last);
    last = request.arrival;
  }
  CHECK(rows == 19'366);
  CHECK(prompt_tokens == 22'361'870);
  CHECK(output_tokens == 4'088'665);
  CHECK(last == 35017219370 * (kTicksPerSecond / 10'000'000));
  CHECK(source_end({.name = "azure", .file = trace}) == last);
}

}  // namespace idlewatt
