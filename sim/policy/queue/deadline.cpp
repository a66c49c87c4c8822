// Queue order `deadline`: earliest deadline first; deferrable requests are held back for the troughs. One joins only
// while no other request waits and part of the batch's seats is free, or when its deadline comes near.
#include <algorithm>
#include <cmath>

#include "policy/queue/queue.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class EarliestDeadline final : public QueuePolicy {
 public:
  EarliestDeadline(Ticks within, Ticks lead, double spare) : within_(within), lead_(lead), spare_(spare) {}

  QueuePlace place(const Request& request) const override {
    if (request.deadline_class == DeadlineClass::interactive) {
      return {.rank = std::min(request.deadline, request.arrival + within_)};
    }
    // Without a deadline there is always time.
    return {.rank = request.deadline,
            .held_until = request.deadline == kNever ? kNever : std::max<Ticks>(0, request.deadline - lead_)};
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
           "earliest deadline first; deferrable requests wait for spare seats until their deadline comes near",
           {{"within", Dimension::time, 10, 0, 86400, "an interactive request is due so long after its arrival"},
            {"lead", Dimension::time, 1800, 0, 30 * 86400.0,
             "a deferrable request is held back until so long before its deadline"},
            {"spare", Dimension::share, 0.5, 0, 1,
             "one that is held back may join while less than this share of the seats is taken and nobody else "
             "waits"}}},
          [](const Parameters& p) {
            return std::make_unique<EarliestDeadline>(to_ticks(p.get("within")), to_ticks(p.get("lead")),
                                                      p.get("spare"));
          }};
}

}  // namespace idlewatt
