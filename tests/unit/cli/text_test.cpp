#include "cli/text/text.hpp"

#include <limits>

#include "support/catch.hpp"

using namespace idlewatt;

TEST_CASE("names of variants become names of files") {
  CHECK(slug("a100 static") == "a100-static");
  CHECK(slug("L4, HPA!") == "l4-hpa");
  CHECK(slug("../../etc/passwd") == "etc-passwd");
  CHECK(slug("v1.5_b") == "v1.5_b");
  CHECK(slug("-- --") == "variant");
  CHECK(slug("") == "variant");
  CHECK(slug("é") == "variant");
  CHECK(slug(std::string(300, 'x')).size() == 100);
}

TEST_CASE("names of files are told apart") {
  CHECK(unique_slugs({"a b", "a-b", "A B", "index"}, {"index"}) ==
        std::vector<std::string>{"a-b", "a-b-2", "a-b-3", "index-2"});
}

TEST_CASE("numbers keep the digits that matter") {
  CHECK(rounded(0.0, 4) == "0");
  CHECK(rounded(0.012345678, 4) == "0.01235");
  CHECK(rounded(1.23456, 4) == "1.235");
  CHECK(rounded(999.96, 4) == "1,000");
  CHECK(rounded(9.99996, 4) == "10.00");
  CHECK(rounded(1234.4, 4) == "1,234");
  CHECK(rounded(1234567.0, 4) == "1,234,567");
  CHECK(compact(4.0, 3) == "4");
  CHECK(compact(1.5, 3) == "1.5");
  CHECK(compact(100.0, 3) == "100");
  CHECK(rounded(-12.3456, 4) == "-12.35");
  CHECK(rounded(std::numeric_limits<double>::quiet_NaN(), 4) == "-");
  CHECK(rounded(std::numeric_limits<double>::infinity(), 4) == "inf");
  CHECK(rounded(1e300, 4).size() == 301);
}

TEST_CASE("whole numbers are grouped") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1000) == "1,000");
  CHECK(grouped(-1234567) == "-1,234,567");
  CHECK(grouped(-999) == "-999");
}

TEST_CASE("durations show their two largest units") {
  CHECK(duration(0.0) == "0 s");
  CHECK(duration(12.5) == "12.5 s");
  CHECK(duration(60.0) == "1 min");
  CHECK(duration(5400.0) == "1 h 30 min");
  CHECK(duration(86400.0) == "24 h");
  CHECK(duration(3.0 * 86400.0 + 4.0 * 3600.0 + 59.0) == "3 d 4 h");
  CHECK(duration(-1.0) == "?");
}

TEST_CASE("lists read like sentences") {
  CHECK(listed({}).empty());
  CHECK(listed({"a"}) == "a");
  CHECK(listed({"a", "b", "c"}) == "a, b and c");
  CHECK(suggestion("rnu", {"run", "check"}) == "did you mean `run`?");
  CHECK(suggestion("zzzzz", {"run", "check"}) == "expected run or check");
}
