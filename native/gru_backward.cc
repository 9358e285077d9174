#include "compute.h"
#include "gru_gradients.h"
#include "gru_layer.h"
#include "gru_panels.h"
#include "thread_pool.h"

namespace tritloom {
namespace TRITLOOM_ISA {
namespace {

/** Rows of symbols are read out of order, which the processor does not foresee: how many are asked for ahead. */
constexpr std::size_t kRowsAhead = 12;

TRITLOOM_INLINE void addTo(float* to, Vec value) { store(to, load(to) + value); }

/** A normaliser's constants for one vector of columns, and how it passes a gradient back. */
struct NormaliserGradient {
  Vec mean, inverseDeviation, scale;
  Vec meanGradient, meanCorrelation;

  Vec normalised(Vec value) const { return (value - mean) * inverseDeviation; }

  /** scale * (d - sum(d)/B - z * sum(d * z)/B), z the normalised value */
  Vec at(Vec gradient, Vec value) const {
    return scale * (gradient - meanGradient - normalised(value) * meanCorrelation);
  }
};

class Backward {
 public:
  Backward(GruWorkspace& workspace, const GruBackwardCall& call)
      : w(workspace),
        call(call),
        shape(workspace.shape),
        dense(call.gradInput != nullptr),
        layer(isByRow(shape.normalisation)),
        batchShare(shape.normalisation == Normalisation::batch ? 1.0f / static_cast<float>(shape.batch) : 0.0f) {}

  void runShare(std::size_t share, std::size_t shares) {
    const Range groups = rangeOfShare(w.groups, 2, share, shares);
    prepareGruGradients(w, groups);
    for (std::size_t t = shape.timesteps; t-- > 0;) {
      if (shape.resetBefore) {
        stepResetBefore(t, groups);
      } else {
        stepResetAfter(t, groups);
      }
      if (t % w.chunk == 0) {
        addRecurrentGradient(w, call, t, groups, share, shares);
      }
    }
    if (dense) {
      multiplyDenseGradients(w, call, groups, share, shares);
    }
    for (std::size_t group = groups.first; group < groups.last; ++group) {
      writeGruGradients(w, call, group);
    }
  }

 private:
  float* unitsAt(float* kept, std::size_t t, std::size_t group) const {
    return unitVector(kept + t * w.unitPanels * shape.batch * kPanel, shape.batch, group);
  }
  float* gateAt(float* kept, std::size_t t, std::size_t group, std::size_t gate) const {
    return vectorAt(kept + t * w.columnPanels * shape.batch * kPanel, shape.batch, vectorOf(w, group, gate));
  }
  float* gradProductsAt(std::size_t t, std::size_t group, std::size_t gate) const {
    return vectorAt(w.gradProducts, w.chunk * shape.batch, vectorOf(w, group, gate)) +
           (t % w.chunk) * shape.batch * kPanel;
  }
  float* unitsOf(float* panels, std::size_t group) const { return unitVector(panels, shape.batch, group); }

  void stepResetAfter(std::size_t t, Range groups) {
    for (std::size_t group = groups.first; group < groups.last; ++group) {
      gradUpdateAndCandidate(t, group);
      gradResetAfter(t, group);
      for (std::size_t gate = 0; gate < kGruGates; ++gate) {
        passBack(t, group, gate);
      }
    }
    if (layer) {
      passBackRows(t, groups, kAllColumns, true);
    }
    awaitShares();
    multiplyBack(t, groups, {0, w.columnPanels}, w.gradEntering, false);
  }

  void stepResetBefore(std::size_t t, Range groups) {
    for (std::size_t group = groups.first; group < groups.last; ++group) {
      gradUpdateAndCandidate(t, group);
      passBack(t, group, kUpdate);
      passBack(t, group, kCandidate);
    }
    if (layer) {
      passBackRows(t, groups, kCandidateColumns, false);
    }
    awaitShares();
    multiplyBack(t, groups, {w.gatePanels, w.columnPanels}, w.gradReset, false);
    for (std::size_t group = groups.first; group < groups.last; ++group) {
      gradResetBefore(t, group);
      passBack(t, group, kReset);
    }
    if (layer) {
      passBackRows(t, groups, kGateColumns, true);
    }
    awaitShares();
    multiplyBack(t, groups, {0, w.gatePanels}, w.gradEntering, true);
  }

