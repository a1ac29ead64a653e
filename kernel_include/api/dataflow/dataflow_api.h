// The data-movement API as free functions: arguments, circular buffers, NoC transfers, semaphores (docs/upstream-api.md K1
// to K4).
#pragma once

#include "tw/alignment.h"
#include "tw/assert.h"
#include "api/debug/kernel_profiler.hpp"
#include "api/debug/waypoint.h"
#include "hostdevcommon/common_values.hpp"
#include "tw/address_generators.h"
#include "tw/arch_constants.h"
#include "tw/attributes.h"
#include "tw/cb_dataflow.h"
#include "tw/cb_index.h"
#include "tw/cb_interface.h"
#include "tw/compile_time_args.h"
#include "tw/enums.h"
#include "tw/noc_address.h"
#include "tw/noc_barriers.h"
#include "tw/noc_registers.h"
#include "tw/noc_semaphores.h"
#include "tw/noc_transfers.h"
#include "tw/risc_functions.h"
#include "tw/runtime_args.h"

#include <cstdint>
#include <cstring>
#include <type_traits>

// The tensor accessor needs what is above, and upstream's dataflow_api.h brings it along.
#include "api/tensor/tensor_accessor.h"
