// Kernel threads (Quasar): one a processor here.
#pragma once

#include "tw/runtime_args.h"
