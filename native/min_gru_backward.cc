#include "compute.h"
#include "dense_gradients.h"
#include "min_gru_items.h"

namespace tritloom {
namespace TRITLOOM_ISA {
namespace {

TRITLOOM_INLINE void addTo(float* to, Vec value) { store(to, load(to) + value); }

/** The gradient of each h_t is a scan from the last timestep to the first: g_t = dh_t + (dh_{t+1} / dh_t) g_{t+1}. */
class Backward : MinGruItems {
 public:
  Backward(MinGruWorkspace& workspace, const MinGruBackwardCall& call)
      : MinGruItems(workspace, call.gradInput != nullptr), call(call) {}

  void runShare(std::size_t share, std::size_t shares) {
    const Range groups = rangeOfShare(w.groups, 1, share, shares);
    for (std::size_t group = groups.first; group < groups.last; ++group) {
      clear(group);
    }
    awaitShares();
    const bool whole = w.blocks == 1;
    if (!whole) {
      forPieces(share, shares, kBackwards,
                [&](const Piece& piece) { forGroups(piece.pair, [&](std::size_t group) { reduce(piece, group); }); });
      awaitShares();
    }
    forPieces(share, shares, kBackwards, [&](const Piece& piece) {
      forGroups(piece.pair, [&](std::size_t group) {
        gateGradients(piece, group);
        if (shape.normalisation == Normalisation::batch) {
          passBackColumns(piece, group);
        }
        if (!dense && whole) {
          addSymbolGradients(group, {piece.times.first * shape.batch, piece.times.last * shape.batch});
        }
      });
    });
    awaitShares();
    for (std::size_t group = groups.first; group < groups.last && !dense && !whole; ++group) {
      addSymbolGradients(group, {0, rows});
    }
    if (isByRow(shape.normalisation)) {
      passBackRows(groups, share, shares);
    }
    if (dense) {
      multiplyGradients(share, shares);
    }
    for (std::size_t group = groups.first; group < groups.last; ++group) {
      write(group);
    }
  }

 private:
  void clear(std::size_t group) {
    float* inputs = vectorAt(w.gradInputPanels, shape.inputs, 2 * group);
    for (std::size_t gate = 0; gate < kMinGruGates; ++gate) {
      for (std::size_t row = 0; row < shape.inputs; ++row) {
        store(inputs + row * kPanel + gate * kLanes, Vec{});
      }
      for (std::size_t block = 0; block < w.blocks; ++block) {
        store(constantsAt(w.gradGamma, block, group) + gate * kLanes, Vec{});
        store(constantsAt(w.gradBeta, block, group) + gate * kLanes, Vec{});
      }
    }
  }

  /** body(row, t, b, share of the old state that stays), from the last timestep of a piece to its first. */
  template <typename Body>
  void forStates(const Piece& piece, std::size_t group, Body body) {
    const std::size_t lanes = lanesOf(group, shape.units);
    for (std::size_t t = piece.times.last; t-- > piece.times.first;) {
      for (std::size_t b = 0; b < shape.batch; ++b) {
        const std::size_t row = t * shape.batch + b;
        body(row, t, b, w.zoneoutGiven ? loadPartial(w.zoneout + row * shape.units + group * kLanes, lanes) : Vec{});
      }
    }
  }

  void reduce(const Piece& piece, std::size_t group) {
    float* factors = statesAt(w.factors, piece.block, group);
    float* sums = statesAt(w.sums, piece.block, group);
    for (std::size_t at = 0; piece.last && at < shape.batch * kLanes; at += kLanes) {
      store(factors + at, broadcast(1.0f));
      store(sums + at, Vec{});
    }
    const float* gradHidden = call.gradHidden + group * kLanes;
    const std::size_t lanes = lanesOf(group, shape.units);
    forStates(piece, group, [&](std::size_t row, std::size_t, std::size_t b, Vec stays) {
      const Vec factor = 1.0f - (1.0f - stays) * load(gatesAt(w.gates, group, row));
      const Vec gradient = loadPartial(gradHidden + row * shape.units, lanes) + load(sums + b * kLanes);
      store(factors + b * kLanes, load(factors + b * kLanes) * factor);
      store(sums + b * kLanes, gradient * factor);
    });
  }

