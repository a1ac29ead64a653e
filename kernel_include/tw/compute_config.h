// How the headers under api/compute tell what their calls program and need: by the call's name in tw/compute_config.def and
// up to three words. The library holds the table (src/compute/config.cpp); calls without a row for the thread cost nothing.
#pragma once

#include "tw/compute_types.h"

namespace tw {

enum class Call : uint32_t {
#define TW_FIELD(...)
#define TW_CALL(name, ...) name,
#include "tw/compute_config.def"
#undef TW_CALL
};

// The threads that have something to set or to need, a bit each, UNPACK first: columns with more in them than "()".
inline constexpr uint8_t kCallThreads[] = {
#define TW_CALL(name, remedy, u, m, p) (sizeof(#u) > 3) | (sizeof(#m) > 3) << 1 | (sizeof(#p) > 3) << 2,
#include "tw/compute_config.def"
#undef TW_CALL
#undef TW_FIELD
};

template <Call call>
ALWI void config(const tw_site* site, uint32_t a = 0, uint32_t b = 0, uint32_t c = 0) {
#if defined(TRISC_UNPACK)
    constexpr uint32_t thread = 1;
#elif defined(TRISC_MATH)
    constexpr uint32_t thread = 2;
#else
    constexpr uint32_t thread = 4;
#endif
    if constexpr (kCallThreads[static_cast<uint32_t>(call)] & thread) {
        tw_config(tw_self(), static_cast<uint32_t>(call), a, b, c, site);
    }
}

// A template argument may name the width of DST, as older kernels' calls do: 1 for 32 bits, 0 for 16, -1 for the kernel's.
template <int Fp32>
ALWI void check_width(const tw_site* site) {
    if constexpr (Fp32 >= 0) config<Call::dst_width_of_template>(site, Fp32 != 0);
}

// A circular buffer: its format below (and whether it goes straight to DST as floats), its tile's shape above.
template <int D = 0>
ALWI uint32_t cb_word(uint32_t cb) {
    if (cb >= TW_MAX_CBS) return 0;
    const tw_cb_format& f = *format_at<D>(cb);
    return f.format | uint32_t{f.to_dest_fp32} << 8 | uint32_t{f.faces} << 16 | uint32_t{f.face_rows} << 19 |
           uint32_t{f.tile_cols} << 24;
}

// 32-bit data that copies send to DST past the source registers.
template <int D = 0>
ALWI bool goes_to_dst(uint32_t cb) {
    if (cb >= TW_MAX_CBS) return false;
    const tw_cb_format& f = *format_at<D>(cb);
    const auto format = static_cast<DataFormat>(f.format);
    return format == DataFormat::Int32 || format == DataFormat::UInt32 || (format == DataFormat::Float32 && f.to_dest_fp32);
}

// What an init makes of a buffer's tiles: how many faces of how many rows, and whether they go straight to DST.
template <int D = 0>
ALWI uint32_t faces_word(uint32_t cb) {
    return (cb_word<D>(cb) >> 16 & 0xffu) | (goes_to_dst<D>(cb) ? 0x100u : 0u);
}

// Two operands: operation and broadcast below, broadcast and faces above.
template <int D = 0>
ALWI uint32_t operands_word(uint32_t op, uint32_t bcast, uint32_t cb) {
    return op | bcast << 4 | (bcast | (cb_word<D>(cb) >> 16 & 0xffu) << 4) << 16;
}

// The forms of reconfiguration calls that name the former buffer as well do nothing where both have one format.
template <int D = 0>
ALWI bool formats_differ(uint32_t old_cb, uint32_t cb) {
    return (cb_word<D>(old_cb) & 0xffffu) != (cb_word<D>(cb) & 0xffffu);
}

}  // namespace tw

#define TW_CONFIG_AT(site, call, ...) ::tw::config<::tw::Call::call>(site __VA_OPT__(, ) __VA_ARGS__)
#define TW_CONFIG(call, ...) TW_CONFIG_AT(TW_SITE, call __VA_OPT__(, ) __VA_ARGS__)
