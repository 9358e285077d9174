#include "column_statistics.h"
#include "compute.h"
#include "gru_layer.h"
#include "gru_panels.h"
#include "math.h"
#include "thread_pool.h"

namespace tritloom {
namespace TRITLOOM_ISA {
namespace {

/** Where one gate's input product of each row of the batch lies: a row of the matrix, or of a dense product. */
struct InputRows {
  const float* base;
  const std::int32_t* symbols;  // null: rows in order

  Vec at(std::size_t b) const {
    return load(base + (symbols != nullptr ? static_cast<std::size_t>(symbols[b]) : b) * kPanel);
  }
};

/** Of one gate of a group at one timestep: where its values lie and what they are scaled and shifted by. */
struct GateStep {
  const float* products;
  InputRows input;
  Vec meanProduct, scaleProduct, meanInput, scaleInput, shift;

  Vec product(std::size_t b) const { return (load(products + b * kPanel) - meanProduct) * scaleProduct; }
  Vec fromInput(std::size_t b) const { return (input.at(b) - meanInput) * scaleInput + shift; }
};

class Forward {
 public:
  Forward(GruWorkspace& workspace, const GruForwardCall& call)
      : w(workspace),
        call(call),
        shape(workspace.shape),
        entering(call.recurrentMask != nullptr ? workspace.maskedStates : workspace.states),
        measured(shape.normalisation == Normalisation::batch),
        layer(isByRow(shape.normalisation)) {}

  void runShare(std::size_t share, std::size_t shares) {
    const Range groups = rangeOfShare(w.groups, 2, share, shares);
    for (std::size_t group = groups.first; group < groups.last; ++group) {
      packWeights(group);
      packConstants(group);
      packStates(group);
    }
    if (call.dense != nullptr) {
      multiplyDenseInput(groups, share, shares);
    }
    if (layer) {
      standardiseInput(groups);
    }
    awaitShares();
    for (std::size_t t = 0; t < shape.timesteps; ++t) {
      if (shape.resetBefore) {
        stepResetBefore(t, groups);
      } else {
        stepResetAfter(t, groups);
      }
      awaitShares();
    }
  }

 private:
  std::size_t keptAt(std::size_t t) const { return w.kept == 1 ? 0 : t; }

  /** [U][B][P] before timestep t. */
  float* statesAt(float* states, std::size_t t) const {
    return states + (t % w.stateSlots) * w.unitPanels * shape.batch * kPanel;
  }
  /** [U][B][P] or [C][B][P] of timestep t. */
  float* keptPanels(float* kept, std::size_t t, std::size_t panels) const {
    return kept + keptAt(t) * panels * shape.batch * kPanel;
  }
  float* unitsAt(float* kept, std::size_t t, std::size_t group) const {
    return unitVector(keptPanels(kept, t, w.unitPanels), shape.batch, group);
  }
  float* gateAt(float* kept, std::size_t t, std::size_t group, std::size_t gate) const {
    return vectorAt(keptPanels(kept, t, w.columnPanels), shape.batch, vectorOf(w, group, gate));
  }

  void packWeights(std::size_t group) {
    for (std::size_t gate = 0; gate < kGruGates; ++gate) {
      const std::size_t vector = vectorOf(w, group, gate);
      packGate(call.weights.recurrentWeights, shape.units, shape.units, group, gate,
               vectorAt(w.recurrentPanels, shape.units, vector));
      packGate(call.weights.inputWeights, shape.inputs, shape.units, group, gate,
               vectorAt(w.inputPanels, shape.inputs, vector));
    }
  }

  void packConstants(std::size_t group) {
    packRows(call.weights.betaRecurrent, call.rows.betaRecurrent, group, w.betaRecurrent);
    for (std::size_t row = 0; row < call.rows.betaReset; ++row) {
      packUnits(call.weights.betaReset + row * shape.units, shape.units, group,
                w.betaReset + row * w.unitPanels * kPanel + group * kLanes);
    }
    if (shape.normalisation != Normalisation::none) {  // else the work space's gain of 1 stands
      packRows(call.weights.gammaInput, call.rows.gammaInput, group, w.gammaInput);
      packRows(call.weights.gammaRecurrent, call.rows.gammaRecurrent, group, w.gammaRecurrent);
    }
  }

