// Semaphores and single words over the NoC. A semaphore is a 32-bit word of L1 at the same offset on every core; local
// stores publish (release) and waits acquire, so data written before a flag is seen after it.
#pragma once

#include "tw/abi.h"
#include "tw/attributes.h"
#include "tw/command_buffers.h"
#include "tw/l1.h"
#include "tw/noc_address.h"
#include "tw/noc_state.h"
#include "tw/noc_transfers.h"
#include "tw/site.h"

#include <cstdint>

namespace tw {

inline constexpr uint32_t kSemaphoreSpacing = 16;  // bytes between two ids (docs/upstream-api.md H8.6)
inline constexpr uint32_t kSemaphoreCount = 16;

FORCE_INLINE uint32_t semaphore_address(uint32_t id, const tw_site* site) {
    tw_ctx* self = tw_self();
    if (__builtin_expect(id >= kSemaphoreCount, 0)) tw_assert_fail(self, "semaphore id < 16", site);
    return self->semaphore_base + id * kSemaphoreSpacing;
}

// Where each kind of core keeps its semaphores, as a pointer; we have one kind.
struct SemaphoreBases {
    uint32_t* operator[](int) const { return l1_pointer<uint32_t>(tw_self()->semaphore_base); }
};

}  // namespace tw

inline constexpr tw::SemaphoreBases sem_l1_base;

template <ProgrammableCoreType type = ProgrammableCoreType::TENSIX>
FORCE_INLINE uint32_t get_semaphore(uint32_t semaphore_id, TW_WHERE) {
    return tw::semaphore_address(semaphore_id, TW_SITE);
}

// ---------------------------------------------------------------- this core's word
FORCE_INLINE void noc_semaphore_set(volatile tt_l1_ptr uint32_t* sem_addr, uint32_t val, TW_WHERE) {
    tw::note_place(TW_SITE);
    tw_store_word(tw_self(), tw::l1_offset(sem_addr, 4, TW_SITE), val);
}
FORCE_INLINE void noc_semaphore_wait(volatile tt_l1_ptr uint32_t* sem_addr, uint32_t val, TW_WHERE) {
    tw_wait_word(tw_self(), tw::l1_offset(sem_addr, 4, TW_SITE), TW_EQUAL, val, TW_SITE);
}
FORCE_INLINE void noc_semaphore_wait_min(volatile tt_l1_ptr uint32_t* sem_addr, uint32_t val, TW_WHERE) {
    tw_wait_word(tw_self(), tw::l1_offset(sem_addr, 4, TW_SITE), TW_AT_LEAST, val, TW_SITE);
}

// ---------------------------------------------------------------- other cores' words
template <bool posted = false>
FORCE_INLINE void noc_semaphore_inc(uint64_t addr, uint32_t incr, uint8_t noc_id = tw::default_noc(),
                                    uint8_t = NOC_UNICAST_WRITE_VC, TW_WHERE) {
    tw_noc_atomic_add(tw_self(), noc_id, addr, incr, posted ? TW_NOC_POSTED : 0, 1, TW_SITE);
}

template <bool posted = false>
FORCE_INLINE void noc_semaphore_inc_multicast(uint64_t addr, uint32_t incr, uint32_t num_dests,
                                              uint8_t noc_id = tw::default_noc(), uint8_t = NOC_MULTICAST_WRITE_VC,
                                              TW_WHERE) {
    tw_noc_atomic_add(tw_self(), noc_id, addr, incr, TW_NOC_MULTICAST | (posted ? TW_NOC_POSTED : 0), num_dests, TW_SITE);
}

