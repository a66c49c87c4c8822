// Expressions: what they mean, and what is said about those that mean nothing.
#include "claims/expression.hpp"

#include <catch2/catch.hpp>
#include <string>

using idlewatt::ClaimText;
using idlewatt::evaluate;
using idlewatt::InputError;
using idlewatt::NamedValues;

namespace {

const NamedValues kValues{{"a", 2.0},
                          {"energy", 10.0},
                          {"run.static.wh_per_request", 0.5},
                          {"run.8b_busy.it_energy_kwh", 3.0},
                          {"catalog.models.gemma_7b.layers", 28.0},
                          {"catalog.models.llama_3_70b.layers", 80.0}};

double value(const std::string& text) {
  return evaluate({text, {.origin = "c.yaml", .line = 7, .column = 10}, true}, kValues);
}

std::string error(const std::string& text, bool on_one_line = true) {
  try {
    evaluate({text, {.origin = "c.yaml", .line = 7, .column = 10}, on_one_line}, kValues);
  } catch (const InputError& problem) {
    return problem.what();
  }
  return "";
}

bool begins(const std::string& text, const std::string& start) {
  return text.rfind(start, 0) == 0 && text.find('\n') == std::string::npos;
}

}  // namespace

TEST_CASE("Expressions compute what they say") {
  CHECK(value("1 + 2 * 3") == 7.0);
  CHECK(value("2 ^ 3 / 4") == 2.0);
  CHECK(value("10e6 * 0.002") == 20000.0);
  CHECK(value("energy / a") == 5.0);
  CHECK(value("run.static.wh_per_request * 1000") == 500.0);
  CHECK(value("run.8b_busy.it_energy_kwh - 1.5") == 1.5);
  CHECK(value("max(energy, a, 3)") == 10.0);
  CHECK(value("abs(-a) + min(1, a)") == 3.0);
  CHECK(value("a > 1 && energy < 11") == 1.0);
  CHECK(value("!(a > 1) || energy == 9") == 0.0);
  CHECK(value("a >= 3 ? 1 : energy > 5 ? 2 : 3") == 2.0);
}

TEST_CASE("A mistake in an expression is one line, at its column") {
  CHECK(begins(error("energy / b"), "c.yaml:7:19: unknown quantity `b`; expected "));
  CHECK(begins(error("1 + "), "c.yaml:7:"));
  CHECK(error("1 + ").find("ends too early") != std::string::npos);
  CHECK(begins(error(""), "c.yaml:7:10: "));
  CHECK(begins(error("(a + 1"), "c.yaml:7:"));
  CHECK(error("(a + 1").find("does not close it") != std::string::npos);
  CHECK(begins(error("a 2"), "c.yaml:7:12: `2` is out of place"));
  CHECK(begins(error("a $ 2"), "c.yaml:7:12: "));
  CHECK(begins(error("sqrt(1, 2)"), "c.yaml:7:"));
  CHECK(begins(error("a, energy"), "c.yaml:7:10: `a, energy` has 2 values"));
  CHECK(begins(error("1 + nothing", false), "c.yaml:7:10: "));
}

TEST_CASE("Nothing can be assigned by mistake") {
  CHECK(begins(error("a = 3"), "c.yaml:7:12: `=` in `a = 3` compares nothing; expected `==`"));
  CHECK(value("a") == 2.0);
}

TEST_CASE("What was probably meant is proposed") {
  CHECK(error("run.static.wh_per_qery").find("did you mean `run.static.wh_per_request`?") != std::string::npos);
  CHECK(error("catalog.models.gemma_7b.layer").find("did you mean `catalog.models.gemma_7b.layers`?") !=
        std::string::npos);
  CHECK(error("enrgy * 2").find("did you mean `energy`?") != std::string::npos);
}
