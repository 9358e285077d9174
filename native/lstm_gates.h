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

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
