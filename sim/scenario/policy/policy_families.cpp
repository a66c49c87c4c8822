#include "scenario/policy/policy_families.hpp"

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace idlewatt {

namespace {

/// The shortest text: "2048", "0.1", "1e9", "1e-6".
std::string short_number(double value) {
  std::array<char, 64> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  std::string text = error == std::errc() ? std::string(buffer.data(), end) : number_text(value);
  for (const auto& [longer, shorter] : {std::pair{"e+0", "e"}, {"e+", "e"}, {"e-0", "e-"}}) {
    if (const std::size_t at = text.find(longer); at != std::string::npos) {
      text.replace(at, std::string_view(longer).size(), shorter);
    }
  }
  return text;
}

}  // namespace

std::string parameter_text(const ParameterSpec& spec, double value) {
  if (!spec.choices.empty()) {
    return spec.choices.at(static_cast<std::size_t>(value));
  }
  const std::string text = quantity_text(value, spec.dimension);
  return text == number_text(value) ? short_number(value) : text;
}

std::string default_text(const ParameterSpec& spec) {
  return spec.is_schedule() ? schedule_text(spec.schedule) : parameter_text(spec, spec.default_value);
}

std::string policy_example(const PolicyInfo& info) {
  std::string text = "{policy: " + info.name;
  for (const ParameterSpec& spec : info.parameters) {
    text += ", " + spec.name + ": " + default_text(spec);
  }
  return text + "}";
}

}  // namespace idlewatt
