#pragma once

#include "buffer.h"
#include "compute.h"
#include "thread_pool.h"

// What native.ts passes to the operations that are no pass, in its order, and their calls; `Arguments` as in
// pass_arguments.h.

namespace tritloom {

/** a, b, result, rows, depth, columns, transpose a, transpose b */
template <typename Arguments>
MatrixProductCall readMatrixProduct(Arguments& arguments) {
  MatrixProductCall call{};
  call.a = arguments.floats();
  call.b = arguments.floats();
  call.result = arguments.floats();
  call.rows = arguments.size();
  call.depth = arguments.size();
  call.columns = arguments.size();
  call.transposeA = arguments.boolean();
  call.transposeB = arguments.boolean();
  return call;
}

/** logits, targets, gradient or null, rows, classes */
template <typename Arguments>
SoftmaxCall readSoftmax(Arguments& arguments) {
  SoftmaxCall call{};
  call.logits = arguments.floats();
  call.targets = arguments.integers();
  call.gradLogits = arguments.floats();
  call.rows = arguments.size();
  call.classes = arguments.size();
  return call;
}

/** parameters, gradient, moment1, moment2, count, step size, beta1, beta2, epsilon */
template <typename Arguments>
AdamCall readAdam(Arguments& arguments) {
  AdamCall call{};
  call.parameters = arguments.floats();
  call.gradient = arguments.floats();
  call.moment1 = arguments.floats();
  call.moment2 = arguments.floats();
  call.count = arguments.size();
  call.stepSize = static_cast<float>(arguments.number());
  call.beta1 = static_cast<float>(arguments.number());
  call.beta2 = static_cast<float>(arguments.number());
  call.epsilon = static_cast<float>(arguments.number());
  return call;
}

/** Work space of these operations, kept from call to call. */
class TrainingSpace {
 public:
  void multiply(const Compute& compute, const MatrixProductCall& call) {
    const MatrixProductSpace space = compute.matrixProductSpace(call);
    const std::size_t shares = threadCount();
    float* right = atLeast(rightFactor_, space.right);
    compute.matrixProduct(call, shares, right, atLeast(perShare_, space.perShare * shares));
  }

  /** The mean loss. */
  double softmaxCrossEntropy(const Compute& compute, SoftmaxCall call) {
    call.rowLosses = atLeast(rowLosses_, call.rows);
    compute.softmaxCrossEntropy(call);
    double sum = 0;
    for (std::size_t row = 0; row < call.rows; ++row) {
      sum += static_cast<double>(call.rowLosses[row]);
    }
    return sum / static_cast<double>(call.rows);
  }

 private:
  static float* atLeast(Buffer& buffer, std::size_t floats) {
    if (buffer.floats() < floats) {
      buffer = Buffer(floats);
    }
    return buffer.data();
  }

  Buffer rightFactor_;
  Buffer perShare_;
  Buffer rowLosses_;
};

}  // namespace tritloom
