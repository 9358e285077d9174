#include <cstdlib>
#include <new>

#include "packed_arguments.h"
#include "pass_arguments.h"
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

using Pass = AnyPass<Arguments>;

TrainingSpace& trainingSpace() {
  static TrainingSpace* const only = new TrainingSpace;
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

TRITLOOM_EXPORT(createPass) Pass* createPass(const double* values) {
  Arguments arguments(values);
  return makePass(simd128::compute, arguments).release();
}

/** Should memory run out here, the JavaScript error skips all destructors, and disposePass() frees what it has by then. */
TRITLOOM_EXPORT(preparePass) void preparePass(Pass* pass) { pass->prepare(); }

TRITLOOM_EXPORT(forwardPass) void forwardPass(Pass* pass, const double* values) {
  Arguments arguments(values);
  pass->forward(arguments);
}

TRITLOOM_EXPORT(backwardPass) void backwardPass(Pass* pass, const double* values) {
  Arguments arguments(values);
  pass->backward(arguments);
}

TRITLOOM_EXPORT(disposePass) void disposePass(Pass* pass) { delete pass; }

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
  trainingSpace().multiply(simd128::compute, readMatrixProduct(arguments));
}

TRITLOOM_EXPORT(softmaxCrossEntropy) double softmaxCrossEntropy(const double* values) {
  Arguments arguments(values);
  return trainingSpace().softmaxCrossEntropy(simd128::compute, readSoftmax(arguments));
}

TRITLOOM_EXPORT(adamUpdate) void adamUpdate(const double* values) {
  Arguments arguments(values);
  simd128::compute.adamUpdate(readAdam(arguments));
}

}  // namespace tritloom
