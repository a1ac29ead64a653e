// What is constant in one kernel's build: its compile-time args, the formats of its circular buffers, its compute options.
//
// The headers are precompiled once for all kernels, but these values differ from kernel to kernel. So the headers name them
// through KernelConfig<0> inside templates (with a defaulted int parameter): looked up only when the kernel uses them,
// after the JIT's prologue, which stands between the precompiled header and the kernel's text, has specialised it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

// One circular buffer as the kernel sees it (chlkc_descriptors in tt-metal). Index 0..63; unused ones have format 255.
struct tw_cb_format {
    uint8_t format = 255;  // DataFormat code of the bytes in L1
    uint8_t face_rows = 16;
    uint8_t faces = 4;
    uint8_t tile_rows = 32;
    uint8_t tile_cols = 32;
    uint8_t to_dest_fp32 = 0;  // UnpackToDestFp32: 32-bit data goes straight to DST
    uint16_t reserved = 0;
    uint32_t tile_bytes = 0;
    uint32_t page_bytes = 0;
};

namespace tw {

struct NamedArg {
    std::string_view name;
    uint32_t value;
};

// Specialised as KernelConfig<0> by the JIT's prologue (src/jit/prologue.cpp) with these static constexpr members:
//   std::array<uint32_t, N> compile_time_args
//   std::array<NamedArg, M> named_args
//   tw_cb_format cb[64]
//   bool dst_accum_mode (fp32 DST), approx, dst_full_sync, bfp8_pack_precise
//   uint8_t math_fidelity (0 LoFi, 2, 3, 4), processor (tw_risc), noc_index, noc_mode
//   uint32_t num_dram_banks, num_l1_banks
template <int>
struct KernelConfig;

}  // namespace tw