// Copies one word of own L1, as a 4-byte write: the source must stay until flushed.
FORCE_INLINE void noc_semaphore_set_remote(uint32_t src_local_l1_addr, uint64_t dst_noc_addr,
                                           uint8_t noc = tw::default_noc(), TW_WHERE) {
    tw::send_flag(src_local_l1_addr, dst_noc_addr, noc, TW_SITE);
}
FORCE_INLINE void noc_semaphore_set_multicast(uint32_t src_local_l1_addr, uint64_t dst_noc_addr_multicast,
                                              uint32_t num_dests, bool linked = false, uint8_t noc = tw::default_noc(),
                                              uint8_t = NOC_MULTICAST_WRITE_VC, TW_WHERE) {
    tw::multicast_flag(src_local_l1_addr, dst_noc_addr_multicast, num_dests, linked, false, noc, TW_SITE);
}
FORCE_INLINE void noc_semaphore_set_multicast_loopback_src(uint32_t src_local_l1_addr, uint64_t dst_noc_addr_multicast,
                                                           uint32_t num_dests, bool linked = false,
                                                           uint8_t noc = tw::default_noc(), TW_WHERE) {
    tw::multicast_flag(src_local_l1_addr, dst_noc_addr_multicast, num_dests, linked, true, noc, TW_SITE);
}

// ---------------------------------------------------------------- immediate words
template <InlineWriteDst dst_type = InlineWriteDst::DEFAULT, bool posted = false, bool flush = true>
FORCE_INLINE void noc_inline_dw_write(uint64_t addr, uint32_t val, uint8_t be = 0xF, uint8_t noc = tw::default_noc(),
                                      uint8_t = NOC_UNICAST_WRITE_VC, uint32_t = 0, TW_WHERE) {
    tw_noc_write_word(tw_self(), noc, addr, val, be, posted ? TW_NOC_POSTED : 0, 1, TW_SITE);
}

template <InlineWriteDst dst_type = InlineWriteDst::DEFAULT, bool posted = false, bool flush = true>
FORCE_INLINE void noc_inline_mcast_dw_write(uint64_t addr, uint32_t val, uint8_t be = 0xF, uint8_t noc = tw::default_noc(),
                                            uint8_t = NOC_MULTICAST_WRITE_VC, uint32_t = 0, uint32_t num_dest = 1,
                                            TW_WHERE) {
    tw_noc_write_word(tw_self(), noc, addr, val, be, TW_NOC_MULTICAST | (posted ? TW_NOC_POSTED : 0), num_dest, TW_SITE);
}

template <bool posted = false, bool set_val = false>
FORCE_INLINE void noc_inline_dw_write_set_state(uint64_t addr, uint32_t val = 0, uint8_t be = 0xF,
                                                uint8_t = write_at_cmd_buf, uint8_t noc = tw::default_noc(),
                                                uint8_t = NOC_UNICAST_WRITE_VC) {
    tw::NocState& state = tw::noc_state(noc);
    state.inline_target = addr;
    state.inline_byte_enable = be;
    if constexpr (set_val) state.inline_value = val;
}

// Each update_* flag says which part of the state this call replaces, for itself and for later calls.
template <bool update_addr_lo = false, bool update_counter = true, bool posted = false, bool update_addr_hi = false,
          bool update_val = false, InlineWriteDst dst_type = InlineWriteDst::DEFAULT>
FORCE_INLINE void noc_inline_dw_write_with_state(uint32_t val, uint32_t addr = 0, uint8_t = write_at_cmd_buf,
                                                 uint8_t noc = tw::default_noc(), TW_WHERE) {
    static_assert(!(update_addr_lo && update_addr_hi), "only one half of the address can be replaced by one call");
    tw::NocState& state = tw::noc_state(noc);
    if constexpr (update_addr_lo) {
        state.inline_target = tw::with_low_address(state.inline_target, addr);
        state.inline_byte_enable = 0xF;
    }
    if constexpr (update_addr_hi) {
        state.inline_target = (state.inline_target & tw::kNocLocalMask) | uint64_t(addr) << TW_NOC_LOCAL_BITS;
    }
    if constexpr (update_val) state.inline_value = val;
    tw_noc_write_word(tw_self(), noc, state.inline_target, state.inline_value, state.inline_byte_enable,
                      posted ? TW_NOC_POSTED : 0, 1, TW_SITE);
}
