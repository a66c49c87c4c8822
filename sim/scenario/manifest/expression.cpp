#include "scenario/manifest/expression.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

namespace idlewatt {
namespace {

bool begins_name(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
}
bool in_name(char c) {
  return begins_name(c) || std::isdigit(static_cast<unsigned char>(c)) != 0 || c == ':';
}

constexpr int kDeepest = 60;

}  // namespace

ExpressionWords::ExpressionWords(const YamlNode& node, std::string label, const std::vector<std::string_view>& signs)
    : node_(&node), label_(std::move(label)), text_(node.scalar) {
  const std::string_view all = text_;
  std::size_t at = 0;
  while (true) {
    while (at < all.size() && std::isspace(static_cast<unsigned char>(all[at])) != 0) {
      ++at;
    }
    ExpressionToken token{.at = at};
    if (at == all.size()) {
      words_.push_back(token);
      return;
    }
    const std::string_view rest = all.substr(at);
    std::size_t length = 0;
    if (begins_name(rest[0])) {
      token.kind = ExpressionToken::Kind::name;
      // A colon belongs to a name inside it only: `a ? b : c` has none.
      while (length < rest.size() && in_name(rest[length]) &&
             (rest[length] != ':' || (length + 1 < rest.size() && begins_name(rest[length + 1])))) {
        ++length;
      }
      token.text = rest.substr(0, length);
    } else if (std::isdigit(static_cast<unsigned char>(rest[0])) != 0 ||
               (rest[0] == '.' && rest.size() > 1 && std::isdigit(static_cast<unsigned char>(rest[1])) != 0)) {
      token.kind = ExpressionToken::Kind::number;
      const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), token.number);
      length = static_cast<std::size_t>(end - rest.data());
      // A duration such as `5m` or `1h30m` is one word, which whoever asks for one reads.
      while (length < rest.size() && std::isalnum(static_cast<unsigned char>(rest[length])) != 0) {
        ++length;
      }
      token.text = rest.substr(0, length);
    } else if (rest[0] == '"' || rest[0] == '\'' || rest[0] == '`') {
      token.kind = ExpressionToken::Kind::text;
      length = 1;
      while (length < rest.size() && rest[length] != rest[0]) {
        if (rest[length] == '\\' && rest[0] != '`' && length + 1 < rest.size()) {
          ++length;
        }
        token.text += rest[length++];
      }
      if (length == rest.size()) {
        fail_at(token, "a text has no end; expected `" + std::string(1, rest[0]) + "`");
      }
      ++length;
    } else {
      token.kind = ExpressionToken::Kind::sign;
      const auto sign =
          std::find_if(signs.begin(), signs.end(), [&](std::string_view s) { return rest.rfind(s, 0) == 0; });
      if (sign == signs.end()) {
        fail_at(token,
                "`" + std::string(1, rest[0]) + "` has no meaning here; expected a name, a number or an operator");
      }
      length = sign->size();
      token.text = *sign;
    }
    words_.push_back(std::move(token));
    at += length;
  }
}

const ExpressionToken& ExpressionWords::peek(std::size_t ahead) const {
  return words_[std::min(next_ + ahead, words_.size() - 1)];
}

ExpressionToken ExpressionWords::take() {
  const ExpressionToken token = peek();
  next_ = std::min(next_ + 1, words_.size() - 1);
  return token;
}

bool ExpressionWords::is_sign(std::string_view sign) const {
  return peek().kind == ExpressionToken::Kind::sign && peek().text == sign;
}

bool ExpressionWords::take_sign(std::string_view sign) {
  const bool found = is_sign(sign);
  if (found) {
    take();
  }
  return found;
}

bool ExpressionWords::take_name(std::string_view name) {
  const bool found = peek().kind == ExpressionToken::Kind::name && peek().text == name;
  if (found) {
    take();
  }
  return found;
}

void ExpressionWords::expect_sign(std::string_view sign) {
  if (!take_sign(sign)) {
    fail_at(peek(), "expected `" + std::string(sign) + "`");
  }
}

void ExpressionWords::fail_at(const ExpressionToken& token, const std::string& message) const {
  constexpr std::size_t kQuoted = 40;
  std::string rest = text_.substr(std::min(token.at, text_.size()), kQuoted);
  if (token.at + kQuoted < text_.size()) {
    rest += "...";
  }
  fail(node_->place, label_ + ", character " + std::to_string(token.at + 1) +
                         (rest.empty() ? " (its end)" : " (`" + rest + "`)") + ": " + message);
}

ExpressionWords::Depth::Depth(ExpressionWords& words) : words_(words) {
  if (++words_.depth_ > kDeepest) {
    words_.fail_at(words_.peek(), "nested deeper than " + std::to_string(kDeepest) + "; expected less");
  }
}

Signal number_signal(double value) {
  Signal signal;
  signal.kind = Signal::Kind::number;
  signal.number = value;
  return signal;
}

Signal binary_signal(Signal::Operation operation, Signal left, Signal right, bool as_bool) {
  Signal signal;
  signal.kind = Signal::Kind::binary;
  signal.operation = operation;
  signal.as_bool = as_bool;
  signal.operands = {std::move(left), std::move(right)};
  return signal;
}

Signal function_signal(Signal::Function function, std::vector<Signal> operands) {
  Signal signal;
  signal.kind = Signal::Kind::function;
  signal.function = function;
  signal.operands = std::move(operands);
  return signal;
}

}  // namespace idlewatt
