// How the headers of the vector unit's functions are written: one line a function.
//
// All of them work on DST and on nothing else, so a call is the function's number (tw/sfpu.def), the tiles and up to three
// scalar words. Template arguments of upstream's signatures choose between approximations; here all variants are computed
// alike (docs/numerics.md), so they are accepted and ignored. Init functions load constants on silicon; here they
// say that they have (tw/compute_config.h).
#pragma once

#include "tw/compute_config.h"

#if defined(TRISC_MATH) || defined(TRISC_PACK)
#include "tw/sfpi/calls.h"  // kernels that include any of these headers may write SFPU code of their own
#endif

namespace tw {

constexpr bool is_integer_format(DataFormat f) {
    return f == DataFormat::Int32 || f == DataFormat::UInt32 || f == DataFormat::UInt16 || f == DataFormat::UInt8 ||
           f == DataFormat::Int8;
}
// The bits that a result of this format keeps, and the bit that turns its order into that of signed words.
constexpr uint32_t integer_mask(DataFormat f) {
    return f == DataFormat::UInt16 ? 0xffffu : f == DataFormat::UInt8 ? 0xffu : 0xffffffffu;
}
constexpr uint32_t sign_bias(DataFormat f) {
    return f == DataFormat::Int32 ? 0u : 0x80000000u;
}

}  // namespace tw

// name(): the unit's constants, of which only the name is kept (tw/compute_config.def).
#define TW_SFPU_INIT(name)       \
    template <auto... TwOptions> \
    ALWI void name(TW_WHERE) {   \
        TW_CONFIG(name);         \
    }

#define TW_SFPU_THREAD_(THREAD, name, op, PARAMS, p0, p1, p2, mode)                                                \
    template <auto... TwOptions>                                                                                   \
    ALWI void name PARAMS {                                                                                        \
        TW_CONFIG(name);                                                                                           \
        THREAD((tw_sfpu(tw_self(), TW_SFPU_##op, mode, idst, static_cast<uint32_t>(p0), static_cast<uint32_t>(p1), \
                        static_cast<uint32_t>(p2), TW_SITE)));                                                     \
    }

// DST[idst] = op(DST[idst]), with none to three scalar words.
#define TW_SFPU_TILE(name, op)                                                                              \
    TW_SFPU_THREAD_(MATH, name, op, (uint32_t idst, tw::VectorModeArg vector_mode = {}, TW_WHERE), 0, 0, 0, \
                    vector_mode.value)
#define TW_SFPU_TILE1(name, op) TW_SFPU_THREAD_(MATH, name, op, (uint32_t idst, uint32_t param0, TW_WHERE), param0, 0, 0, 4)
#define TW_SFPU_TILE2(name, op) \
    TW_SFPU_THREAD_(MATH, name, op, (uint32_t idst, uint32_t param0, uint32_t param1, TW_WHERE), param0, param1, 0, 4)
#define TW_SFPU_TILE3(name, op)                                                                                           \
    TW_SFPU_THREAD_(MATH, name, op, (uint32_t idst, uint32_t param0, uint32_t param1, uint32_t param2, TW_WHERE), param0, \
                    param1, param2, 4)
// The same from the PACK thread, on the half of DST that it holds between tile_regs_wait and tile_regs_release.
#define TW_SFPU_TILE_PACK(name, op)                                                                         \
    TW_SFPU_THREAD_(PACK, name, op, (uint32_t idst, tw::VectorModeArg vector_mode = {}, TW_WHERE), 0, 0, 0, \
                    vector_mode.value)
#define TW_SFPU_TILE1_PACK(name, op) \
    TW_SFPU_THREAD_(PACK, name, op, (uint32_t idst, uint32_t param0, TW_WHERE), param0, 0, 0, 4)
#define TW_SFPU_TILE2_PACK(name, op) \
    TW_SFPU_THREAD_(PACK, name, op, (uint32_t idst, uint32_t param0, uint32_t param1, TW_WHERE), param0, param1, 0, 4)
#define TW_SFPU_TILE3_PACK(name, op)                                                                                      \
    TW_SFPU_THREAD_(PACK, name, op, (uint32_t idst, uint32_t param0, uint32_t param1, uint32_t param2, TW_WHERE), param0, \
                    param1, param2, 4)

// The vector mode comes as a template argument (sigmoid).
#define TW_SFPU_TILE_MODE_OPTION(THREAD, name, op)                                                                 \
    template <auto... TwOptions>                                                                                   \
    ALWI void name(uint32_t idst, TW_WHERE) {                                                                      \
        TW_CONFIG(name);                                                                                           \
        THREAD((tw_sfpu(tw_self(), TW_SFPU_##op, tw::vector_mode_among<TwOptions...>(), idst, 0, 0, 0, TW_SITE))); \
    }

// DST[odst] = op(DST[idst0], DST[idst1])
#define TW_SFPU_BINARY(name, op)                                                            \
    template <auto... TwOptions>                                                            \
    ALWI void name(uint32_t idst0, uint32_t idst1, uint32_t odst, TW_WHERE) {               \
        TW_CONFIG(name);                                                                    \
        MATH((tw_sfpu_binary(tw_self(), TW_SFPU_##op, idst0, idst1, odst, 0, 0, TW_SITE))); \
    }
// DST[odst] = op(DST[idst0], DST[idst1], DST[idst2]), with a scalar word where the function has one.
#define TW_SFPU_TERNARY(name, op)                                                                \
    template <auto... TwOptions>                                                                 \
    ALWI void name(uint32_t idst0, uint32_t idst1, uint32_t idst2, uint32_t odst, TW_WHERE) {    \
        TW_CONFIG(name);                                                                         \
        MATH((tw_sfpu_ternary(tw_self(), TW_SFPU_##op, idst0, idst1, idst2, odst, 0, TW_SITE))); \
    }
#define TW_SFPU_TERNARY1(name, op)                                                                            \
    template <auto... TwOptions>                                                                              \
    ALWI void name(uint32_t idst0, uint32_t idst1, uint32_t idst2, uint32_t odst, uint32_t value, TW_WHERE) { \
        TW_CONFIG(name);                                                                                      \
        MATH((tw_sfpu_ternary(tw_self(), TW_SFPU_##op, idst0, idst1, idst2, odst, value, TW_SITE)));          \
    }
