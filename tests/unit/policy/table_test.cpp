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
    check_table(AutoscaleFamily::built_in());
  }
  SECTION("idle power") {
    check_table(IdleFamily::built_in());
  }
  SECTION("batching") {
    check_table(BatchFamily::built_in());
  }
  SECTION("queue") {
    check_table(QueueFamily::built_in());
  }
  SECTION("prefix cache") {
    check_table(PrefixFamily::built_in());
  }
  SECTION("routing") {
    check_table(RouteFamily::built_in());
  }
  SECTION("admission") {
    check_table(AdmissionFamily::built_in());
  }
  SECTION("semantic cache") {
    check_table(CacheFamily::built_in());
  }
  SECTION("power budgets") {
    check_table(PowerFamily::built_in());
  }
  SECTION("swapping") {
    check_table(SwapFamily::built_in());
  }
  SECTION("routing across pools") {
    check_table(PoolRouteFamily::built_in());
  }
}

TEST_CASE("the first of each table is the default that users are told of") {
  CHECK(AutoscaleFamily::built_in().front().info.name == "static");
  CHECK(IdleFamily::built_in().front().info.name == "always-on");
  CHECK(BatchFamily::built_in().front().info.name == "continuous");
  CHECK(QueueFamily::built_in().front().info.name == "fcfs");
  CHECK(PrefixFamily::built_in().front().info.name == "none");
  CHECK(RouteFamily::built_in().front().info.name == "least-outstanding");
  CHECK(CacheFamily::built_in().front().info.name == "none");
  CHECK(AdmissionFamily::built_in().front().info.name == "always");
  CHECK(PowerFamily::built_in().front().info.name == "fifo");
  CHECK(SwapFamily::built_in().front().info.name == "none");
  CHECK(PoolRouteFamily::built_in().front().info.name == "least-outstanding");
}

TEST_CASE("a parameter that is not declared is an error") {
  Parameters parameters;
  parameters.set("declared", 3.0);
  CHECK(parameters.get_int("declared") == 3);
  CHECK_THROWS_AS(parameters.get("undeclared"), Error);
}

}  // namespace
}  // namespace idlewatt
