#include "support.hpp"
#include "support/catch.hpp"
#include "traffic/request_labels.hpp"

namespace idlewatt {

TEST_CASE("Marks take the place of what the trace says, and nothing else changes") {
  const auto marked = [](const RequestLabels& marks) {
    Request first = test::request_at(5, 7);
    first.tenant = 3;
    first.priority = 2;
    auto trace = std::make_unique<test::ListReader>(std::vector{first, test::request_at(kNever - 10)});
    return test::read_all(*mark(std::move(trace), marks, 1, "x"));
  };
  const std::vector<Request> plain = marked({});
  CHECK(plain[0].tenant == 3);
  CHECK(plain[0].priority == 2);
  CHECK(plain[0].deadline == kNever);
  CHECK(plain[0].semantic_key == 0);
  const std::vector<Request> all = marked({.tenant = 9, .priority = 4, .deadline = 100, .semantics = Semantics{}});
  CHECK(all[0].arrival == 5);
  CHECK(all[0].prompt_tokens == 7);
  CHECK(all[0].tenant == 9);
  CHECK(all[0].priority == 4);
  CHECK(all[0].deadline_class == DeadlineClass::deferrable);
  CHECK(all[0].deadline == 105);
  CHECK(all[0].semantic_key != 0);
  CHECK(all[1].deadline == kNever);
}

}  // namespace idlewatt
