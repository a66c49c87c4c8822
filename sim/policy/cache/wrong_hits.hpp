// The probability that the answer to a similar request is wrong.
#pragma once

namespace idlewatt {

/// The probability that the answer to one request is wrong for another request, by the cosine of their texts, 0 to 1.
///
/// Source: the only published counts by threshold, from the demonstration of GPTCache (zilliztech/GPTCache,
/// examples/README). It asked 999 requests. It found 425 right and 25 wrong answers at a threshold of 0.95, 804 and 77
/// at 0.9, and 904 and 92 at 0.8. The answers that a lower threshold adds lie between the two thresholds. So 25 of 450
/// hits at or above 0.95 were wrong (5.6 %), 52 of 431 hits from 0.9 to 0.95 (12.1 %), and 15 of 115 hits from 0.8 to
/// 0.9 (13.0 %). The probability is constant within each band. With the demonstration's mix of cosines, thresholds of
/// 0.95, 0.9 and 0.8 give the published 5.6 %, 8.7 % and 9.2 % of all hits. Below 0.8 nothing is published: 13.0 % is
/// assumed, which is probably too low. Equal texts (cosine 1) have the same answer.
double wrong_hit_probability(double cosine);

}  // namespace idlewatt
