// Places in L1.
#pragma once

#include "tw/arch_constants.h"
