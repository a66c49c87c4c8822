#include "traffic/merge.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/min_tree.hpp"

namespace idlewatt {
namespace {

class MergedReader final : public TraceReader {
 public:
  explicit MergedReader(std::vector<std::unique_ptr<TraceReader>> streams)
      : streams_(std::move(streams)), heads_(streams_.size()), order_(streams_.size(), Head{}) {
    for (std::size_t stream = 0; stream < streams_.size(); ++stream) {
      advance(stream);
    }
  }

  bool next(Request& request) override {
    if (streams_.empty() || order_.top_key().ended) {
      return false;
    }
    const std::size_t stream = order_.top();
    request = std::move(heads_[stream]);
    request.id = next_id_++;
    request.stream = StreamId(stream);
    advance(stream);
    return true;
  }

 private:
  /// When a stream's next request arrives; a stream that ended comes after every arrival, even one at kNever.
  struct Head {
    bool ended = true;
    Ticks arrival = 0;
    bool operator<(const Head& other) const { return ended != other.ended ? !ended : arrival < other.arrival; }
  };

  void advance(std::size_t stream) {
    const bool more = streams_[stream]->next(heads_[stream]);
    order_.update(stream, more ? Head{false, heads_[stream].arrival} : Head{});
  }

  std::vector<std::unique_ptr<TraceReader>> streams_;
  std::vector<Request> heads_;
  MinTree<Head> order_;
  std::int64_t next_id_ = 0;
};

/// One stream needs no look-ahead, only the numbers.
class NumberedReader final : public TraceReader {
 public:
  explicit NumberedReader(std::unique_ptr<TraceReader> stream) : stream_(std::move(stream)) {}

  bool next(Request& request) override {
    if (!stream_->next(request)) {
      return false;
    }
    request.id = next_id_++;
    request.stream = StreamId(0);
    return true;
  }

 private:
  std::unique_ptr<TraceReader> stream_;
  std::int64_t next_id_ = 0;
};

}  // namespace

std::unique_ptr<TraceReader> merge(std::vector<std::unique_ptr<TraceReader>> streams) {
  if (streams.size() == 1) {
    return std::make_unique<NumberedReader>(std::move(streams.front()));
  }
  return std::make_unique<MergedReader>(std::move(streams));
}

}  // namespace idlewatt
