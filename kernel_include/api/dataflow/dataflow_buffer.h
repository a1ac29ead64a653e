// DataflowBuffer: Metal 2.0's name for a circular buffer. Its pointers are byte addresses on every processor.
#pragma once

#include "api/core_local_mem.h"
#include "tw/assert.h"
#include "api/lock.h"
#include "tw/binding_tokens.h"
#include "tw/cb_handle.h"

#include <cstdint>
#include <type_traits>

#if !defined(COMPILE_FOR_TRISC)
#include "tw/endpoint_traits.h"
#endif

// Held while a kernel works on reserved or received entries; gives access to them.
template <bool IsWrite>
class [[nodiscard]] DfbScopedLock {
public:
    explicit DfbScopedLock(uint32_t address) : address_(address) {}
    DfbScopedLock(const DfbScopedLock&) = delete;
    DfbScopedLock& operator=(const DfbScopedLock&) = delete;

    template <class T = uint32_t>
    [[nodiscard]] CoreLocalMem<std::conditional_t<IsWrite, T, const T>> get_ptr() const {
        return {address_};
    }

private:
    uint32_t address_;
};

class DataflowBuffer : public tw::CbHandle {
public:
    using DFBInterface = LocalCBInterface;

    template <dfb::AccessPattern Pap, dfb::AccessPattern Cap>
    FORCE_INLINE constexpr DataflowBuffer(DFBBindingToken<Pap, Cap> token) : CbHandle(static_cast<uint32_t>(token)) {}
    FORCE_INLINE constexpr DataflowBuffer(RelayDFBBindingToken token) : CbHandle(static_cast<uint32_t>(token)) {}
    FORCE_INLINE constexpr DataflowBuffer(uint16_t logical_dfb_id) : CbHandle(logical_dfb_id) {}

    FORCE_INLINE constexpr uint16_t get_id() const { return static_cast<uint16_t>(id_); }

    // ------------------------------------------------------------ size and place, in bytes
    FORCE_INLINE uint32_t get_entry_size() const { return bytes(state().fifo_page_size); }
    FORCE_INLINE uint32_t get_stride_size() const { return get_entry_size(); }
    FORCE_INLINE uint32_t get_total_num_entries() const { return state().fifo_num_pages; }
    FORCE_INLINE uint32_t get_total_size_bytes() const { return bytes(state().fifo_size); }
    FORCE_INLINE uint32_t get_local_num_entries() const { return get_total_num_entries(); }
    FORCE_INLINE uint32_t get_local_size_bytes() const { return get_total_size_bytes(); }
    FORCE_INLINE uint32_t get_ring_span_bytes() const { return get_total_size_bytes(); }
    FORCE_INLINE uint32_t get_ring_span_num_entries() const { return get_total_num_entries(); }
    // Shares and strides between several kernel threads: there is one.
    constexpr uint16_t get_producer_share() const { return 1; }
    constexpr uint16_t get_consumer_share() const { return 1; }
    constexpr uint16_t get_producer_stride_tiles() const { return 1; }
    constexpr uint16_t get_consumer_stride_tiles() const { return 1; }

    FORCE_INLINE uint32_t get_write_ptr() const { return bytes(state().fifo_wr_ptr); }
    FORCE_INLINE uint32_t get_read_ptr() const { return bytes(state().fifo_rd_ptr); }
    FORCE_INLINE void evil_set_write_ptr(uint32_t addr) { state().fifo_wr_ptr = addr >> cb_addr_shift; }
    FORCE_INLINE void evil_set_read_ptr(uint32_t addr) { state().fifo_rd_ptr = addr >> cb_addr_shift; }

    // ------------------------------------------------------------ format
    // clang-format off
    template <int D = 0> constexpr uint32_t get_tile_size() const { return format<D>().tile_bytes; }
    template <int D = 0> constexpr uint32_t get_tile_r_dim() const { return format<D>().tile_rows; }
    template <int D = 0> constexpr uint32_t get_tile_c_dim() const { return format<D>().tile_cols; }
    template <int D = 0> constexpr uint32_t get_tile_hw() const { return get_tile_r_dim<D>() * get_tile_c_dim<D>(); }
    template <int D = 0> constexpr uint32_t get_tile_num_faces() const { return format<D>().faces; }
    template <int D = 0> constexpr uint32_t get_face_r_dim() const { return format<D>().face_rows; }
    template <int D = 0> constexpr uint32_t get_partial_face() const { return format<D>().face_rows < 16; }
    template <int D = 0> constexpr uint32_t get_narrow_tile() const { return format<D>().tile_cols < 32; }
    template <int D = 0> constexpr uint32_t get_num_faces_r_dim() const { return format<D>().tile_rows > 16 ? 2 : 1; }
    template <int D = 0> constexpr uint32_t get_num_faces_c_dim() const { return format<D>().tile_cols > 16 ? 2 : 1; }
    template <int D = 0> constexpr DataFormat get_dataformat() const { return static_cast<DataFormat>(format<D>().format); }
    template <int D = 0> constexpr DataFormat get_unpack_dst_format() const { return get_dataformat<D>(); }
    template <int D = 0> constexpr DataFormat get_pack_src_format() const { return get_dataformat<D>(); }
    template <int D = 0> constexpr DataFormat get_pack_dst_format() const { return get_dataformat<D>(); }
    // clang-format on

    template <class T = uint32_t>
    FORCE_INLINE T read_tile_value(uint32_t tile_index, uint32_t element_offset, TW_WHERE) const {
        return tile_value<T>(tile_index, element_offset, TW_SITE);
    }

    template <class Operand>
    [[nodiscard]] Operand front() const {
        return tw::llk_operand<Operand>(get_read_ptr());
    }
    template <class Operand>
    [[nodiscard]] Operand back() const {
        return tw::llk_operand<Operand>(get_write_ptr());
    }

    FORCE_INLINE void finish() const {}
#if !defined(COMPILE_FOR_TRISC)
    FORCE_INLINE void write_barrier(const Noc& noc, TW_WHERE) const { noc.async_write_barrier({}, tw_where); }
#endif

    [[nodiscard]] auto scoped_write_lock(uint16_t = 1) const { return DfbScopedLock<true>(get_write_ptr()); }
    [[nodiscard]] auto scoped_read_lock(uint16_t = 1) const { return DfbScopedLock<false>(get_read_ptr()); }

private:
    static constexpr uint32_t bytes(uint32_t units) { return units << cb_addr_shift; }
    template <int D>
    constexpr const tw_cb_format& format() const {
        return tw_format_of<D>(id_);
    }
};

#if !defined(COMPILE_FOR_TRISC)

using DataflowBufferArgs = tw::OffsetArgs;

namespace tw {

struct DataflowBufferStart {
    static uint32_t read(const DataflowBuffer& b) { return b.get_read_ptr(); }
    static uint32_t write(const DataflowBuffer& b) { return b.get_write_ptr(); }
};

}  // namespace tw

template <>
struct noc_traits_t<DataflowBuffer> : tw::LocalEndpoint<DataflowBuffer, tw::DataflowBufferStart> {};
template <>
inline constexpr bool noc_zero_l1_endpoint_v<DataflowBuffer> = true;

#endif
