// Idle power `park`: lowers the clocks of accelerators whose replica has idled for a while; back in milliseconds.
#include "policy/idle/timeout.hpp"
#include "policy/table.hpp"

namespace idlewatt {

IdleDeclaration declare_park() {
  constexpr bool kPowersOff = false;
  std::vector<ParameterSpec> parameters = idle_timeout_parameters(kPowersOff);
  parameters.push_back({"depth",
                        Dimension::number,
                        0,
                        0,
                        1,
                        "shallow: the clock of the cores goes down; deep: that of the memory too",
                        {"shallow", "deep"}});
  return {{"park", "lowers the clocks of accelerators whose replica has idled for a while; back in milliseconds",
           std::move(parameters)},
          [](const Parameters& p) {
            const bool deep = p.get_int("depth") == 1;
            return make_idle_timeout(p, deep ? IdleAction::park_deep : IdleAction::park, kPowersOff);
          }};
}

}  // namespace idlewatt
