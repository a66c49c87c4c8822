// Queue order `deadline`: earliest deadline first; deferrable queries are held back for the troughs. One joins only
// while no other query waits and part of the batch's seats is free, or when its deadline comes near.
#include <algorithm>
#include <cmath>

#include "policy/queue/queue.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class EarliestDeadline final : public QueuePolicy {
 public:
  EarliestDeadline(Ticks within, Ticks lead, double spare) : within_(within), lead_(lead), spare_(spare) {}

  QueuePlace place(const Query& query) const override {
    if (query.deadline_class == DeadlineClass::interactive) {
      return {.rank = std::min(query.deadline, query.arrival + within_)};
    }
    // Without a deadline there is always time.
    return {.rank = query.deadline,
            .held_until = query.deadline == kNever ? kNever : std::max<Ticks>(0, query.deadline - lead_)};
  }
  std::int32_t spare_seats(std::int32_t seats) const override {
    return static_cast<std::int32_t>(std::ceil(spare_ * seats));
  }

 private:
  Ticks within_;
  Ticks lead_;
  double spare_;
};

}  // namespace

QueueDeclaration declare_deadline() {
  return {{"deadline",
           "earliest deadline first; deferrable queries wait for spare seats until their deadline comes near",
           {{"within", Dimension::time, 10, 0, 86400, "an interactive query is due so long after its arrival"},
            {"lead", Dimension::time, 1800, 0, 30 * 86400.0,
             "a deferrable query is held back until so long before its deadline"},
            {"spare", Dimension::share, 0.5, 0, 1,
             "one that is held back may join while less than this share of the seats is taken and nobody else "
             "waits"}}},
          [](const Parameters& p) {
            return std::make_unique<EarliestDeadline>(to_ticks(p.get("within")), to_ticks(p.get("lead")),
                                                      p.get("spare"));
          }};
}

}  // namespace idlewatt
