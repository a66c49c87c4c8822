#include "cli/bill/cost_notes.hpp"

#include <algorithm>
#include <fmt/core.h>

#include "base/error.hpp"
#include "cli/bill/answer.hpp"
#include "cli/bill/figure_path.hpp"
#include "cli/options/data_directory.hpp"
#include "cli/text/text.hpp"
#include "results/metered_run.hpp"
#include "scenario/catalog/read_catalog.hpp"

namespace idlewatt {

void CostNotes::add(const std::string& path) {
  try {
    const MeteredRun run = read_metered_run(path);
    for (const std::string& note : costs_left_out(run, path)) {
      add_left_out(note, path);
    }
    for (const ProvenanceEntry& figure : run.figures) {
      if (const auto type = entry_of(figure.path, "servers", "rent")) {
        rents_[*type].insert(figure.value);
      }
    }
  } catch (const InputError&) {
    return;  // a result of a version that kept no bill
  }
}

std::vector<std::string> CostNotes::sentences() const {
  std::vector<std::string> sentences;
  for (const auto& [note, paths] : left_out_) {
    const auto more = static_cast<std::int64_t>(paths.size()) - 1;
    sentences.push_back(
        fmt::format("{}{}: {}", paths.front(), more > 0 ? " and " + counted(more, "other", "others") : "", note));
  }
  if (std::string note = offers_note(offers()); !note.empty()) {
    sentences.push_back(std::move(note));
  }
  return sentences;
}

void CostNotes::add_left_out(const std::string& note, const std::string& path) {
  const auto known =
      std::find_if(left_out_.begin(), left_out_.end(), [&](const auto& one) { return one.first == note; });
  (known == left_out_.end() ? left_out_.emplace_back(note, std::vector<std::string>()) : *known).second.push_back(path);
}

RentOffers CostNotes::offers() const {
  RentOffers offers;
  if (rents_.size() < 2) {
    return offers;  // one type of server has one offer
  }
  const Catalog catalog = read_platforms(data_directory() + "/platforms");
  for (const auto& [type, usd_per_h] : rents_) {
    const auto server = catalog.servers.find(type);
    if (server != catalog.servers.end() && usd_per_h.contains(server->second.rent_usd_per_h.value)) {
      offers[offer_text(server->second.rent_offer)].insert(type);
    }
  }
  return offers;
}

}  // namespace idlewatt
