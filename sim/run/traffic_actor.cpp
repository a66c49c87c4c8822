#include "run/traffic_actor.hpp"

#include <algorithm>
#include <utility>

#include "scenario/traffic/open_traffic.hpp"

namespace idlewatt {

TrafficActor::TrafficActor(const Scenario& scenario, FleetController& controller, RequestLog& log)
    : controller_(&controller),
      log_(&log),
      horizon_(scenario.horizon),
      trace_(open_traffic(scenario)),
      clients_(scenario),
      clients_act_(std::any_of(scenario.traffic.begin(), scenario.traffic.end(),
                               [](const Traffic& entry) { return entry.client.has_value(); })) {
  if (clients_.any()) {
    log.keep_ended();
  }
  read_ahead();
}

void TrafficActor::read_ahead() {
  while (true) {
    // A reader fills every field: nothing of the last request stays.
    has_read_ = trace_->next(read_) && read_.arrival < horizon_;
    if (!has_read_) {
      return;
    }
    if (read_.key != 0) {
      linked_ = true;
      log_->keep_ended();
      waiting_.expect(read_);
    }
    if (!read_.wait) {
      return;
    }
    waiting_.hold(std::move(read_));
  }
}

void TrafficActor::hear_of_answers() {
  for (const RequestLog::Ended& ended : log_->take_ended()) {
    clients_.completed(ended.request, ended.at);
    waiting_.completed(ended.request, ended.at);
  }
}

TrafficActor::Due TrafficActor::due() {
  const bool answers_awaited = this->answers_awaited() || (clients_act_ && controller_->lets_clients_go());
  Due due;
  due.arrival = has_read_ ? read_.arrival : kNever;
  due.change = answers_awaited ? controller_->next_change() : controller_->next_lookup();
  due.arrival = std::min(due.arrival, waiting_.next_arrival());
  if (clients_.any()) {
    due.arrival = std::min(due.arrival, clients_.next_arrival());
  }
  if (clients_act_) {
    due.client_act = controller_->next_client_act();
  }
  return due;
}

Ticks TrafficActor::next() {
  if (answers_awaited()) {
    hear_of_answers();
  }
  due_ = due();
  // What has changed before the first such request is settled now.
  const Ticks first = std::max(due_.first(), acted_);
  return first < horizon_ ? first : kNever;
}

Effects TrafficActor::act(Ticks now) {
  acted_ = now;
  if (due_.change <= now) {
    return controller_->settle(now);
  }
  if (due_.client_act <= now) {
    return controller_->act_for_clients(now);
  }
  return controller_->arrive(take_request());
}

Request TrafficActor::take_next() {
  const Ticks of_clients = clients_.any() ? clients_.next_arrival() : kNever;
  if (has_read_ && read_.arrival <= waiting_.next_arrival() && read_.arrival <= of_clients) {
    Request request = std::move(read_);
    read_ahead();
    return request;
  }
  Request request;
  if (waiting_.next_arrival() != kNever && waiting_.next_arrival() <= of_clients) {
    request = waiting_.take();
  } else {
    clients_.take(request);
  }
  request.arrival = std::max(request.arrival, acted_);
  return request;
}

Request TrafficActor::take_request() {
  Request request = take_next();
  request.id = numbered_++;
  return request;
}

}  // namespace idlewatt
