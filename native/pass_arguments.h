#pragma once

#include <array>
#include <memory>

#include "gru_pass.h"
#include "lstm_pass.h"
#include "min_gru_pass.h"

// A table for each cell of what its passes take and give, in the order of nativeCells.ts, and the reading of it from
// arguments that come through Node-API or through WebAssembly's memory. `Arguments` reads one after the other: size(),
// number(), floats() and integers(), the last two null for null.

namespace tritloom {

template <typename Arguments>
void readForms(Arguments& arguments, LstmShape& shape) {
  shape.normalisation = static_cast<Normalisation>(arguments.size());
  shape.cellNormalisation = static_cast<Normalisation>(arguments.size());
}

template <typename Pointer>
auto weightsOf(LstmParameterArrays<Pointer>& of) {
  return std::array{&of.inputWeights, &of.recurrentWeights, &of.gammaInput,    &of.gammaRecurrent, &of.betaRecurrent,
                    &of.gammaCell,    &of.betaCell,         &of.initialHidden, &of.initialCell};
}

inline auto rowsOf(LstmConstantRows& of) {
  return std::array{&of.gammaInput, &of.gammaRecurrent, &of.betaRecurrent, &of.gammaCell, &of.betaCell};
}

inline auto optionsOf(LstmForwardCall& of) {
  return std::array{&of.carriedHidden, &of.carriedCell, &of.recurrentMask, &of.zoneoutHidden, &of.zoneoutCell};
}

inline auto resultsOf(LstmForwardCall& of) {
  LstmStatistics& statistics = of.statistics;
  return std::array{&statistics.meanInput,         &statistics.varianceInput, &statistics.meanRecurrent,
                    &statistics.varianceRecurrent, &statistics.meanCell,      &statistics.varianceCell,
                    &of.hidden,                    &of.lastCell};
}

template <typename Arguments>
void readForms(Arguments& arguments, GruShape& shape) {
  shape.normalisation = static_cast<Normalisation>(arguments.size());
  shape.resetBefore = arguments.size() == 1;
}

template <typename Pointer>
auto weightsOf(GruParameterArrays<Pointer>& of) {
  return std::array{&of.inputWeights,  &of.recurrentWeights, &of.gammaInput,   &of.gammaRecurrent,
                    &of.betaRecurrent, &of.betaReset,        &of.initialHidden};
}

inline auto rowsOf(GruConstantRows& of) {
  return std::array{&of.gammaInput, &of.gammaRecurrent, &of.betaRecurrent, &of.betaReset};
}

inline auto optionsOf(GruForwardCall& of) {
  return std::array{&of.carriedHidden, &of.recurrentMask, &of.zoneoutHidden};
}

inline auto resultsOf(GruForwardCall& of) {
  GruStatistics& statistics = of.statistics;
  return std::array{&statistics.meanInput, &statistics.varianceInput, &statistics.meanRecurrent,
                    &statistics.varianceRecurrent, &of.hidden};
}

template <typename Arguments>
void readForms(Arguments& arguments, MinGruShape& shape) {
  shape.normalisation = static_cast<Normalisation>(arguments.size());
}

template <typename Pointer>
auto weightsOf(MinGruParameterArrays<Pointer>& of) {
  return std::array{&of.inputWeights, &of.gammaInput, &of.betaInput, &of.initialHidden};
}

inline auto rowsOf(MinGruConstantRows& of) { return std::array{&of.gammaInput, &of.betaInput}; }

inline auto optionsOf(MinGruForwardCall& of) { return std::array{&of.carriedHidden, &of.zoneoutHidden}; }

inline auto resultsOf(MinGruForwardCall& of) {
  return std::array{&of.statistics.meanInput, &of.statistics.varianceInput, &of.hidden};
}

/** T, B, I, H, how what is normalised, epsilon */
template <typename Shape, typename Arguments>
Shape readShape(Arguments& arguments) {
  Shape shape{};
  for (std::size_t* size : {&shape.timesteps, &shape.batch, &shape.inputs, &shape.units}) {
    *size = arguments.size();
  }
  readForms(arguments, shape);
  shape.epsilon = static_cast<float>(arguments.number());
  return shape;
}

/** Weights, rows of the normalisers' constants, symbols, dense input, options; then statistics, states. Null for what is not given. */
template <typename ForwardCall, typename Arguments>
ForwardCall readForward(Arguments& arguments) {
  ForwardCall call{};
  for (const float** weight : weightsOf(call.weights)) {
    *weight = arguments.floats();
  }
  for (std::size_t* rows : rowsOf(call.rows)) {
    *rows = arguments.size();
  }
  call.symbols = arguments.integers();
  call.dense = arguments.floats();
  for (const float** option : optionsOf(call)) {
    *option = arguments.floats();
  }
  for (float** result : resultsOf(call)) {
    *result = arguments.floats();
  }
  return call;
}

/** Gradient of the hidden states, hidden states; then gradients of the weights, of dense input or null. */
template <typename BackwardCall, typename Arguments>
BackwardCall readBackward(Arguments& arguments) {
  BackwardCall call{};
  call.gradHidden = arguments.floats();
  call.hidden = arguments.floats();
  for (float** gradient : weightsOf(call.gradients)) {
    *gradient = arguments.floats();
  }
  call.gradInput = arguments.floats();
  return call;
}

/** A pass of whichever cell. */
template <typename Arguments>
class AnyPass {
 public:
  virtual ~AnyPass() = default;
  /** Allocates its work space. */
  virtual void prepare() = 0;
  virtual void forward(Arguments& arguments) = 0;
  virtual void backward(Arguments& arguments) = 0;
  virtual std::size_t bytes() const = 0;
};

template <typename Arguments, typename Pass>
class PassWith final : public AnyPass<Arguments> {
 public:
  PassWith(const Compute& compute, Arguments& arguments)
      : pass_(compute, readShape<typename Pass::Shape>(arguments)) {}

  void prepare() override { pass_.prepare(); }
  void forward(Arguments& arguments) override { pass_.forward(readForward<typename Pass::ForwardCall>(arguments)); }
  void backward(Arguments& arguments) override { pass_.backward(readBackward<typename Pass::BackwardCall>(arguments)); }
  std::size_t bytes() const override { return pass_.bytes(); }

 private:
  Pass pass_;
};

template <typename Arguments, typename Pass>
std::unique_ptr<AnyPass<Arguments>> makePassWith(const Compute& compute, Arguments& arguments) {
  return std::make_unique<PassWith<Arguments, Pass>>(compute, arguments);
}

/** The number of the cell, as nativeCells.ts has it; the shape. */
template <typename Arguments>
std::unique_ptr<AnyPass<Arguments>> makePass(const Compute& compute, Arguments& arguments) {
  constexpr std::array makers = {makePassWith<Arguments, LstmPass>, makePassWith<Arguments, GruPass>,
                                 makePassWith<Arguments, MinGruPass>};
  return makers[arguments.size()](compute, arguments);
}

}  // namespace tritloom
