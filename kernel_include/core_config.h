// Kinds of programmable cores.
#pragma once

#include "tw/arch_constants.h"
