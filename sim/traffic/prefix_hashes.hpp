// Hashes of a prompt's blocks: their number and the size of a block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "traffic/line_reader.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

/// The part of a prompt that has hashes: all of it, its whole blocks with or without the partial last block, or any
/// part that begins at its head.
enum class HashCount { all, whole, leading };

/// True when `hashes` hashes can be those of a prompt of `prompt_tokens` tokens. No hashes at all fit any prompt.
bool hashes_fit(std::size_t hashes, std::int32_t prompt_tokens, std::int32_t block_tokens, HashCount count);

/// Checks that the request's prefix_blocks fit its prompt_tokens. Throws InputError at the last line that `lines` gave
/// otherwise.
void check_hash_count(const LineReader& lines, const Request& request, HashCount count, std::size_t column = 1);

/// The problem for messages: "3 hashes do not fit a prompt of 100 tokens in blocks of 512".
std::string hash_count_problem(const Request& request);
/// The expectation for messages: "1, one for each block".
std::string hash_count_expectation(const Request& request);

/// Replaces the hash of each block by a hash of that block and all blocks before it.
void chain_hashes(std::vector<std::uint64_t>& hashes);

}  // namespace idlewatt
