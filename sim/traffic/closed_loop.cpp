#include "traffic/closed_loop.hpp"

#include <cmath>
#include <cstddef>
#include <fmt/core.h>
#include <limits>

namespace idlewatt {

ClosedLoopClients::ClosedLoopClients(const GeneratedTraffic& traffic, std::uint64_t seed, std::uint64_t first_session)
    : think_time_(traffic.closed_loop.think_time),
      end_((check(traffic, 1.0), to_ticks(traffic.duration_s))),
      left_(traffic.closed_loop.requests > 0 ? traffic.closed_loop.requests : std::numeric_limits<std::int64_t>::max()),
      first_session_(first_session),
      prompt_(traffic.prompt_tokens),
      output_(traffic.output_tokens),
      due_(static_cast<std::size_t>(traffic.closed_loop.clients), kNever) {
  for (std::size_t client = 0; client < due_.size(); ++client) {
    clients_.push_back({.random = RandomStream(seed, fmt::format("{}/closed-loop-{}", traffic.name, client)),
                        .normal = {},
                        .waiting = false});
    think(client, 0);
  }
}

Ticks ClosedLoopClients::next_arrival() const {
  return clients_.empty() || left_ == 0 ? kNever : due_.top_key();
}

bool ClosedLoopClients::take(Request& request) {
  if (next_arrival() == kNever) {
    return false;
  }
  const std::size_t number = due_.top();
  Client& client = clients_[number];
  request = Request{};
  request.arrival = due_.top_key();
  request.tenant = static_cast<std::int32_t>(number);
  request.session = first_session_ + number;
  request.prompt_tokens = prompt_.at(client.random.uniform());
  request.output_tokens = output_.at(client.random.uniform());
  client.waiting = true;
  --left_;
  due_.update(number, kNever);
  return true;
}

void ClosedLoopClients::completed(const Request& request, Ticks end) {
  const std::uint64_t number = request.session - first_session_;
  if (request.session < first_session_ || number >= clients_.size() || !clients_[number].waiting) {
    return;
  }
  clients_[number].waiting = false;
  think(number, end);
}

void ClosedLoopClients::think(std::size_t number, Ticks from) {
  Client& client = clients_[number];
  const double think_s = think_time_.median_s * std::exp(think_time_.sigma * client.normal.draw(client.random));
  const double ticks = think_s * static_cast<double>(kTicksPerSecond);
  const bool in_time = ticks < static_cast<double>(end_) && from < end_ - static_cast<Ticks>(ticks);
  due_.update(number, in_time ? from + static_cast<Ticks>(ticks) : kNever);
}

}  // namespace idlewatt
