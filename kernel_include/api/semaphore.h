// Semaphore<>: a counter in L1 at the same offset on every core.
#pragma once

#include "tw/arch_constants.h"
#include "tw/attributes.h"
#include "tw/binding_tokens.h"
#include "tw/l1.h"
#include "tw/site.h"

#include <cstdint>

#if !defined(COMPILE_FOR_TRISC)
#include "api/dataflow/noc.h"
#endif

template <ProgrammableCoreType core_type = ProgrammableCoreType::TENSIX>
class Semaphore {
public:
    FORCE_INLINE explicit Semaphore(SemaphoreBindingToken token, TW_WHERE) : Semaphore(token.id, tw_where) {}
    FORCE_INLINE explicit Semaphore(uint32_t semaphore_id, TW_WHERE)
        : address_(tw_self()->semaphore_base + semaphore_id * 16) {
        if (__builtin_expect(semaphore_id >= 16, 0)) tw_assert_fail(tw_self(), "semaphore id < 16", TW_SITE);
    }

    FORCE_INLINE void up(uint32_t value, TW_WHERE) const {
        tw::note_place(TW_SITE);
        tw_fetch_add_word(tw_self(), address_, value);
    }
    // Waits until the count covers `value`, then takes it.
    FORCE_INLINE void down(uint32_t value, TW_WHERE) const {
        tw_wait_word(tw_self(), address_, TW_AT_LEAST, value, TW_SITE);
        tw_fetch_add_word(tw_self(), address_, 0u - value);
    }
    FORCE_INLINE void wait(uint32_t value, TW_WHERE) const { tw_wait_word(tw_self(), address_, TW_EQUAL, value, TW_SITE); }
    FORCE_INLINE void wait_min(uint32_t value, TW_WHERE) const {
        tw_wait_word(tw_self(), address_, TW_AT_LEAST, value, TW_SITE);
    }
    FORCE_INLINE void set(uint32_t value, TW_WHERE) const {
        tw::note_place(TW_SITE);
        tw_store_word(tw_self(), address_, value);
    }
    FORCE_INLINE uint32_t value(TW_WHERE) const {
        tw::note_place(TW_SITE);
        return tw_load_word(tw_self(), address_);
    }

#if !defined(COMPILE_FOR_TRISC)
    FORCE_INLINE void up(const Noc& noc, uint32_t noc_x, uint32_t noc_y, uint32_t value, uint8_t = NOC_UNICAST_WRITE_VC,
                         TW_WHERE) const {
        tw_noc_atomic_add(tw_self(), noc.get_noc_id(), tw::noc_unicast(noc_x, noc_y, address_), value, 0, 1, TW_SITE);
    }

    FORCE_INLINE void inc_multicast(const Noc& noc, uint32_t noc_x_start, uint32_t noc_y_start, uint32_t noc_x_end,
                                    uint32_t noc_y_end, uint32_t value, uint32_t num_dests, TW_WHERE) const {
        tw_noc_atomic_add(tw_self(), noc.get_noc_id(),
                          tw::noc_rectangle(noc_x_start, noc_y_start, noc_x_end, noc_y_end, address_), value,
                          TW_NOC_MULTICAST, num_dests, TW_SITE);
    }

    // These send this core's word: it must stay until flushed.
    template <NocOptions opts = NocOptions::DEFAULT>
    FORCE_INLINE void set_multicast(const Noc& noc, uint32_t noc_x_start, uint32_t noc_y_start, uint32_t noc_x_end,
                                    uint32_t noc_y_end, uint32_t num_dests, bool linked = false, TW_WHERE) const {
        tw::multicast_flag(address_, tw::noc_rectangle(noc_x_start, noc_y_start, noc_x_end, noc_y_end, address_), num_dests,
                           linked, has_flag(opts, NocOptions::MCAST_INCL_SRC), noc.get_noc_id(), TW_SITE);
    }
    template <ProgrammableCoreType dst_core_type = core_type>
    FORCE_INLINE void relay_unicast(const Noc& noc, const Semaphore<dst_core_type>& dst_sem, uint32_t noc_x, uint32_t noc_y,
                                    TW_WHERE) const {
        tw::send_flag(address_, tw::noc_unicast(noc_x, noc_y, dst_sem.address()), noc.get_noc_id(), TW_SITE);
    }
    template <NocOptions opts = NocOptions::DEFAULT, ProgrammableCoreType dst_core_type = core_type>
    FORCE_INLINE void relay_multicast(const Noc& noc, const Semaphore<dst_core_type>& dst_sem, uint32_t noc_x_start,
                                      uint32_t noc_y_start, uint32_t noc_x_end, uint32_t noc_y_end, uint32_t num_dests,
                                      bool linked = false, TW_WHERE) const {
        tw::multicast_flag(address_, tw::noc_rectangle(noc_x_start, noc_y_start, noc_x_end, noc_y_end, dst_sem.address()),
                           num_dests, linked, has_flag(opts, NocOptions::MCAST_INCL_SRC), noc.get_noc_id(), TW_SITE);
    }
#endif

    FORCE_INLINE uint32_t address() const { return address_; }

private:
    uint32_t address_;
};