  /** In place of update and candidate, the gradients of the sums that they were made from. */
  void gateGradients(const Piece& piece, std::size_t group) {
    if (piece.last) {
      foldBlocks(piece, group, kBackwards, [](std::size_t) { return Vec{}; });
    }
    const std::size_t lanes = lanesOf(group, shape.units);
    const float* gradHidden = call.gradHidden + group * kLanes;
    const float* hidden = call.hidden + group * kLanes;
    const float* first = statesAt(w.firstHidden, 0, group);
    float* running = statesAt(w.running, piece.block, group);
    Vec sumUpdate{};
    Vec sumCandidate{};
    forStates(piece, group, [&](std::size_t row, std::size_t t, std::size_t b, Vec stays) {
      float* gates = gatesAt(w.gates, group, row);
      const Vec update = load(gates);
      const Vec candidate = load(gates + kLanes);
      const Vec old = t > 0 ? loadPartial(hidden + (row - shape.batch) * shape.units, lanes) : load(first + b * kLanes);
      const Vec gradient = loadPartial(gradHidden + row * shape.units, lanes) + load(running + b * kLanes);
      const Vec fresh = gradient * (1.0f - stays);
      const Vec gradCandidate = fresh * update;
      const Vec gradUpdate = gradCandidate * (candidate - old) * (1.0f - update);
      store(running + b * kLanes, gradient - gradCandidate);
      store(gates, gradUpdate);
      store(gates + kLanes, gradCandidate);
      sumUpdate += gradUpdate;
      sumCandidate += gradCandidate;
    });
    float* gradBeta = constantsAt(w.gradBeta, piece.block, group);
    addTo(gradBeta, sumUpdate);
    addTo(gradBeta + kLanes, sumCandidate);
  }

  /** Through batch statistics, in place: scale * (d - mean(d) - z * mean(d * z)), z the normalised value. */
  void passBackColumns(const Piece& piece, std::size_t group) {
    const float* products = productsOf(group);
    float* gradGamma = constantsAt(w.gradGamma, piece.block, group);
    const float share = 1.0f / static_cast<float>(shape.batch);
    for (std::size_t t = piece.times.first; t < piece.times.last; ++t) {
      float* gradients = gatesAt(w.gates, group, t * shape.batch);
      for (std::size_t at = 0; at < kMinGruGates * kLanes; at += kLanes) {
        const Vec mean = load(constantsAt(w.input.mean, t, group) + at);
        const Vec inverse = load(constantsAt(w.input.inverseDeviation, t, group) + at);
        const Vec scale = inverse * load(constantsAt(w.gammaInput, 0, group) + at);
        const auto normalised = [&](std::size_t b) {
          return (load(products + productRow(t * shape.batch + b) * kPanel + at) - mean) * inverse;
        };
        Vec sum{};
        Vec correlation{};
        for (std::size_t b = 0; b < shape.batch; ++b) {
          const Vec gradient = load(gradients + b * kPanel + at);
          sum += gradient;
          correlation += gradient * normalised(b);
        }
        addTo(gradGamma + at, correlation);
        sum *= share;
        correlation *= share;
        for (std::size_t b = 0; b < shape.batch; ++b) {
          float* gradient = gradients + b * kPanel + at;
          store(gradient, scale * (load(gradient) - sum - normalised(b) * correlation));
        }
      }
    }
  }

  /** Adds the rows' gradients to those of their symbols. */
  void addSymbolGradients(std::size_t group, Range own) {
    float* to = vectorAt(w.gradInputPanels, shape.inputs, 2 * group);
    for (std::size_t row = own.first; row < own.last; ++row) {
      prefetch(to, row + kMinGruRowsAhead);
      const float* gradient = gatesAt(w.gates, group, row);
      float* symbol = to + productRow(row) * kPanel;
      addTo(symbol, load(gradient));
      addTo(symbol + kLanes, load(gradient + kLanes));
    }
  }

