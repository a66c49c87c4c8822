// Hashes of a prompt's blocks: how many there are of them, and how large a block is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "traffic/line_reader.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

/// How much of a prompt has hashes: all of it, its whole blocks with or without the partial last one, or any part from
/// its head on.
enum class HashCount { all, whole, leading };

/// Whether so many hashes can be those of a prompt of so many tokens. No hashes are fine with any.
bool hashes_fit(std::size_t hashes, std::int32_t prompt_tokens, std::int32_t block_tokens, HashCount count);

/// Throws InputError for the line that `lines` gave last when the request's prefix_blocks contradict its prompt_tokens.
void check_hash_count(const LineReader& lines, const Request& request, HashCount count, std::size_t column = 1);

/// "3 hashes do not fit a prompt of 100 tokens in blocks of 512".
std::string hash_count_problem(const Request& request);
/// "1, one for each block".
std::string hash_count_expectation(const Request& request);

/// Replaces the hash of each block, which says nothing of the blocks before it, by one of the block together with all
/// before it.
void chain_hashes(std::vector<std::uint64_t>& hashes);

}  // namespace idlewatt
