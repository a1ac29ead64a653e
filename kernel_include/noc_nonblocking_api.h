// The NoC below the data-movement API: what of it exists.
#pragma once

#include "tw/noc_barriers.h"
#include "tw/noc_registers.h"
#include "tw/noc_transfers.h"