  /**
   * Through the statistics of rows, in place. A row of products has one mean and deviation wherever its symbol is read, so the
   * gradients of a symbol go back together.
   */
  void passBackRows(Range groups, std::size_t share, std::size_t shares) {
    const std::size_t count = productRows();
    const RowNormaliser normaliser = {w.rowMoments, w.rowMeans};
    const auto gradientsOf = [&](std::size_t group) {
      return vectorAt(dense ? w.gates : w.gradInputPanels, count, 2 * group);
    };
    for (std::size_t group = groups.first; group < groups.last; ++group) {
      const float* products = productsOf(group);
      const float* gradients = gradientsOf(group);
      measureRowGradients<kMinGruGates>(
          count, group, normaliser, [&](std::size_t row) { return products + row * kPanel; },
          [&](std::size_t row) { return gradients + row * kPanel; }, constantsAt(w.gammaInput, 0, group),
          constantsAt(w.gradGamma, 0, group), w.rowPartials);
    }
    awaitShares();
    const Range own = rangeOfShare(count, kLanes, share, shares);
    const RowPart part = {{shape.units, kMinGruGates}, w.rowPartials};
    combineGradients({shape.normalisation, &part, 1}, own.first, own.last, w.rowMeans);
    awaitShares();
    for (std::size_t group = groups.first; group < groups.last; ++group) {
      const float* gamma = constantsAt(w.gammaInput, 0, group);
      for (std::size_t row = 0; row < count; ++row) {
        for (std::size_t at = 0; at < kMinGruGates * kLanes; at += kLanes) {
          float* gradient = gradientsOf(group) + row * kPanel + at;
          const Vec value = load(productsOf(group) + row * kPanel + at);
          store(gradient, normaliser.gradient(row, load(gradient) * load(gamma + at), value));
        }
      }
    }
  }

  void multiplyGradients(std::size_t share, std::size_t shares) {
    const DenseProduct product = {rows,          shape.inputs,      w.pairs, w.denseInput,     w.denseTransposed,
                                  w.inputPanels, w.inputTransposed, w.gates, w.gradInputPanels};
    transposeFactors(product, share, shares);
    awaitShares();
    // The rows of a matrix with fewer panels than there are threads are shared out too.
    const std::size_t parts = (shares + w.pairs - 1) / w.pairs;
    const Range items = rangeOfShare(w.pairs * parts, 1, share, shares);
    for (std::size_t item = items.first; item < items.last; ++item) {
      const std::size_t pair = item / parts;
      const std::size_t first = pair * kPanelVectors;
      multiplyWeightGradient(product, rangeOfShare(shape.inputs, kTileRows, item % parts, parts),
                             {first, first + vectorsOf(pair)});
    }
    writeInputGradient(product, call.gradInput, share, shares);
    awaitShares();
  }

  Vec sumOfBlocks(float* constants, std::size_t group, std::size_t gate) const {
    Vec sum{};
    for (std::size_t block = 0; block < w.blocks; ++block) {
      sum += load(constantsAt(constants, block, group) + gate * kLanes);
    }
    return sum;
  }

  void write(std::size_t group) {
    const MinGruParameterArrays<float*>& to = call.gradients;
    const std::size_t lanes = lanesOf(group, shape.units);
    for (std::size_t gate = 0; gate < kMinGruGates; ++gate) {
      const std::size_t column = gate * shape.units + group * kLanes;
      unpackGate<kMinGruGates>(vectorAt(w.gradInputPanels, shape.inputs, 2 * group + gate), shape.inputs, shape.units,
                               group, gate, to.inputWeights);
      storePartial(to.betaInput + column, sumOfBlocks(w.gradBeta, group, gate), lanes);
      // Without a normaliser there are no gains: their gradients stay the zeros that they were created with.
      if (shape.normalisation != Normalisation::none) {
        storePartial(to.gammaInput + column, sumOfBlocks(w.gradGamma, group, gate), lanes);
      }
    }
    Vec sum{};
    const float* entering = statesAt(w.running, 0, group);
    for (std::size_t b = 0; b < shape.batch; ++b) {
      sum += load(entering + b * kLanes);
    }
    storePartial(to.initialHidden + group * kLanes, sum, lanes);
  }

  const MinGruBackwardCall& call;
};

}  // namespace

void minGruBackward(MinGruWorkspace& workspace, const MinGruBackwardCall& call) {
  Backward backward(workspace, call);
  runShares(
      minGruShares(workspace.shape),
      [](void* context, std::size_t share, std::size_t shares) {
        static_cast<Backward*>(context)->runShare(share, shares);
      },
      &backward);
}

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
