// The table itself. A format is one file that defines one of these functions, and its name in two places here.
#include <algorithm>

#include "base/error.hpp"
#include "traffic/csv_fields.hpp"
#include "traffic/trace_format.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {

TraceFormat declare_azure_llm();
TraceFormat declare_burstgpt();
TraceFormat declare_qwen_bailian();
TraceFormat declare_mooncake();
TraceFormat declare_own_csv();
TraceFormat declare_hdf5();

const std::vector<TraceFormat>& trace_formats() {
  static const std::vector<TraceFormat> formats{
      declare_azure_llm(), declare_burstgpt(), declare_qwen_bailian(),
      declare_mooncake(),  declare_own_csv(),  declare_hdf5(),
  };
  return formats;
}

const std::vector<std::string>& trace_format_names() {
  static const std::vector<std::string> names = []() {
    std::vector<std::string> all;
    for (const TraceFormat& format : trace_formats()) {
      all.push_back(format.name);
    }
    return all;
  }();
  return names;
}

const TraceFormat& trace_format(std::string_view name) {
  const std::vector<TraceFormat>& all = trace_formats();
  const auto found = std::find_if(all.begin(), all.end(), [&](const TraceFormat& one) { return one.name == name; });
  if (found == all.end()) {
    throw Error("there is no trace format `" + std::string(name) + "`");
  }
  return *found;
}

const TraceFormat& recognise_format(const std::string& path) {
  const TraceHead head(path);
  std::string expected = "a trace that workloads/FORMATS.md has; or `format` to name one of ";
  for (const TraceFormat& format : trace_formats()) {
    if (format.recognises(head)) {
      return format;
    }
    expected += (&format == &trace_formats().front() ? "" : ", ") + format.name;
  }
  const std::string problem =
      head.text().empty() ? "the file is empty" : "no known trace begins like " + quoted(head.first_line());
  throw InputError(path + ":1:1: " + problem + " (expected " + expected + ")");
}

}  // namespace idlewatt
