#include <cstdlib>
#include <new>

#include "buffer.h"
#include "gru_arguments.h"
#include "gru_pass.h"
#include "lstm_arguments.h"
#include "lstm_pass.h"
#include "packed_arguments.h"
#include "thread_pool.h"
#include "training_arguments.h"
#include "wasm_host.h"

// The exports that wasmAddon.ts calls. It writes the arguments one after the other into memory as doubles; an array is
// its address, 0 for null.

namespace tritloom {

namespace simd128 {
extern const Compute compute;
extern const PackedCompute packedCompute;
}

namespace {

class Arguments {
 public:
  explicit Arguments(const double* values) : next_(values) {}

  double number() { return *next_++; }
  std::size_t size() { return static_cast<std::size_t>(number()); }
  bool boolean() { return number() != 0; }
  float* floats() { return reinterpret_cast<float*>(size()); }
  std::int32_t* integers() { return reinterpret_cast<std::int32_t*>(size()); }
  std::uint8_t* bytes() { return reinterpret_cast<std::uint8_t*>(size()); }

 private:
  const double* next_;
};

float* atLeast(Buffer& buffer, std::size_t floats) {
  if (buffer.floats() < floats) {
    buffer = Buffer(floats);
  }
  return buffer.data();
}

/** Of the operations that are no pass. */
struct Workspace {
  Buffer rightFactor;
  Buffer perShare;
  Buffer rowLosses;
};

Workspace& workspace() {
  static Workspace* const only = new Workspace;
  return *only;
}

}  // namespace

#define TRITLOOM_EXPORT(name) extern "C" __attribute__((export_name(#name)))

TRITLOOM_EXPORT(allocate) void* allocate(std::size_t bytes) {
  void* memory = std::malloc(bytes);
  if (memory == nullptr) {
    hostOutOfMemory(bytes);
  }
  return memory;
}

TRITLOOM_EXPORT(release) void release(void* memory) { std::free(memory); }

TRITLOOM_EXPORT(setThreads) void setThreads(std::size_t threads) { setThreadCount(threads); }

/**
 * A pass that is being made. Should memory run out on the way, the JavaScript error skips its maker's destructors; what
 * it has allocated by then is freed by abandon().
 */
template <typename Pass>
Pass* underConstruction = nullptr;

template <typename Pass, typename Shape>
Pass* make(const Shape& shape) {
  underConstruction<Pass> = static_cast<Pass*>(::operator new(sizeof(Pass)));
  Pass* const pass = new (underConstruction<Pass>) Pass(simd128::compute, shape);
  underConstruction<Pass> = nullptr;
  return pass;
}

template <typename Pass>
void abandonOne() {
  delete underConstruction<Pass>;
  underConstruction<Pass> = nullptr;
}

TRITLOOM_EXPORT(abandon) void abandon() {
  abandonOne<LstmPass>();
  abandonOne<GruPass>();
}

TRITLOOM_EXPORT(createLstm) LstmPass* createLstm(const double* values) {
  Arguments arguments(values);
  return make<LstmPass>(readLstmShape(arguments));
}

TRITLOOM_EXPORT(forwardLstm) void forwardLstm(LstmPass* pass, const double* values) {
  Arguments arguments(values);
  pass->forward(readLstmForward(arguments));
}

TRITLOOM_EXPORT(backwardLstm) void backwardLstm(LstmPass* pass, const double* values) {
  Arguments arguments(values);
  pass->backward(readLstmBackward(arguments));
}

TRITLOOM_EXPORT(disposeLstm) void disposeLstm(LstmPass* pass) { delete pass; }

TRITLOOM_EXPORT(createGru) GruPass* createGru(const double* values) {
  Arguments arguments(values);
  return make<GruPass>(readGruShape(arguments));
}

TRITLOOM_EXPORT(forwardGru) void forwardGru(GruPass* pass, const double* values) {
  Arguments arguments(values);
  pass->forward(readGruForward(arguments));
}

TRITLOOM_EXPORT(backwardGru) void backwardGru(GruPass* pass, const double* values) {
  Arguments arguments(values);
  pass->backward(readGruBackward(arguments));
}

TRITLOOM_EXPORT(disposeGru) void disposeGru(GruPass* pass) { delete pass; }

/** Should memory run out while it gets its layers, disposePacked() frees what it has by then. */
TRITLOOM_EXPORT(createPacked) PackedNetwork* createPacked(const double* values) {
  Arguments arguments(values);
  return makePacked(arguments, simd128::packedCompute).release();
}

TRITLOOM_EXPORT(addPackedLayer) void addPackedLayer(PackedNetwork* network, const double* values) {
  Arguments arguments(values);
  addLayer(*network, arguments);
}

TRITLOOM_EXPORT(setPackedOutput) void setPackedOutput(PackedNetwork* network, const double* values) {
  Arguments arguments(values);
  setOutput(*network, arguments);
}

TRITLOOM_EXPORT(addPackedPlane) void addPackedPlane(PackedNetwork* network, const double* values) {
  Arguments arguments(values);
  addPlane(*network, arguments);
}

TRITLOOM_EXPORT(setPackedValues) void setPackedValues(PackedNetwork* network, const double* values) {
  Arguments arguments(values);
  setValues(*network, arguments);
}

TRITLOOM_EXPORT(finishPacked) double finishPacked(PackedNetwork* network) {
  network->allocateWork();
  return static_cast<double>(network->bytes());
}

TRITLOOM_EXPORT(readPacked) void readPacked(PackedNetwork* network, const double* values) {
  Arguments arguments(values);
  read(*network, arguments);
}

TRITLOOM_EXPORT(packedState) void packedState(PackedNetwork* network, const double* values) {
  Arguments arguments(values);
  copyState(*network, arguments, false);
}

TRITLOOM_EXPORT(setPackedState) void setPackedState(PackedNetwork* network, const double* values) {
  Arguments arguments(values);
  copyState(*network, arguments, true);
}

TRITLOOM_EXPORT(disposePacked) void disposePacked(PackedNetwork* network) { delete network; }

TRITLOOM_EXPORT(multiply) void multiply(const double* values) {
  Arguments arguments(values);
  const MatrixProductCall call = readMatrixProduct(arguments);
  const MatrixProductSpace space = simd128::compute.matrixProductSpace(call);
  const std::size_t shares = threadCount();
  float* right = atLeast(workspace().rightFactor, space.right);
  float* perShare = atLeast(workspace().perShare, space.perShare * shares);
  simd128::compute.matrixProduct(call, shares, right, perShare);
}

TRITLOOM_EXPORT(softmaxCrossEntropy) double softmaxCrossEntropy(const double* values) {
  Arguments arguments(values);
  SoftmaxCall call = readSoftmax(arguments);
  call.rowLosses = atLeast(workspace().rowLosses, call.rows);
  simd128::compute.softmaxCrossEntropy(call);
  double sum = 0;
  for (std::size_t row = 0; row < call.rows; ++row) {
    sum += static_cast<double>(call.rowLosses[row]);
  }
  return sum / static_cast<double>(call.rows);
}

TRITLOOM_EXPORT(adamUpdate) void adamUpdate(const double* values) {
  Arguments arguments(values);
  simd128::compute.adamUpdate(readAdam(arguments));
}

}  // namespace tritloom
