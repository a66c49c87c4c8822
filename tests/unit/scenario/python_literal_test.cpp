// Parameters of a class of Python: what YAML says is what Python gets.
#include "scenario/policy/python_literal.hpp"

#include "support/catch.hpp"

namespace idlewatt {
namespace {

std::string literal(const std::string& yaml) {
  return python_literal(parse_yaml(yaml, "test.yaml"));
}

TEST_CASE("scalars of YAML become those of Python", "[python]") {
  CHECK(literal("12") == "12");
  CHECK(literal("-3") == "-3");
  CHECK(literal("+3") == "3");
  CHECK(literal("1.5") == "1.5");
  CHECK(literal("2.0") == "2.0");
  CHECK(literal("1e3") == "1000.0");
  CHECK(literal("1e300") == "1e+300");
  CHECK(literal("9223372036854775808") == "9223372036854775808.0");
  CHECK(literal("true") == "True");
  CHECK(literal("false") == "False");
  CHECK(literal("null") == "None");
}

TEST_CASE("everything else is a text, whatever stands in it", "[python]") {
  CHECK(literal("15 s") == "'15 s'");
  CHECK(literal("inf") == "'inf'");
  CHECK(literal("nan") == "'nan'");
  CHECK(literal("'12'") == "'12'");
  CHECK(literal("\"it's \\\\ here\\n\"") == "'it\\'s \\\\ here\\x0a'");
  CHECK(literal("\"__import__('os')\"") == "'__import__(\\'os\\')'");
}

TEST_CASE("lists and maps keep their order", "[python]") {
  CHECK(literal("[1, [a, 2.5]]") == "[1, ['a', 2.5, ], ]");
  CHECK(literal("{b: 1, a: [true]}") == "{'b': 1, 'a': [True, ], }");
}

TEST_CASE("infinite numbers are refused with their place", "[python]") {
  CHECK_THROWS_WITH(literal("{a: .inf}"), "test.yaml:1:5: `.inf` is no parameter; expected a finite number");
  CHECK_THROWS_WITH(literal("{a: 1, b: .NaN}"), "test.yaml:1:11: `.NaN` is no parameter; expected a finite number");
}

}  // namespace
}  // namespace idlewatt
