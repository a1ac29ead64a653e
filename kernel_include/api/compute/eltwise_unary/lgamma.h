// Logarithm of the gamma function: at once, or in the steps that stock kernels put together around ln |sin(pi x)|.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_TILE(lgamma_tile, lgamma)
TW_SFPU_INIT(lgamma_tile_init)
// ln Gamma(x), or of 1 - x where x is below one half.
TW_SFPU_INIT(lgamma_stirling_tile_init)
TW_SFPU_TILE(lgamma_stirling_tile, lgamma_reflected)
// The same; silicon's float version takes the logarithm of its argument from idst1.
TW_SFPU_INIT(lgamma_stirling_float_tile_init)
template <auto... TwOptions>
ALWI void lgamma_stirling_float_tile(uint32_t idst0, uint32_t idst1, uint32_t idst2, TW_WHERE) {
    TW_CONFIG(lgamma_stirling_float_tile);
    MATH((tw_math_copy_dest(tw_self(), idst0, idst2, TW_SITE)));
    MATH((tw_sfpu(tw_self(), TW_SFPU_lgamma_reflected, 4, idst2, 0, 0, 0, TW_SITE)));
}
// The reflection: of the step above, ln |sin(pi x)| and x.
TW_SFPU_INIT(lgamma_adjusted_tile_init)
TW_SFPU_TERNARY(lgamma_adjusted_tile, lgamma_adjusted)

}  // namespace ckernel
