#pragma once

#include "simd.h"

// Elementary functions on vectors to about one unit in the last place. NaN stays NaN. Each is a chain of operations that
// wait for one another, so callers with several vectors have them computed side by side.

namespace tritloom {
namespace TRITLOOM_ISA {

template <std::size_t Number>
struct Count {
  constexpr operator std::size_t() const { return Number; }
};

/**
 * body(count, first) for all rows: for as many at a time as keep the processor's units busy and fit its registers, for the
 * last ones one by one; count is a constant of the type.
 */
template <typename Body>
TRITLOOM_INLINE void forRows(std::size_t rows, Body body) {
  constexpr std::size_t kSideBySide = 4;
  std::size_t row = 0;
  for (; row + kSideBySide <= rows; row += kSideBySide) {
    body(Count<kSideBySide>{}, row);
  }
  for (; row < rows; ++row) {
    body(Count<1>{}, row);
  }
}

/** e^x in place for x clamped to [-87, 88]: 2^n · e^r with |r| <= ln(2)/2 and the Taylor series of e^r to r^7. */
template <std::size_t N>
TRITLOOM_INLINE void exponentials(Vec* x) {
  // Adding 1.5 * 2^23 rounds to the nearest integer and leaves it in the low bits.
  const Vec shifter = broadcast(12582912.0f);
  Vec shifted[N];
  Vec series[N];
#pragma GCC unroll 4
  for (std::size_t i = 0; i < N; ++i) {
    x[i] = x[i] > 88.0f ? broadcast(88.0f) : x[i];
    x[i] = x[i] < -87.0f ? broadcast(-87.0f) : x[i];
    shifted[i] = x[i] * 1.44269504088896341f + shifter;
  }
#pragma GCC unroll 4
  for (std::size_t i = 0; i < N; ++i) {
    const Vec n = shifted[i] - shifter;
    x[i] = x[i] - n * 0.693359375f;
    x[i] = x[i] + n * 2.12194440e-4f;
    series[i] = broadcast(1.0f / 5040.0f);
  }
  constexpr float kTaylor[] = {1.0f / 720.0f, 1.0f / 120.0f, 1.0f / 24.0f, 1.0f / 6.0f, 0.5f};
#pragma GCC unroll 5
  for (std::size_t term = 0; term < 5; ++term) {
#pragma GCC unroll 4
    for (std::size_t i = 0; i < N; ++i) {
      series[i] = series[i] * x[i] + kTaylor[term];
    }
  }
#pragma GCC unroll 4
  for (std::size_t i = 0; i < N; ++i) {
    series[i] = series[i] * x[i] * x[i] + x[i];
    IntVec exponent;
    __builtin_memcpy(&exponent, &shifted[i], sizeof exponent);
    exponent = (exponent + 127) << 23;
    Vec power;
    __builtin_memcpy(&power, &exponent, sizeof power);
    x[i] = series[i] * power + power;
  }
}

TRITLOOM_INLINE Vec exponential(Vec x) {
  exponentials<1>(&x);
  return x;
}

/** The logistic function in place. */
template <std::size_t N>
TRITLOOM_INLINE void sigmoids(Vec* x) {
#pragma GCC unroll 4
  for (std::size_t i = 0; i < N; ++i) {
    x[i] = -x[i];
  }
  exponentials<N>(x);
#pragma GCC unroll 4
  for (std::size_t i = 0; i < N; ++i) {
    x[i] = 1.0f / (1.0f + x[i]);
  }
}

TRITLOOM_INLINE Vec sigmoid(Vec x) {
  sigmoids<1>(&x);
  return x;
}

/**
 * tanh(x), given 1/(e^2x + 1). Near zero, where 1 - 2/(e^2x + 1) would cancel, the odd minimax polynomial of Cephes'
 * tanhf.
 */
TRITLOOM_INLINE Vec tangentOf(Vec x, Vec inverse) {
  const Vec square = x * x;
  Vec series = broadcast(-5.70498872745e-3f);
  series = series * square + 2.06390887954e-2f;
  series = series * square - 5.37397155531e-2f;
  series = series * square + 1.33314422036e-1f;
  series = series * square - 3.33332819422e-1f;
  const Vec near = series * square * x + x;
  return square < 0.390625f ? near : 1.0f - 2.0f * inverse;
}

/** tanh in place. */
template <std::size_t N>
TRITLOOM_INLINE void hyperbolicTangents(Vec* x) {
  Vec power[N];
#pragma GCC unroll 4
  for (std::size_t i = 0; i < N; ++i) {
    power[i] = x[i] + x[i];
  }
  exponentials<N>(power);
#pragma GCC unroll 4
  for (std::size_t i = 0; i < N; ++i) {
    x[i] = tangentOf(x[i], 1.0f / (power[i] + 1.0f));
  }
}

TRITLOOM_INLINE Vec hyperbolicTangent(Vec x) {
  hyperbolicTangents<1>(&x);
  return x;
}

/** An LSTM's candidate, forget, input and output gate from their sums, in place. */
TRITLOOM_INLINE void activateGates(Vec* gates) {
  Vec power[4] = {gates[0] + gates[0], -gates[1], -gates[2], -gates[3]};
  exponentials<4>(power);
#pragma GCC unroll 4
  for (std::size_t gate = 0; gate < 4; ++gate) {
    power[gate] = 1.0f / (1.0f + power[gate]);
  }
  gates[0] = tangentOf(gates[0], power[0]);
#pragma GCC unroll 4
  for (std::size_t gate = 1; gate < 4; ++gate) {
    gates[gate] = power[gate];
  }
}

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
