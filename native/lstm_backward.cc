#include "compute.h"
#include "gemm.h"
#include "lstm_dense.h"
#include "lstm_gradients.h"
#include "lstm_narrow.h"
#include "lstm_panels.h"
#include "row_statistics.h"
#include "thread_pool.h"

namespace tritloom {
namespace TRITLOOM_ISA {
namespace {

TRITLOOM_INLINE void clear(float* from, std::size_t count) { __builtin_memset(from, 0, count * sizeof(float)); }

class Backward {
 public:
  Backward(const LstmWorkspace& workspace, const LstmBackwardCall& call)
      : w(workspace),
        call(call),
        shape(workspace.shape),
        gradients(workspace, call),
        productsByRow(isByRow(shape.normalisation)),
        cellByRow(isByRow(shape.cellNormalisation)) {}

  void runShare(std::size_t share, std::size_t shares) const {
    const Range groups = rangeOfShare(w.groups, 2, share, shares);
    prepareShare(groups);
    for (std::size_t t = shape.timesteps; t-- > 0;) {
      step(t, groups, share);
      awaitShares();
      multiplyBack(t, groups);
      if (w.narrow) {
        sumNarrowGradient(w, t, rangeOfShare(shape.batch, 1, share, shares), call.gradInput);
      }
      if (t % w.chunk == 0) {
        addRecurrentGradient(t, groups, share, shares);
      }
    }
    if (w.dense && !w.narrow) {
      multiplyDenseGradients(w, call.gradInput, groups, share, shares);
    } else if (!w.dense && productsByRow) {
      normaliseSymbolRows(groups, share, shares);
    }
    for (std::size_t group = groups.first; group < groups.last; ++group) {
      writeGradients(group);
    }
  }

 private:
  void prepareShare(Range groups) const {
    transposeGatePanels(w.recurrentPanels, w.groups, shape.units, smaller(groups.first * kLanes, shape.units),
                        smaller(groups.last * kLanes, shape.units), w.recurrentTransposed);
    for (std::size_t group = groups.first; group < groups.last; ++group) {
      clear(w.gradCell + group * shape.batch * kLanes, shape.batch * kLanes);
      clear(w.gradRecurrentPanels + group * shape.units * kPanel, shape.units * kPanel);
      clear(w.gradInputPanels + group * shape.inputs * kPanel, shape.inputs * kPanel);
      clear(w.gradGammaInput + group * kPanel, kPanel);
      clear(w.gradGammaRecurrent + group * kPanel, kPanel);
      clear(w.gradBetaRecurrent + group * kPanel, kPanel);
      clear(w.gradGammaCell + group * kLanes, kLanes);
      clear(w.gradBetaCell + group * kLanes, kLanes);
      float* gradHidden = unitVector(w.gradHiddenPanels, shape.batch, group);
      for (std::size_t b = 0; b < shape.batch; ++b) {
        store(gradHidden + b * kPanel, Vec{});
      }
      if (w.zoneoutHiddenGiven) {
        clear(w.heldGradHidden + group * shape.batch * kLanes, shape.batch * kLanes);
      }
    }
  }

  /** Rows of the chunk's gradient that belong to timestep t. */
  float* gradProductsAt(std::size_t t, std::size_t group) const {
    return w.gradProducts + (group * w.chunk + t % w.chunk) * shape.batch * kPanel;
  }

  void step(std::size_t t, Range groups, std::size_t share) const {
    for (std::size_t group = groups.first; group < groups.last; ++group) {
      const GradientStep at = gradients.stepOf(t, group);
      gradients.throughOutput(at);
      if (!cellByRow) {
        gradients.throughGates(at);
      }
    }
    if (cellByRow) {
      awaitShares();
      const RowGradientMeans means = combined(share, shape.cellNormalisation, w.rows.cellPartials, 1, 0);
      for (std::size_t group = groups.first; group < groups.last; ++group) {
        const GradientStep at = gradients.stepOf(t, group);
        gradients.throughCellRows(at, means);
        gradients.throughGates(at);
      }
    }
    if (productsByRow) {
      awaitShares();
      const RowGradientMeans recurrent = combined(share, shape.normalisation, w.rows.recurrentPartials, kGates, 2);
      const RowGradientMeans input = w.dense ? combined(share, shape.normalisation, w.rows.inputPartials, kGates, 4) : RowGradientMeans{};
      for (std::size_t group = groups.first; group < groups.last; ++group) {
        gradients.throughProductRows(gradients.stepOf(t, group), recurrent, input);
      }
    }
  }

  /** The means of all groups, in the share's own memory. */
  RowGradientMeans combined(std::size_t share, Normalisation form, RowPartials partials, std::size_t vectors,
                            std::size_t place) const {
    const std::size_t stride = w.rows.cellPartials.stride;
    float* scratch = w.rows.scratch + (share * 6 + place) * stride;
    const RowGradientMeans to = {scratch, scratch + stride};
    const RowPart part = {{shape.units, vectors}, partials};
    combineGradients({form, &part, 1}, 0, shape.batch, to);
    return to;
  }

  /** A symbol's timesteps have all gone through the same row of the matrix: their summed gradient does so once. */
  void normaliseSymbolRows(Range groups, std::size_t share, std::size_t shares) const {
    for (std::size_t group = groups.first; group < groups.last; ++group) {
      gradients.measureSymbolRows(group);
    }
    awaitShares();
    const Range own = rangeOfShare(shape.inputs, kLanes, share, shares);
    const RowPart part = {{shape.units, kGates}, w.rows.inputPartials};
    combineGradients({shape.normalisation, &part, 1}, own.first, own.last, w.rows.inputMeans);
    awaitShares();
    for (std::size_t group = groups.first; group < groups.last; ++group) {
      gradients.throughSymbolRows(group);
    }
  }

