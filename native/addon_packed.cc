#include "addon.h"
#include "packed_arguments.h"

// The exports of packed inference, which addonEngine.ts calls; packed_arguments.h says what each takes after the network.

namespace tritloom {
namespace {

using Holder = PassHolder<PackedNetwork>;

/** packedInstructionSets(): the names of those that run here, the best first */
napi_value packedInstructionSets(napi_env env, napi_callback_info) {
  return guarded(env, [&]() -> napi_value {
    napi_value names = nullptr;
    check(napi_create_array(env, &names), "no array");
    for (std::uint32_t index = 0; availablePackedCompute()[index] != nullptr; ++index) {
      napi_value name = nullptr;
      check(napi_create_string_utf8(env, availablePackedCompute()[index]->name, NAPI_AUTO_LENGTH, &name), "no string");
      check(napi_set_element(env, names, index, name), "no element");
    }
    return names;
  });
}

/** createPacked(index into packedInstructionSets(), ...) */
napi_value createPacked(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    Arguments arguments(env, info);
    const PackedCompute& compute = *availablePackedCompute()[arguments.size()];
    return holdPass(env, makePacked(arguments, compute));
  });
}

template <void (*change)(PackedNetwork&, Arguments&)>
napi_value changing(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    Arguments arguments(env, info);
    Holder& holder = livePass<PackedNetwork>(arguments);
    change(*holder.pass, arguments);
    return nullptr;
  });
}

/** finishPacked(network): bytes of its weights and constants */
napi_value finishPacked(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    Arguments arguments(env, info);
    Holder& holder = livePass<PackedNetwork>(arguments);
    holder.pass->allocateWork();
    holder.report(env);
    napi_value bytes = nullptr;
    check(napi_create_double(env, static_cast<double>(holder.pass->bytes()), &bytes), "no number");
    return bytes;
  });
}

void getState(PackedNetwork& network, Arguments& arguments) { copyState(network, arguments, false); }
void setState(PackedNetwork& network, Arguments& arguments) { copyState(network, arguments, true); }

}  // namespace

void definePacked(napi_env env, napi_value exports) {
  define(env, exports, "packedInstructionSets", packedInstructionSets);
  define(env, exports, "createPacked", createPacked);
  define(env, exports, "addPackedLayer", changing<addLayer>);
  define(env, exports, "setPackedOutput", changing<setOutput>);
  define(env, exports, "addPackedPlane", changing<addPlane>);
  define(env, exports, "setPackedValues", changing<setValues>);
  define(env, exports, "finishPacked", finishPacked);
  define(env, exports, "readPacked", changing<read>);
  define(env, exports, "packedState", changing<getState>);
  define(env, exports, "setPackedState", changing<setState>);
  define(env, exports, "disposePacked", disposePass<PackedNetwork>);
}

}  // namespace tritloom
