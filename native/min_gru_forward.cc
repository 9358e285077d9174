#include "column_statistics.h"
#include "compute.h"
#include "math.h"
#include "min_gru_items.h"

namespace tritloom {
namespace TRITLOOM_ISA {
namespace {

class Forward : MinGruItems {
 public:
  Forward(MinGruWorkspace& workspace, const MinGruForwardCall& call)
      : MinGruItems(workspace, call.dense != nullptr),
        call(call),
        measured(shape.normalisation == Normalisation::batch),
        layer(isByRow(shape.normalisation)) {}

  void runShare(std::size_t share, std::size_t shares) {
    pack(share, shares);
    awaitShares();
    if (layer) {
      measureRowStatistics(share, shares);
    }
    const bool whole = w.blocks == 1;
    forPieces(share, shares, kForwards, [&](const Piece& piece) {
      if (dense && !layer) {
        multiply(piece);
      }
      forGroups(piece.pair, [&](std::size_t group) {
        activate(piece, group);
        if (whole) {
          scan(piece, group);
        } else {
          reduce(piece, group);
        }
      });
    });
    if (!whole) {
      awaitShares();
      forPieces(share, shares, kForwards,
                [&](const Piece& piece) { forGroups(piece.pair, [&](std::size_t group) { scan(piece, group); }); });
    }
  }

 private:
  void pack(std::size_t share, std::size_t shares) {
    const Range groups = rangeOfShare(w.groups, 1, share, shares);
    for (std::size_t group = groups.first; group < groups.last; ++group) {
      for (std::size_t gate = 0; gate < kMinGruGates; ++gate) {
        packGate<kMinGruGates>(call.weights.inputWeights, shape.inputs, shape.units, group, gate,
                               vectorAt(w.inputPanels, shape.inputs, 2 * group + gate));
      }
      packConstants(call.weights.betaInput, call.rows.betaInput, group, w.betaInput);
      if (shape.normalisation != Normalisation::none) {  // else the work space's gain of 1 stands
        packConstants(call.weights.gammaInput, call.rows.gammaInput, group, w.gammaInput);
      }
      for (std::size_t b = 0; b < shape.batch; ++b) {
        const float* from = call.carriedHidden != nullptr ? call.carriedHidden + b * shape.units : call.weights.initialHidden;
        packUnits(from, shape.units, group, statesAt(w.firstHidden, 0, group) + b * kLanes);
      }
    }
    if (dense) {
      const Range panels = rangeOfShare((shape.inputs + kPanel - 1) / kPanel, 1, share, shares);
      packPanels({call.dense, shape.inputs}, rows, shape.inputs, panels.first, panels.last, w.denseInput);
    }
  }

  void packConstants(const float* from, std::size_t count, std::size_t group, float* to) {
    for (std::size_t row = 0; row < count; ++row) {
      for (std::size_t gate = 0; gate < kMinGruGates; ++gate) {
        packGate<kMinGruGates>(from + row * kMinGruGates * shape.units, 1, shape.units, group, gate,
                               constantsAt(to, row, group) + gate * kLanes);
      }
    }
  }

  void multiply(const Piece& piece) {
    const std::size_t first = piece.times.first * shape.batch;
    const std::size_t count = (piece.times.last - piece.times.first) * shape.batch;
    multiplyPanel({w.denseInput + first * kPanel, rows * kPanel}, count, shape.inputs,
                  w.inputPanels + piece.pair * shape.inputs * kPanel, w.products + (piece.pair * rows + first) * kPanel,
                  kPanel, vectorsOf(piece.pair), false);
  }

  /** Statistics of every row of products, which need the columns of all groups. */
  void measureRowStatistics(std::size_t share, std::size_t shares) {
    if (dense) {
      forPieces(share, shares, kForwards, [&](const Piece& piece) {
        multiply(piece);
        forGroups(piece.pair, [&](std::size_t group) {
          measure(group, {piece.times.first * shape.batch, piece.times.last * shape.batch});
        });
      });
    } else {
      const Range groups = rangeOfShare(w.groups, 1, share, shares);
      for (std::size_t group = groups.first; group < groups.last; ++group) {
        measure(group, {0, shape.inputs});
      }
    }
    awaitShares();
    const Range own = rangeOfShare(productRows(), kLanes, share, shares);
    const RowPart part = {{shape.units, kMinGruGates}, w.rowPartials};
    combineMoments({shape.normalisation, &part, 1}, own.first, own.last, shape.epsilon, w.rowMoments);
    awaitShares();
  }

  void measure(std::size_t group, Range own) {
    const float* products = productsOf(group) + own.first * kPanel;
    const RowPartials& all = w.rowPartials;
    const RowPartials to = {all.sums + own.first, all.products + own.first, all.stride};
    measureRows<kMinGruGates>(own.last - own.first, group, lanesOf(group, shape.units),
                              [&](std::size_t row) { return products + row * kPanel; }, to);
  }

  /** What the products of one gate are shifted and scaled by. */
  struct GateConstants {
    Vec mean, scale, shift;
  };

  GateConstants constantsOf(std::size_t t, std::size_t group, std::size_t gate) const {
    const auto at = [&](float* constants, std::size_t row) {
      return load(constantsAt(constants, row, group) + gate * kLanes);
    };
    const std::size_t statistics = measured ? t : 0;
    return {at(w.input.mean, statistics),
            at(w.input.inverseDeviation, statistics) * at(w.gammaInput, call.rows.gammaInput == 1 ? 0 : t),
            at(w.betaInput, call.rows.betaInput == 1 ? 0 : t)};
  }

