#pragma once

#include "lstm.h"
#include "thread_pool.h"

// Products of a dense input with few values a timestep: made anew for each pass over a timestep, since reading those of a
// whole sequence from memory takes longer. A group's tile is in cache from its product to its gradients.

namespace tritloom {
namespace TRITLOOM_ISA {

/** Leaves x · Wx of a group at timestep t in denseProducts. */
void multiplyNarrowInput(const LstmWorkspace& w, std::size_t t, std::size_t group);

/** From the gradient of that product, in its place, to the input matrix's and to the group's part of the input's. */
void addNarrowGradients(const LstmWorkspace& w, std::size_t t, std::size_t group);

/** Adds the groups' parts up for some rows of the batch: timestep t of gradInput [T, B, I]. */
void sumNarrowGradient(const LstmWorkspace& w, std::size_t t, Range rows, float* gradInput);

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
