// A header of the layer below api/compute, included by kernels that need little or nothing of it.
#pragma once

#include "tw/llk_calls.h"
