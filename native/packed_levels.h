#pragma once

#include "packed_compute.h"
#include "simd.h"

namespace tritloom {
namespace TRITLOOM_ISA {

/** The largest magnitude in x, NaN where it holds NaN or infinity. */
TRITLOOM_INLINE float largestMagnitude(const float* x, std::size_t rows) {
  Vec largest{};
  Vec poison{};
  for (std::size_t row = 0; row < rows; row += kLanes) {
    const Vec value = loadPartial(x + row, rows - row);
    const Vec magnitude = value < 0.0f ? -value : value;
    largest = magnitude > largest ? magnitude : largest;
    poison += value * 0.0f;
  }
  float peak = 0;
  float sum = 0;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    peak = largest[lane] > peak ? largest[lane] : peak;
    sum += poison[lane];
  }
  return sum != 0.0f ? __builtin_nanf("") : peak;
}

/**
 * x as integers (still floats) of at most `most` in magnitude, zeros up to packedLevels(rows).
 * @returns what one level is worth: 0 where x is all zeros, NaN where it holds NaN or infinity
 */
TRITLOOM_INLINE float roundToLevels(const float* x, std::size_t rows, float most, float* levels) {
  const float peak = largestMagnitude(x, rows);
  // The smallest normal float keeps the inverse finite.
  const float inverse = peak > 1.2e-38f * most ? most / peak : 0.0f;
  // Adding 1.5 * 2^23 rounds to the nearest integer.
  const Vec shifter = broadcast(12582912.0f);
  for (std::size_t row = 0; row < packedLevels(rows); row += kLanes) {
    const Vec value = row < rows ? loadPartial(x + row, rows - row) : Vec{};
    store(levels + row, (value * inverse + shifter) - shifter);
  }
  return inverse > 0 ? peak / most : peak * 0.0f;
}

// A table's entry is a sum of rounded values plus 2^19, in digits of 6, 7 and 7 bits, the lowest first. Two entries can
// be added as bytes without a carry, and 2^20 minus an entry is 64, 127 and 127 minus its digits.
constexpr std::size_t kDigits = 3;
constexpr std::int32_t kEntryOffset = 1 << 19;

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
