#include "addon.h"
#include "pass_arguments.h"

// The exports of passes, which nativePass.ts calls: the arguments of pass_arguments.h after the compute, or after the pass
// in a list of what is given and one of what is filled in.

namespace tritloom {
namespace {

using Pass = AnyPass<Arguments>;

napi_value createPass(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    Arguments arguments(env, info);
    const Compute& compute = computeOf(arguments);
    std::unique_ptr<Pass> pass = makePass(compute, arguments);
    pass->prepare();
    return holdPass(env, std::move(pass));
  });
}

template <void (Pass::*run)(Arguments&)>
napi_value running(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    Arguments arguments(env, info);
    PassHolder<Pass>& holder = livePass<Pass>(arguments);
    arguments.unfold();
    (holder.pass.get()->*run)(arguments);
    holder.report(env);
    return nullptr;
  });
}

}  // namespace

void definePasses(napi_env env, napi_value exports) {
  define(env, exports, "createPass", createPass);
  define(env, exports, "forwardPass", running<&Pass::forward>);
  define(env, exports, "backwardPass", running<&Pass::backward>);
  define(env, exports, "disposePass", disposePass<Pass>);
}

}  // namespace tritloom
