// Names of circular buffers.
#pragma once

#include "tw/cb_index.h"
