// What CircularBuffer and DataflowBuffer have in common: the four protocol calls, each made by the processor it belongs to.
// On the compute threads waiting and popping are UNPACK's, reserving and pushing PACK's; the others fall through.
#pragma once

#include "tw/abi.h"
#include "tw/attributes.h"
#include "tw/cb_interface.h"
#include "tw/compute_shared_values.h"
#include "tw/l1.h"
#include "tw/site.h"

#include <cstdint>

namespace tw {

#if defined(COMPILE_FOR_TRISC)
#if defined(TRISC_UNPACK)
inline constexpr bool kConsumes = true;
#else
inline constexpr bool kConsumes = false;
#endif
#if defined(TRISC_PACK)
inline constexpr bool kProduces = true;
#else
inline constexpr bool kProduces = false;
#endif
#else
inline constexpr bool kConsumes = true, kProduces = true;
#endif

class CbHandle {
public:
    FORCE_INLINE explicit constexpr CbHandle(uint32_t id) : id_(id) {}

    FORCE_INLINE void reserve_back(int32_t num_pages, TW_WHERE) const {
        if constexpr (kProduces) tw_cb_reserve_back(tw_self(), id_, static_cast<uint32_t>(num_pages), TW_SITE);
    }
    FORCE_INLINE void push_back(int32_t num_pages, TW_WHERE) const {
        if constexpr (kProduces) tw_cb_push_back(tw_self(), id_, static_cast<uint32_t>(num_pages), TW_SITE);
    }
    FORCE_INLINE void wait_front(int32_t num_pages, TW_WHERE) const {
        if constexpr (kConsumes) tw_cb_wait_front(tw_self(), id_, static_cast<uint32_t>(num_pages), TW_SITE);
    }
    FORCE_INLINE void pop_front(int32_t num_pages, TW_WHERE) const {
        if constexpr (kConsumes) tw_cb_pop_front(tw_self(), id_, static_cast<uint32_t>(num_pages), TW_SITE);
    }
    FORCE_INLINE bool pages_reservable_at_back(int32_t num_pages, TW_WHERE) const {
        return tw_cb_pages_free(tw_self(), id_, TW_SITE) >= static_cast<uint32_t>(num_pages);
    }
    FORCE_INLINE bool pages_available_at_front(int32_t num_pages, TW_WHERE) const {
        return tw_cb_pages_ready(tw_self(), id_, TW_SITE) >= static_cast<uint32_t>(num_pages);
    }

    FORCE_INLINE LocalCBInterface& state() const { return get_local_cb_interface(id_); }

    // L1 byte address of a tile behind the front, the same on all three compute threads.
    FORCE_INLINE uint32_t get_tile_address(uint32_t tile_index, TW_WHERE) const {
        return from_unpack([&] { return tile_address(tile_index); }, TW_SITE);
    }

protected:
    template <class T>
    FORCE_INLINE T tile_value(uint32_t tile_index, uint32_t element_offset, const tw_site* site) const {
        static_assert(sizeof(T) <= 4, "a mailbox carries 32 bits");
        const uint32_t bits = from_unpack(
            [&] {
                uint32_t word = 0;
                const T value = l1_pointer<volatile T>(tile_address(tile_index))[element_offset];
                __builtin_memcpy(&word, &value, sizeof(T));
                return word;
            },
            site);
        T value;
        __builtin_memcpy(&value, &bits, sizeof(T));
        return value;
    }

    uint32_t id_;

private:
    FORCE_INLINE uint32_t tile_address(uint32_t tile_index) const {
        const LocalCBInterface& cb = state();
        return (cb.fifo_rd_ptr + cb.fifo_page_size * tile_index) << cb_addr_shift;
    }
};

}  // namespace tw
