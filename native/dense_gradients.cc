#include "dense_gradients.h"

namespace tritloom {
namespace TRITLOOM_ISA {
namespace {

Range panelsOfShare(const DenseProduct& product, std::size_t share, std::size_t shares) {
  return rangeOfShare((product.rows + kPanel - 1) / kPanel, 1, share, shares);
}

}  // namespace

void transposeFactors(const DenseProduct& product, std::size_t share, std::size_t shares) {
  const std::size_t inputs = product.inputs;
  const Range own = panelsOfShare(product, share, shares);
  for (std::size_t panel = own.first; panel < own.last; ++panel) {
    const std::size_t count = smaller(kPanel, product.rows - panel * kPanel);
    for (std::size_t first = 0; first < inputs; first += kPanel) {
      transposeRows({product.input + (first / kPanel * product.rows + panel * kPanel) * kPanel, kPanel}, count,
                    smaller(kPanel, inputs - first), product.inputTransposed + (panel * inputs + first) * kPanel);
    }
  }
  if (share == 0) {
    transposeGatePanels(product.weights, product.columnPanels, inputs, 0, inputs, product.weightsTransposed);
  }
}

void multiplyWeightGradient(const DenseProduct& product, Range inputs, VectorRange range) {
  multiplyVectors({product.inputTransposed + inputs.first * kPanel, product.inputs * kPanel}, inputs.last - inputs.first,
                  product.rows, {product.gradProducts, product.rows * kPanel},
                  {product.gradWeights + inputs.first * kPanel, product.inputs * kPanel}, range, false);
}

void writeInputGradient(const DenseProduct& product, float* gradInput, std::size_t share, std::size_t shares) {
  const std::size_t inputs = product.inputs;
  const std::size_t rows = product.rows;
  const std::size_t depth = product.columnPanels * kPanel;
  const Range own = panelsOfShare(product, share, shares);
  const std::size_t first = smaller(own.first * kPanel, rows);
  const std::size_t last = smaller(own.last * kPanel, rows);
  for (std::size_t start = 0; start < inputs && first < last; start += kPanel) {
    float* result = product.input + (start / kPanel * rows + first) * kPanel;
    multiplyPanel({product.gradProducts + first * kPanel, rows * kPanel}, last - first, depth,
                  product.weightsTransposed + start * depth, result, kPanel, kPanelVectors, false);
    for (std::size_t row = 0; row < last - first; ++row) {
      __builtin_memcpy(gradInput + (first + row) * inputs + start, result + row * kPanel,
                       smaller(kPanel, inputs - start) * sizeof(float));
    }
  }
}

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
