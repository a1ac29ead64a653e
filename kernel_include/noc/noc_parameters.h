// Constants of the NoC.
#pragma once

#include "tw/arch_constants.h"
#include "tw/noc_address.h"
