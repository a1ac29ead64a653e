// Semaphores between the compute threads. Not provided.
#pragma once

#include "tw/compute_types.h"

TW_NOT_PROVIDED(compute_semaphore_hw_startup)