  /** From the new state's gradient to those of the pre-activations of update and candidate, and of the old state. */
  void gradUpdateAndCandidate(std::size_t t, std::size_t group) {
    const std::size_t lanes = lanesOf(group, shape.units);
    const float* gradHidden = call.gradHidden + t * shape.batch * shape.units + group * kLanes;
    const float* updates = gateAt(w.gates, t, group, kUpdate);
    const float* candidates = gateAt(w.gates, t, group, kCandidate);
    const float* before = unitsAt(w.states, t, group);
    float* gradCarried = unitsOf(w.gradCarried, group);
    float* gradUpdate = gradProductsAt(t, group, kUpdate);
    float* gradCandidate = unitsOf(w.gradCandidate, group);
    float* gradCandidateProduct = gradProductsAt(t, group, kCandidate);
    addEnteringGradient(group);
    for (std::size_t b = 0; b < shape.batch; ++b) {
      const std::size_t at = b * kPanel;
      Vec gradient = loadPartial(gradHidden + b * shape.units, lanes) + load(gradCarried + at);
      Vec carried{};
      if (call.zoneout) {
        carried = gradient * load(unitsAt(w.zoneout, t, group) + at);
        gradient -= carried;
      }
      const Vec update = load(updates + at);
      const Vec candidate = load(candidates + at);
      store(gradCarried + at, carried + gradient * update);
      store(gradUpdate + at, gradient * (load(before + at) - candidate) * update * (1.0f - update));
      const Vec gradPreActivation = gradient * (1.0f - update) * (1.0f - candidate * candidate);
      store(gradCandidate + at, gradPreActivation);
      store(gradCandidateProduct + at, gradPreActivation);
    }
  }

  /** Adds what the products passed back to what went past them. */
  void addEnteringGradient(std::size_t group) {
    const float* entering = unitsOf(w.gradEntering, group);
    float* gradCarried = unitsOf(w.gradCarried, group);
    for (std::size_t at = 0; at < shape.batch * kPanel; at += kPanel) {
      const Vec gradient = load(entering + at);
      addTo(gradCarried + at, call.masked ? gradient * load(unitsOf(w.mask, group) + at) : gradient);
    }
  }

  /** Reset after the product: n = tanh(r * a + ...), a the normalised and shifted product. */
  void gradResetAfter(std::size_t t, std::size_t group) {
    const NormaliserGradient forward = normaliser(w.recurrent, w.gammaRecurrent, t, vectorOf(w, group, kCandidate));
    const Vec shift = load(w.betaReset + group * kLanes);
    const float* resets = gateAt(w.gates, t, group, kReset);
    const float* products = gateAt(w.products, t, group, kCandidate);
    const float* gradCandidate = unitsOf(w.gradCandidate, group);
    float* gradReset = gradProductsAt(t, group, kReset);
    float* gradProduct = gradProductsAt(t, group, kCandidate);
    Vec sum{};
    for (std::size_t at = 0; at < shape.batch * kPanel; at += kPanel) {
      const Vec gradient = load(gradCandidate + at);
      const Vec reset = load(resets + at);
      const Vec product = (load(products + at) - forward.mean) * forward.scale + shift;
      store(gradReset + at, gradient * product * reset * (1.0f - reset));
      store(gradProduct + at, gradient * reset);
      sum += gradient * reset;
    }
    addTo(w.gradBetaReset + group * kLanes, sum);
  }

  /** Reset before the product: the product of r * h has passed its gradient back to both. */
  void gradResetBefore(std::size_t t, std::size_t group) {
    const float* resets = gateAt(w.gates, t, group, kReset);
    const float* state = unitsAt(call.masked ? w.maskedStates : w.states, t, group);
    const float* gradResetState = unitsOf(w.gradReset, group);
    float* gradReset = gradProductsAt(t, group, kReset);
    float* gradEntering = unitsOf(w.gradEntering, group);
    for (std::size_t at = 0; at < shape.batch * kPanel; at += kPanel) {
      const Vec gradient = load(gradResetState + at);
      const Vec reset = load(resets + at);
      store(gradEntering + at, gradient * reset);
      store(gradReset + at, gradient * load(state + at) * reset * (1.0f - reset));
    }
  }

