// Whole pages as text, for kernels that are being debugged.
#pragma once

#include "api/debug/dprint.h"
#include "tw/cb_interface.h"
#include "tw/l1.h"

#include <cstdint>

inline void print_cb_details(uint32_t cb_id) {
    const LocalCBInterface& cb = get_local_cb_interface(cb_id);
    DPRINT("cb {}: size {} limit {} page_size {} num_pages {} rd_ptr {} wr_ptr {}\n", cb_id, cb.fifo_size, cb.fifo_limit,
           cb.fifo_page_size, cb.fifo_num_pages, cb.fifo_rd_ptr, cb.fifo_wr_ptr);
}

namespace tw {

template <class Stored, class Shown>
void print_pages(uint32_t l1_addr, uint32_t elements, uint32_t pages, uint32_t start) {
    if (tw_self()->print_enabled == 0) return;
    const Stored* p = l1_pointer<Stored>(l1_addr) + uint64_t(start) * elements;
    for (uint32_t page = 0; page < pages; ++page) {
        DPRINT("{}: ", start + page);
        for (uint32_t i = 0; i < elements; ++i) DPRINT("{} ", Shown(*p++));
        DPRINT("\n");
    }
}

}  // namespace tw

namespace tt::data_movement::common {

inline void print_bf16_pages(uint32_t l1_addr, uint32_t elts_per_page, uint32_t npages, uint32_t start = 0) {
    tw::print_pages<uint16_t, tw::print_words::Bf16>(l1_addr, elts_per_page, npages, start);
}
inline void print_f32_pages(uint32_t l1_addr, uint32_t elts_per_page, uint32_t npages, uint32_t start = 0) {
    tw::print_pages<float, float>(l1_addr, elts_per_page, npages, start);
}
inline void print_u8_pages(uint32_t l1_addr, uint32_t bytes_per_page, uint32_t npages, uint32_t start = 0) {
    tw::print_pages<uint8_t, uint32_t>(l1_addr, bytes_per_page, npages, start);
}
inline void print_u16_pages(uint32_t l1_addr, uint32_t elts_per_page, uint32_t npages, uint32_t start = 0) {
    tw::print_pages<uint16_t, uint32_t>(l1_addr, elts_per_page, npages, start);
}
inline void print_u32_pages(uint32_t l1_addr, uint32_t elts_per_page, uint32_t npages, uint32_t start = 0) {
    tw::print_pages<uint32_t, uint32_t>(l1_addr, elts_per_page, npages, start);
}

}  // namespace tt::data_movement::common

namespace tt::compute::common {

template <int D = 0>
void print_tile_rows(uint32_t cb_id, uint32_t tile_id, bool untilize = false, uint16_t start_row = 0, uint16_t end_row = 32,
                     uint8_t start_col = 0, uint8_t end_col = 32) {
    for (uint16_t row = start_row; row < end_row; ++row) {
        const SliceRange range{uint8_t(row), uint8_t(row + 1), 1, start_col, end_col, 1};
        DPRINT("{} {}", row,
               TileSlice<64>(uint8_t(cb_id), int(tile_id), range, TSLICE_INPUT_CB, TSLICE_RD_PTR, true, untilize));
    }
}
template <int D = 0>
void print_full_tile(uint32_t cb_id, uint32_t tile_id = 0, bool untilize = false) {
    print_tile_rows<D>(cb_id, tile_id, untilize);
}

}  // namespace tt::compute::common
