// JSON in records: any layout, any depth within bounds, every fault with its place.
#include "traffic/json_records.hpp"

#include <string>

#include "base/error.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace idlewatt {
namespace {

struct Read {
  std::vector<JsonValue> records;
  std::string error;
};

Read read(const std::string& content, std::vector<std::string_view> skipped = {}) {
  const TemporaryFolder folder;
  const std::string path = folder.write("trace", content);
  Read result;
  try {
    JsonRecords records(path, std::move(skipped));
    for (JsonValue record; records.next(record);) {
      result.records.push_back(record);
    }
  } catch (const InputError& error) {
    result.error = std::string(error.what()).substr(path.size());
  }
  return result;
}

}  // namespace

TEST_CASE("records are lines, objects one after the other, or the elements of one list") {
  for (const char* text : {"{\"a\": 1}\n{\"a\": 2}\n", "{\"a\": 1}{\"a\":\n2}", "[{\"a\": 1}, {\"a\": 2}]",
                           "\xEF\xBB\xBF [\n {\"a\": 1},\r\n\t{\"a\": 2}\n]\n\n", "{\"a\":1}\r\n\r\n{\"a\":2}"}) {
    INFO(text);
    const Read found = read(text);
    CHECK(found.error.empty());
    REQUIRE(found.records.size() == 2);
    CHECK(found.records[0].find("a")->text == "1");
    CHECK(found.records[1].find("a")->text == "2");
  }
  CHECK(read("").records.empty());
  CHECK(read("[]").records.empty());
}

TEST_CASE("values keep their digits, their characters and their places") {
  const Read found = read(
      "{\"n\": 18446744073709551557, \"t\": \"a\\u00e9\\ud83d\\ude00\\n\", \n  \"m\": {\"x.y\": {\"z\": "
      "-1.50e3}}, \"l\": [true, null, Infinity], \"big\": [[1], {\"k\": 2}]}",
      {"big"});
  REQUIRE(found.error.empty());
  const JsonValue& record = found.records.at(0);
  CHECK(record.find("n")->text == "18446744073709551557");
  CHECK(record.find("t")->text == "a\xC3\xA9\xF0\x9F\x98\x80\n");
  REQUIRE(record.at("m.x.y.z") != nullptr);
  CHECK(record.at("m.x.y.z")->text == "-1.50e3");
  CHECK(record.at("m.x.y.z")->line == 2);
  CHECK(record.at("m.x.y.z")->column == 22);
  CHECK(record.at("m.x") == nullptr);
  CHECK(record.find("l")->items.at(2).text == "Infinity");
  CHECK(record.find("big")->is_null());
}

TEST_CASE("what is no JSON is named by line and column, and reading goes on below it") {
  CHECK(read("{\"a\": 1}\nhello\n").error == ":2:1: unexpected `hello?` (expected an object in curly brackets)");
  CHECK(read("{\"a\": }\n").error == ":1:7: unexpected `}` (expected a value of JSON)");
  CHECK(read("{\"a\" 1}\n").error == ":1:6: unexpected `1}` (expected a colon)");
  CHECK(read("{\"a\": 1 2}\n").error == ":1:9: unexpected `2}` (expected a comma or a closing bracket)");
  CHECK(read("{\"a\": \"\\x\"}\n").error.find(":1:8: unexpected") == 0);
  CHECK(read("{\"a\": {\"b\": [1, 2").error.find("the file may be cut off here") != std::string::npos);
  CHECK(read("{\"a\": " + std::string(100'000, '[') + std::string(100'000, ']') + "}").error.find("deeper than 64") !=
        std::string::npos);
  CHECK(read(std::string(100'000, '[')).error.find("expected an object in curly brackets") != std::string::npos);
  CHECK(read(std::string("{\"a\": 1}\0", 9) + std::string(1, '\0')).error.find("unexpected `??`") != std::string::npos);
  const TemporaryFolder folder;
  JsonRecords records(folder.write("trace", "{\"a\": 1}\n{\"a\": [}\n{\"a\": 3}\n"));
  JsonValue record;
  REQUIRE(records.next(record));
  CHECK_THROWS_AS(records.next(record), InputError);
  REQUIRE(records.next(record));
  CHECK(record.find("a")->text == "3");
  CHECK_FALSE(records.next(record));
}

TEST_CASE("a record is bounded, and blanks without an end cost no memory") {
  const TemporaryFolder folder;
  const Read blanks = read(std::string(5'000'000, ' ') + "{\"a\": 1}");
  CHECK(blanks.records.size() == 1);
  const Read many = read("[" + std::string(1'000'000, '\n') + "{\"a\": 1}]");
  REQUIRE(many.records.size() == 1);
  CHECK(many.records[0].line == 1'000'001);
}

}  // namespace idlewatt