  /**
   * One gate's gradient through both normalisers: to the recurrent product in place, and to the input product. The
   * candidate's two differ where the reset comes after the product. With layer statistics through the gains alone.
   */
  void passBack(std::size_t t, std::size_t group, std::size_t gate) {
    const std::size_t vector = vectorOf(w, group, gate);
    if (shape.normalisation == Normalisation::none) {
      passBackUnchanged(t, group, gate);
      return;
    }
    const float* products = gateAt(w.products, t, group, gate);
    float* gradProducts = gradProductsAt(t, group, gate);
    const float* gradients = gate == kCandidate ? unitsOf(w.gradCandidate, group) : gradProducts;
    NormaliserGradient recurrent = normaliser(w.recurrent, w.gammaRecurrent, t, vector);
    NormaliserGradient input = normaliser(w.input, w.gammaInput, t, vector);
    Vec sum{};
    Vec sumProducts{};
    Vec recurrentCorrelation{};
    Vec inputCorrelation{};
    for (std::size_t b = 0; b < shape.batch; ++b) {
      prefetchInput(t, vector, b + kRowsAhead);
      const Vec gradient = load(gradients + b * kPanel);
      const Vec gradProduct = load(gradProducts + b * kPanel);
      sum += gradient;
      sumProducts += gradProduct;
      recurrentCorrelation += gradProduct * recurrent.normalised(load(products + b * kPanel));
      inputCorrelation += gradient * input.normalised(load(inputRow(t, vector, b)));
    }
    addTo(w.gradBetaRecurrent + vector * kLanes, sum);
    addTo(w.gradGammaRecurrent + vector * kLanes, recurrentCorrelation);
    addTo(w.gradGammaInput + vector * kLanes, inputCorrelation);
    recurrent.meanGradient = sumProducts * batchShare;
    recurrent.meanCorrelation = recurrentCorrelation * batchShare;
    input.meanGradient = sum * batchShare;
    input.meanCorrelation = inputCorrelation * batchShare;
    for (std::size_t b = 0; b < shape.batch; ++b) {
      const Vec passed = input.at(load(gradients + b * kPanel), load(inputRow(t, vector, b)));
      if (layer) {
        store(vectorAt(w.gradInputRows, shape.batch, vector) + b * kPanel, passed);
      } else {
        addInputGradient(t, vector, b, passed);
      }
      store(gradProducts + b * kPanel, recurrent.at(load(gradProducts + b * kPanel), load(products + b * kPanel)));
    }
  }

  /** Without normalisation a product's gradient is that of the gate. */
  void passBackUnchanged(std::size_t t, std::size_t group, std::size_t gate) {
    const std::size_t vector = vectorOf(w, group, gate);
    const float* gradients = gate == kCandidate ? unitsOf(w.gradCandidate, group) : gradProductsAt(t, group, gate);
    Vec sum{};
    for (std::size_t b = 0; b < shape.batch; ++b) {
      prefetchInput(t, vector, b + kRowsAhead);
      const Vec gradient = load(gradients + b * kPanel);
      sum += gradient;
      addInputGradient(t, vector, b, gradient);
    }
    addTo(w.gradBetaRecurrent + vector * kLanes, sum);
  }

  void prefetchInput(std::size_t t, std::size_t vector, std::size_t b) const {
    if (!dense && b < shape.batch) {
      __builtin_prefetch(inputRow(t, vector, b));
      __builtin_prefetch(vectorAt(w.gradInputPanels, shape.inputs, vector) + symbolRow(t, b), 1);
    }
  }

