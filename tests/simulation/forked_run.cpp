#include "forked_run.hpp"

#include <cstring>
#include <exception>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <type_traits>
#include <unistd.h>

#include "base/error.hpp"
#include "in_child.hpp"

namespace idlewatt {
namespace {

/// Of the one run of this process.
std::vector<std::int64_t>& notes() {
  static std::vector<std::int64_t> values;
  return values;
}

/// Appends values to a string, byte by byte: writer and reader are the same program.
class Writer {
 public:
  template <class T>
  void put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  template <class Values>
  void put_all(const Values& values) {
    put(values.size());
    for (const auto& value : values) {
      put(value);
    }
  }
  void put_text(const std::string& text) {
    put(text.size());
    bytes_ += text;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(const std::string& bytes) : bytes_(bytes) {}

  template <class T>
  void get(T& value) {
    std::memcpy(&value, take(sizeof value), sizeof value);
  }
  template <class Values>
  void get_all(Values& values) {
    std::size_t count = 0;
    get(count);
    values.resize(count);
    for (auto& value : values) {
      get(value);
    }
  }
  void get_text(std::string& text) {
    std::size_t count = 0;
    get(count);
    text.assign(take(count), count);
  }

 private:
  const char* take(std::size_t count) {
    if (count > bytes_.size() - at_) {
      throw std::runtime_error("the child's report is cut short");
    }
    at_ += count;
    return bytes_.data() + at_ - count;
  }
  const std::string& bytes_;
  std::size_t at_ = 0;
};

class Keeper final : public Recorder {
 public:
  explicit Keeper(RecordedRun& run) : run_(&run) {}
  void begin(const RunLayout&, const Provenance&) override { run_->begun = true; }
  void bin(const SeriesBin& bin) override { run_->bins.push_back(bin); }
  void request(const RequestRecord& record) override { run_->requests.push_back(record); }
  void end(const Summary&) override { run_->ended = true; }

 private:
  RecordedRun* run_;
};

RecordedRun run_here(const Scenario& scenario, const Prepare& prepare) {
  RecordedRun recorded;
  Keeper keeper(recorded);
  RunOptions options;
  options.recorder = &keeper;
  if (prepare) {
    prepare(options);
  }
  try {
    recorded.result = run(scenario, options);
  } catch (const InputError& error) {
    recorded.error = std::string("InputError: ") + error.what();
  } catch (const ConservationError& error) {
    recorded.error = std::string("ConservationError: ") + error.what();
  } catch (const std::exception& error) {
    recorded.error = std::string("exception: ") + error.what();
  }
  recorded.notes = notes();
  return recorded;
}

std::string to_bytes(const RecordedRun& run) {
  Writer writer;
  writer.put(run.begun);
  writer.put(run.ended);
  writer.put(run.bins.size());
  for (const SeriesBin& bin : run.bins) {
    writer.put(bin.from);
    writer.put(bin.to);
    writer.put_all(bin.pools);
    writer.put_all(bin.servers);
    writer.put_all(bin.racks);
    writer.put_all(bin.servers_idle_j);
    writer.put_all(bin.racks_idle_j);
    writer.put(bin.cache);
  }
  writer.put_all(run.requests);
  writer.put_all(run.notes);
  writer.put(run.result.interrupted);
  writer.put(run.result.simulated_s);
  writer.put(run.result.costs);
  writer.put_text(run.result.summary.currency);
  for (const Measure& measure : measures()) {
    writer.put(measure.get(run.result.summary));
  }
  writer.put_text(run.error);
  return writer.bytes();
}

RecordedRun from_bytes(const std::string& bytes) {
  RecordedRun run;
  Reader reader(bytes);
  reader.get(run.begun);
  reader.get(run.ended);
  std::size_t bins = 0;
  reader.get(bins);
  run.bins.resize(bins);
  for (SeriesBin& bin : run.bins) {
    reader.get(bin.from);
    reader.get(bin.to);
    reader.get_all(bin.pools);
    reader.get_all(bin.servers);
    reader.get_all(bin.racks);
    reader.get_all(bin.servers_idle_j);
    reader.get_all(bin.racks_idle_j);
    reader.get(bin.cache);
  }
  reader.get_all(run.requests);
  reader.get_all(run.notes);
  reader.get(run.result.interrupted);
  reader.get(run.result.simulated_s);
  reader.get(run.result.costs);
  reader.get_text(run.result.summary.currency);
  for (const Measure& measure : measures()) {
    double value = 0.0;
    reader.get(value);
    measure.set(run.result.summary, value);
  }
  reader.get_text(run.error);
  return run;
}

}  // namespace

RecordedRun forked_run(const Scenario& scenario, const Prepare& prepare) {
  const ChildReport report = in_child([&] { return to_bytes(run_here(scenario, prepare)); });
  if (report.signal != 0) {
    RecordedRun dead;
    dead.signal = report.signal;
    dead.error = "signal " + std::to_string(report.signal);
    return dead;
  }
  return from_bytes(report.bytes);
}

void note(std::int64_t value) {
  notes().push_back(value);
}

std::string text(int128_t value) {
  const bool negative = value < 0;
  std::string digits;
  do {
    const int digit = static_cast<int>(value % 10);
    digits.insert(digits.begin(), static_cast<char>('0' + (digit < 0 ? -digit : digit)));
    value /= 10;
  } while (value != 0);
  return negative ? "-" + digits : digits;
}

std::string text(const RequestRecord& record) {
  std::string line;
  for (const std::int64_t value :
       {record.id, std::int64_t{record.stream.value()}, std::int64_t{record.tenant},
        std::int64_t{record.pool ? record.pool->value() : -1},
        std::int64_t{record.replica ? record.replica->value() : -1}, static_cast<std::int64_t>(record.outcome),
        record.arrival, record.admitted, record.first_token, record.end, record.worst_gap,
        std::int64_t{record.prompt_tokens}, std::int64_t{record.output_tokens}, std::int64_t{record.preemptions},
        std::int64_t{record.prefix_tokens}, std::int64_t{record.wrong ? 1 : 0}, std::int64_t{record.attempts},
        std::int64_t{record.discarded_tokens}}) {
    line += std::to_string(value) + " ";
  }
  return line + text(Energy::from_j(record.energy_j).fj) + " " + text(Energy::from_j(record.prefill_energy_j).fj);
}

std::string text(const SeriesBin& bin) {
  std::string line = std::to_string(bin.from) + "-" + std::to_string(bin.to);
  for (const PoolBin& pool : bin.pools) {
    line += " | ";
    for (const AcceleratorState i : kEveryAcceleratorState) {
      line += text(pool.accelerators.ticks[i]) + ":" + text(pool.accelerators.energy[i].fj) + " ";
    }
    for (const std::int32_t count : pool.replicas) {
      line += std::to_string(count) + " ";
    }
    for (const std::int64_t value : {pool.queue_length, pool.running_sequences, pool.arrivals, pool.completions,
                                     pool.rejections, pool.prompt_tokens, pool.output_tokens}) {
      line += std::to_string(value) + " ";
    }
  }
  line += " servers";
  for (const Energy energy : bin.servers) {
    line += " " + text(energy.fj);
  }
  line += " racks";
  for (const Energy energy : bin.racks) {
    line += " " + text(energy.fj);
  }
  line += " cache " + text(bin.cache.energy.fj);
  for (const std::int64_t value :
       {bin.cache.lookups, bin.cache.hits, bin.cache.wrong, bin.cache.entries, bin.cache.bytes}) {
    line += " " + std::to_string(value);
  }
  return line;
}

}  // namespace idlewatt
