// What sets the policies of this folder apart as a family.
#pragma once

#include <vector>

#include "policy/queue/queue.hpp"

namespace idlewatt {

struct QueueFamily {
  using Policy = QueuePolicy;
  static constexpr const char* name = "queue";             ///< in lists, its own
  static constexpr const char* path = "pools.NAME.queue";  ///< where a scenario chooses one
  static constexpr const char* question = "Which of the requests that wait at a replica joins next?";
  static constexpr const char* kind = "queue policy";  ///< what messages call one of its policies
  static constexpr bool from_outside = false;          ///< plug-ins and Python may bring policies of it
  /// The built-in policies, in the order in which they are listed to users. The first is the default.
  static std::vector<QueueDeclaration> built_in();
};

// Each stands in the file of its name.
QueueDeclaration declare_fcfs();
QueueDeclaration declare_shortest_first();
QueueDeclaration declare_priority();
QueueDeclaration declare_deadline();

}  // namespace idlewatt
