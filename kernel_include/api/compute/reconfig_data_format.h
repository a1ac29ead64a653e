// Changing the data formats of unpacker and packer. The emulator takes the format of the circular buffer that a call names,
// so these calls change no result (docs/upstream-api.md K7), but for one thing: the format that the matrix unit takes SrcA
// to have decides what DST loses when it is used as an operand again. What they set is kept to be compared
// (tw/compute_config.h).
#pragma once

#include "api/compute/common_globals.h"
#include "tw/compute_config.h"

namespace tw {

// The buffer whose tiles a source register holds from now on; with a former one, only where the formats differ.
template <Call call, bool math, int D = 0>
ALWI void reconfig_source(uint32_t cb, const tw_site* site) {
    if constexpr (math) math_src_a<D>(cb);
    config<call>(site, cb_word<D>(cb));
}
template <Call call, bool math, int D = 0>
ALWI void reconfig_source(uint32_t old_cb, uint32_t cb, const tw_site* site) {
    if constexpr (math) math_src_a<D>(old_cb, cb);
    if (formats_differ<D>(old_cb, cb)) config<call>(site, cb_word<D>(cb));
}

template <auto... Options>
constexpr bool reverses_sources() {
    bool reverses = false;
    (
        [&] {
            if constexpr (__is_same(decltype(Options), ckernel::SrcOrder)) reverses = Options == ckernel::SrcOrder::Reverse;
        }(),
        ...);
    return reverses;
}

}  // namespace tw

namespace ckernel {

// The forms of two or four numbers name the former buffers as well. Matrix products put their first operand into SrcB, so
// the order may be reversed. `math`: the matrix unit's idea of SrcA follows.
#define TW_RECONFIG_ONE_(name, call, math)                                               \
    template <auto... TwOptions, int D = 0>                                              \
    ALWI void name(uint32_t new_operand, TW_WHERE) {                                     \
        tw::reconfig_source<tw::Call::call, math, D>(new_operand, TW_SITE);              \
    }                                                                                    \
    template <auto... TwOptions, int D = 0>                                              \
    ALWI void name(uint32_t old_operand, uint32_t new_operand, TW_WHERE) {               \
        tw::reconfig_source<tw::Call::call, math, D>(old_operand, new_operand, TW_SITE); \
    }
#define TW_RECONFIG_(name, srca, srcb, math)                                                                   \
    template <auto... TwOptions, int D = 0>                                                                    \
    ALWI void name(uint32_t icb0_new_operand, uint32_t icb1_new_operand, TW_WHERE) {                           \
        constexpr bool reverse = tw::reverses_sources<TwOptions...>();                                         \
        tw::reconfig_source<tw::Call::srca, math, D>(reverse ? icb1_new_operand : icb0_new_operand, TW_SITE);  \
        tw::reconfig_source<tw::Call::srcb, false, D>(reverse ? icb0_new_operand : icb1_new_operand, TW_SITE); \
    }                                                                                                          \
    template <auto... TwOptions, int D = 0>                                                                    \
    ALWI void name(uint32_t icb0_old_operand, uint32_t icb0_new_operand, uint32_t icb1_old_operand,            \
                   uint32_t icb1_new_operand, TW_WHERE) {                                                      \
        constexpr bool reverse = tw::reverses_sources<TwOptions...>();                                         \
        tw::reconfig_source<tw::Call::srca, math, D>(reverse ? icb1_old_operand : icb0_old_operand,            \
                                                     reverse ? icb1_new_operand : icb0_new_operand, TW_SITE);  \
        tw::reconfig_source<tw::Call::srcb, false, D>(reverse ? icb0_old_operand : icb1_old_operand,           \
                                                      reverse ? icb0_new_operand : icb1_new_operand, TW_SITE); \
    }                                                                                                          \
    TW_RECONFIG_ONE_(name##_srca, srca, math)                                                                  \
    TW_RECONFIG_ONE_(name##_srcb, srcb, false)

TW_RECONFIG_(reconfig_data_format, reconfig_data_format_srca, reconfig_data_format_srcb, true)
TW_RECONFIG_(reconfig_full_operand, reconfig_full_operand_srca, reconfig_full_operand_srcb, true)
TW_RECONFIG_(reconfig_tile_shape, reconfig_tile_shape_srca, reconfig_tile_shape_srcb, false)
TW_RECONFIG_(unpack_reconfig_data_format, reconfig_data_format_srca, reconfig_data_format_srcb, true)  // older name
TW_RECONFIG_ONE_(pack_reconfig_data_format, pack_reconfig_data_format, false)

// 8-bit integers may be left alone.
#define TW_RECONFIG_BOTH_(name, alike)                                                                         \
    template <auto... TwOptions, int D = 0>                                                                    \
    ALWI void name(uint32_t icb0_new_operand, uint32_t icb1_new_operand, TW_WHERE) {                           \
        alike<TwOptions...>(icb0_new_operand, icb1_new_operand, tw_where);                                     \
    }                                                                                                          \
    template <auto... TwOptions, int D = 0>                                                                    \
    ALWI void name(uint32_t icb0_old_operand, uint32_t icb0_new_operand, uint32_t icb1_old_operand,            \
                   uint32_t icb1_new_operand, TW_WHERE) {                                                      \
        alike<TwOptions...>(icb0_old_operand, icb0_new_operand, icb1_old_operand, icb1_new_operand, tw_where); \
    }
TW_RECONFIG_BOTH_(reconfig_data_format_skip_int8, reconfig_data_format)
TW_RECONFIG_ONE_(reconfig_data_format_srca_skip_int8, reconfig_data_format_srca, true)
TW_RECONFIG_ONE_(reconfig_data_format_srcb_skip_int8, reconfig_data_format_srcb, false)

#undef TW_RECONFIG_
#undef TW_RECONFIG_ONE_
#undef TW_RECONFIG_BOTH_

}  // namespace ckernel
