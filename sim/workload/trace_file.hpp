// A trace in a file, and how it is written there.
#pragma once

#include <string>

namespace idlewatt {

/// azure_llm: the CSV of Azure's LLM inference traces (workload/azure_llm.hpp).
enum class TraceFormat { azure_llm };

/// A trace in a file.
struct TraceFile {
  TraceFormat format = TraceFormat::azure_llm;
  std::string path;
};

}  // namespace idlewatt
