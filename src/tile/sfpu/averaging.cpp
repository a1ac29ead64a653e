// The exponential moving average down the columns of a tile: rows are samples in time, columns are channels.
#include "tile/sfpu.h"

#include <bit>

namespace tw::sfpu {

// y = alpha y + beta x, with alpha and beta in `constants` and y of each column kept for the next tile. Reads the tile,
// writes the one after it.
void run_ema(const SfpuCall& c) {
    const float alpha = std::bit_cast<float>(c.constants[0]), beta = std::bit_cast<float>(c.constants[1]);
    uint32_t* out = c.out + kTileWords;
    for (uint32_t row = 0; row < 32; ++row) {
        for (uint32_t column = 0; column < 32; ++column) {
            const uint32_t i = (row / 16 * 2 + column / 16) * kFaceWords + row % 16 * kFaceCols + column % 16;
            float& y = c.columns[column];
            y = beta * std::bit_cast<float>(c.out[i]) + alpha * y;
            const uint32_t word = std::bit_cast<uint32_t>(y);
            out[i] = c.dst_is_fp32 ? word : word & 0xffff0000u;
        }
    }
}

}  // namespace tw::sfpu
