// Guards the policies of plug-ins: an exception, or a decision that cannot be carried out, becomes a message with the
// policy's name.
#pragma once

#include <exception>
#include <string>

#include "base/error.hpp"
#include "policy/plugin_api.hpp"

namespace idlewatt {

/// An error of a policy, whose message names the policy.
class PolicyError : public InputError {
  using InputError::InputError;
};

/// Calls `call` and returns its result. Throws InputError that names `who` when `call` throws.
template <class Call>
auto guard(const std::string& who, Call call) -> decltype(call()) {
  try {
    return call();
  } catch (const PolicyError&) {
    throw;
  } catch (const std::exception& error) {
    throw InputError(who + " threw an exception: " + error.what());
  } catch (...) {
    throw InputError(who + " threw something that is no std::exception");
  }
}

/// A declaration whose policies are guarded; `who` names the policy in messages.
AutoscaleDeclaration guarded(AutoscaleDeclaration declaration, const std::string& who);
IdleDeclaration guarded(IdleDeclaration declaration, const std::string& who);
AdmissionDeclaration guarded(AdmissionDeclaration declaration, const std::string& who);
RouteDeclaration guarded(RouteDeclaration declaration, const std::string& who);
PoolRouteDeclaration guarded(PoolRouteDeclaration declaration, const std::string& who);
PowerDeclaration guarded(PowerDeclaration declaration, const std::string& who);

}  // namespace idlewatt
