// A tensor's layout in compile-time args.
#pragma once

#include "tw/tensor_accessor_args.h"
