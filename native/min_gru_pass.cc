#include "min_gru_pass.h"

#include <algorithm>

#include "thread_pool.h"

namespace tritloom {
namespace {

/** Pairs of groups and blocks of timesteps that keep the threads of most processors busy. */
constexpr std::size_t kItems = 16;
/** Timesteps below which a block costs more than it saves. */
constexpr std::size_t kLeastSteps = 32;

std::size_t blocksOf(const MinGruShape& shape, std::size_t pairs) {
  const std::size_t wanted = (kItems + pairs - 1) / pairs;
  return std::clamp<std::size_t>(wanted, 1, std::max<std::size_t>(1, shape.timesteps / kLeastSteps));
}

}  // namespace

std::size_t minGruShares(const MinGruShape& shape) {
  constexpr std::size_t kWorthAThread = 200000;  // multiplications of a whole sequence, some microseconds a barrier
  const std::size_t multiplications = shape.timesteps * shape.batch * 2 * shape.units * (shape.inputs / 8 + 32);
  return std::clamp<std::size_t>(multiplications / kWorthAThread, 1, threadCount());
}

MinGruPass::MinGruPass(const Compute& compute, const MinGruShape& shape)
    : compute_(compute), panel_(4 * compute.lanes) {
  workspace_.shape = shape;
}

void MinGruPass::prepare() {
  MinGruWorkspace& w = workspace_;
  const MinGruShape& shape = w.shape;
  w.groups = (shape.units + compute_.lanes - 1) / compute_.lanes;
  w.pairs = (w.groups + 1) / 2;
  w.blocks = blocksOf(shape, w.pairs);
  const std::size_t columns = w.pairs * panel_;
  const std::size_t rows = shape.timesteps * shape.batch;
  const std::size_t states = w.groups * shape.batch * compute_.lanes;
  const std::size_t constantRows = shape.normalisation == Normalisation::affine ? shape.timesteps : 1;
  const bool batch = shape.normalisation == Normalisation::batch;
  const std::size_t measured = (batch ? shape.timesteps : 1) * columns;
  w.inputPanels = allocate(shape.inputs * columns);
  w.gammaInput = allocate(constantRows * columns);
  w.betaInput = allocate(constantRows * columns);
  w.input = {allocate(measured), allocate(measured)};
  if (!batch) {
    std::fill_n(w.input.inverseDeviation, columns, 1.0f);
  }
  if (shape.normalisation == Normalisation::none) {
    std::fill_n(w.gammaInput, columns, 1.0f);
  }
  w.gates = allocate(rows * columns);
  w.firstHidden = allocate(states);
  w.running = allocate(w.blocks * states);
  if (w.blocks > 1) {
    w.factors = allocate(w.blocks * states);
    w.sums = allocate(w.blocks * states);
  }
  static_assert(sizeof(float) == sizeof(std::int32_t), "symbols lie in float buffers");
  w.symbols = reinterpret_cast<std::int32_t*>(allocate(rows));
}

/** Makes room for the statistics of at least this many rows of input products. */
void MinGruPass::allocateRowStatistics(std::size_t rows) {
  MinGruWorkspace& w = workspace_;
  const std::size_t stride = (rows + compute_.lanes - 1) / compute_.lanes * compute_.lanes;
  if (w.rowPartials.stride < stride) {
    w.rowPartials = {allocate(w.groups * stride), allocate(w.groups * stride), stride};
    w.rowMoments = {allocate(stride), allocate(stride)};
    w.rowMeans = {allocate(stride), allocate(stride)};
  }
}

void MinGruPass::allocateBackward(bool dense) {
  MinGruWorkspace& w = workspace_;
  const std::size_t columns = w.pairs * panel_;
  allocateOnce(w.gradInputPanels, w.shape.inputs * columns);
  allocateOnce(w.gradGamma, w.blocks * columns);
  allocateOnce(w.gradBeta, w.blocks * columns);
  if (dense) {
    allocateOnce(w.denseTransposed, panels(w.shape.timesteps * w.shape.batch) * w.shape.inputs * panel_);
    allocateOnce(w.inputTransposed, panels(w.shape.inputs) * columns * panel_);
  }
}

float* MinGruPass::allocate(std::size_t floats) {
  buffers_.emplace_back(floats);
  bytes_ += floats * sizeof(float);
  return buffers_.back().data();
}

void MinGruPass::allocateOnce(float*& array, std::size_t floats) {
  if (array == nullptr) {
    array = allocate(floats);
  }
}

void MinGruPass::forward(const MinGruForwardCall& call) {
  MinGruWorkspace& w = workspace_;
  const std::size_t rows = w.shape.timesteps * w.shape.batch;
  const bool byRow = isByRow(w.shape.normalisation);
  if (call.dense != nullptr) {
    allocateOnce(w.denseInput, panels(w.shape.inputs) * rows * panel_);
    if (byRow || w.shape.normalisation == Normalisation::batch) {
      allocateOnce(w.products, rows * w.pairs * panel_);
    } else {
      w.products = w.gates;
    }
  }
  if (byRow) {
    allocateRowStatistics(call.dense != nullptr ? rows : w.shape.inputs);
  }
  w.zoneoutGiven = call.zoneoutHidden != nullptr;
  if (w.zoneoutGiven) {
    allocateOnce(w.zoneout, rows * w.shape.units);
    std::copy_n(call.zoneoutHidden, rows * w.shape.units, w.zoneout);
  }
  if (call.symbols != nullptr) {
    std::copy_n(call.symbols, rows, w.symbols);
  }
  compute_.minGruForward(w, call);
}

void MinGruPass::backward(const MinGruBackwardCall& call) {
  allocateBackward(call.gradInput != nullptr);
  compute_.minGruBackward(workspace_, call);
}

}  // namespace tritloom
