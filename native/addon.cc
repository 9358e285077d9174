#include "addon.h"

#include "cpu.h"
#include "thread_pool.h"
#include "training_arguments.h"

// The module, and its exports that are no pass: instruction sets, threads, and the operations of training_arguments.h.

namespace tritloom {
namespace {

/** Of one JavaScript environment: the main thread or a worker. */
TrainingSpace& trainingSpaceOf(napi_env env) {
  void* data = nullptr;
  check(napi_get_instance_data(env, &data), "no work space");
  return *static_cast<TrainingSpace*>(data);
}

/** instructionSets(): the names of those that run here, the best first */
napi_value instructionSets(napi_env env, napi_callback_info) {
  return guarded(env, [&]() -> napi_value {
    napi_value names = nullptr;
    check(napi_create_array(env, &names), "no array");
    for (std::uint32_t index = 0; availableCompute()[index] != nullptr; ++index) {
      napi_value name = nullptr;
      check(napi_create_string_utf8(env, availableCompute()[index]->name, NAPI_AUTO_LENGTH, &name), "no string");
      check(napi_set_element(env, names, index, name), "no element");
    }
    return names;
  });
}

/** compute(index into instructionSets()): what the operations take as their first argument */
napi_value compute(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    Arguments arguments(env, info);
    void* chosen = const_cast<Compute*>(availableCompute()[arguments.size()]);
    napi_value external = nullptr;
    check(napi_create_external(env, chosen, nullptr, nullptr, &external), "cannot hold the instruction set");
    return external;
  });
}

/** setThreads(count), for the whole process */
napi_value setThreads(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    setThreadCount(Arguments(env, info).size());
    return nullptr;
  });
}

/** multiply(compute, ...) */
napi_value multiply(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    Arguments arguments(env, info);
    const Compute& compute = computeOf(arguments);
    trainingSpaceOf(env).multiply(compute, readMatrixProduct(arguments));
    return nullptr;
  });
}

/** softmaxCrossEntropy(compute, ...): the mean loss */
napi_value softmaxCrossEntropy(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    Arguments arguments(env, info);
    const Compute& compute = computeOf(arguments);
    const double loss = trainingSpaceOf(env).softmaxCrossEntropy(compute, readSoftmax(arguments));
    napi_value result = nullptr;
    check(napi_create_double(env, loss, &result), "no number");
    return result;
  });
}

/** adamUpdate(compute, ...) */
napi_value adamUpdate(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    Arguments arguments(env, info);
    const Compute& compute = computeOf(arguments);
    compute.adamUpdate(readAdam(arguments));
    return nullptr;
  });
}

napi_value initialise(napi_env env, napi_value exports) {
  return guarded(env, [&]() -> napi_value {
    auto space = std::make_unique<TrainingSpace>();
    const auto finalize = [](napi_env, void* data, void*) {
      delete static_cast<TrainingSpace*>(data);
      releaseThreadPool();
    };
    check(napi_set_instance_data(env, space.get(), finalize, nullptr), "cannot keep the work space");
    space.release();
    retainThreadPool();
    define(env, exports, "instructionSets", instructionSets);
    define(env, exports, "compute", compute);
    define(env, exports, "setThreads", setThreads);
    define(env, exports, "multiply", multiply);
    define(env, exports, "softmaxCrossEntropy", softmaxCrossEntropy);
    define(env, exports, "adamUpdate", adamUpdate);
    definePasses(env, exports);
    definePacked(env, exports);
    return exports;
  });
}

}  // namespace

void define(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function = nullptr;
  check(napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function), "cannot create a function");
  check(napi_set_named_property(env, exports, name, function), "cannot export a function");
}

const Compute& computeOf(Arguments& arguments) { return *static_cast<const Compute*>(arguments.external()); }

}  // namespace tritloom

NAPI_MODULE_INIT() { return tritloom::initialise(env, exports); }
