// The compute threads' part of the border: unpacker, matrix and vector unit, packer. See tw/abi.h.
#pragma once

#include "tw/abi.h"
