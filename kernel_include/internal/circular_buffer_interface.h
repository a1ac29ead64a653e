// One RISC's view of a circular buffer.
#pragma once

#include "tw/cb_interface.h"
