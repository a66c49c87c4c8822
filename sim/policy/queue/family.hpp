// The description of the family of policies in this folder.
#pragma once

#include <cstddef>
#include <vector>

#include "policy/queue/queue.hpp"

namespace idlewatt {

struct QueueFamily {
  using Policy = QueuePolicy;
  static constexpr const char* name = "queue";             ///< name in lists
  static constexpr const char* path = "pools.NAME.queue";  ///< place where a scenario chooses a policy
  static constexpr const char* question = "Which of the requests that wait at a replica joins next?";
  static constexpr const char* kind = "queue policy";      ///< name of one policy in messages
  static constexpr std::nullptr_t from_outside = nullptr;  ///< neither plug-ins nor Python add policies
  /// The built-in policies, in the order in which they are listed to users. The first is the default.
  static std::vector<QueueDeclaration> built_in();
};

// Each declaration stands in the source file of its name.
QueueDeclaration declare_fcfs();
QueueDeclaration declare_shortest_first();
QueueDeclaration declare_priority();
QueueDeclaration declare_deadline();

}  // namespace idlewatt
