// What a kernel may call of the machine that it is emulated on.
//
// A kernel is loaded into the user's process, so the loader binds whatever it names: exit(), fork(), malloc(), a C++
// exception's machinery. None of that exists on the chip, and some of it ends the process. So the bindings are looked at
// after the kernel is loaded: the runtime's own functions (tw_*) and those of the C library that only compute (copies,
// strings, mathematics) stay; every other function is replaced by one that ends the kernel with an error that names it.
// It is a list of what may be called, not of what may not: nobody can think of all that a C library offers.
#pragma once

#include "jit/kernel_request.h"

#include <string_view>
#include <vector>

struct link_map;

namespace tw::jit {

void bind_host_calls(const link_map&);

// Groups of such functions that want words of their own.
enum class HostCall : uint8_t { Other, Abort, Exit, Signal, Process, Thread, Jump, Exception, Heap, Output };
HostCall kind_of_host_call(std::string_view symbol);

// The places in a loaded kernel that call `symbol`: that before `return_address` if it is one of them, else all of them (a
// call that was the last thing a function did leaves no return address). Reads the object's file.
std::vector<const void*> call_sites(const KernelImage&, std::string_view symbol, const void* return_address);

// A symbol as a person writes it: "operator new(unsigned long)".
std::string readable_name(std::string_view symbol);

}  // namespace tw::jit

// What the replaced functions call. Defined where fibers can be stopped (core/core.cpp).
extern "C" [[noreturn]] void tw_host_call(const char* symbol, const void* return_address);
extern "C" [[noreturn]] void tw_host_assert(const char* expression, const char* file, unsigned line);
