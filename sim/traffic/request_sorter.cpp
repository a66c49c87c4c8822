#include "traffic/request_sorter.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <queue>
#include <utility>

#include "base/error.hpp"

namespace idlewatt {
namespace {

bool earlier(const Request& a, const Request& b) {
  return a.arrival < b.arrival;
}

std::size_t bytes_of(const Request& request) {
  return sizeof(Request) + 8 * request.prefix_blocks.size() + (request.wait ? 64 + 8 * request.wait->after.size() : 0);
}

/// The plain members of a request, as a run has them; the lists follow.
struct Stored {
  Ticks arrival = 0;
  Ticks deadline = 0;
  Ticks delay = 0;
  std::uint64_t semantic_key = 0;
  std::uint64_t session = 0;
  std::uint64_t key = 0;
  std::uint64_t blocks = 0;
  std::uint64_t after = 0;
  std::int32_t prompt_tokens = 0;
  std::int32_t output_tokens = 0;
  StreamId stream;
  std::int32_t tenant = 0;
  std::int32_t block_tokens = 0;
  float similarity = 0.0F;
  std::int16_t priority = 0;
  std::int16_t deferrable = 0;
};

[[noreturn]] void fail_temporary() {
  throw OutputError(std::string("cannot write a temporary file to sort a trace: ") + std::strerror(errno));
}

void write_bytes(std::FILE* file, const void* bytes, std::size_t count) {
  if (count > 0 && std::fwrite(bytes, 1, count, file) != count) {
    fail_temporary();
  }
}

void store(std::FILE* file, const Request& request) {
  const std::vector<std::uint64_t> none;
  const std::vector<std::uint64_t>& after = request.wait ? request.wait->after : none;
  Stored stored;
  stored.arrival = request.arrival;
  stored.deadline = request.deadline;
  stored.delay = request.wait ? request.wait->delay : 0;
  stored.semantic_key = request.semantic_key;
  stored.session = request.session;
  stored.key = request.key;
  stored.blocks = request.prefix_blocks.size();
  stored.after = after.size();
  stored.prompt_tokens = request.prompt_tokens;
  stored.output_tokens = request.output_tokens;
  stored.stream = request.stream;
  stored.tenant = request.tenant;
  stored.block_tokens = request.block_tokens;
  stored.similarity = request.similarity;
  stored.priority = request.priority;
  stored.deferrable = request.deadline_class == DeadlineClass::deferrable ? 1 : 0;
  write_bytes(file, &stored, sizeof stored);
  write_bytes(file, request.prefix_blocks.data(), 8 * request.prefix_blocks.size());
  write_bytes(file, after.data(), 8 * after.size());
}

/// False at the end of the run.
bool load(std::FILE* file, Request& request) {
  Stored stored;
  if (std::fread(&stored, 1, sizeof stored, file) != sizeof stored) {
    return false;
  }
  request = Request{};
  request.arrival = stored.arrival;
  request.deadline = stored.deadline;
  request.semantic_key = stored.semantic_key;
  request.session = stored.session;
  request.key = stored.key;
  request.prompt_tokens = stored.prompt_tokens;
  request.output_tokens = stored.output_tokens;
  request.stream = stored.stream;
  request.tenant = stored.tenant;
  request.block_tokens = stored.block_tokens;
  request.similarity = stored.similarity;
  request.priority = stored.priority;
  request.deadline_class = stored.deferrable != 0 ? DeadlineClass::deferrable : DeadlineClass::interactive;
  request.prefix_blocks.resize(stored.blocks);
  RequestWait wait{.after = std::vector<std::uint64_t>(stored.after), .delay = stored.delay};
  if (std::fread(request.prefix_blocks.data(), 8, stored.blocks, file) != stored.blocks ||
      std::fread(wait.after.data(), 8, stored.after, file) != stored.after) {
    fail_temporary();
  }
  if (!wait.after.empty()) {
    request.wait = std::make_shared<const RequestWait>(std::move(wait));
  }
  return true;
}

/// Merges sorted runs, the last of which is in memory.
class MergedRuns final : public TraceReader {
 public:
  MergedRuns(std::vector<std::shared_ptr<std::FILE>> runs, std::vector<Request> rest, Ticks shift)
      : runs_(std::move(runs)), rest_(std::move(rest)), shift_(shift), ahead_(runs_.size() + 1) {
    for (std::size_t run = 0; run < ahead_.size(); ++run) {
      read_ahead(run);
    }
  }

  bool next(Request& request) override {
    if (first_.empty()) {
      return false;
    }
    const std::size_t run = first_.top().second;
    first_.pop();
    request = std::move(ahead_[run]);
    request.id = given_++;
    request.arrival += shift_;
    read_ahead(run);
    return true;
  }

 private:
  using First = std::pair<Ticks, std::size_t>;  // of equal arrivals, the earlier run

  void read_ahead(std::size_t run) {
    bool there = false;
    if (run < runs_.size()) {
      there = load(runs_[run].get(), ahead_[run]);
    } else if (there = at_ < rest_.size(); there) {
      ahead_[run] = std::move(rest_[at_++]);
    }
    if (there) {
      first_.emplace(ahead_[run].arrival, run);
    }
  }

  std::vector<std::shared_ptr<std::FILE>> runs_;
  std::vector<Request> rest_;
  Ticks shift_;
  std::size_t at_ = 0;
  std::vector<Request> ahead_;
  std::priority_queue<First, std::vector<First>, std::greater<>> first_;
  std::int64_t given_ = 0;
};

}  // namespace

void RequestSorter::add(Request request) {
  bytes_ += bytes_of(request);
  ++count_;
  requests_.push_back(std::move(request));
  if (bytes_ > most_bytes_) {
    spill();
  }
}

void RequestSorter::spill() {
  std::stable_sort(requests_.begin(), requests_.end(), earlier);
  const std::shared_ptr<std::FILE> file(std::tmpfile(), [](std::FILE* open) {
    if (open != nullptr) {
      std::fclose(open);
    }
  });
  if (!file) {
    fail_temporary();
  }
  for (const Request& request : requests_) {
    store(file.get(), request);
  }
  if (std::fflush(file.get()) != 0) {
    fail_temporary();
  }
  std::rewind(file.get());
  runs_.push_back(file);
  requests_.clear();
  bytes_ = 0;
}

std::unique_ptr<TraceReader> RequestSorter::sorted(Ticks shift) {
  std::stable_sort(requests_.begin(), requests_.end(), earlier);
  return std::make_unique<MergedRuns>(std::move(runs_), std::move(requests_), shift);
}

}  // namespace idlewatt
