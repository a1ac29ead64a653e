// Compile-time arguments.
#pragma once

#include "tw/compile_time_args.h"
