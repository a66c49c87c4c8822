#include "manifests/command_words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace idlewatt {
namespace {

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// `$(NAME)` as Kubernetes replaces it; `$$` is a dollar sign, an unknown name stays.
std::string with_environment(const std::string& text, const Variables& environment) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '$' && at + 1 < text.size() && text[at + 1] == '$') {
      result += '$';
      ++at;
      continue;
    }
    const std::size_t end = text.compare(at, 2, "$(") == 0 ? text.find(')', at) : std::string::npos;
    if (end != std::string::npos) {
      const auto found = environment.find(text.substr(at + 2, end - at - 2));
      if (found != environment.end()) {
        result += found->second.text;
        at = end;
        continue;
      }
    }
    result += text[at];
  }
  return result;
}

/// Divides a script into commands. One is made for each script.
class Shell {
 public:
  Shell(const Stated& script, Variables variables) : script_(&script), variables_(std::move(variables)) {
    place_ = script.place;
    // A block of lines begins in the line below the mark that announces it.
    place_.line += script.text.find('\n') != std::string::npos && place_.line > 0 ? 1 : 0;
  }

  std::vector<ShellCommand> commands() {
    const std::string& text = script_->text;
    while (at_ < text.size()) {
      step(text);
    }
    end_command();
    return std::move(commands_);
  }

 private:
  char next(const std::string& text) const { return at_ + 1 < text.size() ? text[at_ + 1] : '\0'; }

  void step(const std::string& text) {
    const char c = text[at_];
    if (c == '\\') {
      if (next(text) == '\n') {
        ++place_.line;
      } else if (next(text) != '\0') {
        add(next(text));
      }
      at_ += 2;
    } else if (c == '\'') {
      quoted(text);
    } else if (c == '"') {
      double_quoted(text);
    } else if (c == '$') {
      add_divided(variable(text));
    } else if (c == '#' && !in_word_) {
      at_ = std::min(text.find('\n', at_), text.size());
    } else if (c == ' ' || c == '\t' || c == '\r') {
      end_word();
      ++at_;
    } else if (c == '\n' || c == ';' || c == '|' || (c == '&' && !redirected_)) {
      const bool both = next(text) == c && (c == '&' || c == '|');
      end_command(c == '&' && !both && next(text) != '>');
      place_.line += c == '\n' ? 1 : 0;
      at_ += both ? 2 : 1;
    } else if (c == '>' || c == '<') {
      redirection();
      ++at_;
    } else {
      add(c);
      ++at_;
    }
  }

  void add(char c) {
    start_word();
    word_.text += c;
  }

  void start_word() {
    if (!in_word_) {
      in_word_ = true;
      word_ = {.text = {}, .place = place_, .said = {}};
    }
  }

  void quoted(const std::string& text) {
    start_word();
    const std::size_t end = std::min(text.find('\'', at_ + 1), text.size());
    for (++at_; at_ < end; ++at_) {
      word_.text += text[at_];
      place_.line += text[at_] == '\n' ? 1 : 0;
    }
    at_ = end + 1;
  }

  void double_quoted(const std::string& text) {
    start_word();
    for (++at_; at_ < text.size() && text[at_] != '"';) {
      if (text[at_] == '\\' && at_ + 1 < text.size()) {
        if (text[at_ + 1] != '\n') {
          word_.text += text[at_ + 1];
        } else {
          ++place_.line;
        }
        at_ += 2;
      } else if (text[at_] == '$') {
        word_.text += variable(text);
      } else {
        word_.text += text[at_];
        place_.line += text[at_] == '\n' ? 1 : 0;
        ++at_;
      }
    }
    ++at_;
  }

