#include "policy/cache/wrong_hits.hpp"

namespace idlewatt {

double wrong_hit_probability(double cosine) {
  if (cosine >= 1.0) {
    return 0.0;
  }
  if (cosine >= 0.95) {
    return 25.0 / 450.0;
  }
  return cosine >= 0.9 ? (77.0 - 25.0) / (881.0 - 450.0) : (92.0 - 77.0) / (996.0 - 881.0);
}

}  // namespace idlewatt
