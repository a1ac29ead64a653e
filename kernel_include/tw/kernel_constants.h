// The kernel's constants under the plain names that upstream's generated files give them. Included by the JIT's prologue right
// after it has specialised KernelConfig<0>, so it is never part of the precompiled header.
#pragma once

#include "tw/enums.h"
#include "tw/kernel_config.h"

#include <array>
#include <cstdint>

inline constexpr uint8_t noc_index = tw::KernelConfig<0>::noc_index;
inline constexpr uint8_t noc_mode = tw::KernelConfig<0>::noc_mode;
inline constexpr auto kernel_compile_time_args = tw::KernelConfig<0>::compile_time_args;

#define NOC_INDEX (::tw::KernelConfig<0>::noc_index)
#define NOC_MODE (::tw::KernelConfig<0>::noc_mode)
#define NUM_DRAM_BANKS (::tw::KernelConfig<0>::num_dram_banks)
#define NUM_L1_BANKS (::tw::KernelConfig<0>::num_l1_banks)

namespace tw {

// One array a descriptor field, as chlkc_descriptors.h has them.
template <class T, class Field>
constexpr std::array<T, 64> per_cb(Field field) {
    std::array<T, 64> out{};
    for (int i = 0; i < 64; ++i) out[i] = static_cast<T>(field(KernelConfig<0>::cb[i]));
    return out;
}

}  // namespace tw

// clang-format off
inline constexpr auto unpack_src_format = tw::per_cb<uint8_t>([](const tw_cb_format& f) { return f.format; });
inline constexpr auto unpack_dst_format = unpack_src_format;
inline constexpr auto pack_src_format = unpack_src_format;
inline constexpr auto pack_dst_format = unpack_src_format;
inline constexpr auto unpack_tile_num_faces = tw::per_cb<uint8_t>([](const tw_cb_format& f) { return f.faces; });
inline constexpr auto pack_tile_num_faces = unpack_tile_num_faces;
inline constexpr auto unpack_tile_face_r_dim = tw::per_cb<uint8_t>([](const tw_cb_format& f) { return f.face_rows; });
inline constexpr auto pack_tile_face_r_dim = unpack_tile_face_r_dim;
inline constexpr auto unpack_tile_r_dim = tw::per_cb<uint8_t>([](const tw_cb_format& f) { return f.tile_rows; });
inline constexpr auto pack_tile_r_dim = unpack_tile_r_dim;
inline constexpr auto unpack_tile_c_dim = tw::per_cb<uint8_t>([](const tw_cb_format& f) { return f.tile_cols; });
inline constexpr auto pack_tile_c_dim = unpack_tile_c_dim;
inline constexpr auto unpack_tile_size = tw::per_cb<uint32_t>([](const tw_cb_format& f) { return f.tile_bytes; });
inline constexpr auto pack_tile_size = unpack_tile_size;
inline constexpr auto unpack_partial_face = tw::per_cb<uint8_t>([](const tw_cb_format& f) { return f.face_rows < 16; });
inline constexpr auto pack_partial_face = unpack_partial_face;
inline constexpr auto unpack_narrow_tile = tw::per_cb<uint8_t>([](const tw_cb_format& f) { return f.tile_cols < 32; });
inline constexpr auto pack_narrow_tile = unpack_narrow_tile;
inline constexpr auto unpack_num_faces_r_dim = tw::per_cb<uint8_t>([](const tw_cb_format& f) { return f.tile_rows > 16 ? 2 : 1; });
inline constexpr auto pack_num_faces_r_dim = unpack_num_faces_r_dim;
inline constexpr auto unpack_num_faces_c_dim = tw::per_cb<uint8_t>([](const tw_cb_format& f) { return f.tile_cols > 16 ? 2 : 1; });
inline constexpr auto pack_num_faces_c_dim = unpack_num_faces_c_dim;
// clang-format on

inline constexpr bool DST_ACCUM_MODE = tw::KernelConfig<0>::dst_accum_mode;
inline constexpr bool APPROX = tw::KernelConfig<0>::approx;
inline constexpr ckernel::MathFidelity MATH_FIDELITY =
    static_cast<ckernel::MathFidelity>(tw::KernelConfig<0>::math_fidelity);
inline constexpr ckernel::DstSync kDstSyncMode =
    tw::KernelConfig<0>::dst_full_sync ? ckernel::DstSync::SyncFull : ckernel::DstSync::SyncHalf;
#define DST_SYNC_MODE kDstSyncMode
