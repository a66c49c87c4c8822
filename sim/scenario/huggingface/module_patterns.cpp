#include "scenario/huggingface/module_patterns.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/core.h>

namespace idlewatt {
namespace {

std::string without_wrapper(std::string name) {
  for (bool again = true; again;) {
    again = false;
    for (const char* wrapper : {"model.", "language_model.", "backbone.", "transformer."}) {
      if (name.starts_with(wrapper)) {
        name.erase(0, std::string(wrapper).size());
        again = true;
      }
    }
  }
  return name;
}

}  // namespace

ModulePatterns::ModulePatterns(const YamlNode* list) {
  if (list == nullptr) {
    return;
  }
  if (!list->is_sequence()) {
    fail(list->place, "the modules that stay in 16 bits are no list; expected a list of their names");
  }
  for (const YamlNode& item : list->items) {
    add(read_text(item, "module", "a name"), item.place);
  }
}

void ModulePatterns::add(const std::string& pattern, const Place& place) {
  try {
    if (pattern.starts_with("re:")) {
      regexes_.emplace_back(pattern.substr(3));
    } else if (pattern.find('*') != std::string::npos) {
      std::string regex;
      for (const char c : without_wrapper(pattern)) {
        regex += c == '*' ? ".*" : std::string(std::isalnum(static_cast<unsigned char>(c)) != 0 ? "" : "\\") + c;
      }
      globs_.emplace_back(regex + "(\\..*)?");
    } else {
      parts_.push_back(fmt::format(".{}.", without_wrapper(pattern)));
    }
  } catch (const std::regex_error&) {
    fail(place, fmt::format("not a regular expression: `{}`", pattern.substr(0, 60)));
  }
}

bool ModulePatterns::match(const std::string& name) const {
  const std::string dotted = fmt::format(".{}.", name);
  const auto is_part = [&](const std::string& part) { return dotted.find(part) != std::string::npos; };
  const auto is_glob = [&](const std::regex& glob) { return std::regex_match(name, glob); };
  if (std::any_of(parts_.begin(), parts_.end(), is_part) || std::any_of(globs_.begin(), globs_.end(), is_glob)) {
    return true;
  }
  // Regular expressions are matched from the beginning of the full name, which differs with what is around the stack.
  return std::any_of(regexes_.begin(), regexes_.end(), [&](const std::regex& regex) {
    constexpr std::array kAround{"", "model.", "model.language_model.", "language_model.model.", "backbone."};
    return std::any_of(kAround.begin(), kAround.end(), [&](const char* around) {
      return std::regex_search(around + name, regex, std::regex_constants::match_continuous);
    });
  });
}

}  // namespace idlewatt
