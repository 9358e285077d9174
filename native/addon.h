#pragma once

#include <cstdint>
#include <memory>

#include "compute.h"
#include "napi_arguments.h"

// What the parts of the addon share. Each addon_*.cc has the exports of one kind of pass and a function that defines
// them, which addon.cc calls. Arrays that a call fills are created in TypeScript and come in as arguments.

namespace tritloom {

void define(napi_env env, napi_value exports, const char* name, napi_callback callback);

/** The instruction set, as compute() handed it out. */
const Compute& computeOf(Arguments& arguments);

/** A pass as JavaScript holds it: emptied by dispose, deleted with its external value. */
template <typename Pass>
struct PassHolder {
  std::unique_ptr<Pass> pass;
  std::int64_t reported = 0;

  /** Tells the garbage collector what the pass holds outside of its heap. */
  void report(napi_env env) {
    const std::int64_t bytes = pass ? static_cast<std::int64_t>(pass->bytes()) : 0;
    if (bytes != reported) {
      std::int64_t total = 0;
      napi_adjust_external_memory(env, bytes - reported, &total);
      reported = bytes;
    }
  }
};

template <typename Pass>
napi_value holdPass(napi_env env, std::unique_ptr<Pass> pass) {
  auto holder = std::make_unique<PassHolder<Pass>>();
  holder->pass = std::move(pass);
  holder->report(env);
  const auto finalize = [](napi_env finalEnv, void* data, void*) {
    PassHolder<Pass>* dead = static_cast<PassHolder<Pass>*>(data);
    dead->pass.reset();
    dead->report(finalEnv);
    delete dead;
  };
  napi_value external = nullptr;
  check(napi_create_external(env, holder.get(), finalize, nullptr, &external), "cannot hold the pass");
  holder.release();
  return external;
}

template <typename Pass>
PassHolder<Pass>& livePass(Arguments& arguments) {
  PassHolder<Pass>& holder = *static_cast<PassHolder<Pass>*>(arguments.external());
  if (!holder.pass) {
    throw AddonError("native compute kernel: the pass has been disposed of");
  }
  return holder;
}

template <typename Pass>
napi_value disposePass(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    Arguments arguments(env, info);
    PassHolder<Pass>& holder = *static_cast<PassHolder<Pass>*>(arguments.external());
    holder.pass.reset();
    holder.report(env);
    return nullptr;
  });
}

void definePasses(napi_env env, napi_value exports);
void definePacked(napi_env env, napi_value exports);

}  // namespace tritloom
