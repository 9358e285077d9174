#pragma once

#include "simd.h"

// Batch normalisation: statistics of each column over the rows of the batch.

namespace tritloom {
namespace TRITLOOM_ISA {

struct Moments {
  Vec mean;
  Vec variance;
};

/**
 * Mean and biased variance over the batch of `valueOf(b, vector)`, for Count vectors; two passes over tiles that are in
 * cache. A sum waits for its last addition, so several are under way at once.
 */
template <std::size_t Count, typename Value>
TRITLOOM_INLINE void momentsOver(std::size_t batch, Value valueOf, Moments* to) {
  const float scale = 1.0f / static_cast<float>(batch);
  Vec mean[Count] = {};
  Vec squares[Count] = {};
  for (std::size_t b = 0; b < batch; ++b) {
#pragma GCC unroll 4
    for (std::size_t vector = 0; vector < Count; ++vector) {
      mean[vector] += valueOf(b, vector);
    }
  }
#pragma GCC unroll 4
  for (std::size_t vector = 0; vector < Count; ++vector) {
    mean[vector] *= scale;
  }
  for (std::size_t b = 0; b < batch; ++b) {
#pragma GCC unroll 4
    for (std::size_t vector = 0; vector < Count; ++vector) {
      const Vec distance = valueOf(b, vector) - mean[vector];
      squares[vector] += distance * distance;
    }
  }
#pragma GCC unroll 4
  for (std::size_t vector = 0; vector < Count; ++vector) {
    to[vector] = {mean[vector], squares[vector] * scale};
  }
}

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
