#pragma once

#include "column_statistics.h"
#include "lstm_panels.h"
#include "math.h"
#include "row_statistics.h"

// From an LSTM's normalised products to its gates.

namespace tritloom {
namespace TRITLOOM_ISA {

/** Values normalised by column: batch; none and affine with mean 0. */
struct ColumnNormaliser {
  Vec mean = {};
  Vec scale = broadcast(1.0f);

  Vec at(std::size_t, Vec value) const { return (value - mean) * scale; }
};

/** Values normalised by row. */
struct GainedRows {
  RowNormaliser rows;
  Vec gain;

  Vec at(std::size_t row, Vec value) const { return rows.normalised(row, value) * gain; }
};

/** Of a group's four gates. */
template <typename Normaliser>
struct GateNormalisers {
  Normaliser product[kGates];
  Normaliser input[kGates];
  Vec shift[kGates];
};

/** Candidate, forget, input and output gate from their sums, in place. */
TRITLOOM_INLINE void activateGates(Vec* gates) {
  Vec power[kGates] = {gates[0] + gates[0], -gates[1], -gates[2], -gates[3]};
  exponentials<kGates>(power);
#pragma GCC unroll 4
  for (std::size_t gate = 0; gate < kGates; ++gate) {
    power[gate] = 1.0f / (1.0f + power[gate]);
  }
  gates[0] = tangentOf(gates[0], power[0]);
#pragma GCC unroll 4
  for (std::size_t gate = 1; gate < kGates; ++gate) {
    gates[gate] = power[gate];
  }
}

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