  /**
   * The gradients of standardised products through the statistics of their rows, all shares together.
   * @param withInput also those of the input product, all of whose columns are there by then
   */
  void passBackRows(std::size_t t, Range groups, LayerColumns columns, bool withInput) {
    const std::size_t batch = shape.batch;
    const LayerNormaliser recurrent(w, LayerNormaliser::kRecurrent, columns);
    const LayerNormaliser input(w, LayerNormaliser::kInput, kAllColumns);
    const LayerRows products = {w.products + t * w.columnPanels * batch * kPanel, batch, nullptr, batch};
    const LayerRows gradProducts = {w.gradProducts + (t % w.chunk) * batch * kPanel, w.chunk * batch, nullptr, batch};
    const LayerRows gradInputs = {w.gradInputRows, batch, nullptr, batch};
    const LayerRows inputs = dense ? LayerRows{w.denseProducts + t * batch * kPanel, shape.timesteps * batch, nullptr, batch}
                                   : LayerRows{w.inputPanels, shape.inputs, w.symbols + t * batch, batch};
    recurrent.measureGradients(products, gradProducts, groups);
    if (withInput) {
      input.measureGradients(inputs, gradInputs, groups);
    }
    awaitShares();
    const std::size_t row = 2 * t + (columns == kCandidateColumns ? 1 : 0);
    recurrent.passBack(products, gradProducts, groups, w.recurrentDeviation + row * batch);
    if (withInput) {
      input.passBack(inputs, gradInputs, groups, w.inputDeviation + (dense ? t * batch : 0));
      for (std::size_t group = groups.first; group < groups.last; ++group) {
        for (std::size_t gate = 0; gate < kGruGates; ++gate) {
          const std::size_t vector = vectorOf(w, group, gate);
          for (std::size_t b = 0; b < batch; ++b) {
            addInputGradient(t, vector, b, load(gradInputs.row(vector, b)));
          }
        }
      }
    }
  }

  NormaliserGradient normaliser(NormaliserColumns columns, const float* gamma, std::size_t t,
                                std::size_t vector) const {
    const std::size_t row = batchShare > 0 ? t : 0;
    const std::size_t at = row * w.columnPanels * kPanel + vector * kLanes;
    NormaliserGradient back{};
    back.mean = load(columns.mean + at);
    back.inverseDeviation = load(columns.inverseDeviation + at);
    back.scale = load(gamma + vector * kLanes) * back.inverseDeviation;
    return back;
  }

  /** The input product that went into row b: the symbol's row of the matrix, or a row of the dense product. */
  const float* inputRow(std::size_t t, std::size_t vector, std::size_t b) const {
    return dense ? denseRow(t, vector, b) : vectorAt(w.inputPanels, shape.inputs, vector) + symbolRow(t, b);
  }

  /** The gradient of row b goes into the dense product's place, or is added to the symbol's row. */
  void addInputGradient(std::size_t t, std::size_t vector, std::size_t b, Vec gradient) {
    if (dense) {
      store(denseRow(t, vector, b), gradient);
    } else {
      addTo(vectorAt(w.gradInputPanels, shape.inputs, vector) + symbolRow(t, b), gradient);
    }
  }

  float* denseRow(std::size_t t, std::size_t vector, std::size_t b) const {
    return vectorAt(w.denseProducts, shape.timesteps * shape.batch, vector) + (t * shape.batch + b) * kPanel;
  }

  std::size_t symbolRow(std::size_t t, std::size_t b) const {
    return static_cast<std::size_t>(w.symbols[t * shape.batch + b]) * kPanel;
  }

  /** What the products of these panels of columns pass back to the state that entered them, for this share's units. */
  void multiplyBack(std::size_t t, Range groups, Range panels, float* gradState, bool accumulate) {
    const std::size_t panelStride = w.chunk * shape.batch * kPanel;
    const LeftFactor gradient = {
        w.gradProducts + panels.first * panelStride + (t % w.chunk) * shape.batch * kPanel, panelStride};
    const PanelMatrix weights = {w.recurrentTransposed + panels.first * kPanel * kPanel,
                                 w.columnPanels * kPanel * kPanel};
    multiplyVectors(gradient, shape.batch, (panels.last - panels.first) * kPanel, weights,
                    {gradState, shape.batch * kPanel}, {groups.first, groups.last}, accumulate);
  }

  GruWorkspace& w;
  const GruBackwardCall& call;
  const GruShape& shape;
  const bool dense;
  const bool layer;
  const float batchShare;  // 1/B where statistics over the batch take part in the gradient, else 0
};

}  // namespace

void gruBackward(GruWorkspace& workspace, const GruBackwardCall& call) {
  Backward backward(workspace, call);
  runShares(
      gruShares(workspace.shape),
      [](void* context, std::size_t share, std::size_t shares) {
        static_cast<Backward*>(context)->runShare(share, shares);
      },
      &backward);
}

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