  void packRows(const float* from, std::size_t rows, std::size_t group, float* to) {
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t gate = 0; gate < kGruGates; ++gate) {
        packGate(from + row * kGruGates * shape.units, 1, shape.units, group, gate,
                 constantAt(to, row, vectorOf(w, group, gate)));
      }
    }
  }

  float* constantAt(float* constants, std::size_t row, std::size_t vector) const {
    return constants + row * w.columnPanels * kPanel + vector * kLanes;
  }

  void packStates(std::size_t group) {
    const float* carried = call.carriedHidden;
    float* hidden = unitVector(statesAt(w.states, 0), shape.batch, group);
    for (std::size_t b = 0; b < shape.batch; ++b) {
      packUnits(carried != nullptr ? carried + b * shape.units : call.weights.initialHidden, shape.units, group,
                hidden + b * kPanel);
    }
    if (call.recurrentMask != nullptr) {
      float* mask = unitVector(w.mask, shape.batch, group);
      for (std::size_t b = 0; b < shape.batch; ++b) {
        packUnits(call.recurrentMask + b * shape.units, shape.units, group, mask + b * kPanel);
      }
      maskStates(0, group);
    }
  }

  void maskStates(std::size_t t, std::size_t group) {
    const float* hidden = unitVector(statesAt(w.states, t), shape.batch, group);
    const float* mask = unitVector(w.mask, shape.batch, group);
    float* masked = unitVector(statesAt(w.maskedStates, t), shape.batch, group);
    for (std::size_t at = 0; at < shape.batch * kPanel; at += kPanel) {
      store(masked + at, load(hidden + at) * load(mask + at));
    }
  }

  void multiplyDenseInput(Range groups, std::size_t share, std::size_t shares) {
    const std::size_t rows = shape.timesteps * shape.batch;
    const Range panels = rangeOfShare((shape.inputs + kPanel - 1) / kPanel, 1, share, shares);
    packPanels({call.dense, shape.inputs}, rows, shape.inputs, panels.first, panels.last, w.denseInput);
    awaitShares();
    const LeftFactor input = {w.denseInput, rows * kPanel};
    const PanelMatrix weights = {w.inputPanels, shape.inputs * kPanel};
    const PanelMatrix products = {w.denseProducts, rows * kPanel};
    multiplyVectors(input, rows, shape.inputs, weights, products, gateVectors(groups), false);
    multiplyVectors(input, rows, shape.inputs, weights, products, candidateVectors(groups), false);
  }

  VectorRange gateVectors(Range groups) const { return {2 * groups.first, 2 * groups.last}; }
  VectorRange candidateVectors(Range groups) const {
    return {vectorOf(w, groups.first, kCandidate), vectorOf(w, groups.last, kCandidate)};
  }

  /** The products of one timestep that these vectors of columns have with the state that enters. */
  void multiply(std::size_t t, const float* state, VectorRange vectors) {
    multiplyVectors({state, shape.batch * kPanel}, shape.batch, shape.units, {w.recurrentPanels, shape.units * kPanel},
                    {keptPanels(w.products, t, w.columnPanels), shape.batch * kPanel}, vectors, false);
  }

  /** Pairs of groups while their products are in cache; rows that share statistics are all measured first. */
  template <typename Body>
  void forPieces(Range groups, Body body) {
    if (layer) {
      body(groups);
      return;
    }
    for (std::size_t first = groups.first; first < groups.last; first += 2) {
      body(Range{first, smaller(first + 2, groups.last)});
    }
  }

  void standardise(std::size_t t, Range groups, LayerColumns columns) {
    const LayerNormaliser normaliser(w, LayerNormaliser::kRecurrent, columns);
    const LayerRows rows = {keptPanels(w.products, t, w.columnPanels), shape.batch, nullptr, shape.batch};
    normaliser.measure(rows, groups);
    awaitShares();
    normaliser.standardise(rows, groups, w.recurrentDeviation +
                                             (2 * keptAt(t) + (columns == kCandidateColumns ? 1 : 0)) * shape.batch);
  }

