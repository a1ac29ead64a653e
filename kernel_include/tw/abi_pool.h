// The border's part for pooling: rows become tiles on their way into SrcA while the window's scaler goes to SrcB.
#pragma once

#include "tw/abi.h"
#include "tw/kernel_config.h"

#ifdef __cplusplus
extern "C" {
#endif

// What a register row of SrcA holds that the tile's shape does not reach.
typedef enum tw_pool_filler { TW_POOL_FILL_ZERO = 0, TW_POOL_FILL_NEGATIVE_INFINITY = 1 } tw_pool_filler;

// UNPACK: `ct` tiles out of row-major rows of ct tiles' width, each -> SrcA, and with each of them the first face of tile
// `tile_b`, repeated in all faces -> SrcB.
void tw_unpack_tilize_pool(tw_ctx*, uint32_t cb_a, const tw_cb_format*, uint32_t ct, uint32_t filler, uint32_t cb_b,
                           const tw_cb_format*, uint32_t tile_b, const tw_site*);

#ifdef __cplusplus
}
#endif
