// CircularBuffer: a circular buffer as an object, and as an endpoint of NoC transfers.
#pragma once

#include "api/lock.h"
#include "tw/cb_handle.h"
#include "tw/cb_index.h"

#include <cstdint>

#if !defined(COMPILE_FOR_TRISC)
#include "tw/endpoint_traits.h"
#endif

class CircularBuffer : public tw::CbHandle {
public:
    enum class AddrSelector { WRITE_PTR, READ_PTR };

    FORCE_INLINE explicit constexpr CircularBuffer(uint32_t cb_id) : CbHandle(cb_id) {}

    FORCE_INLINE constexpr uint32_t get_cb_id() const { return id_; }

    // Raw fields: bytes on data movement, 16-byte words on compute.
    FORCE_INLINE uint32_t get_write_ptr() const { return state().fifo_wr_ptr; }
    FORCE_INLINE uint32_t get_read_ptr() const { return state().fifo_rd_ptr; }

    template <int D = 0>
    constexpr uint32_t get_tile_size() const {
        return static_cast<uint32_t>(::get_tile_size<D>(static_cast<int32_t>(id_)));
    }
    template <int D = 0>
    constexpr uint32_t get_tile_hw() const {
        return ::get_tile_hw<D>(static_cast<int32_t>(id_));
    }
    template <int D = 0>
    constexpr DataFormat get_dataformat() const {
        return ::get_dataformat<D>(static_cast<int32_t>(id_));
    }

    FORCE_INLINE uint32_t read_tile_value(uint32_t tile_index, uint32_t element_offset, TW_WHERE) const {
        return tile_value<uint32_t>(tile_index, element_offset, TW_SITE);
    }

    [[nodiscard]] auto scoped_lock() const {
        return Lock([] {});
    }
};

#if !defined(COMPILE_FOR_TRISC)

// The same buffer with one of its pointers for both directions.
template <CircularBuffer::AddrSelector Side>
struct CircularBufferView : CircularBuffer {};

template <CircularBuffer::AddrSelector Side>
constexpr CircularBufferView<Side> use(const CircularBuffer& buffer) {
    return {buffer};
}

namespace tw {

struct CircularBufferStart {
    static uint32_t read(const CircularBuffer& cb) { return cb.get_read_ptr(); }
    static uint32_t write(const CircularBuffer& cb) { return cb.get_write_ptr(); }
};

template <CircularBuffer::AddrSelector Sel>
struct CircularBufferViewStart {
    static uint32_t read(const CircularBufferView<Sel>& v) {
        return Sel == CircularBuffer::AddrSelector::READ_PTR ? v.get_read_ptr() : v.get_write_ptr();
    }
    static uint32_t write(const CircularBufferView<Sel>& v) { return read(v); }
};

}  // namespace tw

template <>
struct noc_traits_t<CircularBuffer> : tw::LocalEndpoint<CircularBuffer, tw::CircularBufferStart> {};
template <CircularBuffer::AddrSelector Sel>
struct noc_traits_t<CircularBufferView<Sel>>
    : tw::LocalEndpoint<CircularBufferView<Sel>, tw::CircularBufferViewStart<Sel>> {};
template <>
inline constexpr bool noc_zero_l1_endpoint_v<CircularBuffer> = true;

#endif