  /** Update and candidate of a piece, all timesteps with the same constants at once. */
  void activate(const Piece& piece, std::size_t group) {
    const bool alike = !measured && call.rows.gammaInput == 1 && call.rows.betaInput == 1;
    const std::size_t steps = alike ? piece.times.last - piece.times.first : 1;
    for (std::size_t t = piece.times.first; t < piece.times.last; t += steps) {
      if (measured) {
        keepStatistics(t, group);
      }
      activateRows(group, t * shape.batch, steps * shape.batch, constantsOf(t, group, 0), constantsOf(t, group, 1));
    }
  }

  void activateRows(std::size_t group, std::size_t first, std::size_t count, const GateConstants& ofUpdate,
                    const GateConstants& ofCandidate) {
    const float* products = productsOf(group);
    float* gates = gatesAt(w.gates, group, first);
    forRows(count, [&](auto side, std::size_t start) {
      Vec update[side];
      Vec candidate[side];
      for (std::size_t index = 0; index < side; ++index) {
        const std::size_t row = productRow(first + start + index);
        prefetch(products, first + start + index + kMinGruRowsAhead);
        update[index] = load(products + row * kPanel);
        candidate[index] = load(products + row * kPanel + kLanes);
        if (layer) {
          const RowNormaliser normaliser = {w.rowMoments, {}};
          update[index] = normaliser.normalised(row, update[index]);
          candidate[index] = normaliser.normalised(row, candidate[index]);
        }
        update[index] = (update[index] - ofUpdate.mean) * ofUpdate.scale + ofUpdate.shift;
        candidate[index] = (candidate[index] - ofCandidate.mean) * ofCandidate.scale + ofCandidate.shift;
      }
      sigmoids<side>(update);
      for (std::size_t index = 0; index < side; ++index) {
        store(gates + (start + index) * kPanel, update[index]);
        store(gates + (start + index) * kPanel + kLanes, candidate[index]);
      }
    });
  }

  void keepStatistics(std::size_t t, std::size_t group) {
    const float* products = productsOf(group);
    Moments moments[kMinGruGates];
    momentsOver<kMinGruGates>(
        shape.batch,
        [&](std::size_t b, std::size_t gate) {
          return load(products + productRow(t * shape.batch + b) * kPanel + gate * kLanes);
        },
        moments);
    for (std::size_t gate = 0; gate < kMinGruGates; ++gate) {
      const auto& [mean, variance] = moments[gate];
      store(constantsAt(w.input.mean, t, group) + gate * kLanes, mean);
      store(constantsAt(w.input.inverseDeviation, t, group) + gate * kLanes, reciprocalRoot(variance + shape.epsilon));
      const std::size_t column = (t * kMinGruGates + gate) * shape.units + group * kLanes;
      storePartial(call.statistics.meanInput + column, mean, lanesOf(group, shape.units));
      storePartial(call.statistics.varianceInput + column, variance, lanesOf(group, shape.units));
    }
  }

  /** body(row, b, update, candidate, share of the old state that stays) for each row of a piece. */
  template <typename Body>
  void forStates(const Piece& piece, std::size_t group, Body body) {
    const std::size_t lanes = lanesOf(group, shape.units);
    for (std::size_t t = piece.times.first; t < piece.times.last; ++t) {
      for (std::size_t b = 0; b < shape.batch; ++b) {
        const std::size_t row = t * shape.batch + b;
        const float* gates = gatesAt(w.gates, group, row);
        const Vec stays = w.zoneoutGiven ? loadPartial(w.zoneout + row * shape.units + group * kLanes, lanes) : Vec{};
        body(row, b, load(gates), load(gates + kLanes), stays);
      }
    }
  }

  void reduce(const Piece& piece, std::size_t group) {
    float* factors = statesAt(w.factors, piece.block, group);
    float* sums = statesAt(w.sums, piece.block, group);
    for (std::size_t at = 0; piece.first && at < shape.batch * kLanes; at += kLanes) {
      store(factors + at, broadcast(1.0f));
      store(sums + at, Vec{});
    }
    forStates(piece, group, [&](std::size_t, std::size_t b, Vec update, Vec candidate, Vec stays) {
      const Vec fresh = (1.0f - stays) * update;
      const Vec factor = 1.0f - fresh;
      store(factors + b * kLanes, load(factors + b * kLanes) * factor);
      store(sums + b * kLanes, load(sums + b * kLanes) * factor + fresh * candidate);
    });
  }

  void scan(const Piece& piece, std::size_t group) {
    if (piece.first) {
      const float* first = statesAt(w.firstHidden, 0, group);
      foldBlocks(piece, group, kForwards, [&](std::size_t b) { return load(first + b * kLanes); });
    }
    const std::size_t lanes = lanesOf(group, shape.units);
    float* running = statesAt(w.running, piece.block, group);
    forStates(piece, group, [&](std::size_t row, std::size_t b, Vec update, Vec candidate, Vec stays) {
      const Vec old = load(running + b * kLanes);
      const Vec hidden = old + (1.0f - stays) * update * (candidate - old);
      store(running + b * kLanes, hidden);
      storePartial(call.hidden + row * shape.units + group * kLanes, hidden, lanes);
    });
  }

  const MinGruForwardCall& call;
  const bool measured;  // batch statistics
  const bool layer;
};

}  // namespace

void minGruForward(MinGruWorkspace& workspace, const MinGruForwardCall& call) {
  Forward forward(workspace, call);
  runShares(
      minGruShares(workspace.shape),
      [](void* context, std::size_t share, std::size_t shares) {
        static_cast<Forward*>(context)->runShare(share, shares);
      },
      &forward);
}

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
