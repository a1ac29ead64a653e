// What is precompiled for data-movement kernels (src/jit/compile.cpp): all that upstream puts in front of one, and the
// casts that the JIT writes into its text.
#pragma once

#include "tw/abi.h"
#include "tw/address_cast.h"
#include "tw/dataflow_all.h"
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
