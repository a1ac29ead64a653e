// Which vector instruction sets the tile code is built for; included before anything of Highway.
//
// The library is built without -march flags and picks a target at run time (Highway's foreach_target). Each target compiles
// every vector file again, so we keep three on x86: Highway's scalar baseline, AVX2, and AVX-512.
#pragma once

#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL)

// In front of a loop with a small constant count whose body must keep its vectors in registers; -O2 alone would not unroll
// it.
#if defined(__clang__)
#define TW_UNROLL _Pragma("unroll")
#else
#define TW_UNROLL _Pragma("GCC unroll 16")
#endif
