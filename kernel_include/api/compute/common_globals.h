// The base of all compute headers: thread macros, enumerations, types.
#pragma once

#include "tw/compute_types.h"
