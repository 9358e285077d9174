#include "napi_arguments.h"

#include <algorithm>

namespace tritloom {

void check(napi_status status, const char* what) {
  if (status != napi_ok) {
    throw AddonError(std::string("native compute kernel: ") + what);
  }
}

Arguments::Arguments(napi_env env, napi_callback_info info) : env_(env) {
  check(napi_get_cb_info(env, info, &count_, values_, nullptr, nullptr), "cannot read the arguments");
}

napi_value Arguments::next() {
  if (index_ >= count_ || index_ >= kMost) {
    throw AddonError("native compute kernel: too few arguments");
  }
  return values_[index_++];
}

double Arguments::number() {
  double value = 0;
  check(napi_get_value_double(env_, next(), &value), "expected a number");
  return value;
}

std::size_t Arguments::size() { return static_cast<std::size_t>(number()); }

bool Arguments::boolean() {
  bool value = false;
  check(napi_get_value_bool(env_, next(), &value), "expected a boolean");
  return value;
}

void* Arguments::typedData(napi_typedarray_type wanted, const char* name) {
  const napi_value value = next();
  napi_valuetype type = napi_undefined;
  check(napi_typeof(env_, value, &type), "cannot read an argument's type");
  if (type == napi_null) {
    return nullptr;
  }
  napi_typedarray_type found = napi_int8_array;
  void* data = nullptr;
  check(napi_get_typedarray_info(env_, value, &found, nullptr, &data, nullptr, nullptr), name);
  check(found == wanted ? napi_ok : napi_invalid_arg, name);
  return data;
}

float* Arguments::floats() { return static_cast<float*>(typedData(napi_float32_array, "expected a Float32Array")); }

std::int32_t* Arguments::integers() {
  return static_cast<std::int32_t*>(typedData(napi_int32_array, "expected an Int32Array"));
}

std::uint8_t* Arguments::bytes() {
  return static_cast<std::uint8_t*>(typedData(napi_uint8_array, "expected a Uint8Array"));
}

void* Arguments::external() {
  void* value = nullptr;
  check(napi_get_value_external(env_, next(), &value), "expected a pass");
  return value;
}

void Arguments::unfold() {
  napi_value lists[kMost];
  std::copy_n(values_, kMost, lists);
  const std::size_t last = std::min(count_, kMost);
  count_ = index_;
  for (std::size_t list = index_; list < last; ++list) {
    std::uint32_t length = 0;
    check(napi_get_array_length(env_, lists[list], &length), "expected a list of arguments");
    check(count_ + length <= kMost ? napi_ok : napi_invalid_arg, "too many arguments");
    for (std::uint32_t element = 0; element < length; ++element) {
      check(napi_get_element(env_, lists[list], element, &values_[count_++]), "cannot read a list of arguments");
    }
  }
}

}  // namespace tritloom
