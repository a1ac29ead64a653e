// Attributes of the RISC-V compiler.
#pragma once

#include "tw/attributes.h"
