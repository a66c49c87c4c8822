#include "policy/queue/family.hpp"

namespace idlewatt {

QueueDeclaration declare_fcfs();
QueueDeclaration declare_shortest_first();
QueueDeclaration declare_priority();
QueueDeclaration declare_deadline();

std::vector<QueueDeclaration> QueueFamily::built_in() {
  return {declare_fcfs(), declare_shortest_first(), declare_priority(), declare_deadline()};
}

}  // namespace idlewatt
