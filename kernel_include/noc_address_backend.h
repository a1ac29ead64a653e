// How NoC addresses are packed.
#pragma once

#include "tw/noc_address.h"
