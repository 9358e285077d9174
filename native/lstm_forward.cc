#include "compute.h"
#include "gemm.h"
#include "lstm_activation.h"
#include "lstm_dense.h"
#include "lstm_narrow.h"
#include "lstm_panels.h"
#include "thread_pool.h"

namespace tritloom {
namespace TRITLOOM_ISA {
namespace {

class Forward {
 public:
  Forward(const LstmWorkspace& workspace, const LstmForwardCall& call)
      : w(workspace),
        call(call),
        shape(workspace.shape),
        activation(workspace, call),
        productsByRow(isByRow(shape.normalisation)),
        cellByRow(isByRow(shape.cellNormalisation)) {}

  void runShare(std::size_t share, std::size_t shares) const {
    const Range groups = rangeOfShare(w.groups, 2, share, shares);
    packShare(groups);
    if (w.dense && !w.narrow) {
      multiplyDenseInput(w, call.dense, groups, share, shares);
    }
    if (productsByRow) {
      measureInput(groups, share, shares);
    }
    awaitShares();
    for (std::size_t t = 0; t < shape.timesteps; ++t) {
      step(t, groups, share);
      awaitShares();
    }
    for (std::size_t group = groups.first; group < groups.last; ++group) {
      const float* cell = cellsAt(w, shape.timesteps, group);
      for (std::size_t b = 0; b < shape.batch; ++b) {
        unpackUnits(cell + b * kLanes, shape.units, group, call.lastCell + b * shape.units);
      }
    }
  }

 private:
  void packShare(Range groups) const {
    for (std::size_t group = groups.first; group < groups.last; ++group) {
      packGates(call.weights.recurrentWeights, shape.units, shape.units, group,
                w.recurrentPanels + group * shape.units * kPanel);
      packGates(call.weights.inputWeights, shape.inputs, shape.units, group,
                w.inputPanels + group * shape.inputs * kPanel);
      packGates(call.weights.gammaInput, 1, shape.units, group, w.gammaInput + group * kPanel);
      packGates(call.weights.gammaRecurrent, 1, shape.units, group, w.gammaRecurrent + group * kPanel);
      packUnits(call.weights.gammaCell, shape.units, group, w.gammaCell + group * kLanes);
      packStates(group);
    }
  }

  void packStates(std::size_t group) const {
    float* hidden = unitVector(hiddenPanelsAt(w, 0), shape.batch, group);
    float* cell = cellsAt(w, 0, group);
    for (std::size_t b = 0; b < shape.batch; ++b) {
      const float* cellFrom = call.carriedCell ? call.carriedCell + b * shape.units : call.weights.initialCell;
      packUnits(w.firstHidden + b * shape.units, shape.units, group, hidden + b * kPanel);
      packUnits(cellFrom, shape.units, group, cell + b * kLanes);
    }
    if (w.masked) {
      float* mask = w.recurrentMask + group * shape.batch * kLanes;
      for (std::size_t b = 0; b < shape.batch; ++b) {
        packUnits(call.recurrentMask + b * shape.units, shape.units, group, mask + b * kLanes);
      }
      activation.maskHidden(hidden, group);
    }
  }

  /** Row statistics of the input products, once for each row that there is. */
  void measureInput(Range groups, std::size_t share, std::size_t shares) const {
    const std::size_t rows = w.dense ? shape.timesteps * shape.batch : shape.inputs;
    for (std::size_t group = groups.first; group < groups.last; ++group) {
      if (w.narrow) {
        measureNarrowInput(group);
        continue;
      }
      const float* base = (w.dense ? w.denseProducts : w.inputPanels) + group * rows * kPanel;
      measureInputRows(group, base, rows, 0);
    }
    awaitShares();
    const Range own = rangeOfShare(rows, kLanes, share, shares);
    const RowPart part = {{shape.units, kGates}, w.rows.inputPartials};
    combineMoments({shape.normalisation, &part, 1}, own.first, own.last, shape.epsilon, w.rows.input);
  }

  void measureInputRows(std::size_t group, const float* base, std::size_t rows, std::size_t firstRow) const {
    const RowPartials partials = w.rows.inputPartials;
    measureRows<kGates>(rows, group, lanesOf(group, shape.units), [&](std::size_t r) { return base + r * kPanel; },
                        {partials.sums + firstRow, partials.products + firstRow, partials.stride});
  }

  void measureNarrowInput(std::size_t group) const {
    for (std::size_t t = 0; t < shape.timesteps; ++t) {
      multiplyNarrowInput(w, t, group);
      measureInputRows(group, w.denseProducts + group * shape.batch * kPanel, shape.batch, t * shape.batch);
    }
  }

  void step(std::size_t t, Range groups, std::size_t share) const {
    RowMoments products{};
    RowMoments cells{};
    for (std::size_t group = groups.first; group < groups.last; ++group) {
      const GroupStep at = activation.stepOf(t, group);
      multiplyPanel({hiddenPanelsAt(w, t), shape.batch * kPanel}, shape.batch, shape.units,
                    w.recurrentPanels + group * shape.units * kPanel, at.products, kPanel, kGates, false);
      if (w.narrow) {
        multiplyNarrowInput(w, t, group);
      }
      if (productsByRow) {
        measureRows<kGates>(shape.batch, group, at.lanes, [&](std::size_t b) { return at.products + b * kPanel; },
                            w.rows.recurrentPartials);
      } else {
        activation.activate(at, products);
      }
    }
    if (productsByRow) {
      awaitShares();
      products = combined(t, share, {{shape.units, kGates}, w.rows.recurrentPartials}, shape.normalisation, w.rows.recurrent, 0);
      for (std::size_t group = groups.first; group < groups.last; ++group) {
        activation.activate(activation.stepOf(t, group), products);
      }
    }
    if (cellByRow) {
      awaitShares();
      cells = combined(t, share, {{shape.units, 1}, w.rows.cellPartials}, shape.cellNormalisation, w.rows.cell, 2);
      for (std::size_t group = groups.first; group < groups.last; ++group) {
        activation.showCell(activation.stepOf(t, group), cells);
      }
    }
  }

  /** All of the groups' statistics, in the share's own memory: only the first share's are those that are kept. */
  RowMoments combined(std::size_t t, std::size_t share, RowPart part, Normalisation form, RowMoments kept,
                      std::size_t place) const {
    const std::size_t stride = part.partials.stride;
    float* scratch = w.rows.scratch + (share * 6 + place) * stride;
    const RowMoments to = share == 0 ? RowMoments{kept.mean + keptAt(w, t) * stride, kept.inverseDeviation + keptAt(w, t) * stride}
                                     : RowMoments{scratch, scratch + stride};
    combineMoments({form, &part, 1}, 0, shape.batch, shape.epsilon, to);
    return to;
  }

  const LstmWorkspace& w;
  const LstmForwardCall& call;
  const LstmShape& shape;
  const GroupActivation activation;
  const bool productsByRow;
  const bool cellByRow;
};

}  // namespace

void lstmForward(LstmWorkspace& workspace, const LstmForwardCall& call) {
  Forward forward(workspace, call);
  runShares(
      workspace.shares,
      [](void* context, std::size_t share, std::size_t shares) {
        static_cast<Forward*>(context)->runShare(share, shares);
      },
      &forward);
}

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
