// One entry of a row of tw/compute_config.def, as src/compute/config.cpp walks over it.
#pragma once

#include "compute/config.h"

namespace tw::compute {

struct ConfigItem {
    enum class What : uint8_t { Set, Need, NeedNot, NeedFrom };
    // Index of the word (none, a, b, c) and which part of it: all, the lower half, the upper half.
    enum class Word : uint8_t { None = 0, A = 1, B = 2, C = 3, ALow = 5, BLow, CLow, AHigh = 9, BHigh, CHigh };

    What what;
    ConfigField field;
    Word word;
    uint32_t value;
};

}  // namespace tw::compute
