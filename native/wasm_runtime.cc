#include <cstdlib>
#include <new>

#include "wasm_host.h"

// What the C++ library would bring, with minutes of compiling, for the little of it that is used here.

void* operator new(std::size_t bytes) {
  void* memory = std::malloc(bytes);
  if (memory == nullptr) {
    tritloom::hostOutOfMemory(bytes);
  }
  return memory;
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

/** Called where an object has no class yet; it stands in every table of virtual functions that leaves some to others. */
extern "C" void __cxa_pure_virtual() { __builtin_trap(); }

/** Where a length or an index is out of range and exceptions are switched off. */
[[noreturn]] void std::__libcpp_verbose_abort(const char*, ...) { __builtin_trap(); }
