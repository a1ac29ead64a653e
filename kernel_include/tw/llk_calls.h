// The few functions of the layer below api/compute that otherwise ordinary kernels and helper headers call.
//
// On silicon they reprogram unpacker, math unit and packer. Here formats come with each call and modes are set by the API's
// own init functions, so that most of these have nothing left to do.
#pragma once

#include "tw/compute_config.h"

enum class p_dim_stride_target { IGNORE, FACE_ROW_MAJOR };

namespace ckernel {

enum class PackMode { Default, Untilize, Tilize };
enum DstTileShape { Tile32x32 = 0, Tile32x16 = 1, Tile16x16 = 2 };

// Tiles that a kernel may index in DST.
template <DstSync sync, bool is_fp32, DstTileShape shape = DstTileShape::Tile32x32>
constexpr uint32_t get_dest_max_tiles() {
    return (is_fp32 ? 8u : 16u) / (sync == DstSync::SyncHalf ? 2u : 1u) << static_cast<unsigned>(shape);
}

// The counters by which units of one core wait for each other. The order that they enforce is there without them.
struct semaphore {
    static constexpr uint32_t FPU_SFPU = 0, MATH_PACK = 1, UNPACK_TO_DEST = 2, UNPACK_OPERAND_SYNC = 3;
    static constexpr uint32_t PACK_DONE = 4, UNPACK_SYNC = 5, UNPACK_MATH_DONE = 6, MATH_DONE = 7;
    static constexpr uint8_t NUM_SEMAPHORES = 8;
};

constexpr bool UnpackToDestEn = true, UnpackToDestDis = false;

// Waits until the units have done all that they were told. They have.
ALWI void tensix_sync() {}

#define TW_LLK_NOTHING_(name)                     \
    template <auto... TwOptions, class... TwArgs> \
    ALWI void name(TwArgs...) {}

// What such a call makes of its thread is not looked at.
#define TW_LLK_INIT_(name)                          \
    template <auto... TwOptions, class... TwArgs>   \
    ALWI void name(TwArgs...) {                     \
        TW_CONFIG_AT(TW_SITE_NONE, low_level_init); \
    }
#define TW_LLK_FORMATS_(name)                          \
    template <auto... TwOptions, class... TwArgs>      \
    ALWI void name(TwArgs...) {                        \
        TW_CONFIG_AT(TW_SITE_NONE, low_level_formats); \
    }

TW_LLK_FORMATS_(llk_unpack_reconfig_data_format)
TW_LLK_FORMATS_(llk_unpack_reconfig_data_format_srca)
TW_LLK_FORMATS_(llk_unpack_reconfig_data_format_srcb)
TW_LLK_NOTHING_(llk_math_reconfig_data_format_srcb)
// With one number for each source register, or with the old one before the new one.
template <auto... TwOptions, int D = 0>
ALWI void llk_math_reconfig_data_format(uint32_t src_a, uint32_t src_b) {
    tw::math_src_a<D>(src_a);
}
template <auto... TwOptions, int D = 0>
ALWI void llk_math_reconfig_data_format(uint32_t old_a, uint32_t src_a, uint32_t old_b, uint32_t src_b) {
    tw::math_src_a<D>(old_a, src_a);
}
template <auto... TwOptions, int D = 0>
ALWI void llk_math_reconfig_data_format_srca(uint32_t src_a) {
    tw::math_src_a<D>(src_a);
}
template <auto... TwOptions, int D = 0>
ALWI void llk_math_reconfig_data_format_srca(uint32_t old_a, uint32_t src_a) {
    tw::math_src_a<D>(old_a, src_a);
}
TW_LLK_NOTHING_(llk_math_reconfig_remap)
TW_LLK_FORMATS_(llk_pack_reconfig_data_format)
TW_LLK_INIT_(llk_unpack_AB_init)
TW_LLK_INIT_(llk_unpack_tilizeA_B_init)
TW_LLK_INIT_(llk_unpack_A_init)
TW_LLK_INIT_(llk_math_eltwise_unary_datacopy_init)
TW_LLK_INIT_(llk_unpack_AB_reduce_init)
TW_LLK_INIT_(llk_math_reduce_init)
TW_LLK_INIT_(llk_math_eltwise_binary_init)
TW_LLK_FORMATS_(llk_pack_init)
TW_LLK_NOTHING_(t6_semaphore_init)
#undef TW_LLK_NOTHING_
#undef TW_LLK_INIT_
#undef TW_LLK_FORMATS_

template <ReduceDim dim, auto... TwOptions>
ALWI void llk_pack_reduce_mask_config(uint32_t = 0) {
    tw_pack_reduce_mask(tw_self(), static_cast<uint32_t>(dim));
}
ALWI void llk_pack_reduce_mask_clear() {
    tw_pack_reduce_mask(tw_self(), TW_REDUCE_NONE);
}

ALWI void llk_pack_relu_config(uint32_t packed) {
    tw_pack_relu(tw_self(), packed & 3, packed >> 16);
}
ALWI void llk_pack_relu_config(const ReluConfig& config) {
    tw_pack_relu(tw_self(), static_cast<uint32_t>(config.get_mode()), config.get_threshold());
}
ALWI void llk_pack_relu_config(ReluType mode) {
    tw_pack_relu(tw_self(), static_cast<uint32_t>(mode), 0);
}
ALWI void llk_pack_reconfig_l1_acc(uint32_t l1_acc_en) {
    tw_pack_l1_accumulate(tw_self(), l1_acc_en);
}

}  // namespace ckernel
