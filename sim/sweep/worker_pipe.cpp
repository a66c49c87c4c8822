#include "sweep/worker_pipe.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <type_traits>
#include <unistd.h>
#include <utility>

#include "base/error.hpp"
#include "ledger/summary.hpp"

namespace idlewatt {

namespace {

struct Header {
  std::uint32_t kind = 0;
  std::uint32_t bytes = 0;
};

enum : std::uint32_t { kProgress = 1, kResult = 2, kFailure = 3 };

/// The fixed part of a result; the summary follows as one double per measure, and its currency as the rest.
struct ResultHead {
  double simulated_s = 0.0;
  RunCosts costs;
  std::int64_t interrupted = 0;
};

template <class T>
void append(std::string& bytes, const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  std::array<char, sizeof(T)> raw{};
  std::memcpy(raw.data(), &value, sizeof(T));
  bytes.append(raw.data(), raw.size());
}

template <class T>
T take(std::string_view& bytes) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (bytes.size() < sizeof(T)) {
    throw Error("a worker process sent a truncated message");
  }
  T value{};
  std::memcpy(&value, bytes.data(), sizeof(T));
  bytes.remove_prefix(sizeof(T));
  return value;
}

bool send(const Descriptor& pipe, std::uint32_t kind, std::string_view payload) {
  std::string bytes;
  append(bytes, Header{kind, static_cast<std::uint32_t>(payload.size())});
  bytes += payload;
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t count = ::write(pipe.get(), bytes.data() + sent, bytes.size() - sent);
    if (count < 0 && errno != EINTR) {
      return false;
    }
    sent += count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  return true;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    close();
    number_ = other.release();
  }
  return *this;
}

void Descriptor::close() {
  if (number_ >= 0) {
    ::close(number_);
    number_ = -1;
  }
}

int Descriptor::release() {
  return std::exchange(number_, -1);
}

Pipe open_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw Error(std::string("cannot open a pipe to a worker process: ") + std::strerror(errno));
  }
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

bool send_progress(const Descriptor& pipe, const Progress& progress) {
  std::string payload;
  append(payload, progress);
  return send(pipe, kProgress, payload);
}

bool send_result(const Descriptor& pipe, const RunResult& result) {
  std::string payload;
  append(payload, ResultHead{result.simulated_s, result.costs, result.interrupted ? 1 : 0});
  for (const Measure& measure : measures()) {
    append(payload, measure.get(result.summary));
  }
  payload += result.summary.currency;
  return send(pipe, kResult, payload);
}

bool send_failure(const Descriptor& pipe, ExitStatus status, std::string_view message) {
  std::string payload;
  append(payload, status);
  payload += message;
  return send(pipe, kFailure, payload);
}

bool MessageReader::read_from(const Descriptor& pipe) {
  std::array<char, 4096> bytes{};
  const ssize_t count = ::read(pipe.get(), bytes.data(), bytes.size());
  if (count < 0) {
    return errno == EINTR || errno == EAGAIN;
  }
  buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  return count > 0;
}

MessageReader::Kind MessageReader::next(Progress& progress, RunResult& result, ExitStatus& status,
                                        std::string& message) {
  std::string_view bytes = buffer_;
  if (bytes.size() < sizeof(Header)) {
    return Kind::none;
  }
  const auto header = take<Header>(bytes);
  if (bytes.size() < header.bytes) {
    return Kind::none;
  }
  bytes = bytes.substr(0, header.bytes);
  Kind kind = Kind::none;
  switch (header.kind) {
    case kProgress:
      progress = take<Progress>(bytes);
      kind = Kind::progress;
      break;
    case kResult: {
      const auto head = take<ResultHead>(bytes);
      result.simulated_s = head.simulated_s;
      result.costs = head.costs;
      result.interrupted = head.interrupted != 0;
      for (const Measure& measure : measures()) {
        measure.set(result.summary, take<double>(bytes));
      }
      result.summary.currency = bytes;
      kind = Kind::result;
      break;
    }
    case kFailure:
      status = take<ExitStatus>(bytes);
      message = bytes;
      kind = Kind::failure;
      break;
    default:
      throw Error("a worker process sent a message of unknown kind");
  }
  buffer_.erase(0, sizeof(Header) + header.bytes);
  return kind;
}

}  // namespace idlewatt