  /** Rows of the input product do not depend on the state: those of the whole sequence, or of every symbol, at once. */
  void standardiseInput(Range groups) {
    const LayerNormaliser normaliser(w, LayerNormaliser::kInput, kAllColumns);
    const std::size_t count = call.dense != nullptr ? shape.timesteps * shape.batch : shape.inputs;
    const LayerRows rows = {call.dense != nullptr ? w.denseProducts : w.inputPanels, count, nullptr, count};
    normaliser.measure(rows, groups);
    awaitShares();
    normaliser.standardise(rows, groups, w.inputDeviation);
  }

  void stepResetAfter(std::size_t t, Range groups) {
    const float* state = statesAt(entering, t);
    forPieces(groups, [&](Range piece) {
      multiply(t, state, gateVectors(piece));
      multiply(t, state, candidateVectors(piece));
      if (layer) {
        standardise(t, piece, kAllColumns);
      }
      for (std::size_t group = piece.first; group < piece.last; ++group) {
        activateGate(t, group, kReset);
        activateGate(t, group, kUpdate);
        activateCandidate(t, group);
      }
    });
  }

  void stepResetBefore(std::size_t t, Range groups) {
    const float* state = statesAt(entering, t);
    forPieces(groups, [&](Range piece) {
      multiply(t, state, gateVectors(piece));
      if (layer) {
        standardise(t, piece, kGateColumns);
      }
      for (std::size_t group = piece.first; group < piece.last; ++group) {
        activateGate(t, group, kReset);
        activateGate(t, group, kUpdate);
        resetState(t, group);
      }
    });
    awaitShares();
    forPieces(groups, [&](Range piece) {
      multiply(t, keptPanels(w.resetStates, t, w.unitPanels), candidateVectors(piece));
      if (layer) {
        standardise(t, piece, kCandidateColumns);
      }
      for (std::size_t group = piece.first; group < piece.last; ++group) {
        activateCandidate(t, group);
      }
    });
  }

  GateStep gateStep(std::size_t t, std::size_t group, std::size_t gate) {
    const std::size_t vector = vectorOf(w, group, gate);
    GateStep step;
    step.products = gateAt(w.products, t, group, gate);
    step.input = inputRows(t, vector);
    if (measured) {
      measure(step, t, group, gate);
    }
    const std::size_t statistics = measured ? t : 0;
    const GruConstantRows& rows = call.rows;
    step.meanProduct = load(constantAt(w.recurrent.mean, statistics, vector));
    step.scaleProduct = load(constantAt(w.recurrent.inverseDeviation, statistics, vector)) *
                        load(constantAt(w.gammaRecurrent, rows.gammaRecurrent == 1 ? 0 : t, vector));
    step.meanInput = load(constantAt(w.input.mean, statistics, vector));
    step.scaleInput = load(constantAt(w.input.inverseDeviation, statistics, vector)) *
                      load(constantAt(w.gammaInput, rows.gammaInput == 1 ? 0 : t, vector));
    step.shift = load(constantAt(w.betaRecurrent, rows.betaRecurrent == 1 ? 0 : t, vector));
    return step;
  }

  InputRows inputRows(std::size_t t, std::size_t vector) const {
    if (call.dense == nullptr) {
      return {vectorAt(w.inputPanels, shape.inputs, vector), call.symbols + t * shape.batch};
    }
    return {vectorAt(w.denseProducts, shape.timesteps * shape.batch, vector) + t * shape.batch * kPanel, nullptr};
  }

  /** Keeps the batch statistics of both products. */
  void measure(const GateStep& step, std::size_t t, std::size_t group, std::size_t gate) {
    const std::size_t column = (t * kGruGates + gate) * shape.units + group * kLanes;
    const std::size_t vector = vectorOf(w, group, gate);
    const std::size_t lanes = lanesOf(group, shape.units);
    Moments moments[2];
    momentsOver<2>(
        shape.batch,
        [&](std::size_t b, std::size_t which) { return which == 0 ? step.input.at(b) : load(step.products + b * kPanel); },
        moments);
    const auto& [input, product] = moments;
    keepMoments(input, w.input, t, vector);
    storePartial(call.statistics.meanInput + column, input.mean, lanes);
    storePartial(call.statistics.varianceInput + column, input.variance, lanes);
    keepMoments(product, w.recurrent, t, vector);
    storePartial(call.statistics.meanRecurrent + column, product.mean, lanes);
    storePartial(call.statistics.varianceRecurrent + column, product.variance, lanes);
  }

