#include "gru_gradients.h"

#include "dense_gradients.h"

namespace tritloom {
namespace TRITLOOM_ISA {
namespace {

void clear(float* from, std::size_t count) { __builtin_memset(from, 0, count * sizeof(float)); }

void clearVector(float* vector, std::size_t rows) {
  for (std::size_t row = 0; row < rows; ++row) {
    store(vector + row * kPanel, Vec{});
  }
}

VectorRange gateVectors(Range groups) { return {2 * groups.first, 2 * groups.last}; }

VectorRange candidateVectors(const GruWorkspace& w, Range groups) {
  return {vectorOf(w, groups.first, kCandidate), vectorOf(w, groups.last, kCandidate)};
}

/**
 * Transposes the states of the chunk's rows [panel * P, + count), a row for each timestep and sequence.
 * @param states [..][U][B][P] from the chunk's first timestep on
 */
void transposeStates(const GruWorkspace& w, const float* states, std::size_t panel, std::size_t count,
                     float* transposed) {
  const std::size_t batch = w.shape.batch;
  const std::size_t units = w.shape.units;
  for (std::size_t done = 0; done < count;) {
    const std::size_t row = panel * kPanel + done;
    const std::size_t b = row % batch;
    const std::size_t run = smaller(count - done, batch - b);
    const float* from = states + ((row / batch) * w.unitPanels * batch + b) * kPanel;
    for (std::size_t first = 0; first < units; first += kPanel, from += batch * kPanel) {
      transposeRows({from, kPanel}, run, smaller(kPanel, units - first),
                    transposed + (panel * units + first) * kPanel + done);
    }
    done += run;
  }
}

}  // namespace

void prepareGruGradients(GruWorkspace& w, Range groups) {
  const GruShape& shape = w.shape;
  transposeGatePanels(w.recurrentPanels, w.columnPanels, shape.units, smaller(groups.first * kLanes, shape.units),
                      smaller(groups.last * kLanes, shape.units), w.recurrentTransposed);
  for (std::size_t group = groups.first; group < groups.last; ++group) {
    for (std::size_t gate = 0; gate < kGruGates; ++gate) {
      const std::size_t vector = vectorOf(w, group, gate);
      clearVector(vectorAt(w.gradRecurrentPanels, shape.units, vector), shape.units);
      clearVector(vectorAt(w.gradInputPanels, shape.inputs, vector), shape.inputs);
      clear(w.gradGammaInput + vector * kLanes, kLanes);
      clear(w.gradGammaRecurrent + vector * kLanes, kLanes);
      clear(w.gradBetaRecurrent + vector * kLanes, kLanes);
    }
    clear(w.gradBetaReset + group * kLanes, kLanes);
    clearVector(unitVector(w.gradCarried, shape.batch, group), shape.batch);
    clearVector(unitVector(w.gradEntering, shape.batch, group), shape.batch);
  }
}

void addRecurrentGradient(GruWorkspace& w, const GruBackwardCall& call, std::size_t t, Range groups,
                          std::size_t share, std::size_t shares) {
  const GruShape& shape = w.shape;
  const std::size_t depth = smaller(w.chunk, shape.timesteps - t) * shape.batch;
  const Range panels = rangeOfShare((depth + kPanel - 1) / kPanel, 1, share, shares);
  const std::size_t first = t * w.unitPanels * shape.batch * kPanel;
  for (std::size_t panel = panels.first; panel < panels.last; ++panel) {
    const std::size_t count = smaller(kPanel, depth - panel * kPanel);
    transposeStates(w, (call.masked ? w.maskedStates : w.states) + first, panel, count, w.statesTransposed);
    if (shape.resetBefore) {
      transposeStates(w, w.resetStates + first, panel, count, w.resetTransposed);
    }
  }
  awaitShares();
  const std::size_t stride = shape.units * kPanel;
  const PanelMatrix gradProducts = {w.gradProducts, w.chunk * shape.batch * kPanel};
  const PanelMatrix gradWeights = {w.gradRecurrentPanels, stride};
  multiplyVectors({w.statesTransposed, stride}, shape.units, depth, gradProducts, gradWeights, gateVectors(groups),
                  true);
  multiplyVectors({shape.resetBefore ? w.resetTransposed : w.statesTransposed, stride}, shape.units, depth,
                  gradProducts, gradWeights, candidateVectors(w, groups), true);
}

void multiplyDenseGradients(GruWorkspace& w, const GruBackwardCall& call, Range groups, std::size_t share,
                            std::size_t shares) {
  const DenseProduct product = {w.shape.timesteps * w.shape.batch, w.shape.inputs,      w.columnPanels,
                                w.denseInput,                      w.denseTransposed,   w.inputPanels,
                                w.inputTransposed,                 w.denseProducts,     w.gradInputPanels};
  transposeFactors(product, share, shares);
  awaitShares();
  multiplyWeightGradient(product, {0, w.shape.inputs}, gateVectors(groups));
  multiplyWeightGradient(product, {0, w.shape.inputs}, candidateVectors(w, groups));
  writeInputGradient(product, call.gradInput, share, shares);
}

void writeGruGradients(GruWorkspace& w, const GruBackwardCall& call, std::size_t group) {
  const GruParameterArrays<float*>& to = call.gradients;
  const GruShape& shape = w.shape;
  for (std::size_t gate = 0; gate < kGruGates; ++gate) {
    const std::size_t vector = vectorOf(w, group, gate);
    unpackGate(vectorAt(w.gradInputPanels, shape.inputs, vector), shape.inputs, shape.units, group, gate,
               to.inputWeights);
    unpackGate(vectorAt(w.gradRecurrentPanels, shape.units, vector), shape.units, shape.units, group, gate,
               to.recurrentWeights);
    unpackGate(w.gradBetaRecurrent + vector * kLanes, 1, shape.units, group, gate, to.betaRecurrent);
    // Without a normaliser there are no gains: their gradients stay the zeros that they were created with.
    if (shape.normalisation != Normalisation::none) {
      unpackGate(w.gradGammaInput + vector * kLanes, 1, shape.units, group, gate, to.gammaInput);
      unpackGate(w.gradGammaRecurrent + vector * kLanes, 1, shape.units, group, gate, to.gammaRecurrent);
    }
  }
  unpackUnits(w.gradBetaReset + group * kLanes, shape.units, group, to.betaReset);
  const float* carried = unitVector(w.gradCarried, shape.batch, group);
  const float* entering = unitVector(w.gradEntering, shape.batch, group);
  const float* mask = call.masked ? unitVector(w.mask, shape.batch, group) : nullptr;
  Vec sum{};
  for (std::size_t at = 0; at < shape.batch * kPanel; at += kPanel) {
    const Vec gradient = load(entering + at);
    sum += load(carried + at) + (mask != nullptr ? gradient * load(mask + at) : gradient);
  }
  storePartial(to.initialHidden + group * kLanes, sum, lanesOf(group, shape.units));
}

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
