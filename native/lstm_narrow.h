#pragma once

#include "lstm_panels.h"
#include "thread_pool.h"

// Products of a dense input with few values a timestep: made anew for each pass over a timestep, since reading those of a
// whole sequence from memory takes longer.

namespace tritloom {
namespace TRITLOOM_ISA {

/** A group's part of the input's gradient at timestep t: [B][I][L]. */
TRITLOOM_INLINE float* narrowPartials(const LstmWorkspace& w, std::size_t t, std::size_t group) {
  return w.gradInputPartials + ((t % 2) * w.groups + group) * w.shape.batch * w.shape.inputs * kLanes;
}

/** A group's products x · Wx at timestep t. */
class NarrowInput {
 public:
  NarrowInput(const LstmWorkspace& w, std::size_t t, std::size_t group)
      : inputs(w.shape.inputs),
        values(w.denseInput + t * w.shape.batch * inputs),
        weights(w.inputPanels + group * inputs * kPanel),
        gradWeights(w.gradInputPanels + group * inputs * kPanel),
        gradValues(narrowPartials(w, t, group)) {}

  void foresee(std::size_t) const {}

  void read(std::size_t b, Vec* product) const {
    for (std::size_t gate = 0; gate < kGates; ++gate) {
      product[gate] = broadcast(values[b * inputs]) * load(weights + gate * kLanes);
    }
    for (std::size_t input = 1; input < inputs; ++input) {
#pragma GCC unroll 4
      for (std::size_t gate = 0; gate < kGates; ++gate) {
        product[gate] += broadcast(values[b * inputs + input]) * load(weights + input * kPanel + gate * kLanes);
      }
    }
  }

  /** From the products' gradient of row b to the input matrix's, and to the group's part of the input's. */
  void passBack(std::size_t b, const Vec* gradient) const {
    for (std::size_t input = 0; input < inputs; ++input) {
      const Vec value = broadcast(values[b * inputs + input]);
      float* to = gradWeights + input * kPanel;
      Vec part{};
#pragma GCC unroll 4
      for (std::size_t gate = 0; gate < kGates; ++gate) {
        const std::size_t at = gate * kLanes;
        store(to + at, load(to + at) + value * gradient[gate]);
        part += gradient[gate] * load(weights + input * kPanel + at);
      }
      store(gradValues + (b * inputs + input) * kLanes, part);
    }
  }

 private:
  const std::size_t inputs;
  const float* const values;
  const float* const weights;
  float* const gradWeights;
  float* const gradValues;
};

/** Leaves a group's products at timestep t in denseProducts. */
void multiplyNarrowInput(const LstmWorkspace& w, std::size_t t, std::size_t group);

/** Adds the groups' parts up for some rows of the batch: timestep t of gradInput [T, B, I]. */
void sumNarrowGradient(const LstmWorkspace& w, std::size_t t, Range rows, float* gradInput);

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
