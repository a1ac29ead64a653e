// What every compute kernel may use without further includes: arguments, registers, circular buffers, packing, formats.
#pragma once

#include "api/compute/cb_api.h"
#include "api/compute/common_globals.h"
#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/pack.h"
#include "api/compute/reconfig_data_format.h"
#include "api/compute/reg_api.h"
#include "tw/assert.h"
#include "api/debug/dprint.h"
#include "api/debug/waypoint.h"
#include "tw/compile_time_args.h"
#include "tw/runtime_args.h"
