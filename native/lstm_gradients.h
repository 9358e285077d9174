#pragma once

#include "compute.h"
#include "lstm_panels.h"
#include "row_statistics.h"

// The backward pass of one group of units at one timestep, from the hidden state's gradient to the products'.

namespace tritloom {
namespace TRITLOOM_ISA {

/** A normaliser's constants for one vector of columns, and how it passes a gradient back. */
struct ColumnGradient {
  Vec mean, inverseDeviation, scale, meanGradient;
  Vec slope;  // inverseDeviation * sum(d * z)/B

  /** The normalised value z is this times inverseDeviation. */
  Vec distance(Vec value) const { return value - mean; }

  /** scale * (d - sum(d)/B - z * sum(d * z)/B) */
  Vec at(Vec gradient, Vec value) const { return scale * (gradient - meanGradient - distance(value) * slope); }
};

/** Over the batch, for each gate: sums of the gradient, and of its products with both normalised values. */
struct GateSums {
  Vec gradient[kGates] = {};
  Vec recurrent[kGates] = {};
  Vec input[kGates] = {};
};

/** Where a group's values of one timestep lie. */
struct GradientStep {
  std::size_t t;
  std::size_t group;
  std::size_t slot;  // (t, group)
  const float* gates;
  const float* products;
  const float* cellBefore;
  const float* freshCell;  // before zoneout
  const float* cellTanh;
  float* gradHidden;    // rows kPanel apart
  float* gradCell;
  float* gradProducts;  // rows kPanel apart; the chunk's row t
};

class GroupGradients {
 public:
  GroupGradients(const LstmWorkspace& workspace, const LstmBackwardCall& call);

  GradientStep stepOf(std::size_t t, std::size_t group) const;

  /**
   * From the hidden state's gradient to the output gate's and the cell state's. Where the cell's rows are normalised,
   * the cell's waits in the candidate's place for `throughCellRows`.
   */
  void throughOutput(const GradientStep& step) const;
  void throughCellRows(const GradientStep& step, RowGradientMeans means) const;

  /**
   * From the cell state's gradient to the gates', to the products' and to the cell state before. Where the products' rows
   * are normalised, the products' wait for `throughProductRows`.
   */
  void throughGates(const GradientStep& step) const;
  /** @param input not read for symbols: theirs goes back through the rows of the matrix, after the last timestep */
  void throughProductRows(const GradientStep& step, RowGradientMeans recurrent, RowGradientMeans input) const;

  /** The matrix's rows for symbols: their sums, then the gradient through them. */
  void measureSymbolRows(std::size_t group) const;
  void throughSymbolRows(std::size_t group) const;

  /** The gradient of the state before timestep 0, summed over the batch. */
  Vec sumOfFirstHidden(std::size_t group) const;

 private:
  void completeGradHidden(std::size_t group) const;
  void gatherGradHidden(const GradientStep& step) const;
  void holdGradCell(const GradientStep& step) const;
  template <typename Input>
  void throughColumns(const GradientStep& step, const Input& input) const;
  template <bool Correlated, typename Input>
  GateSums gradGates(const GradientStep& step, const Input& input) const;
  template <typename Input>
  void gradNormalisedProducts(const GradientStep& step, const GateSums& sums, const Input& input) const;
  void addInput(const GradientStep& step) const;
  void addNarrowInput(const GradientStep& step) const;
  void measureProductRows(const GradientStep& step) const;
  ColumnGradient cellColumn(const GradientStep& step) const;
  void productColumns(const GradientStep& step, ColumnGradient* recurrent, ColumnGradient* input) const;
  RowNormaliser rowsAt(RowMoments moments, std::size_t firstRow, RowGradientMeans means) const;
  float* gradInputRow(const GradientStep& step, std::size_t b) const;
  float* denseRow(const GradientStep& step, std::size_t b) const;
  std::size_t symbolRow(const GradientStep& step, std::size_t b) const;

  const LstmWorkspace& w;
  const LstmBackwardCall& call;
  const LstmShape& shape;
  const float batchShare;  // 1 / B
};

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
