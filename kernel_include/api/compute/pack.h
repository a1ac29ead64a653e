// Tiles from DST into circular buffers.
#pragma once

#include "api/compute/common_globals.h"
#include "tw/compute_config.h"

namespace ckernel {

template <int D = 0>
ALWI void pack_init(uint32_t ocb, uint32_t call_line = 0, TW_WHERE) {
    TW_CONFIG(pack_init, tw::cb_word<D>(ocb));
}

// In order: the next page since the last push, whatever output_tile_index says. Out of order: page output_tile_index.
template <bool out_of_order_output = false, int Fp32 = -1, int D = 0>
ALWI void pack_tile(uint32_t ifrom_dst, uint32_t icb, uint32_t output_tile_index = 0, TW_WHERE) {
    tw::check_width<Fp32>(TW_SITE);
    TW_CONFIG(pack_tile, tw::cb_word<D>(icb));
    PACK((tw_pack_tile(tw_self(), ifrom_dst, icb, tw::format_at<D>(icb),
                       out_of_order_output ? output_tile_index : TW_PACK_IN_ORDER, TW_SITE)));
}

template <int Fp32 = -1, int D = 0>
ALWI void pack_block(uint32_t ifrom_dst, uint32_t icb, uint32_t ntiles, TW_WHERE) {
    for (uint32_t i = 0; i < ntiles; ++i) pack_tile<false, Fp32, D>(ifrom_dst + i, icb, 0, tw_where);
}

ALWI void dummy_pack(uint32_t cb_id) {}

ALWI void pack_reconfig_l1_acc(uint32_t l1_acc_en, TW_WHERE) {
    TW_CONFIG(pack_reconfig_l1_acc, l1_acc_en != 0);
    PACK((tw_pack_l1_accumulate(tw_self(), l1_acc_en)));
}

ALWI void pack_relu_config(const ReluConfig& config, TW_WHERE) {
    TW_CONFIG(pack_relu_config, static_cast<uint32_t>(config.get_mode()));
    PACK((tw_pack_relu(tw_self(), static_cast<uint32_t>(config.get_mode()), config.get_threshold())));
}

// Older names.
template <int Fp32 = -1, int D = 0>
ALWI void pack_tile_block(uint32_t ifrom_dst, uint32_t icb, uint32_t ntiles, TW_WHERE) {
    pack_block<Fp32, D>(ifrom_dst, icb, ntiles, tw_where);
}
template <int Fp32 = -1, int D = 0>
ALWI void matmul_pack_tile(uint32_t ifrom_dst, uint32_t icb, uint32_t ntiles, TW_WHERE) {
    pack_block<Fp32, D>(ifrom_dst, icb, ntiles, tw_where);
}

}  // namespace ckernel
