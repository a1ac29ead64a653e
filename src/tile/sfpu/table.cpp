#include "tile/sfpu.h"

#include <iterator>

namespace tw {
namespace sfpu {
#define TW_SFPU(name) void run_##name(const SfpuCall&);
#include "tw/sfpu.def"
#undef TW_SFPU
}  // namespace sfpu

const SfpuFunction kSfpuFunctions[] = {
#define TW_SFPU(name) sfpu::run_##name,
#include "tw/sfpu.def"
#undef TW_SFPU
};

const char* const kSfpuNames[] = {
#define TW_SFPU(name) #name,
#include "tw/sfpu.def"
#undef TW_SFPU
};

const uint32_t kSfpuCount = std::size(kSfpuFunctions);

}  // namespace tw
