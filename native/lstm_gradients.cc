#include "lstm_gradients.h"

#include "lstm_narrow.h"
#include "lstm_stored_input.h"

namespace tritloom {
namespace TRITLOOM_ISA {
namespace {

TRITLOOM_INLINE void addTo(float* to, Vec value) { store(to, load(to) + value); }

ColumnGradient columnGradient(NormaliserColumns columns, const float* gamma, std::size_t constant,
                              std::size_t column) {
  ColumnGradient back{};
  back.mean = load(columns.mean + constant);
  back.inverseDeviation = load(columns.inverseDeviation + constant);
  back.scale = load(gamma + column) * back.inverseDeviation;
  return back;
}

}  // namespace

GroupGradients::GroupGradients(const LstmWorkspace& workspace, const LstmBackwardCall& call)
    : w(workspace), call(call), shape(workspace.shape), batchShare(1.0f / static_cast<float>(workspace.shape.batch)) {}

GradientStep GroupGradients::stepOf(std::size_t t, std::size_t group) const {
  const std::size_t slot = t * w.groups + group;
  const std::size_t rows = slot * shape.batch;
  const float* cellAfter = w.cells + (rows + w.groups * shape.batch) * kLanes;
  return {t,
          group,
          slot,
          w.gates + rows * kPanel,
          w.products + rows * kPanel,
          w.cells + rows * kLanes,
          w.zoneoutCellGiven ? w.freshCells + rows * kLanes : cellAfter,
          w.cellTanh + rows * kLanes,
          unitVector(w.gradHiddenPanels, shape.batch, group),
          w.gradCell + group * shape.batch * kLanes,
          w.gradProducts + (group * w.chunk + t % w.chunk) * shape.batch * kPanel};
}

/** From the recurrent product's gradient, one timestep later, to all that comes to the hidden state from there. */
void GroupGradients::completeGradHidden(std::size_t group) const {
  float* gradHidden = unitVector(w.gradHiddenPanels, shape.batch, group);
  const std::size_t first = group * shape.batch;
  for (std::size_t b = 0; b < shape.batch && w.masked; ++b) {
    store(gradHidden + b * kPanel, load(gradHidden + b * kPanel) * load(w.recurrentMask + (first + b) * kLanes));
  }
  for (std::size_t b = 0; b < shape.batch && w.zoneoutHiddenGiven; ++b) {
    addTo(gradHidden + b * kPanel, load(w.heldGradHidden + (first + b) * kLanes));
  }
}

/** All of the hidden state's gradient, then what zoneout leaves of it to this timestep. */
void GroupGradients::gatherGradHidden(const GradientStep& step) const {
  const std::size_t lanes = lanesOf(step.group, shape.units);
  const float* own = call.gradHidden + step.t * shape.batch * shape.units + step.group * kLanes;
  const std::size_t before = step.t > 0 ? shape.batch * shape.units : 0;
  completeGradHidden(step.group);
  for (std::size_t b = 0; b < shape.batch; ++b) {
    __builtin_prefetch(own + b * shape.units - before);
    addTo(step.gradHidden + b * kPanel, loadPartial(own + b * shape.units, lanes));
  }
  for (std::size_t b = 0; b < shape.batch && w.zoneoutHiddenGiven; ++b) {
    const Vec gradient = load(step.gradHidden + b * kPanel);
    const Vec share = load(w.zoneoutHidden + (step.slot * shape.batch + b) * kLanes);
    store(w.heldGradHidden + (step.group * shape.batch + b) * kLanes, share * gradient);
    store(step.gradHidden + b * kPanel, (1.0f - share) * gradient);
  }
}

/** What zoneout passes of the cell state's gradient to the timestep before, and what it leaves to this one. */
void GroupGradients::holdGradCell(const GradientStep& step) const {
  float* held = w.heldGradCell + step.group * shape.batch * kLanes;
  for (std::size_t b = 0; b < shape.batch; ++b) {
    const Vec gradient = load(step.gradCell + b * kLanes);
    const Vec share = load(w.zoneoutCell + (step.slot * shape.batch + b) * kLanes);
    store(held + b * kLanes, share * gradient);
    store(step.gradCell + b * kLanes, (1.0f - share) * gradient);
  }
}

void GroupGradients::throughOutput(const GradientStep& step) const {
  gatherGradHidden(step);
  if (w.zoneoutCellGiven) {
    holdGradCell(step);
  }
  float* gradProducts = step.gradProducts;
  ColumnGradient back = cellColumn(step);
  Vec sum{};
  Vec correlation{};
  for (std::size_t b = 0; b < shape.batch; ++b) {
    const Vec gradient = load(step.gradHidden + b * kPanel);
    const Vec output = load(step.gates + b * kPanel + 3 * kLanes);
    const Vec squashed = load(step.cellTanh + b * kLanes);
    const Vec gradNormalised = gradient * output * (1.0f - squashed * squashed);
    sum += gradNormalised;
    correlation += gradNormalised * back.distance(load(step.freshCell + b * kLanes));
    // The candidate's place holds this gradient until gradGates fills it.
    store(gradProducts + b * kPanel, gradNormalised);
    store(gradProducts + b * kPanel + 3 * kLanes, gradient * squashed * output * (1.0f - output));
  }
  addTo(w.gradBetaCell + step.group * kLanes, sum);
  if (isByRow(shape.cellNormalisation)) {
    measureRowGradients<1>(
        shape.batch, step.group, rowsAt(w.rows.cell, step.t * w.rows.cellPartials.stride, {}),
        [&](std::size_t b) { return step.freshCell + b * kLanes; },
        [&](std::size_t b) { return gradProducts + b * kPanel; }, w.gammaCell + step.group * kLanes,
        w.gradGammaCell + step.group * kLanes, w.rows.cellPartials);
    return;
  }
  if (shape.cellNormalisation == Normalisation::batch) {
    correlation *= back.inverseDeviation;
    back.meanGradient = sum * batchShare;
    back.slope = back.inverseDeviation * correlation * batchShare;
    addTo(w.gradGammaCell + step.group * kLanes, correlation);
  }
  for (std::size_t b = 0; b < shape.batch; ++b) {
    addTo(step.gradCell + b * kLanes, back.at(load(gradProducts + b * kPanel), load(step.freshCell + b * kLanes)));
  }
}

ColumnGradient GroupGradients::cellColumn(const GradientStep& step) const {
  if (shape.cellNormalisation == Normalisation::batch) {
    return columnGradient(w.cell, w.gammaCell, step.slot * kLanes, step.group * kLanes);
  }
  ColumnGradient back{};
  back.inverseDeviation = back.scale = broadcast(1.0f);
  return back;
}

void GroupGradients::throughCellRows(const GradientStep& step, RowGradientMeans means) const {
  const RowNormaliser rows = rowsAt(w.rows.cell, step.t * w.rows.cellPartials.stride, means);
  const Vec gamma = load(w.gammaCell + step.group * kLanes);
  const Vec mask = laneMask(lanesOf(step.group, shape.units));
  for (std::size_t b = 0; b < shape.batch; ++b) {
    const Vec gradient = load(step.gradProducts + b * kPanel) * gamma;
    addTo(step.gradCell + b * kLanes, mask * rows.gradient(b, gradient, load(step.freshCell + b * kLanes)));
  }
}

void GroupGradients::throughGates(const GradientStep& step) const {
  const std::size_t first = step.group * shape.inputs * kPanel;
  if (w.narrow) {
    throughColumns(step, NarrowInput(w, step.t, step.group));
  } else if (w.dense) {
    throughColumns(step, StoredInput{denseRow(step, 0), denseRow(step, 0), nullptr});
  } else {
    const std::int32_t* symbols = w.symbols + step.t * shape.batch;
    throughColumns(step, StoredInput{w.inputPanels + first, w.gradInputPanels + first, symbols});
  }
}

template <typename Input>
void GroupGradients::throughColumns(const GradientStep& step, const Input& input) const {
  const bool correlated = shape.normalisation == Normalisation::batch;
  const GateSums sums = correlated ? gradGates<true>(step, input) : gradGates<false>(step, input);
  for (std::size_t gate = 0; gate < kGates; ++gate) {
    const std::size_t column = step.group * kPanel + gate * kLanes;
    addTo(w.gradBetaRecurrent + column, sums.gradient[gate]);
    if (correlated) {
      addTo(w.gradGammaRecurrent + column, sums.recurrent[gate]);
      addTo(w.gradGammaInput + column, sums.input[gate]);
    }
  }
  if (correlated) {
    gradNormalisedProducts(step, sums, input);
  } else if (isByRow(shape.normalisation)) {
    measureProductRows(step);
  } else {
    addInput(step);
  }
}

/** Gradients of the gates' pre-activations and of the cell state before, with their sums over the batch. */
template <bool Correlated, typename Input>
GateSums GroupGradients::gradGates(const GradientStep& step, const Input& input) const {
  GateSums sums;
  ColumnGradient ofRecurrent[kGates];
  ColumnGradient ofInput[kGates];
  if (Correlated) {
    productColumns(step, ofRecurrent, ofInput);
  }
  for (std::size_t b = 0; b < shape.batch; ++b) {
    const float* gates = step.gates + b * kPanel;
    const float* products = step.products + b * kPanel;
    float* gradProducts = step.gradProducts + b * kPanel;
    Vec inputs[kGates];
    input.foresee(b);
    if (Correlated) {
      input.read(b, inputs);
    }
    const Vec candidate = load(gates);
    const Vec forget = load(gates + kLanes);
    const Vec admit = load(gates + 2 * kLanes);
    const Vec gradCell = load(step.gradCell + b * kLanes);
    const Vec gradients[kGates] = {
        gradCell * admit * (1.0f - candidate * candidate),
        gradCell * load(step.cellBefore + b * kLanes) * forget * (1.0f - forget),
        gradCell * candidate * admit * (1.0f - admit),
        load(gradProducts + 3 * kLanes),
    };
    store(step.gradCell + b * kLanes, gradCell * forget);
#pragma GCC unroll 4
    for (std::size_t gate = 0; gate < kGates; ++gate) {
      const std::size_t at = gate * kLanes;
      const Vec gradient = gradients[gate];
      store(gradProducts + at, gradient);
      sums.gradient[gate] += gradient;
      if (Correlated) {
        sums.recurrent[gate] += gradient * ofRecurrent[gate].distance(load(products + at));
        sums.input[gate] += gradient * ofInput[gate].distance(inputs[gate]);
      }
    }
  }
  for (std::size_t gate = 0; gate < kGates && Correlated; ++gate) {
    sums.recurrent[gate] *= ofRecurrent[gate].inverseDeviation;
    sums.input[gate] *= ofInput[gate].inverseDeviation;
  }
  for (std::size_t b = 0; b < shape.batch && w.zoneoutCellGiven; ++b) {
    addTo(step.gradCell + b * kLanes, load(w.heldGradCell + (step.group * shape.batch + b) * kLanes));
  }
  return sums;
}

/** The gates' gradients through both batch normalisers: to the recurrent product in place, and to the input product. */
template <typename Input>
void GroupGradients::gradNormalisedProducts(const GradientStep& step, const GateSums& sums, const Input& input) const {
  ColumnGradient ofRecurrent[kGates];
  ColumnGradient ofInput[kGates];
  productColumns(step, ofRecurrent, ofInput);
  for (std::size_t gate = 0; gate < kGates; ++gate) {
    ofRecurrent[gate].meanGradient = ofInput[gate].meanGradient = sums.gradient[gate] * batchShare;
    ofRecurrent[gate].slope = ofRecurrent[gate].inverseDeviation * sums.recurrent[gate] * batchShare;
    ofInput[gate].slope = ofInput[gate].inverseDeviation * sums.input[gate] * batchShare;
  }
  for (std::size_t b = 0; b < shape.batch; ++b) {
    const float* products = step.products + b * kPanel;
    float* gradProducts = step.gradProducts + b * kPanel;
    Vec inputs[kGates];
    input.read(b, inputs);
#pragma GCC unroll 4
    for (std::size_t gate = 0; gate < kGates; ++gate) {
      const std::size_t at = gate * kLanes;
      const Vec gradient = load(gradProducts + at);
      inputs[gate] = ofInput[gate].at(gradient, inputs[gate]);
      store(gradProducts + at, ofRecurrent[gate].at(gradient, load(products + at)));
    }
    input.passBack(b, inputs);
  }
}

/** The gates' gradients as they are, to the input product: nothing is normalised, or the symbols' rows will be. */
void GroupGradients::addInput(const GradientStep& step) const {
  for (std::size_t b = 0; b < shape.batch; ++b) {
    float* gradInputs = gradInputRow(step, b);
#pragma GCC unroll 4
    for (std::size_t gate = 0; gate < kGates; ++gate) {
      const Vec gradient = load(step.gradProducts + b * kPanel + gate * kLanes);
      const std::size_t at = gate * kLanes;
      store(gradInputs + at, w.dense ? gradient : load(gradInputs + at) + gradient);
    }
  }
  addNarrowInput(step);
}

/** Where the gradient of a narrow input's products lies in their place. */
void GroupGradients::addNarrowInput(const GradientStep& step) const {
  for (std::size_t b = 0; b < shape.batch && w.narrow; ++b) {
    const float* row = denseRow(step, b);
    const Vec gradient[kGates] = {load(row), load(row + kLanes), load(row + 2 * kLanes), load(row + 3 * kLanes)};
    NarrowInput(w, step.t, step.group).passBack(b, gradient);
  }
}

void GroupGradients::measureProductRows(const GradientStep& step) const {
  const std::size_t column = step.group * kPanel;
  const auto gradient = [&](std::size_t b) { return step.gradProducts + b * kPanel; };
  measureRowGradients<kGates>(
      shape.batch, step.group, rowsAt(w.rows.recurrent, step.t * w.rows.recurrentPartials.stride, {}),
      [&](std::size_t b) { return step.products + b * kPanel; }, gradient, w.gammaRecurrent + column,
      w.gradGammaRecurrent + column, w.rows.recurrentPartials);
  if (!w.dense) {
    addInput(step);
    return;
  }
  if (w.narrow) {
    multiplyNarrowInput(w, step.t, step.group);
  }
  measureRowGradients<kGates>(
      shape.batch, step.group, rowsAt(w.rows.input, step.t * shape.batch, {}),
      [&](std::size_t b) { return denseRow(step, b); }, gradient, w.gammaInput + column, w.gradGammaInput + column,
      w.rows.inputPartials);
}

void GroupGradients::throughProductRows(const GradientStep& step, RowGradientMeans recurrent,
                                        RowGradientMeans input) const {
  const RowNormaliser productRows = rowsAt(w.rows.recurrent, step.t * w.rows.recurrentPartials.stride, recurrent);
  const RowNormaliser inputRows = rowsAt(w.rows.input, step.t * shape.batch, input);
  for (std::size_t b = 0; b < shape.batch; ++b) {
    for (std::size_t gate = 0; gate < kGates; ++gate) {
      const std::size_t at = gate * kLanes;
      const std::size_t column = step.group * kPanel + at;
      float* gradProduct = step.gradProducts + b * kPanel + at;
      const Vec gradient = load(gradProduct);
      if (w.dense) {
        float* dense = denseRow(step, b) + at;
        store(dense, inputRows.gradient(b, gradient * load(w.gammaInput + column), load(dense)));
      }
      const Vec product = load(step.products + b * kPanel + at);
      store(gradProduct, productRows.gradient(b, gradient * load(w.gammaRecurrent + column), product));
    }
  }
  addNarrowInput(step);
}

void GroupGradients::measureSymbolRows(std::size_t group) const {
  const std::size_t first = group * shape.inputs;
  measureRowGradients<kGates>(
      shape.inputs, group, rowsAt(w.rows.input, 0, {}),
      [&](std::size_t symbol) { return w.inputPanels + (first + symbol) * kPanel; },
      [&](std::size_t symbol) { return w.gradInputPanels + (first + symbol) * kPanel; }, w.gammaInput + group * kPanel,
      w.gradGammaInput + group * kPanel, w.rows.inputPartials);
}

void GroupGradients::throughSymbolRows(std::size_t group) const {
  const RowNormaliser rows = rowsAt(w.rows.input, 0, w.rows.inputMeans);
  for (std::size_t symbol = 0; symbol < shape.inputs; ++symbol) {
    const std::size_t row = (group * shape.inputs + symbol) * kPanel;
    for (std::size_t at = 0; at < kPanel; at += kLanes) {
      float* gradient = w.gradInputPanels + row + at;
      const Vec scaled = load(gradient) * load(w.gammaInput + group * kPanel + at);
      store(gradient, rows.gradient(symbol, scaled, load(w.inputPanels + row + at)));
    }
  }
}

Vec GroupGradients::sumOfFirstHidden(std::size_t group) const {
  completeGradHidden(group);
  const float* gradHidden = unitVector(w.gradHiddenPanels, shape.batch, group);
  Vec sum{};
  for (std::size_t b = 0; b < shape.batch; ++b) {
    sum += load(gradHidden + b * kPanel);
  }
  return sum;
}

void GroupGradients::productColumns(const GradientStep& step, ColumnGradient* recurrent, ColumnGradient* input) const {
  for (std::size_t gate = 0; gate < kGates; ++gate) {
    const std::size_t constant = step.slot * kPanel + gate * kLanes;
    const std::size_t column = step.group * kPanel + gate * kLanes;
    recurrent[gate] = columnGradient(w.recurrent, w.gammaRecurrent, constant, column);
    input[gate] = columnGradient(w.input, w.gammaInput, constant, column);
  }
}

RowNormaliser GroupGradients::rowsAt(RowMoments moments, std::size_t firstRow, RowGradientMeans means) const {
  return {{moments.mean + firstRow, moments.inverseDeviation + firstRow}, means};
}

/** Where the gradient of row b's input product goes: added to the symbol's row, or in the dense product's place. */
float* GroupGradients::gradInputRow(const GradientStep& step, std::size_t b) const {
  return w.dense ? denseRow(step, b) : w.gradInputPanels + symbolRow(step, b);
}

float* GroupGradients::denseRow(const GradientStep& step, std::size_t b) const {
  return w.denseProducts + ((step.group * w.denseSteps + step.t % w.denseSteps) * shape.batch + b) * kPanel;
}

std::size_t GroupGradients::symbolRow(const GradientStep& step, std::size_t b) const {
  return (step.group * shape.inputs + static_cast<std::size_t>(w.symbols[step.t * shape.batch + b])) * kPanel;
}

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
