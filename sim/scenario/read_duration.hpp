// Times that are simulated: those that become ticks.
#pragma once

#include <string_view>

#include "base/ticks.hpp"
#include "scenario/fields.hpp"

namespace idlewatt {

/// The time that `key` gives, above zero and at most `maximum_s`, in ticks. Throws InputError; also for a time that is
/// so short that it rounds to no tick at all.
Ticks read_duration(const Fields& fields, std::string_view key, double maximum_s);

}  // namespace idlewatt
