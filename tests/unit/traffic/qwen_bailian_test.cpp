// Bailian's traces look like Mooncake's, and count seconds and blocks of 16 tokens.
#include "support.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "traffic/trace_file.hpp"

namespace idlewatt {
namespace {

std::string row(int id, int parent, const std::string& time, int prompt, const std::string& hashes) {
  return "{\"chat_id\": " + std::to_string(id) + ", \"parent_chat_id\": " + std::to_string(parent) +
         ", \"timestamp\": " + time + ", \"input_length\": " + std::to_string(prompt) +
         ", \"output_length\": 5, \"type\": \"text\", \"turn\": 1, \"hash_ids\": [" + hashes + "]}\n";
}

std::vector<Request> read(const std::string& content) {
  const TemporaryFolder folder;
  return test::read_all(*open_trace_file({nullptr, folder.write("trace.jsonl", content)}));
}

std::string error_of(const std::string& content) {
  const TemporaryFolder folder;
  const std::string path = folder.write("trace.jsonl", content);
  try {
    test::read_all(*open_trace_file({nullptr, path}));
  } catch (const InputError& error) {
    return std::string(error.what()).substr(path.size());
  }
  return "no error";
}

}  // namespace

TEST_CASE("Bailian: times are seconds, which stay") {
  const std::vector<Request> requests =
      read(row(0, -1, "0.25", 64, "0, 1, 2, 3") + row(1, -1, "60.25", 64, "4, 5, 6, 7"));
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].arrival == kTicksPerSecond / 4);
  CHECK(requests[1].arrival == 60 * kTicksPerSecond + kTicksPerSecond / 4);
}

TEST_CASE("Bailian: only equal leading runs of hashes are equal prefixes") {
  const std::vector<Request> requests =
      read(row(0, -1, "0", 48, "7, 8, 9") + row(1, -1, "1", 48, "7, 8, 3") + row(2, -1, "2", 40, "1, 8, 9"));
  REQUIRE(requests[0].prefix_blocks.size() == 3);
  CHECK(requests[0].prefix_blocks[0] == requests[1].prefix_blocks[0]);
  CHECK(requests[0].prefix_blocks[1] == requests[1].prefix_blocks[1]);
  CHECK(requests[0].prefix_blocks[2] != requests[1].prefix_blocks[2]);
  // The same id behind another beginning is another prefix.
  CHECK(requests[0].prefix_blocks[1] != requests[2].prefix_blocks[1]);
}

TEST_CASE("Bailian: a chain of parents is a session; a parent that is not in the file makes a root") {
  const std::vector<Request> requests =
      read(row(10, -1, "0", 16, "1") + row(11, -1, "1", 16, "2") + row(13, 10, "2", 16, "1") +
           row(16, 13, "3", 16, "1") + row(17, 9, "4", 16, "4"));
  CHECK(requests[2].session == requests[0].session);
  CHECK(requests[3].session == requests[0].session);
  CHECK(requests[1].session != requests[0].session);
  CHECK(requests[4].session != 0);
  CHECK(requests[4].session != requests[0].session);
}

TEST_CASE("Bailian: what is wrong is named by line and column") {
  CHECK(error_of(row(0, -1, "0", 100, "1, 2, 3"))
            .find("3 hashes do not fit a prompt of 100 tokens in blocks of 16 (expected 7, one for each block") !=
        std::string::npos);
  CHECK(error_of("{\"chat_id\": 1, \"parent_chat_id\": -1, \"timestamp\": 1, \"input_length\": 2}\n")
            .find(":1:1: `output_length` is missing") == 0);
  CHECK(error_of("{\"chat_id\": \"x y\", \"parent_chat_id\": -1}\n") ==
        ":1:13: chat_id is `x y` (expected a whole number)");
}

}  // namespace idlewatt
