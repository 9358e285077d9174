#include "lstm_activation.h"

namespace tritloom {
namespace TRITLOOM_ISA {

GroupActivation::GroupActivation(const LstmWorkspace& workspace, const LstmForwardCall& call)
    : w(workspace),
      call(call),
      shape(workspace.shape),
      productsByRow(isByRow(shape.normalisation)),
      cellByRow(isByRow(shape.cellNormalisation)) {}

GroupStep GroupActivation::stepOf(std::size_t t, std::size_t group) const {
  const std::size_t slot = keptAt(w, t) * w.groups + group;
  float* cell = cellsAt(w, t + 1, group);
  return {t,
          group,
          slot,
          lanesOf(group, shape.units),
          inputRows(t, group),
          w.products + slot * shape.batch * kPanel,
          w.gates + slot * shape.batch * kPanel,
          cellsAt(w, t, group),
          w.zoneoutCellGiven ? w.freshCells + slot * shape.batch * kLanes : cell,
          cell,
          unitVector(hiddenPanelsAt(w, t + 1), shape.batch, group),
          call.hidden + t * shape.batch * shape.units + group * kLanes};
}

InputRows GroupActivation::inputRows(std::size_t t, std::size_t group) const {
  if (!w.dense) {
    return {w.inputPanels + group * shape.inputs * kPanel, call.symbols + t * shape.batch};
  }
  return {w.denseProducts + (group * w.denseSteps + t % w.denseSteps) * shape.batch * kPanel, nullptr};
}

void GroupActivation::activate(const GroupStep& step, RowMoments products) const {
  if (productsByRow) {
    activateRows(step, rowNormalisers(step, products));
  } else {
    activateRows(step, columnNormalisers(step));
  }
  if (cellByRow) {
    measureRows<1>(shape.batch, step.group, step.lanes, [&](std::size_t b) { return step.freshCell + b * kLanes; },
                   w.rows.cellPartials);
  } else {
    showCell(step, {});
  }
}

template <typename Normaliser>
void GroupActivation::activateRows(const GroupStep& step, const GateNormalisers<Normaliser>& normalisers) const {
  for (std::size_t b = 0; b < shape.batch; ++b) {
    const float* products = step.products + b * kPanel;
    const float* inputs = step.input.row(b);
    const std::size_t inputRow = step.input.index(b);
    Vec gates[kGates];
#pragma GCC unroll 4
    for (std::size_t gate = 0; gate < kGates; ++gate) {
      const std::size_t at = gate * kLanes;
      gates[gate] = normalisers.product[gate].at(b, load(products + at)) +
                    (normalisers.input[gate].at(inputRow, load(inputs + at)) + normalisers.shift[gate]);
    }
    activateGates(gates);
#pragma GCC unroll 4
    for (std::size_t gate = 0; gate < kGates; ++gate) {
      store(step.gates + b * kPanel + gate * kLanes, gates[gate]);
    }
    store(step.freshCell + b * kLanes, gates[1] * load(step.cellBefore + b * kLanes) + gates[2] * gates[0]);
  }
}

/** A row-major constant's vector at a timestep; its rows are one, or T. */
Vec GroupActivation::constant(const float* from, std::size_t rows, std::size_t columns, const GroupStep& step, std::size_t gate) const {
  return loadPartial(from + (rows == 1 ? 0 : step.t * columns) + gate * shape.units + step.group * kLanes, step.lanes);
}

Vec GroupActivation::gateConstant(const float* from, std::size_t rows, const GroupStep& step, std::size_t gate) const {
  return constant(from, rows, kGates * shape.units, step, gate);
}

GateNormalisers<GainedRows> GroupActivation::rowNormalisers(const GroupStep& step, RowMoments products) const {
  const std::size_t firstRow = w.dense ? step.t * shape.batch : 0;
  const RowMoments inputs = {w.rows.input.mean + firstRow, w.rows.input.inverseDeviation + firstRow};
  GateNormalisers<GainedRows> normalisers;
  for (std::size_t gate = 0; gate < kGates; ++gate) {
    normalisers.product[gate] = {{products, {}}, gateConstant(call.weights.gammaRecurrent, 1, step, gate)};
    normalisers.input[gate] = {{inputs, {}}, gateConstant(call.weights.gammaInput, 1, step, gate)};
    normalisers.shift[gate] = gateConstant(call.weights.betaRecurrent, 1, step, gate);
  }
  return normalisers;
}

GateNormalisers<ColumnNormaliser> GroupActivation::columnNormalisers(const GroupStep& step) const {
  GateNormalisers<ColumnNormaliser> normalisers;
  for (std::size_t gate = 0; gate < kGates; ++gate) {
    if (shape.normalisation != Normalisation::none) {
      normalisers.product[gate].scale =
          gateConstant(call.weights.gammaRecurrent, call.rows.gammaRecurrent, step, gate);
      normalisers.input[gate].scale = gateConstant(call.weights.gammaInput, call.rows.gammaInput, step, gate);
    }
    normalisers.shift[gate] = gateConstant(call.weights.betaRecurrent, call.rows.betaRecurrent, step, gate);
  }
  if (shape.normalisation == Normalisation::batch) {
    measureGates(step, normalisers);
  }
  return normalisers;
}

void GroupActivation::measureGates(const GroupStep& step, GateNormalisers<ColumnNormaliser>& normalisers) const {
  Moments products[kGates];
  Moments inputs[kGates];
  momentsOver<kGates>(
      shape.batch, [&](std::size_t b, std::size_t gate) { return load(step.products + b * kPanel + gate * kLanes); },
      products);
  momentsOver<kGates>(
      shape.batch, [&](std::size_t b, std::size_t gate) { return load(step.input.row(b) + gate * kLanes); }, inputs);
  for (std::size_t gate = 0; gate < kGates; ++gate) {
    const std::size_t column = step.slot * kPanel + gate * kLanes;
    const std::size_t at = (step.t * kGates + gate) * shape.units + step.group * kLanes;
    keepMoments(products[gate], w.recurrent, column,
                {call.statistics.meanRecurrent + at, call.statistics.varianceRecurrent + at}, step.lanes,
                normalisers.product[gate]);
    keepMoments(inputs[gate], w.input, column,
                {call.statistics.meanInput + at, call.statistics.varianceInput + at}, step.lanes,
                normalisers.input[gate]);
  }
}

/** Batch statistics: for the normaliser, whose scale holds the gain; for the backward pass; for the caller. */
void GroupActivation::keepMoments(const Moments& moments, NormaliserColumns kept, std::size_t column, StatisticsOut out,
                 std::size_t lanes, ColumnNormaliser& normaliser) const {
  const Vec inverseDeviation = reciprocalRoot(moments.variance + shape.epsilon);
  store(kept.mean + column, moments.mean);
  store(kept.inverseDeviation + column, inverseDeviation);
  storePartial(out.mean, moments.mean, lanes);
  storePartial(out.variance, moments.variance, lanes);
  normaliser.mean = moments.mean;
  normaliser.scale *= inverseDeviation;
}

void GroupActivation::showCell(const GroupStep& step, RowMoments cells) const {
  const Normalisation form = shape.cellNormalisation;
  const Vec shift = constant(call.weights.betaCell, call.rows.betaCell, shape.units, step, 0);
  ColumnNormaliser columns;
  if (form != Normalisation::none) {
    columns.scale = constant(call.weights.gammaCell, call.rows.gammaCell, shape.units, step, 0);
  }
  if (form == Normalisation::batch) {
    const std::size_t at = step.t * shape.units + step.group * kLanes;
    Moments moments;
    momentsOver<1>(
        shape.batch, [&](std::size_t b, std::size_t) { return load(step.freshCell + b * kLanes); }, &moments);
    keepMoments(moments, w.cell, step.slot * kLanes,
                {call.statistics.meanCell + at, call.statistics.varianceCell + at}, step.lanes, columns);
  }
  if (cellByRow) {
    showNormalisedCell(step, GainedRows{{cells, {}}, columns.scale}, shift);
  } else {
    showNormalisedCell(step, columns, shift);
  }
  if (w.zoneoutCellGiven) {
    zoneoutCell(step);
  }
  if (w.zoneoutHiddenGiven) {
    zoneoutHidden(step);
  }
  if (w.masked) {
    maskHidden(step.hiddenPanel, step.group);
  }
}

template <typename Normaliser>
void GroupActivation::showNormalisedCell(const GroupStep& step, const Normaliser& normaliser, Vec shift) const {
  float* cellTanh = w.cellTanh + step.slot * shape.batch * kLanes;
  forRows(shape.batch, [&](auto rows, std::size_t first) {
    Vec squashed[rows];
    for (std::size_t row = 0; row < rows; ++row) {
      squashed[row] = normaliser.at(first + row, load(step.freshCell + (first + row) * kLanes)) + shift;
    }
    hyperbolicTangents<rows>(squashed);
    for (std::size_t row = 0; row < rows; ++row) {
      const std::size_t b = first + row;
      const Vec hidden = load(step.gates + b * kPanel + 3 * kLanes) * squashed[row];
      store(cellTanh + b * kLanes, squashed[row]);
      store(step.hiddenPanel + b * kPanel, hidden);
      storePartial(step.hidden + b * shape.units, hidden, step.lanes);
    }
  });
}

/** The caller's share of the old state for row b, kept for the backward pass. */
Vec GroupActivation::keepShare(const float* shares, float* kept, const GroupStep& step, std::size_t b) const {
  const Vec share = loadPartial(shares + (step.t * shape.batch + b) * shape.units + step.group * kLanes, step.lanes);
  store(kept + (step.slot * shape.batch + b) * kLanes, share);
  return share;
}

void GroupActivation::zoneoutCell(const GroupStep& step) const {
  for (std::size_t b = 0; b < shape.batch; ++b) {
    const std::size_t at = b * kLanes;
    const Vec share = keepShare(call.zoneoutCell, w.zoneoutCell, step, b);
    store(step.cell + at, share * load(step.cellBefore + at) + (1.0f - share) * load(step.freshCell + at));
  }
}

void GroupActivation::zoneoutHidden(const GroupStep& step) const {
  for (std::size_t b = 0; b < shape.batch; ++b) {
    float* hidden = step.hidden + b * shape.units;
    const float* before = step.t > 0 ? hidden - shape.batch * shape.units
                                     : w.firstHidden + b * shape.units + step.group * kLanes;
    const Vec share = keepShare(call.zoneoutHidden, w.zoneoutHidden, step, b);
    const Vec mixed = share * loadPartial(before, step.lanes) + (1.0f - share) * load(step.hiddenPanel + b * kPanel);
    store(step.hiddenPanel + b * kPanel, mixed);
    storePartial(hidden, mixed, step.lanes);
  }
}

void GroupActivation::maskHidden(float* hiddenPanel, std::size_t group) const {
  const float* mask = w.recurrentMask + group * shape.batch * kLanes;
  for (std::size_t b = 0; b < shape.batch; ++b) {
    store(hiddenPanel + b * kPanel, load(hiddenPanel + b * kPanel) * load(mask + b * kLanes));
  }
}

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
