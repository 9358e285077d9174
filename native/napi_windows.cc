#if defined(_WIN32)

// Node-API on Windows. An import library would name node.exe as the module that has these functions, but inside VS Code
// the process is Code.exe. The addon's calls therefore go through pointers, named as an import library names them, that
// are found in the running program when the addon loads.

#include <windows.h>

#include <cstdio>
#include <cstdlib>
#include <initializer_list>

#define TRITLOOM_NODE_API(function)     \
  function(napi_adjust_external_memory) \
  function(napi_create_array)           \
  function(napi_create_double)          \
  function(napi_create_external)        \
  function(napi_create_function)        \
  function(napi_create_string_utf8)     \
  function(napi_get_array_length)       \
  function(napi_get_cb_info)            \
  function(napi_get_element)            \
  function(napi_get_instance_data)      \
  function(napi_get_typedarray_info)    \
  function(napi_get_value_bool)         \
  function(napi_get_value_double)       \
  function(napi_get_value_external)     \
  function(napi_set_element)            \
  function(napi_set_instance_data)      \
  function(napi_set_named_property)     \
  function(napi_throw_error)            \
  function(napi_typeof)

#define TRITLOOM_POINTER(name) void* __imp_##name = nullptr;
extern "C" {
TRITLOOM_NODE_API(TRITLOOM_POINTER)
}

namespace {

void* findInHost(const char* name) {
  // A Node that is built as a library keeps its functions there.
  for (HMODULE module : {GetModuleHandleW(nullptr), GetModuleHandleW(L"libnode.dll"), GetModuleHandleW(L"node.dll")}) {
    if (FARPROC function = module == nullptr ? nullptr : GetProcAddress(module, name)) {
      return reinterpret_cast<void*>(function);
    }
  }
  std::fprintf(stderr, "The native compute kernel was loaded by a program without Node-API: %s is missing\n", name);
  std::abort();
}

#define TRITLOOM_RESOLVE(name) __imp_##name = findInHost(#name);
const bool resolved = [] {
  TRITLOOM_NODE_API(TRITLOOM_RESOLVE)
  return true;
}();

}  // namespace

#endif
