#include "base/csv_text.hpp"

#include <limits>

#include "support/catch.hpp"

namespace idlewatt {
namespace {

TEST_CASE("Cells of CSV are quoted where RFC 4180 says so") {
  CHECK(csv_text("a plain cell") == "a plain cell");
  CHECK(csv_text("a,b") == "\"a,b\"");
  CHECK(csv_text("a \"b\"") == "\"a \"\"b\"\"\"");
  CHECK(csv_text("a\r") == "\"a\r\"");
  CHECK(csv_text("a\nb") == "\"a\nb\"");
}

TEST_CASE("Numbers of CSV have every digit; what is no number is empty") {
  CHECK(csv_number(0.1) == "0.1");
  CHECK(csv_number(120000.0) == "120000");
  CHECK(csv_number(1e-7) == "1e-07");
  CHECK(csv_number(std::numeric_limits<double>::infinity()).empty());
  CHECK(csv_number(std::numeric_limits<double>::quiet_NaN()).empty());
}

}  // namespace
}  // namespace idlewatt
