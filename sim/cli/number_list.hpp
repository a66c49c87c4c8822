// Lists of whole numbers as a command line gives them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace idlewatt {

/// "1,2,4" as it stands, "1..256" doubled from 1 up to at most 256, "100..500+200" in steps of 200; parts may be mixed:
/// "1..8,12". Ascending, each once. Throws InputError with `option` in front when the text is no such list, or a number
/// is below `least`, above `most`, or there are more than 1,000.
std::vector<std::int64_t> parse_number_list(const std::string& option, const std::string& text, std::int64_t least,
                                            std::int64_t most);

}  // namespace idlewatt
