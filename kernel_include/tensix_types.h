// Data formats.
#pragma once

#include "tw/enums.h"
