#include "scenario/read_claim.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "scenario/fields.hpp"
#include "scenario/read_hardware.hpp"

namespace idlewatt {
namespace {

constexpr std::int32_t kMostBatch = 65536;
constexpr const char* kOtherwise = "otherwise";
constexpr const char* kOnlyIf = "holds only if ";

/// Finds out where the characters of scalars stand.
class Texts {
 public:
  explicit Texts(const std::string& file) {
    for (std::size_t at = 0; at <= file.size();) {
      const std::size_t end = std::min(file.find('\n', at), file.size());
      lines_.push_back(file.substr(at, end - at));
      at = end + 1;
    }
  }

  ClaimText text(const YamlNode& node, const std::string& label, const std::string& expected) const {
    ClaimText result{read_text(node, label, expected), node.place, false};
    if (node.place.line < 1 || node.place.line > std::ssize(lines_)) {
      return result;
    }
    const std::string& line = lines_[static_cast<std::size_t>(node.place.line - 1)];
    const auto first = static_cast<std::size_t>(node.place.column - 1 + (node.quoted ? 1 : 0));
    if (first < line.size() && line.compare(first, result.text.size(), result.text) == 0) {
      result.on_one_line = true;
      result.place.column += node.quoted ? 1 : 0;
    }
    return result;
  }

