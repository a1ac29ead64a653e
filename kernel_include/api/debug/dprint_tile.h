// TileSlice: some rows and columns of a tile in a circular buffer, for DPRINT.
#pragma once

#include "tw/cb_interface.h"
#include "tw/l1.h"
#include "tw/print.h"

#include <cstdint>
#include <cstring>

// Which end of which buffer a slice is taken from.
inline constexpr bool TSLICE_RD_PTR = true, TSLICE_WR_PTR = false;
inline constexpr bool TSLICE_INPUT_CB = true, TSLICE_OUTPUT_CB = false;

// Rows h0 to h1 in steps of hs, columns likewise.
struct SliceRange {
    uint8_t h0, h1, hs, w0, w1, ws;
    static constexpr SliceRange hw0_32_8() { return {0, 32, 8, 0, 32, 8}; }
    static constexpr SliceRange hw0_32_4() { return {0, 32, 4, 0, 32, 4}; }
    static constexpr SliceRange h0_w0_32() { return {0, 1, 1, 0, 32, 1}; }
    static constexpr SliceRange h0_32_w0() { return {0, 32, 1, 0, 1, 1}; }
    static constexpr SliceRange h0_w0() { return {0, 1, 1, 0, 1, 1}; }
};

template <int MAX_BYTES = 64>
class TileSlice {
public:
    // Data movement passes which end of the buffer it means; compute looks at the front.
    TileSlice(uint8_t cb, int tile_idx, const SliceRange& range, bool = TSLICE_INPUT_CB, bool read_end = TSLICE_RD_PTR,
              bool endl_rows = true, bool print_untilized = true) {
        text_[0] = 0;
        if (tw_self()->print_enabled != 0) fill(cb, tile_idx, range, read_end, endl_rows, print_untilized);
    }

    const char* text() const { return text_; }

private:
    template <int D = 0>
    void fill(uint8_t cb, int tile_idx, const SliceRange& r, bool read_end, bool endl_rows, bool untilized) {
        const tw_cb_format& f = tw_format_of<D>(cb);
        const LocalCBInterface& state = get_local_cb_interface(cb);
        const uint32_t start = ((read_end ? state.fifo_rd_ptr : state.fifo_wr_ptr) << cb_addr_shift) +
                               static_cast<uint32_t>(tile_idx) * f.tile_bytes;
        uint32_t used = 0;
        for (uint32_t h = r.h0; h < r.h1 && h < f.tile_rows; h += r.hs != 0 ? r.hs : 1) {
            for (uint32_t w = r.w0; w < r.w1 && w < f.tile_cols; w += r.ws != 0 ? r.ws : 1) {
                uint32_t index = h * f.tile_cols + w;
                if (untilized) {
                    const uint32_t faces_across = f.tile_cols > 16 ? 2 : 1;
                    index = ((h / f.face_rows) * faces_across + w / 16) * f.face_rows * 16 + h % f.face_rows * 16 + w % 16;
                }
                used += value(text_ + used, sizeof text_ - used, static_cast<DataFormat>(f.format), start, index);
                if (used + 2 >= sizeof text_) return;
            }
            if (endl_rows) text_[used++] = '\n', text_[used] = 0;
        }
    }

    static uint32_t value(char* out, size_t room, DataFormat format, uint32_t start, uint32_t index) {
        int n;
        switch (format) {
            case DataFormat::Float32:
                n = __builtin_snprintf(out, room, "%g ", double(*tw::l1_pointer<float>(start + index * 4)));
                break;
            case DataFormat::Float16_b: {
                const tw::print_words::Bf16 v(*tw::l1_pointer<uint16_t>(start + index * 2));
                n = __builtin_snprintf(out, room, "%g ", double(v.value()));
                break;
            }
            case DataFormat::Int32:
                n = __builtin_snprintf(out, room, "%d ", *tw::l1_pointer<int32_t>(start + index * 4));
                break;
            case DataFormat::UInt32:
                n = __builtin_snprintf(out, room, "%u ", *tw::l1_pointer<uint32_t>(start + index * 4));
                break;
            case DataFormat::UInt16:
                n = __builtin_snprintf(out, room, "%u ", unsigned(*tw::l1_pointer<uint16_t>(start + index * 2)));
                break;
            case DataFormat::Int8:
            case DataFormat::UInt8:
                n = __builtin_snprintf(out, room, "%u ", unsigned(*tw::l1_pointer<uint8_t>(start + index)));
                break;
            default: n = __builtin_snprintf(out, room, "? "); break;  // block floats: exponents are elsewhere
        }
        return n < 0 ? 0 : static_cast<size_t>(n) < room ? static_cast<uint32_t>(n) : static_cast<uint32_t>(room - 1);
    }

    char text_[960];
};

using TSLICE = TileSlice<64>;
