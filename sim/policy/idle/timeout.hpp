// The parameters and the policy shared by idle policies with a timeout.
#pragma once

#include "policy/idle/idle.hpp"

namespace idlewatt {

/// The shared parameters: `after`, `wake_above`, and `server_after` for policies that power servers off.
std::vector<ParameterSpec> idle_timeout_parameters(bool powers_off);

/// Makes a policy that acts on a replica that has idled for `after`. If it powers servers off, it acts on servers that
/// have been empty for `server_after`. It wakes one more replica when the awake ones have more than `wake_above`
/// requests each, or when none is awake.
std::unique_ptr<IdlePolicy> make_idle_timeout(const Parameters& parameters, IdleAction action, bool powers_off);

}  // namespace idlewatt
