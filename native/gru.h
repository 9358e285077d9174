#pragma once

#include "lstm.h"

// One GRU layer over a whole sequence; the equations stand in src/rnn/kernels/contract.ts. Caller's arrays are
// row-major, time-major and unpadded. Inside, units come in groups of one vector, and the 3H columns lie in one panel
// matrix (see gemm.h) in two parts: reset and update of two groups to a panel, then the candidates of four groups to a
// panel. Every product so takes whole pairs of vectors, and a thread that owns a pair of groups owns all their gates.

namespace tritloom {

struct GruShape {
  std::size_t timesteps;
  std::size_t batch;
  std::size_t inputs;
  std::size_t units;
  Normalisation normalisation;
  float epsilon;
  bool resetBefore;  // the reset multiplies the state before the candidate's product, else that product
};

template <typename Pointer>
struct GruParameterArrays {
  Pointer inputWeights, recurrentWeights;             // [I, 3H], [H, 3H]
  Pointer gammaInput, gammaRecurrent, betaRecurrent;  // [3H]; [R, 3H] if affine
  Pointer betaReset;                                  // [H]; [R, H] if affine
  Pointer initialHidden;                              // [H]
};

/** R of each array of constants: 1, or T with one row for each timestep. */
struct GruConstantRows {
  std::size_t gammaInput, gammaRecurrent, betaRecurrent, betaReset;
};

/** [T, 3H] each. */
struct GruStatistics {
  float *meanInput, *varianceInput, *meanRecurrent, *varianceRecurrent;
};

struct GruForwardCall {
  GruParameterArrays<const float*> weights;
  GruConstantRows rows;
  const std::int32_t* symbols;  // [T, B], or null
  const float* dense;           // [T, B, I], or null
  const float* carriedHidden;   // [B, H], or null
  const float* recurrentMask;   // [B, H], or null
  const float* zoneoutHidden;   // [T, B, H], or null
  GruStatistics statistics;     // written if batch
  float* hidden;                // [T, B, H]
};

/** Gradients at the last forward pass. */
struct GruBackwardCall {
  const float* gradHidden;  // [T, B, H]
  const float* hidden;      // [T, B, H], as the forward pass left it
  GruParameterArrays<float*> gradients;
  float* gradInput;  // [T, B, I], or null for symbols
  // What the forward pass was given.
  bool masked;
  bool zoneout;
};

/**
 * Work space of one pass. G groups, panels of P columns, U panels of units, C panels of the 3H columns; `kept` timesteps
 * are kept for the backward pass, all of them or, if affine, one that is overwritten.
 */
struct GruWorkspace {
  GruShape shape;
  std::size_t groups;      // G
  std::size_t gatePanels;  // the part of C that holds reset and update
  std::size_t unitPanels;  // U
  std::size_t columnPanels;  // C
  std::size_t kept;
  std::size_t stateSlots;  // T + 1, or 2

  float* recurrentPanels;  // [C][H][P]
  float* inputPanels;      // [C][I][P]
  float* gammaInput;       // [R][C][P]
  float* gammaRecurrent;   // [R][C][P]
  float* betaRecurrent;    // [R][C][P]
  float* betaReset;        // [R][U][P]
  NormaliserColumns input;      // [kept][C][P] if batch, else [C][P] with mean 0 and deviation 1
  NormaliserColumns recurrent;  // the same
  float* states;           // [stateSlots][U][B][P], the first before the first timestep
  float* products;         // [kept][C][B][P], of the state and the recurrent matrix
  float* gates;            // [kept][C][B][P], after their activations
  std::int32_t* symbols;   // [T][B], a copy

  // Each only where its option or kind is in use.
  float* maskedStates;   // [stateSlots][U][B][P], as they enter the product
  float* mask;           // [U][B][P]
  float* zoneout;        // [kept][U][B][P]
  float* resetStates;    // [kept][U][B][P], reset before: what enters the candidate's product
  float* denseInput;     // [input panels][T * B][P]
  float* denseProducts;  // [C][T * B][P], x · Wx; the backward pass leaves its gradient here

  // Normalisation by row only; products, and the input's of symbols or sequence, are then standardised values.
  std::size_t layerStride;         // most rows that are measured together, in whole vectors
  float* layerPartials;            // [recurrent, input][gates, candidate][sums, products][G][layerStride]
  float* recurrentDeviation;       // [kept][2][B], inverse: of gates and candidate, or of all in the first row
  float* inputDeviation;           // [I] or [T * B], inverse
  float* gradInputRows;            // [C][B][P], of one timestep

  // Backward only.
  std::size_t chunk;            // timesteps whose weight gradient is one product, at least 2
  float* recurrentTransposed;   // [U][C * P][P]
  float* gradCarried;           // [U][B][P], of the state, past the products
  float* gradEntering;          // [U][B][P], of the state as it entered the products
  float* gradReset;             // [U][B][P], reset before: of the state as it entered the candidate's product
  float* gradCandidate;         // [U][B][P], of the candidate's pre-activation
  float* gradProducts;          // [C][chunk * B][P]
  float* statesTransposed;      // [panels of chunk * B][H][P]
  float* resetTransposed;       // the same, reset before
  float* gradRecurrentPanels;   // [C][H][P]
  float* gradInputPanels;       // [C][I][P]
  float* gradGammaInput;        // [C][P]
  float* gradGammaRecurrent;    // [C][P]
  float* gradBetaRecurrent;     // [C][P]
  float* gradBetaReset;         // [U][P]
  float* denseTransposed;       // [panels of T * B][I][P]
  float* inputTransposed;       // [input panels][C * P][P]
};

}  // namespace tritloom
