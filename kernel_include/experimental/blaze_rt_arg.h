// Where a runtime argument with a name lies (src/program/named_args.h declares them in front of the kernel).
#pragma once

#include "tw/binding_tokens.h"
