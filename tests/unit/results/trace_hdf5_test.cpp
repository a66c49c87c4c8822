// Traces in HDF5: what is written is what is read.
#include "results/trace_hdf5.hpp"

#include <filesystem>

#include "base/error.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace idlewatt {
namespace {

namespace fs = std::filesystem;

Request request_number(int i) {
  Request request;
  request.arrival = i * Ticks{123'456'789'013};
  request.prompt_tokens = i + 1;
  request.output_tokens = 2;
  request.tenant = i % 5;
  request.priority = static_cast<std::int16_t>(i % 3 - 1);
  request.deadline_class = i % 2 == 0 ? DeadlineClass::interactive : DeadlineClass::deferrable;
  request.deadline = i % 2 == 0 ? kNever : request.arrival + 1;
  request.semantic_key = ~static_cast<std::uint64_t>(i);
  request.similarity = static_cast<float>(i % 7) / 7.0F;
  request.session = static_cast<std::uint64_t>(i / 3);
  request.prefix_blocks.assign(static_cast<std::size_t>(i % 4), static_cast<std::uint64_t>(i));
  request.block_tokens = 1 + i % 3 / 2;
  request.key = i % 5 == 0 ? ~static_cast<std::uint64_t>(i) : 0;
  if (i % 6 == 5) {
    request.wait = std::make_shared<const RequestWait>(
        RequestWait{std::vector<std::uint64_t>(static_cast<std::size_t>(1 + i % 2), ~std::uint64_t{0}), Ticks{i} * 7});
  }
  return request;
}

constexpr int kRequests = 20'000;  // more than two chunks

void write_sample(const std::string& path) {
  const auto writer = write_hdf5_trace(path);
  for (int i = 0; i < kRequests; ++i) {
    writer->write(request_number(i));
  }
  CHECK_FALSE(fs::exists(path));
  writer->publish();
}

}  // namespace

TEST_CASE("A trace in HDF5 keeps every field, and its bytes repeat") {
  const TemporaryFolder folder;
  write_sample(folder("a.h5"));
  write_sample(folder("b.h5"));
  CHECK(content_of(folder("a.h5")) == content_of(folder("b.h5")));
  CHECK_FALSE(fs::exists(folder("a.h5.part")));
  TraceFile trace;
  trace.path = folder("a.h5");
  trace.open_hdf5 = open_hdf5_trace;
  CHECK(recognise_format(trace.path).name == "hdf5");
  const auto reader = open_trace_file(trace);
  int count = 0;
  for (Request request; reader->next(request); ++count) {
    const Request expected = request_number(count);
    REQUIRE(request.id == count);
    REQUIRE(request.arrival == expected.arrival);
    REQUIRE(request.prompt_tokens == expected.prompt_tokens);
    REQUIRE(request.tenant == expected.tenant);
    REQUIRE(request.priority == expected.priority);
    REQUIRE(request.deadline_class == expected.deadline_class);
    REQUIRE(request.deadline == expected.deadline);
    REQUIRE(request.semantic_key == expected.semantic_key);
    REQUIRE(request.similarity == expected.similarity);
    REQUIRE(request.session == expected.session);
    REQUIRE(request.prefix_blocks == expected.prefix_blocks);
    REQUIRE(request.block_tokens == expected.block_tokens);
    REQUIRE(request.key == expected.key);
    REQUIRE((request.wait != nullptr) == (expected.wait != nullptr));
    if (request.wait) {
      REQUIRE(request.wait->after == expected.wait->after);
      REQUIRE(request.wait->delay == expected.wait->delay);
    }
  }
  CHECK(count == kRequests);
}

TEST_CASE("A file that is no trace, or holds no request, is refused; a writer that gives up leaves nothing") {
  const TemporaryFolder folder;
  TraceFile trace;
  trace.path = folder("a.h5");
  CHECK_THROWS_AS(open_hdf5_trace(trace), InputError);
  std::ofstream(trace.path) << "no HDF5";
  CHECK_THROWS_AS(open_hdf5_trace(trace), InputError);
  write_hdf5_trace(trace.path)->publish();
  const auto reader = open_hdf5_trace(trace);
  Request request;
  CHECK_THROWS_AS(reader->next(request), InputError);
  { const auto writer = write_hdf5_trace(folder("c.h5")); }
  CHECK_FALSE(fs::exists(folder("c.h5.part")));
  CHECK_THROWS_AS(write_hdf5_trace(folder("no/c.h5")), OutputError);
}

}  // namespace idlewatt
