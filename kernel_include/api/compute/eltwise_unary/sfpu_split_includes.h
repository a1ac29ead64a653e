// The headers of the functions that a kernel's SFPU_OP_CHAIN define may call.
//
// Upstream includes a family only when the host defines its name (SFPU_OP_EXP_INCLUDE, ..). Here all of them come: in the
// precompiled header they cost nothing.
#pragma once

#include "api/compute/compute_kernel_api.h"
#include "api/compute/eltwise_unary/eltwise_unary.h"
#include "api/compute/eltwise_unary/exp.h"
#include "api/compute/eltwise_unary/gelu.h"
#include "api/compute/eltwise_unary/negative.h"
#include "api/compute/eltwise_unary/recip.h"
#include "api/compute/eltwise_unary/relu.h"
#include "api/compute/eltwise_unary/rsqrt.h"
#include "api/compute/eltwise_unary/sqrt.h"
