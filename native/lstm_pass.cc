#include "lstm_pass.h"

#include <algorithm>

#include "thread_pool.h"

namespace tritloom {

std::size_t lstmShares(const LstmShape& shape) {
  constexpr std::size_t kWorthAThread = 50000;  // multiplications a timestep, some microseconds
  const std::size_t multiplications = shape.batch * 4 * shape.units * (shape.units + shape.inputs / 8 + 32);
  return std::clamp<std::size_t>(multiplications / kWorthAThread, 1, threadCount());
}

LstmPass::LstmPass(const Compute& compute, const LstmShape& shape)
    : compute_(compute), lanes_(compute.lanes), panel_(4 * compute.lanes) {
  workspace_.shape = shape;
}

void LstmPass::prepare() {
  LstmWorkspace& w = workspace_;
  const LstmShape& shape = w.shape;
  w.groups = (shape.units + lanes_ - 1) / lanes_;
  w.unitPanels = panels(w.groups * lanes_);
  w.kept = normalises(Normalisation::affine) ? 1 : shape.timesteps;
  w.cellSlots = w.kept + 1;
  const std::size_t rows = w.groups * shape.batch;
  w.recurrentPanels = allocate(w.groups * shape.units * panel_);
  w.inputPanels = allocate(w.groups * shape.inputs * panel_);
  w.gammaInput = allocate(w.groups * panel_);
  w.gammaRecurrent = allocate(w.groups * panel_);
  w.gammaCell = allocate(w.groups * lanes_);
  w.hiddenPanels = allocate(2 * w.unitPanels * shape.batch * panel_);
  w.products = allocate(w.kept * rows * panel_);
  w.gates = allocate(w.kept * rows * panel_);
  w.cells = allocate(w.cellSlots * rows * lanes_);
  w.cellTanh = allocate(w.kept * rows * lanes_);
  static_assert(sizeof(float) == sizeof(std::int32_t), "symbols lie in float buffers");
  w.symbols = reinterpret_cast<std::int32_t*>(allocate(shape.timesteps * shape.batch));
  w.firstHidden = allocate(shape.batch * shape.units);
  allocateColumnStatistics();
}

/** Whether making the input's products again costs less than keeping those of all timesteps in memory. */
bool LstmPass::narrow() const { return workspace_.shape.inputs <= 8; }

bool LstmPass::normalises(Normalisation form) const {
  return workspace_.shape.normalisation == form || workspace_.shape.cellNormalisation == form;
}

void LstmPass::allocateColumnStatistics() {
  LstmWorkspace& w = workspace_;
  const std::size_t columns = w.kept * w.groups * panel_;
  const std::size_t units = w.kept * w.groups * lanes_;
  if (w.shape.normalisation == Normalisation::batch) {
    w.input = {allocate(columns), allocate(columns)};
    w.recurrent = {allocate(columns), allocate(columns)};
  }
  if (w.shape.cellNormalisation == Normalisation::batch) {
    w.cell = {allocate(units), allocate(units)};
  }
}

/** For at least this many rows of input products, and this many threads. */
void LstmPass::allocateRowStatistics(std::size_t inputRows, std::size_t shares) {
  LstmWorkspace& w = workspace_;
  LstmRowStatistics& rows = w.rows;
  const auto padded = [&](std::size_t count) { return (count + lanes_ - 1) / lanes_ * lanes_; };
  const std::size_t batch = padded(w.shape.batch);
  const auto partials = [&](std::size_t stride) -> RowPartials {
    return {allocate(w.groups * stride), allocate(w.groups * stride), stride};
  };
  if (rows.recurrent.mean == nullptr) {
    rows.recurrentPartials = partials(batch);
    rows.cellPartials = partials(batch);
    rows.recurrent = {allocate(w.kept * batch), allocate(w.kept * batch)};
    rows.cell = {allocate(w.kept * batch), allocate(w.kept * batch)};
  }
  if (isByRow(w.shape.normalisation) && rows.inputPartials.stride < padded(inputRows)) {
    const std::size_t stride = padded(inputRows);
    rows.inputPartials = partials(stride);
    rows.input = {allocate(stride), allocate(stride)};
    rows.inputMeans = {allocate(stride), allocate(stride)};
  }
  if (rowShares_ < shares) {
    rowShares_ = shares;
    rows.scratch = allocate(shares * 6 * batch);
  }
}

/** What regularises this call, for the backward pass. */
void LstmPass::allocateMasks(const LstmForwardCall& call) {
  LstmWorkspace& w = workspace_;
  const std::size_t states = w.groups * w.shape.batch * lanes_;
  w.masked = call.recurrentMask != nullptr;
  w.zoneoutHiddenGiven = call.zoneoutHidden != nullptr;
  w.zoneoutCellGiven = call.zoneoutCell != nullptr;
  if (w.masked && w.recurrentMask == nullptr) {
    w.recurrentMask = allocate(states);
  }
  if (w.zoneoutHiddenGiven && w.zoneoutHidden == nullptr) {
    w.zoneoutHidden = allocate(w.kept * states);
    w.heldGradHidden = allocate(states);
  }
  if (w.zoneoutCellGiven && w.zoneoutCell == nullptr) {
    w.zoneoutCell = allocate(w.kept * states);
    w.freshCells = allocate(w.kept * states);
    w.heldGradCell = allocate(states);
  }
}

void LstmPass::allocateDense() {
  LstmWorkspace& w = workspace_;
  const std::size_t rows = w.shape.timesteps * w.shape.batch;
  w.denseSteps = narrow() ? 1 : w.shape.timesteps;
  w.denseInput = allocate(narrow() ? rows * w.shape.inputs : panels(w.shape.inputs) * rows * panel_);
  w.denseProducts = allocate(w.groups * w.denseSteps * w.shape.batch * panel_);
}

void LstmPass::allocateBackward() {
  LstmWorkspace& w = workspace_;
  const std::size_t columns = w.groups * panel_;
  const std::size_t units = w.groups * lanes_;
  if (w.recurrentTransposed == nullptr) {
    // About 512 rows a product: enough to be quick, few enough to be in cache when they are read again.
    w.chunk = std::max<std::size_t>(2, std::min(w.shape.timesteps, 512 / w.shape.batch));
    w.recurrentTransposed = allocate(w.unitPanels * columns * panel_);
    w.gradHiddenPanels = allocate(w.unitPanels * w.shape.batch * panel_);
    w.gradCell = allocate(w.shape.batch * units);
    w.gradProducts = allocate(w.chunk * w.shape.batch * columns);
    w.hiddenTransposed = allocate(panels(w.chunk * w.shape.batch) * w.shape.units * panel_);
    w.gradRecurrentPanels = allocate(w.shape.units * columns);
    w.gradInputPanels = allocate(w.shape.inputs * columns);
    w.gradGammaInput = allocate(columns);
    w.gradGammaRecurrent = allocate(columns);
    w.gradBetaRecurrent = allocate(columns);
    w.gradGammaCell = allocate(units);
    w.gradBetaCell = allocate(units);
  }
  if (w.narrow && w.gradInputPartials == nullptr) {
    w.gradInputPartials = allocate(2 * w.shape.batch * w.shape.inputs * units);
  }
  if (w.dense && !w.narrow && w.denseTransposed == nullptr) {
    w.denseTransposed = allocate(panels(w.shape.timesteps * w.shape.batch) * w.shape.inputs * panel_);
    w.inputTransposed = allocate(panels(w.shape.inputs) * columns * panel_);
  }
}

float* LstmPass::allocate(std::size_t floats) {
  buffers_.emplace_back(floats);
  bytes_ += floats * sizeof(float);
  return buffers_.back().data();
}

void LstmPass::forward(const LstmForwardCall& call) {
  LstmWorkspace& w = workspace_;
  w.dense = call.dense != nullptr;
  w.narrow = w.dense && narrow();
  w.shares = lstmShares(w.shape);
  if (w.dense && w.denseInput == nullptr) {
    allocateDense();
  }
  if (isByRow(w.shape.normalisation) || isByRow(w.shape.cellNormalisation)) {
    allocateRowStatistics(w.dense ? w.shape.timesteps * w.shape.batch : w.shape.inputs, w.shares);
  }
  allocateMasks(call);
  if (w.narrow) {
    std::copy_n(call.dense, w.shape.timesteps * w.shape.batch * w.shape.inputs, w.denseInput);
  }
  if (call.symbols != nullptr) {
    std::copy_n(call.symbols, w.shape.timesteps * w.shape.batch, w.symbols);
  }
  copyFirstHidden(call);
  compute_.lstmForward(w, call);
}

void LstmPass::copyFirstHidden(const LstmForwardCall& call) {
  LstmWorkspace& w = workspace_;
  const bool carried = call.carriedHidden != nullptr;
  for (std::size_t b = 0; b < w.shape.batch; ++b) {
    const float* from = carried ? call.carriedHidden + b * w.shape.units : call.weights.initialHidden;
    std::copy_n(from, w.shape.units, w.firstHidden + b * w.shape.units);
  }
}

void LstmPass::backward(const LstmBackwardCall& call) {
  allocateBackward();
  compute_.lstmBackward(workspace_, call);
}

}  // namespace tritloom
