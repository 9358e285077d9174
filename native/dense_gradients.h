#pragma once

#include "gru_panels.h"
#include "thread_pool.h"

// The gradients of both factors of a product of a dense input with a panel matrix, from the product's gradient.

namespace tritloom {
namespace TRITLOOM_ISA {

struct DenseProduct {
  std::size_t rows;
  std::size_t inputs;
  std::size_t columnPanels;  // C
  float* input;              // [input panels][rows][P]; its gradient takes its place
  float* inputTransposed;    // [panels of rows][inputs][P]
  float* weights;            // [C][inputs][P]
  float* weightsTransposed;  // [input panels][C * P][P]
  float* gradProducts;       // [C][rows][P]
  float* gradWeights;        // [C][inputs][P]
};

/** Both factors, transposed for what follows; all shares together, which then meet at a barrier. */
void transposeFactors(const DenseProduct& product, std::size_t share, std::size_t shares);

/** The gradient of the weights' rows in `inputs`, for the vectors of columns in `range`. */
void multiplyWeightGradient(const DenseProduct& product, Range inputs, VectorRange range);

/** The input's gradient for the share's rows, to [rows, inputs]. */
void writeInputGradient(const DenseProduct& product, float* gradInput, std::size_t share, std::size_t shares);

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
