#include "scenario/claim/read_claim.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "scenario/catalog/read_hardware.hpp"
#include "scenario/keys/key_check.hpp"
#include "scenario/yaml/section.hpp"

namespace idlewatt {
namespace {

constexpr std::int32_t kMostBatch = 65536;
constexpr const char* kOtherwise = "otherwise";
constexpr std::int32_t kMostTokens = 100'000'000;
constexpr const char* kExpectedClaims = "files such as `[01-energy-per-request.yaml]`, relative to this one";
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

const Key kUnitKey{.name = "unit",
                   .form = text_form("a unit such as `kWh`"),
                   .without = "no unit",
                   .help = "the unit in which sentences show it"};
constexpr const char* kExpectedExpression = "an expression such as `run.static.wh_per_request / 1000`";
constexpr const char* kVerdicts = "`holds`, `holds only if ...` or `does not hold`";
constexpr const char* kExpectedWhen = "an expression, or `otherwise` in the last rule";

const KeyTable& given_keys() {
  static const KeyTable table{
      "Numbers of a claim",
      "A number of the claim itself, with its source.",
      "{value: 30, unit: \"%\", source: the claim}",
      {{.name = "value", .form = quantity_form(Dimension::number), .must = true, .help = "the number"},
       kUnitKey,
       {.name = "source",
        .form = text_form("where the number comes from"),
        .must = true,
        .help = "where the number comes from"}}};
  return table;
}

const KeyTable& find_keys() {
  static const KeyTable table{"Quantities of a claim",
                              "A quantity, by an expression. Later ones may use earlier ones.",
                              "{is: 100 * (1 - a / b), unit: \"%\"}",
                              {{.name = "is",
                                .form = text_form(kExpectedExpression),
                                .must = true,
                                .help = "the expression ([names](#how-claims-are-judged))"},
                               kUnitKey}};
  return table;
}

const KeyTable& step_keys() {
  static const KeyTable table(
      "Batch steps of a claim",
      "A batch step, described like a pool: a decode step with `batch` and `context`, or a prefill step with `prompt`.",
      "{model: llama-3-8b, servers: a100-80-1, precision: bf16, batch: 16, context: 1024}", [] {
        std::vector<Key> keys = hardware_keys().keys();
        const std::vector<Key> more{
            {.name = "batch",
             .form = either_form({count_form(1, kMostBatch), list_form(count_form(1, kMostBatch), 0)}),
             .without = "`prompt` stands there",
             .help = "sequences of a decode step, or a list of such numbers"},
            {.name = "context",
             .form = count_form(0, kMostTokens),
             .without = "a decode step needs it; 0 of a prefill step",
             .help = "tokens that each sequence reads; of a prefill step, those that were computed before"},
            {.name = "prompt",
             .form = count_form(1, kMostTokens),
             .without = "`batch` stands there",
             .help = "tokens of a prefill step"},
            {.name = "within",
             .form = quantity_form(Dimension::time, kPositive),
             .without = "no limit",
             .help = "with a list of batches: `best` is one of those whose step takes no longer"}};
        keys.insert(keys.end(), more.begin(), more.end());
        return keys;
      }());
  return table;
}

const KeyTable& rule_keys() {
  static const KeyTable table{
      "Rules of a verdict",
      "The first rule that applies decides.",
      "{when: saved >= least, is: holds}",
      {{.name = "when", .form = text_form(kExpectedWhen), .must = true, .help = "an expression, or `otherwise`"},
       {.name = "is",
        .form = text_form(kVerdicts),
        .must = true,
        .help = "the verdict: `holds`, `holds only if ...` or `does not hold`"},
       {.name = "because",
        .form = text_form("a sentence"),
        .without = "none",
        .help = "a sentence that gives the reason"}}};
  return table;
}

ClaimGiven read_given(const YamlEntry& entry) {
  const Section fields(entry.value, "quantity `" + entry.key + "`", given_keys());
  return {entry.key, fields.quantity("value"), fields.text_if("unit"), fields.text("source")};
}

ClaimFind read_find(const YamlEntry& entry, const Texts& texts) {
  if (!entry.value.is_map()) {
    return {entry.key, texts.text(entry.value, "quantity `" + entry.key + "`", kExpectedExpression), ""};
  }
  const Section fields(entry.value, "quantity `" + entry.key + "`", find_keys());
  return {entry.key, texts.text(fields.at("is"), "`is`", kExpectedExpression), fields.text_if("unit")};
}

ClaimStep read_step(const YamlEntry& entry, const Catalog& catalog) {
  const Section fields(entry.value, "step `" + entry.key + "`", step_keys());
  ClaimStep step;
  step.name = entry.key;
  step.pool = read_hardware(fields, catalog, ScenarioFiles("", ""));
  check_memory(step.pool, entry.value, catalog, Wording::yaml);
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
    step.context = read_count(fields.at("context"), "`context`", 1, longest);
    step.within_s = fields.quantity_if("within").value_or(step.within_s);
  } else {
    step.prompt = read_count(fields.at("prompt"), "`prompt`", 1, longest);
    if (const YamlNode* context = fields.find("context")) {
      step.context = read_count(*context, "`context`", 0, longest - static_cast<std::int32_t>(step.prompt));
    }
  }
  if (fields.has("within") && !step.is_list) {
    fail(fields.find("within")->place,
         "step `" + entry.key + "` has `within` and no list of batches; expected one such as `batch: [1, 8, 64]`");
  }
  return step;
}

ClaimRule read_rule(const YamlNode& node, bool last, const Texts& texts) {
  const Section fields(node, "a rule of `verdict`", rule_keys());
  ClaimRule rule;
  const YamlNode& when = fields.at("when");
  rule.when = texts.text(when, "`when`", kExpectedWhen);
  if ((rule.when.text == kOtherwise) != last) {
    fail(when.place, last ? "the last rule is not `when: otherwise`; expected one that always applies"
                          : "`otherwise` is not the last rule; expected it at the end");
  }
  if (last) {
    rule.when.text.clear();
  }
  rule.is = texts.text(fields.at("is"), "`is`", kVerdicts);
  if (rule.is.text == "holds") {
    rule.verdict = Verdict::holds;
  } else if (rule.is.text == "does not hold") {
    rule.verdict = Verdict::does_not_hold;
  } else if (rule.is.text.starts_with(kOnlyIf)) {
    rule.verdict = Verdict::holds_only_if;
  } else {
    fail(fields.find("is")->place, "`" + rule.is.text + "` is no verdict; expected " + kVerdicts);
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
    Problems problems;
    KeyCheck(problems, nullptr).map(root, "the list of claims", claim_list_keys());
    problems.throw_any();
    const Section fields(root, "the list of claims", claim_list_keys());
    list.title = fields.text("title");
    list.about = fields.text_if("about");
    const std::string expected = kExpectedClaims;
    for (const YamlNode& item : fields.at("claims").items) {
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

const KeyTable& claim_list_keys() {
  static const KeyTable table{
      "Lists of claims",
      "A file that judges several claims at once.",
      "title: What the article says\nclaims: [01-energy-per-request.yaml, 02-idle-share.yaml]\n",
      {{.name = "title",
        .form = text_form("one line that says what the claims are about"),
        .must = true,
        .help = "one line that says what the claims are about"},
       {.name = "about",
        .form = text_form("some sentences"),
        .without = "none",
        .help = "what they are and how to read them"},
       {.name = "claims",
        .form = list_form(text_form(kExpectedClaims)).expecting(kExpectedClaims),
        .must = true,
        .help = "paths of scenarios with `claim:`, relative to this file"}}};
  return table;
}

const KeyTable& claim_keys() {
  static const KeyTable table{
      "Claims",
      "A scenario may say what it is to decide, under `claim:` ([how claims are judged](#how-claims-are-judged)).",
      "claim:\n"
      "  says: Eight bits save at least 30 % of the energy.\n"
      "  given:\n"
      "    least: {value: 30, unit: \"%\", source: the claim}\n"
      "  physics:\n"
      "    half: {model: llama-3-8b, servers: a100-80-1, precision: bf16, batch: 16, context: 1024}\n"
      "    byte: {model: llama-3-8b, servers: a100-80-1, precision: int8, batch: 16, context: 1024}\n"
      "  find:\n"
      "    saved: {is: 100 * (1 - physics.byte.energy_per_token_j / physics.half.energy_per_token_j), unit: \"%\"}\n"
      "  shows: [\"In batches of 16 they save {saved}.\"]\n"
      "  verdict:\n"
      "    - {when: saved >= least, is: holds}\n"
      "    - {when: otherwise, is: does not hold}\n",
      {{.name = "says",
        .form = text_form("the sentence that is claimed"),
        .must = true,
        .help = "the sentence that is claimed"},
       {.name = "given",
        .form = by_name_form(map_form(given_keys), "quantity", 0)
                    .expecting("numbers by name, each with `value` and `source`"),
        .without = "none",
        .help = "numbers of the claim itself, by name"},
       {.name = "physics",
        .form = by_name_form(map_form(step_keys), "step", 0).expecting("batch steps by name"),
        .without = "none",
        .help = "batch steps, by name"},
       {.name = "find",
        .form = by_name_form(either_form({text_form(kExpectedExpression), map_form(find_keys)}), "quantity", 0)
                    .expecting("quantities by name, each with an expression"),
        .must = true,
        .help = "quantities, by name: an expression, or one with its unit"},
       {.name = "shows",
        .form = list_form(text_form("a sentence")).expecting("a list of sentences"),
        .must = true,
        .help = "sentences that say what was found; `{name}` is a quantity with its unit, `{name:number}` without"},
       {.name = "assumes",
        .form = list_form(text_form("a sentence")).expecting("a list of sentences"),
        .without = "none",
        .help = "sentences that say what the claim assumes"},
       {.name = "verdict",
        .form = list_form(map_form(rule_keys).named("a rule of `verdict`"))
                    .expecting("rules such as `- {when: x > 1, is: holds}`"),
        .must = true,
        .help = "rules, of which the first that applies decides; the last is `when: otherwise`"}}};
  return table;
}

ClaimFile read_claim(ScenarioSource& source) {
  Problems problems;
  const bool has_steps = source.claim().is_map() && source.claim().find("physics") != nullptr;
  const auto catalog = has_steps ? source.catalog() : nullptr;
  KeyCheck(problems, catalog.get()).map(source.claim(), "`claim`", claim_keys());
  problems.throw_any();
  const Section fields(source.claim(), "`claim`", claim_keys());
  const Texts texts(source.text());
  ClaimFile claim;
  claim.path = source.path();
  claim.says = fields.text("says");
  Names names;
  if (const YamlNode* given = fields.find("given")) {
    for (const YamlEntry& entry : given->entries) {
      problems.note([&] {
        names.take(entry);
        claim.given.push_back(read_given(entry));
      });
    }
  }
  if (const YamlNode* steps = fields.find("physics")) {
    std::set<std::string> taken;
    for (const YamlEntry& entry : steps->entries) {
      problems.note([&] {
        if (!taken.insert(expression_name(entry.key)).second) {
          fail(entry.key_place,
               "step `" + entry.key + "` has the same name in expressions as another step; expected another name");
        }
        claim.steps.push_back(read_step(entry, *catalog));
      });
    }
  }
  for (const YamlEntry& entry : fields.at("find").entries) {
    problems.note([&] {
      names.take(entry);
      claim.find.push_back(read_find(entry, texts));
    });
  }
  for (const YamlNode& item : fields.at("shows").items) {
    claim.shows.push_back(texts.text(item, "`shows`", "a sentence"));
  }
  if (const YamlNode* assumes = fields.find("assumes")) {
    for (const YamlNode& item : assumes->items) {
      claim.assumes.push_back(texts.text(item, "`assumes`", "a sentence"));
    }
  }
  const std::vector<YamlNode>& rules = fields.at("verdict").items;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    problems.note([&] { claim.rules.push_back(read_rule(rules[i], i + 1 == rules.size(), texts)); });
  }
  problems.throw_any();
  return claim;
}

}  // namespace idlewatt
