#include "lstm_narrow.h"

#include "row_statistics.h"

namespace tritloom {
namespace TRITLOOM_ISA {

void multiplyNarrowInput(const LstmWorkspace& w, std::size_t t, std::size_t group) {
  const NarrowInput input(w, t, group);
  float* products = w.denseProducts + group * w.shape.batch * kPanel;
  for (std::size_t b = 0; b < w.shape.batch; ++b, products += kPanel) {
    Vec product[kGates];
    input.read(b, product);
#pragma GCC unroll 4
    for (std::size_t gate = 0; gate < kGates; ++gate) {
      store(products + gate * kLanes, product[gate]);
    }
  }
}

void sumNarrowGradient(const LstmWorkspace& w, std::size_t t, Range rows, float* gradInput) {
  const std::size_t inputs = w.shape.inputs;
  float* to = gradInput + t * w.shape.batch * inputs;
  for (std::size_t at = rows.first * inputs; at < rows.last * inputs; ++at) {
    Vec sum{};
    for (std::size_t group = 0; group < w.groups; ++group) {
      sum += load(narrowPartials(w, t, group) + at * kLanes);
    }
    to[at] = sumOfLanes(sum);
  }
}

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
