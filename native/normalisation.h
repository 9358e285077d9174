#pragma once

// The forms of normalisation, by the numbers of src/normalisers/; equations stand there and in src/rnn/kernels/contract.ts.

namespace tritloom {

enum class Normalisation { none = 0, batch = 1, layer = 2, affine = 3, rms = 4 };

/** Whether statistics are those of each row over its columns; row_statistics.h has them. */
constexpr bool isByRow(Normalisation form) { return form == Normalisation::layer || form == Normalisation::rms; }

/** What a row's values, and in the backward pass their gradients, lose before they are scaled: their mean, or nothing. Always
 * inlined: each instruction set has to compile its own. */
template <typename Number>
[[gnu::always_inline]] constexpr Number rowCentre(Normalisation form, Number mean) {
  return form == Normalisation::rms ? Number{} : mean;
}

}  // namespace tritloom
