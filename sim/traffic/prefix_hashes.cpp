#include "traffic/prefix_hashes.hpp"

#include <fmt/core.h>
#include <string>

#include "base/splitmix64.hpp"

namespace idlewatt {

bool hashes_fit(std::size_t hashes, std::int32_t prompt_tokens, std::int32_t block_tokens, HashCount count) {
  const auto whole = static_cast<std::size_t>(prompt_tokens / block_tokens);
  const std::size_t all = whole + (prompt_tokens % block_tokens != 0 ? 1 : 0);
  return hashes == 0 || hashes == all || (count == HashCount::leading && hashes < all) ||
         (count == HashCount::whole && hashes == whole);
}

std::string hash_count_problem(const Request& request) {
  return fmt::format("{}{} not fit a prompt of {} tokens in blocks of {}", request.prefix_blocks.size(),
                     request.prefix_blocks.size() == 1 ? " hash does" : " hashes do", request.prompt_tokens,
                     request.block_tokens);
}

std::string hash_count_expectation(const Request& request) {
  const std::int32_t blocks =
      request.prompt_tokens / request.block_tokens + (request.prompt_tokens % request.block_tokens != 0 ? 1 : 0);
  return fmt::format("{}, one for each block; `block_tokens` says how large blocks are", blocks);
}

void check_hash_count(const LineReader& lines, const Request& request, HashCount count, std::size_t column) {
  if (!hashes_fit(request.prefix_blocks.size(), request.prompt_tokens, request.block_tokens, count)) {
    lines.fail(column, hash_count_problem(request), hash_count_expectation(request));
  }
}

void chain_hashes(std::vector<std::uint64_t>& hashes) {
  std::uint64_t before = 0;
  for (std::uint64_t& hash : hashes) {
    before = mixed(before + mixed(hash));
    hash = before;
  }
}

}  // namespace idlewatt