  /** The hidden state's gradient one timestep earlier, for this share's units. */
  void multiplyBack(std::size_t t, Range groups) const {
    const std::size_t depth = w.groups * kPanel;
    const LeftFactor gradient = {gradProductsAt(t, 0), w.chunk * shape.batch * kPanel};
    for (std::size_t group = groups.first; group < groups.last;) {
      // A whole panel where the share has it, else the half that it has.
      const std::size_t vectors = group % kGates == 0 && group + 2 < groups.last ? kGates : 2;
      multiplyPanel(gradient, shape.batch, depth, unitVector(w.recurrentTransposed, depth, group),
                    unitVector(w.gradHiddenPanels, shape.batch, group), kPanel, vectors, false);
      group += vectors;
    }
  }

  /** Adds the chunk of timesteps from t on to the recurrent matrix's gradient: hᵀ · gradient, one product. */
  void addRecurrentGradient(std::size_t t, Range groups, std::size_t share, std::size_t shares) const {
    const std::size_t steps = smaller(w.chunk, shape.timesteps - t);
    const std::size_t depth = steps * shape.batch;
    const Range panels = rangeOfShare((depth + kPanel - 1) / kPanel, 1, share, shares);
    for (std::size_t panel = panels.first; panel < panels.last; ++panel) {
      packHiddenBefore(t, panel, smaller(kPanel, depth - panel * kPanel));
    }
    awaitShares();
    for (std::size_t group = groups.first; group < groups.last; ++group) {
      multiplyPanel({w.hiddenTransposed, shape.units * kPanel}, shape.units, depth, gradProductsAt(t, group),
                    w.gradRecurrentPanels + group * shape.units * kPanel, kPanel, kGates, true);
    }
  }

  /** Transposes the hidden states that went into the chunk's rows [panel * P, + count): those one timestep earlier. */
  void packHiddenBefore(std::size_t t, std::size_t panel, std::size_t count) const {
    float* to = w.hiddenTransposed + panel * shape.units * kPanel;
    const std::size_t firstRow = t * shape.batch + panel * kPanel;
    const std::size_t initial = firstRow < shape.batch ? smaller(count, shape.batch - firstRow) : 0;
    transposeRows({w.firstHidden + firstRow * shape.units, shape.units}, initial, shape.units, to);
    if (initial < count) {
      const float* from = call.hidden + (firstRow + initial - shape.batch) * shape.units;
      transposeRows({from, shape.units}, count - initial, shape.units, to + initial);
    }
    if (w.masked) {
      maskTransposed(firstRow % shape.batch, count, to);
    }
  }

  /** Columns of a panel [H][P] that are rows of the batch from firstRow on, times the recurrent mask. */
  void maskTransposed(std::size_t firstRow, std::size_t count, float* panel) const {
    for (std::size_t row = 0; row < count; ++row) {
      const std::size_t b = (firstRow + row) % shape.batch;
      for (std::size_t unit = 0; unit < shape.units; ++unit) {
        const std::size_t group = unit / kLanes;
        panel[unit * kPanel + row] *= w.recurrentMask[(group * shape.batch + b) * kLanes + unit % kLanes];
      }
    }
  }

  void writeGradients(std::size_t group) const {
    const LstmParameterArrays<float*>& to = call.gradients;
    const std::size_t units = shape.units;
    unpackGates(w.gradInputPanels + group * shape.inputs * kPanel, shape.inputs, units, group, to.inputWeights);
    unpackGates(w.gradRecurrentPanels + group * units * kPanel, units, units, group, to.recurrentWeights);
    unpackGates(w.gradBetaRecurrent + group * kPanel, 1, units, group, to.betaRecurrent);
    unpackUnits(w.gradBetaCell + group * kLanes, units, group, to.betaCell);
    // Without a normaliser there are no gains: their gradients stay the zeros that they were created with.
    if (shape.normalisation != Normalisation::none) {
      unpackGates(w.gradGammaInput + group * kPanel, 1, units, group, to.gammaInput);
      unpackGates(w.gradGammaRecurrent + group * kPanel, 1, units, group, to.gammaRecurrent);
    }
    if (shape.cellNormalisation != Normalisation::none) {
      unpackUnits(w.gradGammaCell + group * kLanes, units, group, to.gammaCell);
    }
    const float* gradCell = w.gradCell + group * shape.batch * kLanes;
    Vec cellSum{};
    for (std::size_t b = 0; b < shape.batch; ++b) {
      cellSum += load(gradCell + b * kLanes);
    }
    const std::size_t lanes = lanesOf(group, units);
    storePartial(to.initialHidden + group * kLanes, gradients.sumOfFirstHidden(group), lanes);
    storePartial(to.initialCell + group * kLanes, cellSum, lanes);
  }

  const LstmWorkspace& w;
  const LstmBackwardCall& call;
  const LstmShape& shape;
  const GroupGradients gradients;
  const bool productsByRow;
  const bool cellByRow;
};

}  // namespace

void lstmBackward(LstmWorkspace& workspace, const LstmBackwardCall& call) {
  Backward backward(workspace, call);
  runShares(
      workspace.shares,
      [](void* context, std::size_t share, std::size_t shares) {
        static_cast<Backward*>(context)->runShare(share, shares);
      },
      &backward);
}

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
