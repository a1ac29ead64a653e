// Which circular buffer feeds SrcA and which SrcB.
#pragma once

#include "tw/compute_types.h"
