#include "policy/queue/family.hpp"

namespace idlewatt {

std::vector<QueueDeclaration> QueueFamily::built_in() {
  return {declare_fcfs(), declare_shortest_first(), declare_priority(), declare_deadline()};
}

}  // namespace idlewatt
