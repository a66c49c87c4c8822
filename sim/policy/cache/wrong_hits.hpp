// How often the answer to a similar request is the wrong one.
#pragma once

namespace idlewatt {

/// The probability that the answer to one request is wrong for another whose text has that cosine to it, 0 to 1.
///
/// Derived from the one published count by threshold: the demonstration of GPTCache (zilliztech/GPTCache,
/// examples/README) asked 999 requests. It found 425 right and 25 wrong answers at a threshold of 0.95, 804 and 77 at
/// 0.9, 904 and 92 at 0.8. What a lower threshold adds lies between the two: so of hits from 0.95 on 25 of 450 were
/// wrong (5.6 %), from 0.9 to 0.95 52 of 431 (12.1 %), from 0.8 to 0.9 15 of 115 (13.0 %). The probability is that of
/// the band; within a band it does not change. With the demonstration's own mix of cosines, a threshold of 0.95, 0.9 or
/// 0.8 gives the published 5.6 %, 8.7 % or 9.2 % of all hits. Below 0.8 nothing is published: 13.0 % is held, which is
/// rather too low. The same text (cosine 1) has the same answer.
double wrong_hit_probability(double cosine);

}  // namespace idlewatt
