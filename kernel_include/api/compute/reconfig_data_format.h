// Changing the data formats of unpacker and packer. The emulator always takes the format of the circular buffer that a call
// names, so a correct kernel behaves alike with and without these calls (docs/upstream-api.md K7), but for one thing: the
// format that the matrix unit takes SrcA to have decides what DST loses when it is used as an operand again.
#pragma once

#include "api/compute/common_globals.h"

namespace ckernel {

// SrcA may change: src_a is what follows of it. The forms of two or four numbers name the former buffers as well.
#define TW_RECONFIG_BOTH_(name, src_a)                                                              \
    template <auto... TwOptions, int D = 0>                                                         \
    ALWI void name(uint32_t icb0_new_operand, uint32_t icb1_new_operand) {                          \
        src_a(icb0_new_operand);                                                                    \
    }                                                                                               \
    template <auto... TwOptions, int D = 0>                                                         \
    ALWI void name(uint32_t icb0_old_operand, uint32_t icb0_new_operand, uint32_t icb1_old_operand, \
                   uint32_t icb1_new_operand) {                                                     \
        src_a(icb0_old_operand, icb0_new_operand);                                                  \
    }
#define TW_RECONFIG_ONE_(name, src_a)                            \
    template <auto... TwOptions, int D = 0>                      \
    ALWI void name(uint32_t new_operand) {                       \
        src_a(new_operand);                                      \
    }                                                            \
    template <auto... TwOptions, int D = 0>                      \
    ALWI void name(uint32_t old_operand, uint32_t new_operand) { \
        src_a(old_operand, new_operand);                         \
    }
#define TW_NO_SRC_A_(...)

TW_RECONFIG_BOTH_(reconfig_data_format, tw::math_src_a<D>)
TW_RECONFIG_ONE_(reconfig_data_format_srca, tw::math_src_a<D>)
TW_RECONFIG_ONE_(reconfig_data_format_srcb, TW_NO_SRC_A_)
TW_RECONFIG_BOTH_(reconfig_data_format_skip_int8, tw::math_src_a<D>)
TW_RECONFIG_ONE_(reconfig_data_format_srca_skip_int8, tw::math_src_a<D>)
TW_RECONFIG_ONE_(reconfig_data_format_srcb_skip_int8, TW_NO_SRC_A_)
TW_RECONFIG_BOTH_(reconfig_full_operand, tw::math_src_a<D>)
TW_RECONFIG_ONE_(reconfig_full_operand_srca, tw::math_src_a<D>)
TW_RECONFIG_ONE_(reconfig_full_operand_srcb, TW_NO_SRC_A_)
TW_RECONFIG_BOTH_(reconfig_tile_shape, TW_NO_SRC_A_)
TW_RECONFIG_ONE_(reconfig_tile_shape_srca, TW_NO_SRC_A_)
TW_RECONFIG_ONE_(reconfig_tile_shape_srcb, TW_NO_SRC_A_)
TW_RECONFIG_ONE_(pack_reconfig_data_format, TW_NO_SRC_A_)

// Older names.
TW_RECONFIG_BOTH_(unpack_reconfig_data_format, tw::math_src_a<D>)
TW_RECONFIG_ONE_(unpack_reconfig_data_format_srca, tw::math_src_a<D>)
TW_RECONFIG_ONE_(unpack_reconfig_data_format_srcb, TW_NO_SRC_A_)

#undef TW_RECONFIG_BOTH_
#undef TW_RECONFIG_ONE_
#undef TW_NO_SRC_A_

}  // namespace ckernel
