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
    check_not_retired();
    now_ = std::max(now_, time);
    clock_->set(number_, now_);
    clock_->end_act(number_);
    site_->sleep_until(now_);
    wait_for_turn();
  }

  /// The actor acts at `time` if that is sooner than it would. Whether it is; then somebody must ring for it.
  bool bring_forward(Ticks time) {
    if (retired_ || time >= wakes_at_) {
      return false;
    }
    wakes_at_ = std::max(time, now_);
    clock_->set(number_, wakes_at_);
    return true;
  }

  /// Sleeps until `due()`, which is asked again whenever the bell rings.
  template <class Due>
  void sleep_until_due(Bell bell, Due due) {
    do {
      check_not_retired();
      wakes_at_ = std::max(now_, due());
      clock_->set(number_, wakes_at_);
      clock_->end_act(number_);
    } while (!site_->sleep_until_or_rung(wakes_at_, bell));
    wait_for_turn();
    now_ = wakes_at_;
  }

  /// Carries out a transfer, however long it takes.
  template <class Transfer>
  void transfer(Transfer transfer) {
    check_not_retired();
    // No arrival may be worked off that the end of the transfer could precede.
    clock_->begin_transfer();
    transferring_ = true;
    clock_->set(number_, kNever);
    clock_->end_act(number_);
    transfer(*site_);
    check_not_retired();
    end_transfer();
    sleep_until(next_microsecond(site_->now()));
  }

  /// The actor will not act again: nobody need wait for it. An actor that was retired by another ends where it next
  /// looks at its clock: SimGrid kills actors only after all that wake at the same instant have run.
  void retire() {
    if (!retired_) {
      end_transfer();
      clock_->remove(number_);
      retired_ = true;
    }
  }

  bool retired() const { return retired_; }

  /// Thrown to an actor whose clock was retired.
  struct Retired {};

 private:
  void check_not_retired() const {
    if (retired_) {
      throw Retired{};
    }
  }

  void wait_for_turn() {
    Patience patience;
    while (!retired_ && !clock_->is_turn_of(number_)) {
      site_->give_way(patience.asked(clock_->acts()));
    }
    check_not_retired();
    clock_->begin_act(number_);
  }

  /// When the end of a transfer is acted upon. SimGrid's clock is a sum of floating-point steps, one for each thing
  /// that happens anywhere: rounded to a microsecond, the end does not depend on how often somebody looked. Rounding
  /// turns from down to up at an odd place, for ends are often round numbers, halves of a microsecond too. The next one
  /// after that lies ahead of all that has been acted upon meanwhile.
  static Ticks next_microsecond(Ticks time) {
    constexpr Ticks kUpAbove = kTicksPerMicrosecond * 38197 / 100000;
    return ((time + kTicksPerMicrosecond - kUpAbove) / kTicksPerMicrosecond + 1) * kTicksPerMicrosecond;
  }

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
  Ticks wakes_at_ = 0;  ///< while in sleep_until_due()
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
    try {
      clock->sleep_until(clock->now());
      body(*clock);
    } catch (const ActorClock::Retired&) {  // cancelled: whoever did that has put everything right
    }
  });
}

}  // namespace idlewatt
