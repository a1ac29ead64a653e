// One RISC's view of a circular buffer, and the constants of its format. Kernels read and write the fields directly; the
// format functions are constant expressions because kernels size arrays and choose code by them.
#pragma once

#include "tw/abi.h"
#include "tw/attributes.h"
#include "tw/enums.h"
#include "tw/kernel_config.h"

#include <cstdint>

using LocalCBInterface = tw_local_cb;

// CB addresses count bytes on the data-movement processors and 16-byte words on the compute threads (docs/upstream-api.md
// K3).
#if defined(COMPILE_FOR_TRISC)
inline constexpr uint32_t cb_addr_shift = 4;
#else
inline constexpr uint32_t cb_addr_shift = 0;
#endif

FORCE_INLINE LocalCBInterface& get_local_cb_interface(uint32_t cb_id) {
    tw_ctx* self = tw_self();
    if (__builtin_expect(cb_id >= TW_MAX_CBS, 0)) tw_assert_fail(self, "circular buffer id < 64", TW_SITE_NONE);
    return self->cb[cb_id];
}

// The pages ever pushed and popped, which all processors of the core see. On silicon they are registers of the overlay.
FORCE_INLINE volatile tt_reg_ptr uint32_t* get_cb_tiles_received_ptr(int32_t operand) {
    return &tw_self()->cb_counters[static_cast<uint32_t>(operand) % TW_MAX_CBS].received;
}
FORCE_INLINE volatile tt_reg_ptr uint32_t* get_cb_tiles_acked_ptr(int32_t operand) {
    return &tw_self()->cb_counters[static_cast<uint32_t>(operand) % TW_MAX_CBS].acked;
}

template <int D = 0>
constexpr const tw_cb_format& tw_format_of(uint32_t cb_id) {
    return tw::KernelConfig<D>::cb[cb_id];
}

template <int D = 0>
constexpr uint32_t get_tile_hw(int32_t operand) {
    const tw_cb_format& f = tw_format_of<D>(static_cast<uint32_t>(operand));
    return uint32_t(f.tile_rows) * f.tile_cols;
}

template <int D = 0>
constexpr uint32_t get_tile_num_faces(int32_t operand) {
    return tw_format_of<D>(static_cast<uint32_t>(operand)).faces;
}

template <int D = 0>
constexpr int32_t get_tile_size(int32_t operand) {
    return static_cast<int32_t>(tw_format_of<D>(static_cast<uint32_t>(operand)).tile_bytes);
}

template <int D = 0>
constexpr DataFormat get_dataformat(int32_t operand) {
    return static_cast<DataFormat>(tw_format_of<D>(static_cast<uint32_t>(operand)).format);
}
