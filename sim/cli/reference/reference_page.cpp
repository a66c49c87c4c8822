#include "cli/reference/reference_page.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "policy/table.hpp"
#include "scenario/catalog/catalogue_keys.hpp"
#include "scenario/claim/read_claim.hpp"
#include "scenario/policy/policy_keys.hpp"
#include "scenario/pool/read_pool.hpp"
#include "scenario/read_scenario.hpp"
#include "scenario/site/read_faults.hpp"
#include "scenario/site/read_racks.hpp"
#include "scenario/site/read_site.hpp"
#include "scenario/sweep/read_sweep.hpp"
#include "scenario/traffic/read_traffic.hpp"
#include "scenario/traffic/read_workload.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

/// The anchor that GitHub makes of a heading.
std::string anchor_of(const std::string& title) {
  std::string anchor;
  for (const char c : title) {
    if (c == ' ') {
      anchor += '-';
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_') {
      anchor += c;
    } else if (c >= 'A' && c <= 'Z') {
      anchor += static_cast<char>(c - 'A' + 'a');
    }
  }
  return anchor;
}

/// A text in a cell of a table.
std::string cell(const std::string& text) {
  std::string result;
  for (const char c : text) {
    result += c == '|' ? std::string("\\|") : c == '\n' ? std::string(" ") : std::string(1, c);
  }
  return result;
}

std::string value_text(const Form& form);

std::string any_of(const std::vector<Form>& parts) {
  std::string text;
  for (const Form& part : parts) {
    if (part.kind != Form::Kind::open) {
      text += (text.empty() ? "" : "; or ") + value_text(part);
    }
  }
  return text;
}

std::string value_text(const Form& form) {
  switch (form.kind) {
    case Form::Kind::quantity: {
      const std::string bounds = bounds_text(form.dimension, form.bounds);
      return expected(form.dimension) + (bounds.empty() ? "" : ", " + bounds);
    }
    case Form::Kind::word:
      return list_text(form.words);
    case Form::Kind::entry:
      return (form.name.find_first_of("ae") == 0 ? "an " : "a ") + form.name +
             " of the [catalogue](../platforms/README.md)";
    case Form::Kind::map:
      return "[a map](#" + anchor_of(form.table().title()) + ")" + (form.expected.empty() ? "" : ": " + form.expected);
    case Form::Kind::list: {
      const std::string many = form.most == form.least ? std::to_string(form.least) + " of: " : "";
      return "a list, " + many + value_text(form.parts.front());
    }
    case Form::Kind::by_name:
      return "a map, by name: " + value_text(form.parts.front());
    case Form::Kind::policy:
      return "[a policy](#policies)";
    case Form::Kind::either:
      return any_of(form.parts);
    default:
      return expected_of(form);
  }
}

std::string without_text(const Key& key) {
  if (key.must) {
    return "must be given";
  }
  return key.otherwise.empty() ? key.without : "`" + key.otherwise + "`";
}

void add_tables_of(const Form& form, std::vector<const KeyTable*>& tables) {
  if (form.table != nullptr) {
    tables.push_back(&form.table());
  }
  for (const Form& part : form.parts) {
    add_tables_of(part, tables);
  }
}

/// The page in the making: each table stands once, below the first that leads to it.
class Page {
 public:
  /// These tables have a place of their own on the page.
  explicit Page(const std::vector<const KeyTable*>& chapters) {
    for (const KeyTable* table : chapters) {
      chapters_.insert(table->title());
    }
  }

  void chapter(const KeyTable& table) { add(table, 2); }
  void text(const std::string& markdown) { text_ += markdown; }
  const std::string& markdown() const { return text_; }

 private:
  void add(const KeyTable& table, int level) {
    text_ += reference_of(table, level);
    std::vector<const KeyTable*> below;
    for (const Key& key : table.keys()) {
      add_tables_of(key.form, below);
    }
    for (const KeyTable* one : below) {
      if (!chapters_.contains(one->title()) && written_.insert(one->title()).second) {
        add(*one, 3);
      }
    }
  }

  std::set<std::string> chapters_;
  std::set<std::string> written_;
  std::string text_;
};

std::string policies_text() {
  std::string text =
      "## Policies\n\nA policy is chosen by its name, with its parameters beside it: `{policy: continuous, "
      "max_sequences: 64}`. [`platforms/README.md`](../platforms/README.md#policies) lists the parameters of each; "
      "`idlewatt catalog policies` does, too.\n\n| where | what it decides | policies; the first is the default "
      "|\n|---|---|---|\n";
  for (const PolicyFamily& family : policy_families()) {
    std::vector<std::string> names;
    for (const PolicyInfo& info : family.policies) {
      names.push_back(info.name);
    }
    text += "| `" + family.path + "` | " + cell(family.question) + " | " + list_text(names) +
            (family.from_outside ? ", or one [of a plug-in](#policies-of-plug-ins) or [in Python](#policies-in-python)"
                                 : "") +
            " |\n";
  }
  return text + "\n";
}

constexpr const char* kVariants =
    "## Variants\n\nUnder `variants:` stand runs that differ from the rest of the file, by name. Each is a map of "
    "paths "
    "and what stands there instead; an empty value takes the key away. Lists take numbers from 0 "
    "(`racks.0.uplink`), or none where they have one entry. Under `site` and under a pool a map is merged with the one "
    "that is there; anywhere else it takes its place. `--set PATH=VALUE` does the same for one run.\n\n"
    "```yaml\n"
    "variants:\n"
    "  a100: {}\n"
    "  l4: {pools.chat.servers: l4-8, pools.chat.autoscaling: {policy: hpa, metric: ongoing, target: 8}}\n"
    "```\n\n";

}  // namespace

std::string reference_of(const KeyTable& table, int level) {
  std::string text(static_cast<std::size_t>(level), '#');
  text += " " + table.title() + "\n\n" + table.help() + "\n\n```yaml\n" + table.example() +
          (table.example().ends_with('\n') ? "" : "\n") + "```\n\n| key | value | without it | what it is |\n" +
          "|---|---|---|---|\n";
  for (const Key& key : table.keys()) {
    text += "| `" + key.name + "`" + (key.must ? " *" : "") + " | " + cell(value_text(key.form)) + " | " +
            cell(without_text(key)) + " | " + cell(key.help) + " |\n";
  }
  return text + "\n";
}

std::string reference_page() {
  const std::vector<const KeyTable*> before{&scenario_keys(), &traffic_keys(), &workload_keys(), &site_keys(),
                                            &rack_keys(),     &fault_keys(),   &pool_keys()};
  const std::vector<const KeyTable*> after{&sweep_keys(), &claim_keys(), &claim_list_keys(), &catalogue_keys()};
  std::vector<const KeyTable*> chapters = before;
  chapters.insert(chapters.end(), after.begin(), after.end());
  chapters.push_back(&plugin_keys());
  chapters.push_back(&python_keys());
  Page page(chapters);
  for (const KeyTable* table : before) {
    page.chapter(*table);
  }
  page.text(policies_text());
  page.text(reference_of(plugin_keys(), 3));
  page.text(reference_of(python_keys(), 3));
  page.text(kVariants);
  for (const KeyTable* table : after) {
    page.chapter(*table);
  }
  return page.markdown();
}

}  // namespace idlewatt
