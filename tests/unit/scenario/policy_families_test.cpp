// The families of policies as reference pages show them: what they say can be written into a scenario.
#include "scenario/policy/policy_families.hpp"

#include "scenario_text.hpp"
#include "support/catch.hpp"

namespace idlewatt::test {
namespace {

TEST_CASE("The example of every policy is a choice that a scenario may make") {
  for (const PolicyFamily& family : policy_families()) {
    for (const PolicyInfo& policy : family.policies) {
      INFO(family.path << ": " << policy_example(policy));
      std::string path = family.path;
      const std::size_t name = path.find("NAME");
      if (name != std::string::npos) {
        path.replace(name, 4, "chat");
      }
      CHECK(error_of(kScenario, {path + "=" + policy_example(policy)}) == "no error");
    }
  }
}

TEST_CASE("Values of parameters are written as they are read") {
  CHECK(parameter_text({.name = "metric", .help = "", .choices = {"a", "b"}}, 1.0) == "b");
  CHECK(parameter_text({.name = "period", .dimension = Dimension::time, .help = ""}, 15.0) == "15 s");
  CHECK(parameter_text({.name = "limit", .dimension = Dimension::count, .help = ""}, 1e6) == "1e6");
  CHECK(parameter_text({.name = "limit", .dimension = Dimension::count, .help = ""}, 2048) == "2048");
  CHECK(parameter_text({.name = "target", .help = ""}, 1e-6) == "1e-6");
  CHECK(parameter_text({.name = "share", .dimension = Dimension::share, .help = ""}, 0.7) == "0.7");
}

}  // namespace
}  // namespace idlewatt::test
