#pragma once

#include <node_api.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>

namespace tritloom {

/** A failed Node-API call, or an argument of the wrong type; becomes a JavaScript Error. */
class AddonError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

void check(napi_status status, const char* what);

/**
 * The arguments of one call, read in order. Lengths and ranges have been checked in TypeScript (native.ts); here only
 * the types are.
 */
class Arguments {
 public:
  static constexpr std::size_t kMost = 32;

  Arguments(napi_env env, napi_callback_info info);

  std::size_t size();
  double number();
  bool boolean();
  /** Data of a Float32Array, or null where the argument is null. */
  float* floats();
  std::int32_t* integers();
  /** Data of a Uint8Array, or null where the argument is null. */
  std::uint8_t* bytes();
  void* external();
  /** From here on the elements of the lists that are left, one after the other, are the arguments. */
  void unfold();

 private:
  napi_value next();
  void* typedData(napi_typedarray_type wanted, const char* name);

  napi_env env_;
  napi_value values_[kMost];
  std::size_t count_ = kMost;
  std::size_t index_ = 0;
};

/** Runs the body of an exported function; C++ exceptions become JavaScript errors. */
template <typename Body>
napi_value guarded(napi_env env, Body body) {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    napi_throw_error(env, nullptr, "Out of memory in the native compute kernel: make the batch, the sequence or the layer smaller");
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, error.what());
  }
  return nullptr;
}

}  // namespace tritloom
