#pragma once

#include "lstm.h"

// One minGRU layer over a whole sequence (Feng et al. 2024); the equations stand in src/rnn/kernels/contract.ts. Its gates
// depend on the input alone, so that all timesteps are computed at once and the states are a scan. Caller's arrays are
// row-major, time-major and unpadded. Inside, units come in groups of one vector, and a panel of the 2H columns (see
// gemm.h) holds update and candidate of a pair of groups.
//
// Work is shared out in items: a pair of groups and a block of consecutive timesteps. Where there are pairs enough for
// the threads, one block is the whole sequence. Else the scan of a block begins with the state that the blocks before it
// lead to, each of which is known as a factor and a sum (Blelloch 1990). How many blocks there are depends on the shape
// alone, so that the number of threads changes no bit.

namespace tritloom {

struct MinGruShape {
  std::size_t timesteps;
  std::size_t batch;
  std::size_t inputs;
  std::size_t units;
  Normalisation normalisation;
  float epsilon;
};

template <typename Pointer>
struct MinGruParameterArrays {
  Pointer inputWeights;           // [I, 2H]
  Pointer gammaInput, betaInput;  // [2H]; [R, 2H] if affine
  Pointer initialHidden;          // [H]
};

/** R of each array of constants: 1, or T with one row for each timestep. */
struct MinGruConstantRows {
  std::size_t gammaInput, betaInput;
};

/** [T, 2H] each. */
struct MinGruStatistics {
  float *meanInput, *varianceInput;
};

struct MinGruForwardCall {
  MinGruParameterArrays<const float*> weights;
  MinGruConstantRows rows;
  const std::int32_t* symbols;  // [T, B], or null
  const float* dense;           // [T, B, I], or null
  const float* carriedHidden;   // [B, H], or null
  const float* zoneoutHidden;   // [T, B, H], or null
  MinGruStatistics statistics;  // written if batch
  float* hidden;                // [T, B, H]
};

/** Gradients at the last forward pass. */
struct MinGruBackwardCall {
  const float* gradHidden;  // [T, B, H]
  const float* hidden;      // [T, B, H], as the forward pass left it
  MinGruParameterArrays<float*> gradients;
  float* gradInput;  // [T, B, I], or null for symbols
};

/** Work space of one pass. G groups, C panels of P columns (pairs of groups), L lanes, K blocks of timesteps. */
struct MinGruWorkspace {
  MinGruShape shape;
  std::size_t groups;  // G
  std::size_t pairs;   // C
  std::size_t blocks;  // K

  float* inputPanels;       // [C][I][P]
  float* gammaInput;        // [R][C][P]
  float* betaInput;         // [R][C][P]
  NormaliserColumns input;  // [T][C][P] if batch, else [C][P] with mean 0 and deviation 1
  float* gates;             // [C][T * B][P], update and candidate; the backward pass leaves the gradient of their sums here
  float* firstHidden;       // [G][B][L]
  float* running;           // [K][G][B][L], the state of a scan, forwards and backwards
  float* factors;           // [K][G][B][L], what a block multiplies by what enters it
  float* sums;              // [K][G][B][L], what it leaves where nothing enters
  std::int32_t* symbols;    // [T][B], a copy

  // What the last forward pass was given, and a copy of it.
  bool zoneoutGiven;
  float* zoneout;  // [T, B, H]

  // Dense input only.
  float* denseInput;  // [input panels][T * B][P]
  float* products;    // [C][T * B][P], x · W; without statistics the gates take its place

  // Normalisation by row only. N rows: the I symbols, or the T * B rows of dense input.
  RowPartials rowPartials;   // [G][N]
  RowMoments rowMoments;     // [N]
  RowGradientMeans rowMeans;  // [N]

  // Backward only.
  float* gradInputPanels;  // [C][I][P]
  float* gradGamma;        // [K][C][P]
  float* gradBeta;         // [K][C][P]
  float* denseTransposed;  // [panels of T * B][I][P]
  float* inputTransposed;  // [input panels][C * P][P]
};

}  // namespace tritloom
