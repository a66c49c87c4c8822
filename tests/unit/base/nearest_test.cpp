#include "base/spelling_suggestion.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

TEST_CASE("Edit distance counts insertions, deletions, substitutions and swaps") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("abc", "abc") == 0);
  CHECK(edit_distance("abc", "acb") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("routing", "ruoting") == 1);
}

TEST_CASE("The nearest name is proposed when it is near") {
  const std::vector<std::string> names{"a100-sxm-40", "a100-sxm-80", "h100-sxm", "l4", "t4"};
  CHECK(nearest("a100-smx-80", names) == "a100-sxm-80");
  CHECK(nearest("A100-SXM-80", names) == "a100-sxm-80");
  CHECK(nearest("a100", names) == "a100-sxm-40");
  CHECK(nearest("l4s", names) == "l4");
  CHECK(nearest("max_seqs", {"policy", "max_sequences", "token_budget"}) == "max_sequences");
}

TEST_CASE("A name of another thing is not proposed") {
  CHECK(!nearest("h200-sxm", {"a100-sxm-40", "h100-sxm"}).has_value());
  CHECK(!nearest("qwen2_moe", {"llama", "mixtral", "qwen2"}).has_value());
  CHECK(!nearest("qwen3", {"llama", "qwen2"}).has_value());
  CHECK(!nearest("llama-3-70b", {"llama-3-8b"}).has_value());
  CHECK(nearest("llama-3-7b", {"llama-3-8b"}) == "llama-3-8b");
  CHECK(nearest("qwen2_m", {"qwen2", "qwen2_moe"}) == "qwen2_moe");
  CHECK(nearest("tenants", {"tenant", "pool"}) == "tenant");
}

TEST_CASE("Nothing is proposed when nothing is near") {
  CHECK(!nearest("inferentia", {"a100-sxm-80", "l4"}).has_value());
  CHECK(!nearest("x", {"y"}).has_value());
  CHECK(!nearest("word", {}).has_value());
  CHECK(!nearest("", {"l4"}).has_value());
}

}  // namespace
}  // namespace idlewatt
