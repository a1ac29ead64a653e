// What is precompiled for the compute threads (src/jit/compile.cpp), once for each of TRISC_UNPACK, TRISC_MATH and
// TRISC_PACK: the headers that nearly every compute kernel includes, and the casts that the JIT writes into its text.
// Families of tile operations are left to the kernel's own includes, so that a kernel may have functions of their names.
#pragma once

#include "tw/abi.h"
#include "tw/abi_compute.h"
#include "tw/address_cast.h"
#include "tw/kernel_config.h"
#include "tw/site.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>

#undef M_PI  // glibc's macro; the toolchain of kernels has none, and kernels give variables this name

#include "api/compute/common.h"
#include "api/compute/compute_kernel_api.h"
#include "experimental/kernel_args.h"
