#pragma once

#include "gemm.h"
#include "gru.h"
#include "lstm_panels.h"

// Where a group's gates lie in the panels of the 3H columns, and products of ranges of vectors of panels.

namespace tritloom {
namespace TRITLOOM_ISA {

constexpr std::size_t kGruGates = 3;
constexpr std::size_t kPanelVectors = kPanel / kLanes;

enum GruGate : std::size_t { kReset = 0, kUpdate = 1, kCandidate = 2 };

/** The index of a group's vector among those of the 3H columns: reset and update in pairs, then the candidates. */
TRITLOOM_INLINE std::size_t vectorOf(const GruWorkspace& w, std::size_t group, std::size_t gate) {
  return gate == kCandidate ? w.gatePanels * kPanelVectors + group : 2 * group + gate;
}

/** A vector's place in row 0 of a panel matrix of `rows` rows; the other rows lie kPanel apart. */
TRITLOOM_INLINE float* vectorAt(float* panels, std::size_t rows, std::size_t vector) {
  return panels + (vector / kPanelVectors) * rows * kPanel + (vector % kPanelVectors) * kLanes;
}

/** One gate of a group, from [rows, Gates * H] to panels. */
template <std::size_t Gates = kGruGates>
TRITLOOM_INLINE void packGate(const float* from, std::size_t rows, std::size_t units, std::size_t group,
                              std::size_t gate, float* to) {
  const std::size_t lanes = lanesOf(group, units);
  for (std::size_t row = 0; row < rows; ++row) {
    store(to + row * kPanel, loadPartial(from + (row * Gates + gate) * units + group * kLanes, lanes));
  }
}

template <std::size_t Gates = kGruGates>
TRITLOOM_INLINE void unpackGate(const float* from, std::size_t rows, std::size_t units, std::size_t group,
                                std::size_t gate, float* to) {
  const std::size_t lanes = lanesOf(group, units);
  for (std::size_t row = 0; row < rows; ++row) {
    storePartial(to + (row * Gates + gate) * units + group * kLanes, load(from + row * kPanel), lanes);
  }
}

/** Vectors [first, last) of a panel matrix; `first` is even. */
struct VectorRange {
  std::size_t first;
  std::size_t last;
};

/** A panel matrix from its first row; panels are `panelStride` apart. */
struct PanelMatrix {
  float* data;
  std::size_t panelStride;
};

/**
 * result[rows, range] (+)= left[rows, depth] · right[depth, range], in whole pairs of vectors: after an odd last one
 * the next is written too.
 */
void multiplyVectors(LeftFactor left, std::size_t rows, std::size_t depth, PanelMatrix right, PanelMatrix result,
                     VectorRange range, bool accumulate);

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
