#include "scenario/yaml/yaml_tree.hpp"

#include "support/catch.hpp"

namespace idlewatt {
namespace {

std::string error_of(const std::string& text) {
  try {
    parse_yaml(text, "f.yaml");
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST_CASE("Every node has its line and column, counted from 1") {
  const YamlNode root = parse_yaml("a: 1\nb:\n  - x\n  - {c: 'y z'}\nd:\n", "f.yaml");
  REQUIRE(root.is_map());
  CHECK(root.find("a")->place.text() == "f.yaml:1:4");
  const YamlNode& b = *root.find("b");
  REQUIRE(b.is_sequence());
  CHECK(b.items[0].place.text() == "f.yaml:3:5");
  CHECK(b.items[1].find("c")->place.text() == "f.yaml:4:9");
  CHECK(b.items[1].find("c")->quoted);
  CHECK(b.items[1].entries[0].key_place.text() == "f.yaml:4:6");
  CHECK(root.find("d")->is_null());
  CHECK(root.find("d")->place.text() == "f.yaml:5:1");
  CHECK(root.find("e") == nullptr);
}

TEST_CASE("Aliases are copies") {
  const YamlNode root = parse_yaml("a: &x {p: 1}\nb: *x\n", "f.yaml");
  CHECK(root.find("b")->find("p")->scalar == "1");
}

TEST_CASE("What the library lets pass in silence is an error") {
  CHECK(error_of("a: 1\nb: 2\na: 3\n") ==
        "f.yaml:3:1: key `a` is given twice (first in line 1); expected each key once");
  CHECK(error_of("x: {a: 1, a: 3}\n") ==
        "f.yaml:1:11: key `a` is given twice (first in line 1); expected each key once");
  CHECK(error_of("a: &x {p: 1}\nb:\n  <<: *x\n") ==
        "f.yaml:3:3: merge keys (`<<`) are not supported; expected the keys themselves (aliases of values work)");
  CHECK(error_of("a: 1\n---\nb: 2\n").find("a second document begins here; expected one document per file") !=
        std::string::npos);
  CHECK(error_of("a: !!binary x\n") ==
        "f.yaml:1:4: the tag `tag:yaml.org,2002:binary` has no meaning here; expected a plain value");
  CHECK(error_of("? [a]\n: 1\n") == "f.yaml:1:3: a key is a list, a map or empty; expected a word");
}

TEST_CASE("Syntax errors are one line with their place") {
  CHECK(error_of("a: [1, 2\n") == "f.yaml:2:1: not YAML: end of sequence flow not found; expected one YAML document");
  CHECK(error_of("a: {p: ${X}/y}\n").find("`${VARIABLE}` must stand in quotes") != std::string::npos);
  CHECK(error_of("a: *nope\n").find("the referenced anchor is not defined") != std::string::npos);
}

TEST_CASE("Hostile documents end in an error, not in an exhausted machine") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    const std::string name = "a" + std::to_string(i);
    bomb += name + ": &" + name + " [" + last;
    for (int j = 0; j < 9; ++j) {
      bomb += ", " + last;
    }
    bomb += "]\n";
  }
  CHECK(error_of(bomb).find("the file holds more than 200000 values, aliases copied; expected less") !=
        std::string::npos);
  CHECK(error_of(std::string(100'000, '[')) != "no error");
  CHECK(error_of("a: &x [*x]\n") != "no error");
}

TEST_CASE("Flow text reads back as the same tree") {
  const std::string text = "{policy: hpa, list: [1, \"a: b\", {x: 100 Gbps}], none: null}";
  CHECK(flow_text(parse_yaml(text, "f.yaml")) == text);
}

TEST_CASE("Files that cannot be read") {
  CHECK_THROWS_AS(read_text_file("no-such-file.yaml"), InputError);
  CHECK_THROWS_AS(read_text_file("/"), InputError);
  CHECK(read_text_file("/dev/null").empty());
}

}  // namespace
}  // namespace idlewatt
