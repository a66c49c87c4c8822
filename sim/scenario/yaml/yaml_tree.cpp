#include "scenario/yaml/yaml_tree.hpp"

#include <charconv>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <system_error>
#include <vector>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

namespace idlewatt {
namespace {

// Far more than any honest file, far less than what nested aliases can ask for.
constexpr std::size_t kMaxNodes = 200'000;
constexpr std::size_t kLargestText = std::size_t{64} << 20;

std::size_t count_nodes(const YamlNode& node) {
  std::size_t count = 1;
  for (const YamlNode& item : node.items) {
    count += count_nodes(item);
  }
  for (const YamlEntry& entry : node.entries) {
    count += count_nodes(entry.value);
  }
  return count;
}

/// Builds the tree from the parser's events. The library's own Node keeps the first of two equal keys in silence.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string origin, bool has_lines, bool several)
      : origin_(std::move(origin)), has_lines_(has_lines), several_(several) {}

  YamlNode root() { return roots_.empty() ? YamlNode{.place = place_of(YAML::Mark())} : std::move(roots_.front()); }
  std::vector<YamlNode> roots() { return std::move(roots_); }

  // The library counts lines and columns from zero.
  Place place_of(const YAML::Mark& mark) const {
    if (!has_lines_) {
      return {.origin = origin_};
    }
    return {.origin = origin_, .line = mark.line + 1, .column = mark.column + 1};
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    anchors_.clear();
    if (documents_++ > 0 && !several_) {
      fail(place_of(mark), "a second document begins here; expected one document per file");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add({.kind = YamlNode::Kind::null, .place = place_of(mark)}, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      fail(place_of(mark), "an alias stands inside what it is an alias of; expected an anchor that is complete");
    }
    nodes_ += count_nodes(found->second);
    add(found->second, 0);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    // "?" is a plain scalar without a tag, "!" one in quotes.
    if (tag != "!") {
      refuse_tag(mark, tag);
    }
    add({.kind = YamlNode::Kind::scalar, .place = place_of(mark), .scalar = value, .quoted = tag == "!"}, anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    refuse_tag(mark, tag);
    open_.push_back({{.kind = YamlNode::Kind::sequence, .place = place_of(mark)}, anchor, {}, {}});
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    refuse_tag(mark, tag);
    open_.push_back({{.kind = YamlNode::Kind::map, .place = place_of(mark)}, anchor, {}, {}});
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YamlNode node;
    YAML::anchor_t anchor;
    std::optional<std::string> key;  // of a map: read, its value still to come
    Place key_place;
  };

  void refuse_tag(const YAML::Mark& mark, const std::string& tag) const {
    if (!tag.empty() && tag != "?") {
      fail(place_of(mark), "the tag `" + tag + "` has no meaning here; expected a plain value");
    }
  }

  void close() {
    Open closed = std::move(open_.back());
    open_.pop_back();
    add(std::move(closed.node), closed.anchor);
  }

  void add(YamlNode node, YAML::anchor_t anchor) {
    if (node.is_null() && !open_.empty() && open_.back().key) {
      // The library places "nothing" at what follows it, lines below its key.
      node.place = open_.back().key_place;
    }
    if (++nodes_ > kMaxNodes) {
      fail(node.place,
           "the file holds more than " + std::to_string(kMaxNodes) + " values, aliases copied; expected less");
    }
    if (anchor != 0) {
      anchors_[anchor] = node;
    }
    if (open_.empty()) {
      roots_.push_back(std::move(node));
      return;
    }
    Open& parent = open_.back();
    if (parent.node.is_sequence()) {
      parent.node.items.push_back(std::move(node));
    } else if (parent.key) {
      parent.node.entries.push_back({std::move(*parent.key), std::move(parent.key_place), std::move(node)});
      parent.key.reset();
    } else {
      set_key(parent, node);
    }
  }

  void set_key(Open& parent, const YamlNode& node) const {
    if (!node.is_scalar()) {
      fail(node.place, "a key is a list, a map or empty; expected a word");
    }
    if (node.scalar == "<<" && !node.quoted) {
      fail(node.place, "merge keys (`<<`) are not supported; expected the keys themselves (aliases of values work)");
    }
    for (const YamlEntry& entry : parent.node.entries) {
      if (entry.key == node.scalar) {
        const std::string first = has_lines_ ? " (first in line " + std::to_string(entry.key_place.line) + ")" : "";
        fail(node.place, "key `" + node.scalar + "` is given twice" + first + "; expected each key once");
      }
    }
    parent.key = node.scalar;
    parent.key_place = node.place;
  }

  std::string origin_;
  bool has_lines_;
  bool several_;
  int documents_ = 0;
  std::size_t nodes_ = 0;
  std::vector<YamlNode> roots_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, YamlNode> anchors_;
};

std::string line_of(const std::string& text, int wanted) {
  std::istringstream lines(text);
  std::string line;
  for (int i = 0; i <= wanted && std::getline(lines, line); ++i) {
  }
  return line;
}

// A value may hold a line break; a message is one line, whatever was in the file.
std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      c = ' ';
    }
  }
  return text;
}

std::optional<unsigned> hex4(const std::string& text, std::size_t at) {
  unsigned value = 0;
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') {
    return std::nullopt;
  }
  const auto [end, error] = std::from_chars(text.data() + at + 2, text.data() + at + 6, value, 16);
  return error == std::errc() && end == text.data() + at + 6 ? std::optional(value) : std::nullopt;
}

