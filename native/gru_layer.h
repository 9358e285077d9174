#pragma once

#include "gru_panels.h"
#include "row_statistics.h"
#include "thread_pool.h"

// Normalisation of a GRU's products by row: statistics of each row over the columns of several gates, which shares own in
// part. Values are standardised in place, so that past this point a pass goes on as if there were gains alone.

namespace tritloom {
namespace TRITLOOM_ISA {

/** Columns that share their statistics. */
enum LayerColumns { kGateColumns, kCandidateColumns, kAllColumns };

/** Rows of a panel matrix of the 3H columns. */
struct LayerRows {
  float* panels;              // [C][panelRows][P], from the first wanted row on
  std::size_t panelRows;
  const std::int32_t* index;  // row r is the matrix's row index[r]; null: rows in order
  std::size_t count;

  std::size_t number(std::size_t r) const { return index != nullptr ? static_cast<std::size_t>(index[r]) : r; }
  float* row(std::size_t vector, std::size_t r) const {
    return vectorAt(panels, panelRows, vector) + number(r) * kPanel;
  }
};

/** Between `measure` and `standardise`, and between `measureGradients` and `passBack`, every share arrives at a barrier. */
class LayerNormaliser {
 public:
  enum Product { kRecurrent, kInput };

  LayerNormaliser(const GruWorkspace& workspace, Product product, LayerColumns columns);

  void measure(LayerRows values, Range groups) const;
  /** @param inverseDeviation of each row, kept for the gradient */
  void standardise(LayerRows values, Range groups, float* inverseDeviation) const;

  /** @param gradients of the standardised values; the same rows in order */
  void measureGradients(LayerRows values, LayerRows gradients, Range groups) const;
  /** In place: to the gradients of the values before. */
  void passBack(LayerRows values, LayerRows gradients, Range groups, const float* inverseDeviation) const;

 private:
  void addPart(std::size_t firstGate, std::size_t gates, Product product);
  RowForm form() const { return {w.shape.normalisation, parts, count}; }

  const GruWorkspace& w;
  /** One or two: a group's reset and update, and its candidate. */
  RowPart parts[2];
  std::size_t firstGates[2];
  std::size_t count = 0;
};

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
