#pragma once

#include <cstddef>
#include <cstdint>

#include "normalisation.h"
#include "row_statistics.h"

// One LSTM layer over a whole sequence; the equations stand in src/rnn/kernels/contract.ts. Caller's arrays are
// row-major, time-major and unpadded. Inside, units come in groups of one vector; a group's four gates lie side by
// side as one panel of kPanel columns (see gemm.h), so that a thread that owns a group owns all its gates.

namespace tritloom {

struct LstmShape {
  std::size_t timesteps;
  std::size_t batch;
  std::size_t inputs;
  std::size_t units;
  Normalisation normalisation;      // of both products
  Normalisation cellNormalisation;  // of the cell state before the output tanh
  float epsilon;
};

template <typename Pointer>
struct LstmParameterArrays {
  Pointer inputWeights, recurrentWeights;             // [I, 4H], [H, 4H]
  Pointer gammaInput, gammaRecurrent, betaRecurrent;  // [4H]; [R, 4H] if affine
  Pointer gammaCell, betaCell;                        // [H]; [R, H] if affine
  Pointer initialHidden, initialCell;                 // [H]
};

/** R of each array of constants: 1, or T with one row for each timestep. */
struct LstmConstantRows {
  std::size_t gammaInput, gammaRecurrent, betaRecurrent, gammaCell, betaCell;
};

/** [T, 4H] four times, [T, H] twice. */
struct LstmStatistics {
  float *meanInput, *varianceInput, *meanRecurrent, *varianceRecurrent, *meanCell, *varianceCell;
};

struct LstmForwardCall {
  LstmParameterArrays<const float*> weights;
  LstmConstantRows rows;
  const std::int32_t* symbols;  // [T, B], or null
  const float* dense;           // [T, B, I], or null
  const float* carriedHidden;   // [B, H], or null
  const float* carriedCell;     // [B, H], or null
  const float* recurrentMask;   // [B, H], or null
  const float* zoneoutHidden;   // [T, B, H], or null
  const float* zoneoutCell;     // [T, B, H], or null
  LstmStatistics statistics;    // of what is normalised by batch
  float* hidden;                // [T, B, H]
  float* lastCell;              // [B, H]
};

struct LstmBackwardCall {
  const float* gradHidden;  // [T, B, H]
  const float* hidden;      // [T, B, H], as the forward pass left it
  LstmParameterArrays<float*> gradients;
  float* gradInput;  // [T, B, I], or null for symbols
};

/** Batch statistics, one per column: normalised = (value - mean) * inverseDeviation. */
struct NormaliserColumns {
  float* mean;
  float* inverseDeviation;
};

/** Statistics of rows; the groups' partial sums are overwritten by each timestep. Padded to whole vectors. */
struct LstmRowStatistics {
  RowPartials inputPartials;      // [G][input rows]
  RowPartials recurrentPartials;  // [G][B]
  RowPartials cellPartials;       // [G][B]
  RowMoments input;               // [input rows]: the I symbols, or the T * B rows of dense input
  RowGradientMeans inputMeans;    // [input rows]
  RowMoments recurrent;           // [kept][B]
  RowMoments cell;                // [kept][B]
  float* scratch;                 // [shares][6][B], each share's own copy of what the groups' sums come to
};

/**
 * Work space of one pass. G groups, panels of P columns, L lanes; `kept` timesteps are kept for the backward pass, all
 * of them or, if affine, one that is overwritten.
 */
struct LstmWorkspace {
  LstmShape shape;
  std::size_t groups;      // G
  std::size_t unitPanels;  // panels that hold G groups' units side by side
  std::size_t kept;
  std::size_t cellSlots;   // kept + 1
  std::size_t shares;      // threads of this pass's regions

  float* recurrentPanels;   // [G][H][P]
  float* inputPanels;       // [G][I][P]
  float* gammaInput;        // [G][P], for the backward pass
  float* gammaRecurrent;    // [G][P]
  float* gammaCell;         // [G][L]
  NormaliserColumns input;      // [kept][G][P], if batch
  NormaliserColumns recurrent;  // [kept][G][P]
  NormaliserColumns cell;       // [kept][G][L]
  LstmRowStatistics rows;       // if by row
  float* hiddenPanels;      // [2][unitPanels][B][P], masked states before and after a timestep
  float* products;          // [kept][G][B][P], h · Wa
  float* gates;             // [kept][G][B][P], after their activations
  float* cells;             // [cellSlots][G][B][L]
  float* cellTanh;          // [kept][G][B][L]
  std::int32_t* symbols;    // [T][B], a copy
  float* firstHidden;       // [B][H], a copy of what came before the first timestep

  // What the last forward pass was given, and copies of it.
  bool dense;
  bool masked;
  bool zoneoutHiddenGiven;
  bool zoneoutCellGiven;
  float* recurrentMask;  // [G][B][L]
  float* zoneoutHidden;  // [kept][G][B][L]
  float* zoneoutCell;    // [kept][G][B][L]
  float* freshCells;     // [kept][G][B][L], before zoneout

  // Dense input only. S timesteps of products are held: all of them or, if the input is narrow, one that is made anew
  // wherever it is read (see lstm_narrow.h).
  bool narrow;
  std::size_t denseSteps;  // S
  float* denseInput;       // [input panels][T * B][P]; if narrow [T][B][I], a copy
  float* denseProducts;    // [G][S * B][P], x · Wx; the backward pass leaves its gradient here

  // Backward only.
  std::size_t chunk;            // timesteps whose weight gradient is one product, at least 2
  float* recurrentTransposed;   // [unitPanels][G * P][P]
  float* gradHiddenPanels;      // [unitPanels][B][P]
  float* gradCell;              // [G][B][L]
  float* heldGradHidden;        // [G][B][L], what zoneout passes one timestep back
  float* heldGradCell;          // [G][B][L]
  float* gradProducts;          // [G][chunk * B][P]
  float* hiddenTransposed;      // [panels of chunk * B][H][P]
  float* gradRecurrentPanels;   // [G][H][P]
  float* gradInputPanels;       // [G][I][P]
  float* gradGammaInput;        // [G][P]
  float* gradGammaRecurrent;    // [G][P]
  float* gradBetaRecurrent;     // [G][P]
  float* gradGammaCell;         // [G][L]
  float* gradBetaCell;          // [G][L]
  float* denseTransposed;       // [panels of T * B][I][P], unless narrow
  float* inputTransposed;       // [input panels][G * P][P], unless narrow
  float* gradInputPartials;     // [2][G][B][I][L], if narrow: the groups' parts of the input's gradient, of two timesteps
};

}  // namespace tritloom
