// The traffic of a run: the next requests of traces and clients, passed to the fleet in time.
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

/// The traffic. Requests of a trace come at their times; requests that wait for others come when those have ended.
/// Requests of closed-loop clients come when the client has its answer and has thought about it. Clients may give up
/// and try again. At every tick control acts before the traffic. The traffic's own acts at one tick have this order:
/// changes of the fleet, clients that give up or try again, requests of the trace, requests of the trace that waited,
/// requests of closed-loop clients.
class TrafficActor {
 public:
  /// Makes the traffic. `log` is where the controller's requests end. `scenario` and `controller` must outlive the
  /// traffic. Throws InputError when the traffic cannot be read.
  TrafficActor(const Scenario& scenario, FleetController& controller, RequestLog& log);

  /// The time of the next act; kNever when nothing comes before the horizon. Takes note of requests that have ended
  /// since.
  Ticks next();
  /// Carries out one act at `now`, which next() has just returned.
  Effects act(Ticks now);

 private:
  /// The times at which each kind of act is due.
  struct Due {
    Ticks arrival = kNever;     ///< next request of the trace, or of a closed-loop client
    Ticks client_act = kNever;  ///< a client gives up or tries again
    Ticks change = kNever;      ///< an answer, or the end of a lookup in the semantic cache
    Ticks first() const { return std::min({arrival, client_act, change}); }
  };
  Due due();
  void hear_of_answers();
  Request take_next();
  Request take_request();
  /// Reads up to the next request that comes at its own time. Passes requests that wait to `waiting_`.
  void read_ahead();
  /// Updates the times after a request has ended, since other requests may then come.
  bool answers_awaited() const { return clients_.any() || linked_; }

  FleetController* controller_;
  RequestLog* log_;
  Ticks horizon_;
  std::unique_ptr<TraceReader> trace_;
  WaitingClients clients_;
  WaitingRequests waiting_;
  bool linked_ = false;  ///< true: the trace has had a request that others may wait for
  bool clients_act_;     ///< true: some client may give up or try again
  Request read_;         ///< the next request of the trace, if `has_read_`
  bool has_read_ = false;
  Due due_;  ///< as of next()
  std::int64_t numbered_ = 0;
  Ticks acted_ = 0;  ///< time of the last act
};

}  // namespace idlewatt