/// JSON writes a character beyond U+FFFF as two escapes, a surrogate pair (RFC 8259, section 7). YAML knows no such
/// pairs: they are replaced by the character in UTF-8.
std::string without_surrogates(const std::string& text) {
  if (text.find("\\uD") == std::string::npos && text.find("\\ud") == std::string::npos) {
    return text;
  }
  std::string result;
  std::size_t backslashes = 0;  // in a row, before this character
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto high = backslashes % 2 == 0 ? hex4(text, at) : std::nullopt;
    const auto low = high && *high >= 0xd800 && *high < 0xdc00 ? hex4(text, at + 6) : std::nullopt;
    if (low && *low >= 0xdc00 && *low < 0xe000) {
      const unsigned code = 0x10000 + ((*high - 0xd800) << 10) + (*low - 0xdc00);
      result += static_cast<char>(0xf0 | (code >> 18));
      result += static_cast<char>(0x80 | ((code >> 12) & 0x3f));
      result += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
      result += static_cast<char>(0x80 | (code & 0x3f));
      at += 11;
      backslashes = 0;
      continue;
    }
    backslashes = text[at] == '\\' ? backslashes + 1 : 0;
    result += text[at];
  }
  return result;
}

bool needs_quotes(const YamlNode& node) {
  if (node.quoted || node.scalar.empty()) {
    return true;
  }
  return node.scalar.find_first_of("{}[],:#&*!|>'\"%@`\n") != std::string::npos;
}

}  // namespace

std::string Place::text() const {
  constexpr std::size_t most = 120;  // an argument of the command line may be a whole document
  std::string result = origin;
  if ((layer == Layer::command_line || origin.starts_with("--")) && result.size() > most) {
    std::size_t end = most;
    while ((static_cast<unsigned char>(result[end]) & 0xC0U) == 0x80U) {  // within a character of UTF-8
      --end;
    }
    result = result.substr(0, end) + "...";
  }
  if (line > 0) {
    result += ":" + std::to_string(line) + ":" + std::to_string(column);
  }
  if (!variant.empty()) {
    result += ": variant `" + variant + "`";
  }
  return result;
}

void fail(const Place& place, const std::string& message) {
  throw PlacedError(place, one_line(message));
}

void fail_to_fit(const Place& place, const std::string& message) {
  throw DoesNotFitError(place, one_line(message));
}

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const YamlEntry& entry : entries) {
    if (entry.key == key) {
      return &entry.value;
    }
  }
  return nullptr;
}

YamlNode* YamlNode::find(std::string_view key) {
  return const_cast<YamlNode*>(static_cast<const YamlNode&>(*this).find(key));
}

namespace {

void parse_into(TreeBuilder& builder, const std::string& text) {
  std::istringstream stream(without_surrogates(text));
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    std::string hint;
    // The likeliest cause, and one that the library's words do not betray.
    if (line_of(text, error.mark.line).find("${") != std::string::npos) {
      hint = " (inside { } or [ ], `${VARIABLE}` must stand in quotes)";
    }
    fail(builder.place_of(error.mark), "not YAML: " + error.msg + "; expected one YAML document" + hint);
  }
}

}  // namespace

YamlNode parse_yaml(const std::string& text, const std::string& origin, bool has_lines) {
  TreeBuilder builder(origin, has_lines, false);
  parse_into(builder, text);
  return builder.root();
}

std::vector<YamlNode> parse_yaml_documents(const std::string& text, const std::string& origin) {
  TreeBuilder builder(origin, true, true);
  parse_into(builder, text);
  return builder.roots();
}

std::string read_text_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::vector<char> block(std::size_t{1} << 16);
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0) {
    text.append(block.data(), static_cast<std::size_t>(file.gcount()));
    if (text.size() > kLargestText) {
      throw InputError(path + ": is longer than " + std::to_string(kLargestText >> 20) +
                       " MiB; expected a scenario, a workload or another file that people write");
    }
  }
  // Opening a folder succeeds; reading it does not.
  if (!file.is_open() || file.bad()) {
    throw InputError(path + ": cannot be read; expected a file");
  }
  return text;
}

std::string flow_text(const YamlNode& node) {
  std::string result;
  switch (node.kind) {
    case YamlNode::Kind::null:
      return "null";
    case YamlNode::Kind::scalar:
      if (!needs_quotes(node)) {
        return node.scalar;
      }
      result = "\"";
      for (const char c : node.scalar) {
        if (c == '"' || c == '\\') {
          result += '\\';
        }
        result += c == '\n' ? std::string("\\n") : std::string(1, c);
      }
      return result + "\"";
    case YamlNode::Kind::sequence:
      for (const YamlNode& item : node.items) {
        result += (result.empty() ? "" : ", ") + flow_text(item);
      }
      return "[" + result + "]";
    case YamlNode::Kind::map:
      for (const YamlEntry& entry : node.entries) {
        result += (result.empty() ? "" : ", ") + entry.key + ": " + flow_text(entry.value);
      }
      return "{" + result + "}";
  }
  return result;
}

void mark_layer(YamlNode& node, Layer layer, const std::string& variant) {
  node.place.layer = layer;
  node.place.variant = variant;
  for (YamlNode& item : node.items) {
    mark_layer(item, layer, variant);
  }
  for (YamlEntry& entry : node.entries) {
    entry.key_place.layer = layer;
    entry.key_place.variant = variant;
    mark_layer(entry.value, layer, variant);
  }
}

}  // namespace idlewatt
