// The vector unit as C++ types.
#pragma once

#include "tw/sfpi/calls.h"
