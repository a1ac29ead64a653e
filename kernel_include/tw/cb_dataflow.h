// Circular buffers as free functions, for the data-movement processors: each call acts for the RISC that makes it. (On
// compute, api/compute/cb_api.h gives the same names another meaning.)
#pragma once

#include "tw/abi.h"
#include "tw/cb_interface.h"
#include "tw/site.h"

#include <cstdint>

#if !defined(COMPILE_FOR_TRISC)

FORCE_INLINE void cb_reserve_back(int32_t operand, int32_t num_pages, TW_WHERE) {
    tw_cb_reserve_back(tw_self(), static_cast<uint32_t>(operand), static_cast<uint32_t>(num_pages), TW_SITE);
}
FORCE_INLINE void cb_push_back(int32_t operand, int32_t num_pages, TW_WHERE) {
    tw_cb_push_back(tw_self(), static_cast<uint32_t>(operand), static_cast<uint32_t>(num_pages), TW_SITE);
}
FORCE_INLINE void cb_wait_front(int32_t operand, int32_t num_pages, TW_WHERE) {
    tw_cb_wait_front(tw_self(), static_cast<uint32_t>(operand), static_cast<uint32_t>(num_pages), TW_SITE);
}
FORCE_INLINE void cb_pop_front(int32_t operand, int32_t num_pages, TW_WHERE) {
    tw_cb_pop_front(tw_self(), static_cast<uint32_t>(operand), static_cast<uint32_t>(num_pages), TW_SITE);
}
FORCE_INLINE bool cb_pages_reservable_at_back(int32_t operand, int32_t num_pages, TW_WHERE) {
    return tw_cb_pages_free(tw_self(), static_cast<uint32_t>(operand), TW_SITE) >= static_cast<uint32_t>(num_pages);
}
FORCE_INLINE bool cb_pages_available_at_front(int32_t operand, int32_t num_pages, TW_WHERE) {
    return tw_cb_pages_ready(tw_self(), static_cast<uint32_t>(operand), TW_SITE) >= static_cast<uint32_t>(num_pages);
}

FORCE_INLINE uint32_t get_write_ptr(uint32_t operand) {
    return get_local_cb_interface(operand).fifo_wr_ptr;
}
FORCE_INLINE uint32_t get_read_ptr(uint32_t operand) {
    return get_local_cb_interface(operand).fifo_rd_ptr;
}

#endif
