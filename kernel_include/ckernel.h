// Names of the low-level kernel library that ordinary kernels use: enumerations, mailboxes.
#pragma once

#include "tw/enums.h"
#include "tw/mailbox.h"
#if defined(COMPILE_FOR_TRISC)
#include "tw/compute_types.h"
#endif
