// The RISC-V processor.
#pragma once

#include "tw/noc_address.h"
#include "tw/risc_functions.h"
