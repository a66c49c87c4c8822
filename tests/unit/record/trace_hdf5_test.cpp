// Traces in HDF5: what is written is what is read.
#include "record/trace_hdf5.hpp"

#include <filesystem>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "units/error.hpp"

namespace idlewatt {
namespace {

namespace fs = std::filesystem;

Query query_number(int i) {
  Query query;
  query.arrival = i * Ticks{123'456'789'013};
  query.prompt_tokens = i + 1;
  query.output_tokens = 2;
  query.tenant = i % 5;
  query.priority = static_cast<std::int16_t>(i % 3 - 1);
  query.deadline_class = i % 2 == 0 ? DeadlineClass::interactive : DeadlineClass::deferrable;
  query.deadline = i % 2 == 0 ? kNever : query.arrival + 1;
  query.semantic_key = ~static_cast<std::uint64_t>(i);
  query.similarity = static_cast<float>(i % 7) / 7.0F;
  query.session = static_cast<std::uint64_t>(i / 3);
  query.prefix_blocks.assign(static_cast<std::size_t>(i % 4), static_cast<std::uint64_t>(i));
  return query;
}

constexpr int kQueries = 20'000;  // more than two chunks

void write_sample(const std::string& path) {
  const auto writer = write_hdf5_trace(path);
  for (int i = 0; i < kQueries; ++i) {
    writer->write(query_number(i));
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
  CHECK(detect_format(trace.path) == TraceFormat::hdf5);
  const auto reader = open_trace_file(trace);
  int count = 0;
  for (Query query; reader->next(query); ++count) {
    const Query expected = query_number(count);
    REQUIRE(query.id == count);
    REQUIRE(query.arrival == expected.arrival);
    REQUIRE(query.prompt_tokens == expected.prompt_tokens);
    REQUIRE(query.tenant == expected.tenant);
    REQUIRE(query.priority == expected.priority);
    REQUIRE(query.deadline_class == expected.deadline_class);
    REQUIRE(query.deadline == expected.deadline);
    REQUIRE(query.semantic_key == expected.semantic_key);
    REQUIRE(query.similarity == expected.similarity);
    REQUIRE(query.session == expected.session);
    REQUIRE(query.prefix_blocks == expected.prefix_blocks);
  }
  CHECK(count == kQueries);
}

TEST_CASE("A file that is no trace, or holds no query, is refused; a writer that gives up leaves nothing") {
  const TemporaryFolder folder;
  TraceFile trace;
  trace.path = folder("a.h5");
  CHECK_THROWS_AS(open_hdf5_trace(trace), InputError);
  std::ofstream(trace.path) << "no HDF5";
  CHECK_THROWS_AS(open_hdf5_trace(trace), InputError);
  write_hdf5_trace(trace.path)->publish();
  const auto reader = open_hdf5_trace(trace);
  Query query;
  CHECK_THROWS_AS(reader->next(query), InputError);
  { const auto writer = write_hdf5_trace(folder("c.h5")); }
  CHECK_FALSE(fs::exists(folder("c.h5.part")));
  CHECK_THROWS_AS(write_hdf5_trace(folder("no/c.h5")), OutputError);
}

}  // namespace idlewatt
