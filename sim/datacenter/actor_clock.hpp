// The time of one control actor, in ticks. Known to the ControlClock from the moment the actor is decided on, so that
// no arrival overtakes it.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "datacenter/control_clock.hpp"
#include "datacenter/site.hpp"

namespace idlewatt {

class ActorClock {
 public:
  /// The actor first acts at `now`. Make it where the actor is decided on, move it into the actor.
  ActorClock(SimulatedSite& site, ControlClock& clock, Ticks now)
      : site_(&site), clock_(&clock), number_(clock.add(now)), now_(now) {}
  ~ActorClock() { retire(); }
  ActorClock(const ActorClock&) = delete;
  ActorClock& operator=(const ActorClock&) = delete;

  Ticks now() const { return now_; }

  void sleep_until(Ticks time) {
    now_ = std::max(now_, time);
    clock_->set(number_, now_);
    site_->sleep_until(now_);
  }

  /// Carries out a transfer, however long it takes.
  template <class Transfer>
  void transfer(Transfer transfer) {
    // No arrival may be worked off that the end of the transfer could precede.
    clock_->begin_transfer();
    transferring_ = true;
    clock_->set(number_, kNever);
    transfer(*site_);
    now_ = std::max({now_, site_->now(), clock_->latest()});
    clock_->set(number_, now_);
    end_transfer();
  }

  /// The actor will not act again: nobody need wait for it.
  void retire() {
    if (!retired_) {
      end_transfer();
      clock_->remove(number_);
      retired_ = true;
    }
  }

 private:
  void end_transfer() {
    if (transferring_) {
      transferring_ = false;
      clock_->end_transfer();
    }
  }

  SimulatedSite* site_;
  ControlClock* clock_;
  std::size_t number_;
  Ticks now_;
  bool transferring_ = false;
  bool retired_ = false;
};

/// Runs `body(clock)` as an actor that first acts at `clock->now()`. However it ends, its clock is retired.
template <class Body>
ActorHandle act(SimulatedSite& site, const std::string& name, const std::shared_ptr<ActorClock>& clock, Body body) {
  return site.add_actor(name, true, [clock, body = std::move(body)] {
    struct Retire {
      ActorClock& clock;
      ~Retire() { clock.retire(); }
    };
    const Retire at_end{*clock};
    clock->sleep_until(clock->now());
    body(*clock);
  });
}

}  // namespace idlewatt
