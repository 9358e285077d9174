#include "lstm_narrow.h"

#include "lstm_panels.h"
#include "row_statistics.h"

namespace tritloom {
namespace TRITLOOM_ISA {
namespace {

/** A group's tile of products, of the one timestep that is held. */
float* productsOf(const LstmWorkspace& w, std::size_t group) {
  return w.denseProducts + group * w.shape.batch * kPanel;
}

float* partialsOf(const LstmWorkspace& w, std::size_t t, std::size_t group) {
  return w.gradInputPartials + ((t % 2) * w.groups + group) * w.shape.batch * w.shape.inputs * kLanes;
}

}  // namespace

void multiplyNarrowInput(const LstmWorkspace& w, std::size_t t, std::size_t group) {
  const std::size_t inputs = w.shape.inputs;
  const float* weights = w.inputPanels + group * inputs * kPanel;
  const float* values = w.denseInput + t * w.shape.batch * inputs;
  float* products = productsOf(w, group);
  for (std::size_t b = 0; b < w.shape.batch; ++b, values += inputs, products += kPanel) {
    Vec sum[kGates] = {};
    for (std::size_t input = 0; input < inputs; ++input) {
#pragma GCC unroll 4
      for (std::size_t gate = 0; gate < kGates; ++gate) {
        sum[gate] += broadcast(values[input]) * load(weights + input * kPanel + gate * kLanes);
      }
    }
#pragma GCC unroll 4
    for (std::size_t gate = 0; gate < kGates; ++gate) {
      store(products + gate * kLanes, sum[gate]);
    }
  }
}

void addNarrowGradients(const LstmWorkspace& w, std::size_t t, std::size_t group) {
  const std::size_t inputs = w.shape.inputs;
  const float* gradProducts = productsOf(w, group);
  for (std::size_t input = 0; input < inputs; ++input) {
    const float* weights = w.inputPanels + (group * inputs + input) * kPanel;
    const float* values = w.denseInput + t * w.shape.batch * inputs + input;
    float* partials = partialsOf(w, t, group) + input * kLanes;
    float* gradWeights = w.gradInputPanels + (group * inputs + input) * kPanel;
    Vec sum[kGates] = {};
    for (std::size_t b = 0; b < w.shape.batch; ++b) {
      Vec partial{};
#pragma GCC unroll 4
      for (std::size_t gate = 0; gate < kGates; ++gate) {
        const Vec gradient = load(gradProducts + b * kPanel + gate * kLanes);
        sum[gate] += broadcast(values[b * inputs]) * gradient;
        partial += gradient * load(weights + gate * kLanes);
      }
      store(partials + b * inputs * kLanes, partial);
    }
    for (std::size_t gate = 0; gate < kGates; ++gate) {
      store(gradWeights + gate * kLanes, load(gradWeights + gate * kLanes) + sum[gate]);
    }
  }
}

void sumNarrowGradient(const LstmWorkspace& w, std::size_t t, Range rows, float* gradInput) {
  const std::size_t inputs = w.shape.inputs;
  float* to = gradInput + t * w.shape.batch * inputs;
  for (std::size_t at = rows.first * inputs; at < rows.last * inputs; ++at) {
    Vec sum{};
    for (std::size_t group = 0; group < w.groups; ++group) {
      sum += load(partialsOf(w, t, group) + at * kLanes);
    }
    to[at] = sumOfLanes(sum);
  }
}

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
