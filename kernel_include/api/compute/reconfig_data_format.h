// Changing the data formats of unpacker and packer. The emulator always takes the format of the circular buffer that a call
// names, so a correct kernel behaves alike with and without these calls (docs/upstream-api.md K7): they do nothing.
#pragma once

#include "api/compute/common_globals.h"

namespace ckernel {

#define TW_RECONFIG_BOTH_(name)                                                                     \
    template <auto... TwOptions>                                                                    \
    ALWI void name(uint32_t icb0_new_operand, uint32_t icb1_new_operand) {}                         \
    template <auto... TwOptions>                                                                    \
    ALWI void name(uint32_t icb0_old_operand, uint32_t icb0_new_operand, uint32_t icb1_old_operand, \
                   uint32_t icb1_new_operand) {}
#define TW_RECONFIG_ONE_(name)              \
    template <auto... TwOptions>            \
    ALWI void name(uint32_t new_operand) {} \
    template <auto... TwOptions>            \
    ALWI void name(uint32_t old_operand, uint32_t new_operand) {}

TW_RECONFIG_BOTH_(reconfig_data_format)
TW_RECONFIG_ONE_(reconfig_data_format_srca)
TW_RECONFIG_ONE_(reconfig_data_format_srcb)
TW_RECONFIG_BOTH_(reconfig_data_format_skip_int8)
TW_RECONFIG_ONE_(reconfig_data_format_srca_skip_int8)
TW_RECONFIG_ONE_(reconfig_data_format_srcb_skip_int8)
TW_RECONFIG_BOTH_(reconfig_full_operand)
TW_RECONFIG_ONE_(reconfig_full_operand_srca)
TW_RECONFIG_ONE_(reconfig_full_operand_srcb)
TW_RECONFIG_BOTH_(reconfig_tile_shape)
TW_RECONFIG_ONE_(reconfig_tile_shape_srca)
TW_RECONFIG_ONE_(reconfig_tile_shape_srcb)
TW_RECONFIG_ONE_(pack_reconfig_data_format)

// Older names.
TW_RECONFIG_BOTH_(unpack_reconfig_data_format)
TW_RECONFIG_ONE_(unpack_reconfig_data_format_srca)
TW_RECONFIG_ONE_(unpack_reconfig_data_format_srcb)

#undef TW_RECONFIG_BOTH_
#undef TW_RECONFIG_ONE_

}  // namespace ckernel
