#pragma once

#include "lstm_panels.h"

namespace tritloom {
namespace TRITLOOM_ISA {

/** Rows of symbols are read out of order, which the processor does not foresee. */
TRITLOOM_INLINE void prefetchPanel(const float* row) {
  for (std::size_t at = 0; at < kPanel; at += 16) {
    __builtin_prefetch(row + at, 1);
  }
}

/** Products of the input that lie in memory: rows of the matrix, or of a dense product that their gradients replace. */
struct StoredInput {
  const float* products;
  float* gradients;
  const std::int32_t* symbols;  // null: rows in order

  std::size_t row(std::size_t b) const {
    return (symbols != nullptr ? static_cast<std::size_t>(symbols[b]) : b) * kPanel;
  }

  void foresee(std::size_t b) const { prefetchPanel(gradients + row(b)); }

  void read(std::size_t b, Vec* product) const {
#pragma GCC unroll 4
    for (std::size_t gate = 0; gate < kGates; ++gate) {
      product[gate] = load(products + row(b) + gate * kLanes);
    }
  }

  void passBack(std::size_t b, const Vec* gradient) const {
    float* to = gradients + row(b);
#pragma GCC unroll 4
    for (std::size_t gate = 0; gate < kGates; ++gate) {
      const std::size_t at = gate * kLanes;
      store(to + at, symbols != nullptr ? load(to + at) + gradient[gate] : gradient[gate]);
    }
  }
};

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
