#include "policy/swap/swap.hpp"

#include "policy/idle/rest.hpp"

namespace idlewatt {

SwapRules swap_rules(const Parameters& p) {
  return {.swaps = true,
          .to_host_memory = p.get_int("to") == 0,
          .memory_share = p.get("host_memory"),
          .wake_overhead = to_ticks(p.get("wake_time")),
          .residence = to_ticks(p.get("residence")),
          .patience = to_ticks(p.get("patience")),
          .wake_above = p.get("wake_above")};
}

std::vector<ParameterSpec> swap_parameters() {
  ParameterSpec wake_above = wake_above_parameter();
  wake_above.help =
      "brings back one more replica of a pool when its others have more requests each, waiting and running";
  return {
      {"to",
       Dimension::number,
       0,
       0,
       1,
       "what becomes of a replica that is pushed out. host-memory: its weights go there; nothing: its engine stops",
       {"host-memory", "nothing"}},
      {"host_memory", Dimension::share, 0.8, 0.0, 1.0,
       "of a server's memory, at most, for weights that sleep there (assumed)"},
      {"wake_time", Dimension::time, 0.5, 0.0, 600.0,
       "to wake from host memory, beyond copying the weights over PCIe (assumed; vLLM's sleep mode is said to wake "
       "small models in less than a second)"},
      {"residence", Dimension::time, 2.0, 0.0, 1e6, "nobody is pushed out sooner after having become ready (assumed)"},
      {"patience", Dimension::time, 10.0, 0.0, 1e6,
       "one that has waited so long for accelerators while all others are busy has one of them finish what it has and "
       "go (assumed)"},
      wake_above};
}

}  // namespace idlewatt
