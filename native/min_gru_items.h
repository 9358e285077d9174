#pragma once

#include "gru_panels.h"
#include "min_gru.h"
#include "thread_pool.h"

// What both directions of a minGRU's pass have in common: where things lie, and how items are cut into pieces.

namespace tritloom {
namespace TRITLOOM_ISA {

constexpr std::size_t kMinGruGates = 2;

/** Rows of symbols are read out of order, which the processor does not foresee: how many are asked for ahead. */
constexpr std::size_t kMinGruRowsAhead = 12;

class MinGruItems {
 public:
  explicit MinGruItems(MinGruWorkspace& workspace, bool dense)
      : w(workspace), shape(workspace.shape), rows(shape.timesteps * shape.batch), dense(dense) {}

 protected:
  /** Consecutive timesteps of one pair of groups in one block. */
  struct Piece {
    std::size_t pair;
    std::size_t block;
    Range times;
    bool first;  // of its block
    bool last;
  };

  enum Direction { kForwards, kBackwards };

  /** The share's items, in pieces that stay in cache from one use to the next. */
  template <typename Body>
  void forPieces(std::size_t share, std::size_t shares, Direction direction, Body body) {
    constexpr std::size_t kRows = 256;
    const std::size_t steps = kRows > shape.batch ? kRows / shape.batch : 1;
    const Range items = rangeOfShare(w.pairs * w.blocks, 1, share, shares);
    for (std::size_t item = items.first; item < items.last; ++item) {
      const std::size_t block = item % w.blocks;
      const Range times = {shape.timesteps * block / w.blocks, shape.timesteps * (block + 1) / w.blocks};
      const std::size_t pieces = (times.last - times.first + steps - 1) / steps;
      for (std::size_t index = 0; index < pieces; ++index) {
        const std::size_t piece = direction == kForwards ? index : pieces - 1 - index;
        const std::size_t first = times.first + piece * steps;
        body(Piece{item / w.blocks, block, {first, smaller(first + steps, times.last)}, piece == 0, piece + 1 == pieces});
      }
    }
  }

  template <typename Body>
  void forGroups(std::size_t pair, Body body) {
    for (std::size_t group = 2 * pair; group < smaller(2 * pair + 2, w.groups); ++group) {
      body(group);
    }
  }

  /** Vectors of the pair's panel that are in use. */
  std::size_t vectorsOf(std::size_t pair) const { return 2 * pair + 1 < w.groups ? kPanelVectors : 2; }

  /** A group's update in the gates, or products, of one row; the candidate follows. */
  float* gatesAt(float* gates, std::size_t group, std::size_t row) const {
    return vectorAt(gates, rows, 2 * group) + row * kPanel;
  }

  /** A group's update in the constants of one row. */
  float* constantsAt(float* constants, std::size_t row, std::size_t group) const {
    return constants + row * w.pairs * kPanel + 2 * group * kLanes;
  }

  /** [B][L] of a group in one block. */
  float* statesAt(float* states, std::size_t block, std::size_t group) const {
    return states + (block * w.groups + group) * shape.batch * kLanes;
  }

  /** Rows of products: of the whole sequence, or of every symbol. */
  std::size_t productRows() const { return dense ? rows : shape.inputs; }
  /** The row of products that a row of the sequence has. */
  std::size_t productRow(std::size_t row) const { return dense ? row : static_cast<std::size_t>(w.symbols[row]); }
  /** A group's products, in row 0; the other rows lie kPanel apart. */
  float* productsOf(std::size_t group) const {
    return vectorAt(dense ? w.products : w.inputPanels, productRows(), 2 * group);
  }
  void prefetch(const float* base, std::size_t row) const {
    if (!dense && row < rows) {
      __builtin_prefetch(base + productRow(row) * kPanel);
    }
  }

  /** Factor and sum of the blocks that come before this one in the scan, applied to what enters the first of them. */
  template <typename First>
  void foldBlocks(const Piece& piece, std::size_t group, Direction direction, First first) {
    float* running = statesAt(w.running, piece.block, group);
    const std::size_t before = direction == kForwards ? piece.block : w.blocks - 1 - piece.block;
    for (std::size_t b = 0; b < shape.batch; ++b) {
      Vec value = first(b);
      for (std::size_t index = 0; index < before; ++index) {
        const std::size_t block = direction == kForwards ? index : w.blocks - 1 - index;
        value = load(statesAt(w.factors, block, group) + b * kLanes) * value +
                load(statesAt(w.sums, block, group) + b * kLanes);
      }
      store(running + b * kLanes, value);
    }
  }

  MinGruWorkspace& w;
  const MinGruShape& shape;
  const std::size_t rows;  // T * B
  const bool dense;
};

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
