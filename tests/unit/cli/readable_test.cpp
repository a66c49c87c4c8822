#include "cli/text/readable.hpp"

#include "cli/catalog/contents.hpp"
#include "cli/catalog/text.hpp"
#include "cli/text/text.hpp"
#include "support/catch.hpp"

using namespace idlewatt;

TEST_CASE("quantities are shown in the units that people use for them") {
  CHECK(readable(81920.0 * 1048576, Dimension::bytes) == "85.9 GB");
  CHECK(readable(2039e9, Dimension::bandwidth) == "2.039 TB/s");
  CHECK(readable(312e12, Dimension::flops) == "312 TFLOPS");
  CHECK(readable(126e-12, Dimension::energy_per_byte) == "126 pJ/B");
  CHECK(readable(70e-6, Dimension::time) == "70 us");
  CHECK(readable(0.15, Dimension::share) == "15 %");
  CHECK(readable(13.3504, Dimension::price_per_time) == "13.35 USD/h");
  CHECK(readable(8.03e9, Dimension::number) == "8.03 billion");
  CHECK(readable(128256, Dimension::count) == "128,256");
  CHECK(readable(0.0, Dimension::time) == "0 s");
}

TEST_CASE("minutes and hours are used where they come out round") {
  CHECK(readable(210.0, Dimension::time) == "3.5 min");
  CHECK(readable(3600.0, Dimension::time) == "1 h");
  CHECK(readable(100.0, Dimension::time) == "100 s");
}

TEST_CASE("text is broken between words") {
  CHECK(wrapped("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(paragraph("one two three", 9, 2) == "  one two\n  three\n");
}

TEST_CASE("what a parameter may be") {
  CHECK(parameter_range({.name = "a", .minimum = 1.0, .maximum = 1e6, .help = ""}) == "a number, 1 to 1e6");
  CHECK(parameter_range({.name = "a", .dimension = Dimension::time, .minimum = 0.1, .maximum = 86400, .help = ""}) ==
        "a time, 100 ms to 1 d");
  CHECK(parameter_range({.name = "a", .minimum = 0.0, .help = ""}) == "a number, at least 0");
  CHECK(parameter_range({.name = "a", .help = "", .choices = {"x", "y", "z"}}) == "x, y or z");
}

TEST_CASE("the YAML of a policy is broken between its parameters") {
  const PolicyFamily family{"idle", "pools.NAME.idle", "", "", false, {}};
  const PolicyInfo policy{
      "sleepy", "", {{"after", Dimension::time, 5.0, 0, 10, ""}, {"share", Dimension::share, 0.5, 0, 1, ""}}};
  CHECK(policy_yaml(family, policy, 80) == "idle: {policy: sleepy, after: 5 s, share: 0.5}\n");
  CHECK(policy_yaml(family, policy, 40) == "idle: {policy: sleepy, after: 5 s,\n       share: 0.5}\n");
}

TEST_CASE("the catalogue is narrowed by kind, by name, and by a name alone") {
  Catalog catalog;
  catalog.accelerators["a1"].name = "a1";
  catalog.accelerators["a2"].name = "a2";
  catalog.servers["s1"].accelerator = "a1";
  catalog.servers["s1"].accelerators = 2;
  const CatalogContents all = all_contents(catalog);
  CHECK(narrowed(all, "", "").kinds.size() == 4);

  const CatalogContents accelerators = narrowed(all, "accelerators", "");
  CHECK(accelerators.depth == CatalogContents::Depth::list);
  CHECK(accelerators.families.empty());
  CHECK(accelerators.kinds.at(0).entries.size() == 2);

  const CatalogContents one = narrowed(all, "s1", "");
  CHECK(one.depth == CatalogContents::Depth::entry);
  CHECK(one.kinds.at(0).entries.at(0).accelerator == "a1");

  CHECK(narrowed(all, "policies", "autoscaling").depth == CatalogContents::Depth::list);
  CHECK(narrowed(all, "policies", "hpa").families.at(0).policies.size() == 1);
  CHECK_THROWS_AS(narrowed(all, "policies", "a1"), InputError);
  CHECK_THROWS_AS(narrowed(all, "a3", ""), InputError);
}
