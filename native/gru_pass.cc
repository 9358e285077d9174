#include "gru_pass.h"

#include <algorithm>

#include "thread_pool.h"

namespace tritloom {

std::size_t gruShares(const GruShape& shape) {
  constexpr std::size_t kWorthAThread = 50000;  // multiplications a timestep, some microseconds
  const std::size_t multiplications = shape.batch * 3 * shape.units * (shape.units + shape.inputs / 8 + 32);
  return std::clamp<std::size_t>(multiplications / kWorthAThread, 1, threadCount());
}

GruPass::GruPass(const Compute& compute, const GruShape& shape) : compute_(compute), panel_(4 * compute.lanes) {
  workspace_.shape = shape;
}

void GruPass::prepare() {
  GruWorkspace& w = workspace_;
  const GruShape& shape = w.shape;
  w.groups = (shape.units + compute_.lanes - 1) / compute_.lanes;
  w.gatePanels = (w.groups + 1) / 2;
  w.unitPanels = (w.groups + 3) / 4;
  w.columnPanels = w.gatePanels + w.unitPanels;
  const bool affine = shape.normalisation == Normalisation::affine;
  w.kept = affine ? 1 : shape.timesteps;
  w.stateSlots = affine ? 2 : shape.timesteps + 1;
  const std::size_t columns = w.columnPanels * panel_;
  const std::size_t units = w.unitPanels * panel_;
  w.recurrentPanels = allocate(shape.units * columns);
  w.inputPanels = allocate(shape.inputs * columns);
  w.states = allocate(w.stateSlots * shape.batch * units);
  w.products = allocate(w.kept * shape.batch * columns);
  w.gates = allocate(w.kept * shape.batch * columns);
  if (shape.resetBefore) {
    w.resetStates = allocate(w.kept * shape.batch * units);
  }
  static_assert(sizeof(float) == sizeof(std::int32_t), "symbols lie in float buffers");
  w.symbols = reinterpret_cast<std::int32_t*>(allocate(shape.timesteps * shape.batch));
  allocateNormalisers();
}

void GruPass::allocateNormalisers() {
  GruWorkspace& w = workspace_;
  const std::size_t columns = w.columnPanels * panel_;
  const std::size_t rows = w.shape.normalisation == Normalisation::affine ? w.shape.timesteps : 1;
  w.gammaInput = allocate(rows * columns);
  w.gammaRecurrent = allocate(rows * columns);
  w.betaRecurrent = allocate(rows * columns);
  w.betaReset = allocate(rows * w.unitPanels * panel_);
  const bool batch = w.shape.normalisation == Normalisation::batch;
  const std::size_t measured = (batch ? w.kept : 1) * columns;
  w.input = {allocate(measured), allocate(measured)};
  w.recurrent = {allocate(measured), allocate(measured)};
  if (!batch) {
    std::fill_n(w.input.inverseDeviation, columns, 1.0f);
    std::fill_n(w.recurrent.inverseDeviation, columns, 1.0f);
  }
  if (w.shape.normalisation == Normalisation::none) {
    std::fill_n(w.gammaInput, columns, 1.0f);
    std::fill_n(w.gammaRecurrent, columns, 1.0f);
  }
}

void GruPass::allocateOptions(const GruForwardCall& call) {
  GruWorkspace& w = workspace_;
  const std::size_t rows = w.shape.timesteps * w.shape.batch;
  const std::size_t units = w.unitPanels * panel_;
  if (call.dense != nullptr) {
    allocateOnce(w.denseInput, panels(w.shape.inputs) * rows * panel_);
    allocateOnce(w.denseProducts, w.columnPanels * rows * panel_);
  }
  if (isByRow(w.shape.normalisation)) {
    allocateLayer(call.dense != nullptr ? rows : w.shape.inputs);
  }
  if (call.recurrentMask != nullptr) {
    allocateOnce(w.mask, w.shape.batch * units);
    allocateOnce(w.maskedStates, w.stateSlots * w.shape.batch * units);
  }
  if (call.zoneoutHidden != nullptr) {
    allocateOnce(w.zoneout, w.kept * w.shape.batch * units);
  }
}

/** @param inputRows that are measured together; a pass that takes both symbols and sequences needs the larger number */
void GruPass::allocateLayer(std::size_t inputRows) {
  GruWorkspace& w = workspace_;
  const std::size_t rows = std::max(w.shape.batch, inputRows);
  if (rows > w.layerStride) {
    const std::size_t stride = panels(rows) * panel_;
    w.layerPartials = allocate(8 * w.groups * stride);
    w.inputDeviation = allocate(stride);
    w.layerStride = stride;
  }
  allocateOnce(w.recurrentDeviation, w.kept * 2 * w.shape.batch);
  allocateOnce(w.gradInputRows, w.columnPanels * w.shape.batch * panel_);
}

void GruPass::allocateBackward(bool dense) {
  GruWorkspace& w = workspace_;
  const std::size_t columns = w.columnPanels * panel_;
  const std::size_t units = w.unitPanels * panel_;
  // About 512 rows a product: enough to be quick, few enough to be in cache when they are read again.
  w.chunk = std::max<std::size_t>(2, std::min(w.shape.timesteps, 512 / w.shape.batch));
  const std::size_t transposed = panels(w.chunk * w.shape.batch) * w.shape.units * panel_;
  allocateOnce(w.recurrentTransposed, units * columns);
  allocateOnce(w.gradCarried, w.shape.batch * units);
  allocateOnce(w.gradEntering, w.shape.batch * units);
  allocateOnce(w.gradCandidate, w.shape.batch * units);
  allocateOnce(w.gradProducts, w.chunk * w.shape.batch * columns);
  allocateOnce(w.statesTransposed, transposed);
  allocateOnce(w.gradRecurrentPanels, w.shape.units * columns);
  allocateOnce(w.gradInputPanels, w.shape.inputs * columns);
  allocateOnce(w.gradGammaInput, columns);
  allocateOnce(w.gradGammaRecurrent, columns);
  allocateOnce(w.gradBetaRecurrent, columns);
  allocateOnce(w.gradBetaReset, units);
  if (w.shape.resetBefore) {
    allocateOnce(w.gradReset, w.shape.batch * units);
    allocateOnce(w.resetTransposed, transposed);
  }
  if (dense) {
    allocateOnce(w.denseTransposed, panels(w.shape.timesteps * w.shape.batch) * w.shape.inputs * panel_);
    allocateOnce(w.inputTransposed, panels(w.shape.inputs) * columns * panel_);
  }
}

float* GruPass::allocate(std::size_t floats) {
  buffers_.emplace_back(floats);
  bytes_ += floats * sizeof(float);
  return buffers_.back().data();
}

void GruPass::allocateOnce(float*& array, std::size_t floats) {
  if (array == nullptr) {
    array = allocate(floats);
  }
}

void GruPass::forward(const GruForwardCall& call) {
  allocateOptions(call);
  if (call.symbols != nullptr) {
    std::copy_n(call.symbols, workspace_.shape.timesteps * workspace_.shape.batch, workspace_.symbols);
  }
  masked_ = call.recurrentMask != nullptr;
  zoneout_ = call.zoneoutHidden != nullptr;
  compute_.gruForward(workspace_, call);
}

void GruPass::backward(GruBackwardCall call) {
  allocateBackward(call.gradInput != nullptr);
  call.masked = masked_;
  call.zoneout = zoneout_;
  compute_.gruBackward(workspace_, call);
}

}  // namespace tritloom
