// What holds for every built-in policy, those of later days included.
#include "policy/table.hpp"

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "support/catch.hpp"

namespace idlewatt {
namespace {

bool is_word(const std::string& name) {
  return !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == std::string::npos;
}

template <class Table>
void check_table(const Table& table) {
  REQUIRE_FALSE(table.empty());
  std::set<std::string> names;
  for (const auto& declaration : table) {
    const PolicyInfo& info = declaration.info;
    INFO("policy " << info.name);
    CHECK(is_word(info.name));
    CHECK(names.insert(info.name).second);
    CHECK_FALSE(info.summary.empty());
    CHECK(info.summary.find('\n') == std::string::npos);
    std::set<std::string> parameters;
    for (const ParameterSpec& parameter : info.parameters) {
      INFO("parameter " << parameter.name);
      CHECK(is_word(parameter.name));
      CHECK(parameters.insert(parameter.name).second);
      CHECK_FALSE(parameter.help.empty());
      CHECK(parameter.minimum <= parameter.default_value);
      CHECK(parameter.default_value <= parameter.maximum);
      if (parameter.dimension == Dimension::count) {
        CHECK(parameter.default_value == std::floor(parameter.default_value));
      }
      if (!parameter.choices.empty()) {
        CHECK(parameter.default_value >= 0.0);
        CHECK(parameter.default_value < static_cast<double>(parameter.choices.size()));
      }
    }
    CHECK(declaration.make(Parameters::defaults_of(info)) != nullptr);
    REQUIRE(find(table, info.name) != nullptr);
    CHECK(find(table, info.name)->info.summary == info.summary);
  }
  CHECK(find(table, "no-such-policy") == nullptr);
}

TEST_CASE("every policy is declared in full: unique names, one-line help, defaults within their ranges") {
  SECTION("autoscaling") {
    check_table(autoscale_policies());
  }
  SECTION("idle power") {
    check_table(idle_policies());
  }
  SECTION("batching") {
    check_table(batch_policies());
  }
  SECTION("queue") {
    check_table(queue_policies());
  }
  SECTION("prefix cache") {
    check_table(prefix_policies());
  }
  SECTION("routing") {
    check_table(route_policies());
  }
  SECTION("admission") {
    check_table(admission_policies());
  }
  SECTION("semantic cache") {
    check_table(cache_policies());
  }
  SECTION("power budgets") {
    check_table(power_policies());
  }
  SECTION("swapping") {
    check_table(swap_policies());
  }
  SECTION("routing across pools") {
    check_table(pool_route_policies());
  }
}

TEST_CASE("the first of each table is the default that users are told of") {
  CHECK(autoscale_policies().front().info.name == "static");
  CHECK(idle_policies().front().info.name == "always-on");
  CHECK(batch_policies().front().info.name == "continuous");
  CHECK(queue_policies().front().info.name == "fcfs");
  CHECK(prefix_policies().front().info.name == "none");
  CHECK(route_policies().front().info.name == "least-outstanding");
  CHECK(cache_policies().front().info.name == "none");
  CHECK(admission_policies().front().info.name == "always");
  CHECK(power_policies().front().info.name == "fifo");
  CHECK(swap_policies().front().info.name == "none");
  CHECK(pool_route_policies().front().info.name == "least-outstanding");
}

TEST_CASE("a parameter that is not declared is an error") {
  Parameters parameters;
  parameters.set("declared", 3.0);
  CHECK(parameters.get_int("declared") == 3);
  CHECK_THROWS_AS(parameters.get("undeclared"), Error);
}

}  // namespace
}  // namespace idlewatt
