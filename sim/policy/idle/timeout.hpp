// What the idle policies with a timeout share: after so long, an action; and when to wake again.
#pragma once

#include "policy/idle/idle.hpp"

namespace idlewatt {

/// The parameters that they have in common: `after`, `wake_above`, and for those that power servers off `server_after`.
std::vector<ParameterSpec> idle_timeout_parameters(bool powers_off);

/// Acts on a replica that has idled for `after`; where it powers off, on a server that has been empty for
/// `server_after`. One more replica is woken when the awake ones have more than `wake_above` requests each, or when
/// none is awake.
std::unique_ptr<IdlePolicy> make_idle_timeout(const Parameters& parameters, IdleAction action, bool powers_off);

}  // namespace idlewatt