  void keepMoments(const Moments& moments, NormaliserColumns columns, std::size_t t, std::size_t vector) {
    store(constantAt(columns.mean, t, vector), moments.mean);
    store(constantAt(columns.inverseDeviation, t, vector), reciprocalRoot(moments.variance + shape.epsilon));
  }

  void activateGate(std::size_t t, std::size_t group, std::size_t gate) {
    const GateStep step = gateStep(t, group, gate);
    float* gates = gateAt(w.gates, t, group, gate);
    forRows(shape.batch, [&](auto rows, std::size_t first) {
      Vec sums[rows];
      for (std::size_t row = 0; row < rows; ++row) {
        sums[row] = step.product(first + row) + step.fromInput(first + row);
      }
      sigmoids<rows>(sums);
      for (std::size_t row = 0; row < rows; ++row) {
        store(gates + (first + row) * kPanel, sums[row]);
      }
    });
  }

  /** What enters the candidate's product where the reset comes before it. */
  void resetState(std::size_t t, std::size_t group) {
    const float* reset = gateAt(w.gates, t, group, kReset);
    const float* state = unitVector(statesAt(entering, t), shape.batch, group);
    float* to = unitsAt(w.resetStates, t, group);
    for (std::size_t at = 0; at < shape.batch * kPanel; at += kPanel) {
      store(to + at, load(reset + at) * load(state + at));
    }
  }

  /** The candidate and the new hidden state. */
  void activateCandidate(std::size_t t, std::size_t group) {
    const GateStep step = gateStep(t, group, kCandidate);
    const float* resets = gateAt(w.gates, t, group, kReset);
    float* candidates = gateAt(w.gates, t, group, kCandidate);
    const std::size_t betaRow = call.rows.betaReset == 1 ? 0 : t;
    const Vec betaReset = load(w.betaReset + betaRow * w.unitPanels * kPanel + group * kLanes);
    forRows(shape.batch, [&](auto rows, std::size_t first) {
      Vec sums[rows];
      for (std::size_t row = 0; row < rows; ++row) {
        const std::size_t b = first + row;
        const Vec product = step.product(b);
        const Vec fromState = shape.resetBefore ? product : load(resets + b * kPanel) * (product + betaReset);
        sums[row] = fromState + step.fromInput(b);
      }
      hyperbolicTangents<rows>(sums);
      for (std::size_t row = 0; row < rows; ++row) {
        store(candidates + (first + row) * kPanel, sums[row]);
      }
    });
    mixStates(t, group);
    if (call.recurrentMask != nullptr) {
      maskStates(t + 1, group);
    }
  }

  void mixStates(std::size_t t, std::size_t group) {
    const std::size_t lanes = lanesOf(group, shape.units);
    const float* updates = gateAt(w.gates, t, group, kUpdate);
    const float* candidates = gateAt(w.gates, t, group, kCandidate);
    const float* before = unitVector(statesAt(w.states, t), shape.batch, group);
    float* after = unitVector(statesAt(w.states, t + 1), shape.batch, group);
    float* stays = call.zoneoutHidden != nullptr ? unitsAt(w.zoneout, t, group) : nullptr;
    const std::size_t row = t * shape.batch * shape.units + group * kLanes;
    for (std::size_t b = 0; b < shape.batch; ++b) {
      const Vec old = load(before + b * kPanel);
      const Vec candidate = load(candidates + b * kPanel);
      Vec hidden = candidate + load(updates + b * kPanel) * (old - candidate);
      if (stays != nullptr) {
        const Vec share = loadPartial(call.zoneoutHidden + row + b * shape.units, lanes);
        store(stays + b * kPanel, share);
        hidden = share * old + (1.0f - share) * hidden;
      }
      store(after + b * kPanel, hidden);
      storePartial(call.hidden + row + b * shape.units, hidden, lanes);
    }
  }

  GruWorkspace& w;
  const GruForwardCall& call;
  const GruShape& shape;
  float* const entering;  // states as they enter the product
  const bool measured;    // batch statistics
  const bool layer;
};

}  // namespace

void gruForward(GruWorkspace& workspace, const GruForwardCall& call) {
  Forward forward(workspace, call);
  runShares(
      gruShares(workspace.shape),
      [](void* context, std::size_t share, std::size_t shares) {
        static_cast<Forward*>(context)->runShare(share, shares);
      },
      &forward);
}

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