 private:
  std::vector<std::string> lines_;
};

/// Names of quantities, each of which may be taken once.
class Names {
 public:
  void take(const YamlEntry& entry) {
    const std::string& name = entry.key;
    const bool plain = !name.empty() && name.front() >= 'a' && name.front() <= 'z' &&
                       std::all_of(name.begin(), name.end(),
                                   [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
    if (!plain) {
      fail(entry.key_place,
           "`" + name + "` cannot name a quantity; expected small letters, digits and `_`, a letter first");
    }
    if (!taken_.insert(name).second) {
      fail(entry.key_place, "quantity `" + name + "` is there already; expected each name once");
    }
  }

 private:
  std::set<std::string> taken_;
};

const std::vector<YamlEntry>& entries_of(const YamlNode& node, const std::string& key, const std::string& expected) {
  if (!node.is_map()) {
    fail(node.place, "`" + key + "` is no map; expected " + expected);
  }
  return node.entries;
}

const std::vector<YamlNode>& items_of(const YamlNode& node, const std::string& key, const std::string& expected) {
  if (!node.is_sequence() || node.items.empty()) {
    fail(node.place, "`" + key + "` is no list; expected " + expected);
  }
  return node.items;
}

ClaimGiven read_given(const YamlEntry& entry) {
  const Fields fields(entry.value, "quantity `" + entry.key + "`", {"value", "unit", "source"});
  return {entry.key, fields.quantity("value", Dimension::number),
          fields.has("unit") ? fields.text("unit", "a unit such as `kWh`") : "",
          fields.text("source", "where the number comes from")};
}

ClaimFind read_find(const YamlEntry& entry, const Texts& texts) {
  const std::string expected = "an expression such as `run.static.wh_per_request / 1000`";
  if (!entry.value.is_map()) {
    return {entry.key, texts.text(entry.value, "quantity `" + entry.key + "`", expected), ""};
  }
  const Fields fields(entry.value, "quantity `" + entry.key + "`", {"is", "unit"});
  return {entry.key, texts.text(fields.at("is", expected), "`is`", expected),
          fields.has("unit") ? fields.text("unit", "a unit such as `kWh`") : ""};
}

ClaimStep read_step(const YamlEntry& entry, const Catalog& catalog) {
  std::vector<std::string> keys = hardware_keys();
  keys.insert(keys.end(), {"batch", "context", "prompt", "within"});
  const Fields fields(entry.value, "step `" + entry.key + "`", keys);
  ClaimStep step;
  step.name = entry.key;
  step.pool = read_hardware(fields, entry.value, catalog, ScenarioFiles("", ""), Wording::yaml);
  const int longest = catalog.models.at(step.pool.model).context_tokens;
  if (fields.has("batch") == fields.has("prompt")) {
    fail(entry.value.place, "step `" + entry.key + "` has " + (fields.has("batch") ? "both" : "neither") +
                                " of `batch` and `prompt`; expected `batch` for a decode step or `prompt` for a "
                                "prefill step");
  }
  if (const YamlNode* batch = fields.find("batch")) {
    step.is_list = batch->is_sequence();
    for (const YamlNode& item : step.is_list ? batch->items : std::vector<YamlNode>{*batch}) {
      step.batches.push_back(read_count(item, "`batch`", 1, kMostBatch));
    }
    step.context = fields.count("context", 1, longest);
    step.within_s = fields.quantity_or("within", Dimension::time, step.within_s, kPositive);
  } else {
    step.prompt = fields.count("prompt", 1, longest);
    step.context = fields.count_or("context", 0, 0, longest - static_cast<std::int32_t>(step.prompt));
  }
  if (fields.has("within") && !step.is_list) {
    fail(fields.find("within")->place,
         "step `" + entry.key + "` has `within` and no list of batches; expected one such as `batch: [1, 8, 64]`");
  }
  return step;
}

ClaimRule read_rule(const YamlNode& node, bool last, const Texts& texts) {
  const Fields fields(node, "a rule of `verdict`", {"when", "is", "because"});
  ClaimRule rule;
  const std::string expected = std::string("an expression, or `") + kOtherwise + "` in the last rule";
  const YamlNode& when = fields.at("when", expected);
  rule.when = texts.text(when, "`when`", expected);
  if ((rule.when.text == kOtherwise) != last) {
    fail(when.place, last ? "the last rule is not `when: otherwise`; expected one that always applies"
                          : "`otherwise` is not the last rule; expected it at the end");
  }
  if (last) {
    rule.when.text.clear();
  }
  const std::string verdicts = "`holds`, `holds only if ...` or `does not hold`";
  rule.is = texts.text(fields.at("is", verdicts), "`is`", verdicts);
  if (rule.is.text == "holds") {
    rule.verdict = Verdict::holds;
  } else if (rule.is.text == "does not hold") {
    rule.verdict = Verdict::does_not_hold;
  } else if (rule.is.text.starts_with(kOnlyIf)) {
    rule.verdict = Verdict::holds_only_if;
  } else {
    fail(fields.find("is")->place, "`" + rule.is.text + "` is no verdict; expected " + verdicts);
  }
  if (const YamlNode* because = fields.find("because")) {
    rule.because = texts.text(*because, "`because`", "a sentence");
  }
  return rule;
}

}  // namespace

std::string expression_name(const std::string& name) {
  std::string result = name;
  for (char& c : result) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
    c = kept ? c : '_';
  }
  return result;
}

std::optional<ClaimList> read_claim_list(const std::string& path) {
  const YamlNode root = parse_yaml(read_text_file(path), path);
  if (!root.is_map()) {
    return std::nullopt;
  }
  ClaimList list;
  if (root.find("claims") != nullptr) {
    const Fields fields(root, "the list of claims", {"title", "about", "claims"});
    list.title = fields.text("title", "one line that says what the claims are about");
    if (const YamlNode* about = fields.find("about")) {
      list.about = read_text(*about, "`about`", "some sentences");
    }
    const std::string expected = "files such as `[01-energy-per-request.yaml]`, relative to this one";
    for (const YamlNode& item : items_of(*fields.find("claims"), "claims", expected)) {
      const std::string name = read_text(item, "a claim", expected);
      const auto file = (std::filesystem::path(path).parent_path() / name).lexically_normal();
      std::error_code error;
      if (!std::filesystem::is_regular_file(file, error)) {
        fail(item.place, "there is no file `" + file.string() + "`; expected " + expected);
      }
      if (std::find(list.files.begin(), list.files.end(), file.string()) != list.files.end()) {
        fail(item.place, "`" + name + "` is listed twice; expected each claim once");
      }
      const YamlNode claim = parse_yaml(read_text_file(file.string()), file.string());
      if (claim.find("claim") == nullptr) {
        fail(item.place, "`" + name + "` has no `claim:`; expected a file with one");
      }
      list.files.push_back(file.string());
    }
    return list;
  }
  if (root.find("claim") == nullptr) {
    return std::nullopt;
  }
  if (const YamlNode* title = root.find("title")) {
    list.title = read_text(*title, "`title`", "one line that says what is asked");
  }
  list.files.push_back(path);
  return list;
}

ClaimFile read_claim(ScenarioSource& source) {
  const Fields fields(source.claim(), "`claim`", {"says", "given", "physics", "find", "shows", "assumes", "verdict"});
  const Texts texts(source.text());
  ClaimFile claim;
  claim.path = source.path();
  claim.says = fields.text("says", "the sentence that is claimed");
  Names names;
  if (const YamlNode* given = fields.find("given")) {
    for (const YamlEntry& entry : entries_of(*given, "given", "numbers by name, each with `value` and `source`")) {
      names.take(entry);
      claim.given.push_back(read_given(entry));
    }
  }
  if (const YamlNode* steps = fields.find("physics")) {
    const auto catalog = source.catalog();
    std::set<std::string> taken;
    for (const YamlEntry& entry : entries_of(*steps, "physics", "batch steps by name")) {
      if (!taken.insert(expression_name(entry.key)).second) {
        fail(entry.key_place, "step `" + entry.key + "` reads in expressions as another one; expected another name");
      }
      claim.steps.push_back(read_step(entry, *catalog));
    }
  }
  for (const YamlEntry& entry :
       entries_of(fields.at("find", "quantities by name"), "find", "quantities by name, each with an expression")) {
    names.take(entry);
    claim.find.push_back(read_find(entry, texts));
  }
  for (const YamlNode& item : items_of(fields.at("shows", "a list of sentences"), "shows", "a list of sentences")) {
    claim.shows.push_back(texts.text(item, "`shows`", "a sentence"));
  }
  if (const YamlNode* assumes = fields.find("assumes")) {
    for (const YamlNode& item : items_of(*assumes, "assumes", "a list of sentences")) {
      claim.assumes.push_back(texts.text(item, "`assumes`", "a sentence"));
    }
  }
  const std::vector<YamlNode>& rules =
      items_of(fields.at("verdict", "a list of rules"), "verdict", "rules such as `- {when: x > 1, is: holds}`");
  for (std::size_t i = 0; i < rules.size(); ++i) {
    claim.rules.push_back(read_rule(rules[i], i + 1 == rules.size(), texts));
  }
  return claim;
}

}  // namespace idlewatt
