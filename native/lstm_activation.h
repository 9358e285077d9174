#pragma once

#include "compute.h"
#include "lstm_gates.h"

// The forward pass of one group of units at one timestep, from its products to the hidden state.

namespace tritloom {
namespace TRITLOOM_ISA {

/** Where the input product of each row of the batch lies: a row of the matrix, or a row of a dense product. */
struct InputRows {
  const float* base;
  const std::int32_t* symbols;  // null: rows in order

  std::size_t index(std::size_t b) const { return symbols != nullptr ? static_cast<std::size_t>(symbols[b]) : b; }
  const float* row(std::size_t b) const { return base + index(b) * kPanel; }
};

/** All that belongs to one group of units at one timestep. */
struct GroupStep {
  std::size_t t;
  std::size_t group;
  std::size_t slot;  // (t, group) among the kept timesteps
  std::size_t lanes;
  InputRows input;
  float* products;
  float* gates;
  const float* cellBefore;
  float* freshCell;    // before zoneout; the cell itself where there is none
  float* cell;
  float* hiddenPanel;  // rows kPanel apart
  float* hidden;       // the caller's rows, units apart
};
/** Which of the kept timesteps t is. */
TRITLOOM_INLINE std::size_t keptAt(const LstmWorkspace& w, std::size_t t) { return w.kept == 1 ? 0 : t; }

/** A group's cell states before timestep t. */
TRITLOOM_INLINE float* cellsAt(const LstmWorkspace& w, std::size_t t, std::size_t group) {
  return w.cells + ((t % w.cellSlots) * w.groups + group) * w.shape.batch * kLanes;
}

/** Hidden states before timestep t. */
TRITLOOM_INLINE float* hiddenPanelsAt(const LstmWorkspace& w, std::size_t t) {
  return w.hiddenPanels + (t % 2) * w.unitPanels * w.shape.batch * kPanel;
}

class GroupActivation {
 public:
  GroupActivation(const LstmWorkspace& workspace, const LstmForwardCall& call);

  GroupStep stepOf(std::size_t t, std::size_t group) const;

  /**
   * From the products to the gates, the cell state and, where its statistics need no other group, the hidden state.
   * @param products read where rows are normalised
   */
  void activate(const GroupStep& step, RowMoments products) const;

  /** From the cell state to the hidden state: normaliser, tanh, output gate, zoneout. */
  void showCell(const GroupStep& step, RowMoments cells) const;

  void maskHidden(float* hiddenPanel, std::size_t group) const;

 private:
  struct StatisticsOut {
    float* mean;
    float* variance;
  };

  InputRows inputRows(std::size_t t, std::size_t group) const;
  template <typename Normaliser>
  void activateRows(const GroupStep& step, const GateNormalisers<Normaliser>& normalisers) const;
  Vec constant(const float* from, std::size_t rows, std::size_t columns, const GroupStep& step, std::size_t gate) const;
  Vec gateConstant(const float* from, std::size_t rows, const GroupStep& step, std::size_t gate) const;
  GateNormalisers<GainedRows> rowNormalisers(const GroupStep& step, RowMoments products) const;
  GateNormalisers<ColumnNormaliser> columnNormalisers(const GroupStep& step) const;
  void measureGates(const GroupStep& step, GateNormalisers<ColumnNormaliser>& normalisers) const;
  void keepMoments(const Moments& moments, NormaliserColumns kept, std::size_t column, StatisticsOut out,
                   std::size_t lanes, ColumnNormaliser& normaliser) const;
  template <typename Normaliser>
  void showNormalisedCell(const GroupStep& step, const Normaliser& normaliser, Vec shift) const;
  Vec keepShare(const float* shares, float* kept, const GroupStep& step, std::size_t b) const;
  void zoneoutCell(const GroupStep& step) const;
  void zoneoutHidden(const GroupStep& step) const;

  const LstmWorkspace& w;
  const LstmForwardCall& call;
  const LstmShape& shape;
  const bool productsByRow;
  const bool cellByRow;
};

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
