// Division by constants.
#pragma once

#include "tw/risc_functions.h"
