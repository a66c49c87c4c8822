// Rows of a trace in any order, which may wait for one another, made into a stream of requests.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "traffic/instant.hpp"
#include "traffic/measured.hpp"
#include "traffic/request_sorter.hpp"
#include "traffic/row_guard.hpp"

namespace idlewatt {

/// A row as the reader of a format gives it.
struct TraceRow {
  Request request;              ///< the request without its arrival, its key and its wait
  std::optional<Instant> time;  ///< arrival; empty where the row follows other rows, or where its session has no time
  std::string id = {};          ///< name by which other rows follow this one; empty where none can
  std::vector<std::string> after = {};  ///< ids of the rows that this one follows
  Ticks delay = 0;                      ///< time from the last of their ends to this row
  MeasuredTimes measured = {};          ///< measured latencies, for a load test that is read whole
};

/// Collects the rows of one trace and gives them as requests in order of arrival.
class TraceRows {
 public:
  /// Makes the collection. `from_first`: true = the earliest time is time 0; false = times count from time 0 already;
  /// empty = the earliest time is time 0 only for dates and for numbers that count from 1970.
  TraceRows(const TraceFile& trace, std::optional<bool> from_first) : trace_(trace), from_first_(from_first) {}

  /// Adds a row that stands at `place` of the file ("file:line"). A row without tokens is treated as the trace's rule
  /// says. Throws InputError.
  void add(TraceRow row, const std::string& place, SkippedRows& skipped);
  bool empty() const { return count_ == 0; }

  /// The requests. A row that follows others arrives at the earliest time at which it can come. A row whose
  /// predecessors are all missing comes at its own time. Throws InputError when rows wait for each other in a circle.
  std::unique_ptr<TraceReader> requests();

 private:
  /// A row that follows others or may be followed.
  struct Linked {
    Request request;
    std::uint64_t key = 0;
    std::vector<std::uint64_t> after;
    Ticks delay = 0;
    bool has_time = false;
    bool kept = true;  ///< false: a row without tokens, which others may follow all the same
    std::string place;
  };

  Ticks relative(const Instant& time, const std::string& place);
  Ticks start_without_time();
  void sort_linked();

  TraceFile trace_;
  std::optional<bool> from_first_;
  std::optional<Instant> base_;
  Ticks earliest_ = 0;
  RequestSorter sorter_;
  std::vector<Linked> linked_;
  std::size_t linked_bytes_ = 0;
  std::int64_t count_ = 0;
  std::int64_t without_time_ = 0;
};

/// The number of a name, the same on every machine; never 0.
std::uint64_t number_of(std::string_view name);

}  // namespace idlewatt
