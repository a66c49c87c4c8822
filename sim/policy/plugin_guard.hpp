// Policies of other people: what they throw, and what they decide that cannot be done, becomes a message with their
// name.
#pragma once

#include <exception>
#include <string>

#include "base/error.hpp"
#include "policy/plugin_api.hpp"

namespace idlewatt {

/// The trouble of a policy that is named in it.
class PolicyError : public InputError {
  using InputError::InputError;
};

/// What `call` returns. Throws InputError when it throws.
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

/// The same policy, guarded; `who` names it in messages.
AutoscaleDeclaration guarded(AutoscaleDeclaration declaration, const std::string& who);
IdleDeclaration guarded(IdleDeclaration declaration, const std::string& who);
AdmissionDeclaration guarded(AdmissionDeclaration declaration, const std::string& who);
RouteDeclaration guarded(RouteDeclaration declaration, const std::string& who);
PoolRouteDeclaration guarded(PoolRouteDeclaration declaration, const std::string& who);
PowerDeclaration guarded(PowerDeclaration declaration, const std::string& who);

}  // namespace idlewatt