  /// The value of `$NAME`, `${NAME}` or `${NAME:-text}` at this place; others stay as they are.
  std::string variable(const std::string& text) {
    std::size_t end = at_ + 1;
    std::string name;
    std::string otherwise;
    if (next(text) == '{') {
      end = std::min(text.find('}', at_), text.size() - 1);
      name = text.substr(at_ + 2, end - at_ - 2);
      const std::size_t colon = name.find(":-");
      otherwise = colon == std::string::npos ? "" : name.substr(colon + 2);
      name = name.substr(0, colon);
      ++end;
    } else {
      while (end < text.size() && is_name_character(text[end])) {
        ++end;
      }
      name = text.substr(at_ + 1, end - at_ - 1);
    }
    const auto found = variables_.find(name);
    const bool known = found != variables_.end();
    const std::string value = known ? found->second.text : !otherwise.empty() ? otherwise : text.substr(at_, end - at_);
    at_ = std::max(end, at_ + 1);
    return value;
  }

  /// Adds a value without quotes around it: blanks in it divide words, except in an assignment.
  void add_divided(const std::string& value) {
    const bool assignment = words_.empty() && in_word_ && word_.text.find('=') != std::string::npos;
    for (const char c : value) {
      if (!assignment && (c == ' ' || c == '\t' || c == '\n')) {
        end_word();
      } else {
        add(c);
      }
    }
  }

  void redirection() {
    const bool number = std::all_of(word_.text.begin(), word_.text.end(),
                                    [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; });
    if (in_word_ && number) {
      in_word_ = false;
    }
    end_word();
    redirected_ = true;
  }

  void end_word() {
    if (!in_word_) {
      return;
    }
    in_word_ = false;
    if (redirected_) {
      redirected_ = false;  // the file
      return;
    }
    static constexpr std::array<std::string_view, 12> kSkipped{"exec", "nohup", "time", "then", "else", "do",
                                                               "if",   "fi",    "done", "{",    "}",    "export"};
    if (words_.empty() && std::find(kSkipped.begin(), kSkipped.end(), word_.text) != kSkipped.end()) {
      return;
    }
    const std::size_t equals = word_.text.find('=');
    if (words_.empty() && equals != std::string::npos && equals > 0 &&
        std::all_of(word_.text.begin(), word_.text.begin() + static_cast<std::ptrdiff_t>(equals), is_name_character)) {
      Stated value = word_;
      value.said = word_.text;
      value.text = word_.text.substr(equals + 1);
      variables_[word_.text.substr(0, equals)] = value;
      return;
    }
    word_.said = word_.text;
    words_.push_back(word_);
  }

  void end_command(bool background = false) {
    end_word();
    redirected_ = false;
    if (!words_.empty()) {
      commands_.push_back({.words = std::move(words_), .background = background});
    }
    words_.clear();
  }

  const Stated* script_;
  Variables variables_;
  Place place_ = {};
  std::size_t at_ = 0;
  bool in_word_ = false;
  bool redirected_ = false;
  Stated word_ = {};
  Words words_ = {};
  std::vector<ShellCommand> commands_ = {};
};

}  // namespace

std::string program_name(const std::string& path) {
  return path.substr(path.find_last_of('/') + 1);
}

bool is_shell(const std::string& program) {
  return program == "sh" || program == "bash" || program == "ash" || program == "dash" || program == "zsh";
}

std::vector<ShellCommand> commands_of(const Words& words, const Variables& environment) {
  Words expanded;
  for (Stated word : words) {
    word.text = with_environment(word.text, environment);
    expanded.push_back(std::move(word));
  }
  if (!expanded.empty() && is_shell(program_name(expanded.front().text))) {
    for (std::size_t i = 1; i + 1 < expanded.size(); ++i) {
      const std::string& option = expanded[i].text;
      if (option.size() > 1 && option[0] == '-' && option[1] != '-' && option.find('c') != std::string::npos) {
        return Shell(expanded[i + 1], environment).commands();
      }
    }
  }
  return expanded.empty() ? std::vector<ShellCommand>() : std::vector<ShellCommand>{{.words = std::move(expanded)}};
}

Words words_of_line(const Stated& line, const Variables& variables) {
  Words all;
  for (const ShellCommand& command : Shell(line, variables).commands()) {
    all.insert(all.end(), command.words.begin(), command.words.end());
  }
  return all;
}

}  // namespace idlewatt
