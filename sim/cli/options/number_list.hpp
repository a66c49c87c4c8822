// Lists of whole numbers on the command line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace idlewatt {

/// Parses a list: "1,2,4" as written; "1..256" doubles from 1 up to at most 256; "100..500+200" goes in steps of 200;
/// parts may be mixed: "1..8,12". The result ascends and has each number once. Throws InputError with `option` in front
/// when the text is no such list, when a number is below `least` or above `most`, and when there are more than 1,000
/// numbers.
std::vector<std::int64_t> parse_number_list(const std::string& option, const std::string& text, std::int64_t least,
                                            std::int64_t most);

}  // namespace idlewatt
