// The traffic of a run: what comes next from the trace and from clients, and what the fleet makes of it.
#pragma once

#include <cstdint>
#include <memory>

#include "base/ticks.hpp"
#include "control/fleet_controller.hpp"
#include "run/waiting_clients.hpp"
#include "run/waiting_requests.hpp"
#include "scenario/scenario.hpp"
#include "traffic/trace_reader.hpp"

namespace idlewatt {

/// Requests of a trace come at their times; those that wait for others come when these have ended. Requests of clients that wait for answers come when the client has its
/// answer and has thought about it. Clients may give up and try again. At every tick control acts before the traffic;
/// of the traffic's own acts at one tick, changes of the fleet come first, then clients that give up or try again, then
/// requests of the trace, then those of it that waited, then requests of clients.
class TrafficActor {
 public:
  /// `scenario` and `controller` outlive it; `log` is where the controller's requests end. Throws InputError when the
  /// traffic cannot be read.
  TrafficActor(const Scenario& scenario, FleetController& controller, RequestLog& log);

  /// When the traffic acts next; kNever when nothing comes before the horizon. Looks at what has ended meanwhile.
  Ticks next();
  /// Does one act at `now`, which next() has returned.
  Effects act(Ticks now);

 private:
  /// When each kind of act is due.
  struct Due {
    Ticks arrival = kNever;     ///< of the trace, or of a client that waits for answers
    Ticks client_act = kNever;  ///< a client gives up or tries again
    Ticks change = kNever;      ///< an answer, or the end of a lookup in the semantic cache
    Ticks first() const { return std::min({arrival, client_act, change}); }
  };
  Due due();
  void hear_of_answers();
  Request take_request();
  /// Reads on to the next request that comes at its own time; hands those that wait to `waiting_`.
  void read_ahead();
  /// Something may come because something else has ended.
  bool answers_awaited() const { return clients_.any() || linked_; }

  FleetController* controller_;
  RequestLog* log_;
  Ticks horizon_;
  std::unique_ptr<TraceReader> trace_;
  WaitingClients clients_;
  WaitingRequests waiting_;
  bool linked_ = false;  ///< the trace has had a request that others may wait for
  bool clients_act_;     ///< whether any client gives up or tries again
  Request read_;         ///< the next request of the trace, if `has_read_`
  bool has_read_ = false;
  std::int64_t numbered_ = 0;
  Ticks acted_ = 0;  ///< when the traffic acted last
};

}  // namespace idlewatt
