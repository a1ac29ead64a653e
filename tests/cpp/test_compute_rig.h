// One emulated core without a scheduler: the three compute threads' contexts, some circular buffers, and values in and out.
//
// Tests call the border functions of tw/abi_compute.h as a kernel would, thread after thread in program order, so that no
// call ever has to wait. A diagnostic that would end the launch is thrown as tw::Problem.
#pragma once

#include "compute/registers.h"
#include "core/core.h"
#include "tile/pack.h"
#include "tile/unpack.h"
#include "tw/abi_compute.h"

#include <cstring>
#include <memory>
#include <vector>

namespace tw::test {

class ThrowingHost : public LaunchHost {
public:
    void enqueue(tw_core&) override {}
    void stop(Problem&& problem) override { throw std::move(problem); }
    void report(Problem&& problem) override {
        if (problem.severity == Severity::Error && throws_errors) throw std::move(problem);
        warnings.push_back(std::move(problem));
    }
    bool random(uint32_t) override { return false; }
    std::vector<Problem> warnings;  // and errors that are not thrown
    bool throws_errors = true;
};

// Row-major values of one tile <-> register words.
inline std::vector<uint32_t> to_faces(const uint32_t* rows, uint32_t stride, const TileShape& s = {}) {
    std::vector<uint32_t> out(kTileWords, 0);
    for (uint32_t r = 0; r < s.rows; ++r) {
        for (uint32_t c = 0; c < s.cols; ++c) {
            out[(r / 16 * s.face_grid_cols() + c / 16) * kFaceWords + r % 16 * kFaceCols + c % 16] = rows[r * stride + c];
        }
    }
    return out;
}
inline void from_faces(const uint32_t* words, uint32_t* rows, uint32_t stride, const TileShape& s = {}) {
    for (uint32_t r = 0; r < s.rows; ++r) {
        for (uint32_t c = 0; c < s.cols; ++c) {
            rows[r * stride + c] = words[(r / 16 * s.face_grid_cols() + c / 16) * kFaceWords + r % 16 * kFaceCols + c % 16];
        }
    }
}

class Rig {
public:
    explicit Rig(const jit::ComputeOptions& options = {}, Arch arch = Arch::Blackhole) : l1_(1 << 20) {
        core_->compute = compute_.get();
        core_->host = &host_;
        reset_compute_state(*core_->compute, options, arch);
        for (uint32_t i = 0; i < TW_RISC_COUNT; ++i) {
            tw_ctx& c = core_->processors[i].ctx;
            core_->processors[i].core = core_.get();
            c.l1 = l1_.data();
            c.l1_size = static_cast<uint32_t>(l1_.size());
            c.risc = static_cast<uint8_t>(i);
            c.core = core_.get();
            c.cb_counters = core_->cb_counters.data();
        }
    }

    // A buffer of `pages` tiles; they follow each other in L1.
    void add_cb(uint32_t id, DataFormat format, uint32_t pages, const TileShape& shape = {}, bool to_dest_fp32 = false) {
        tw_cb_format& f = formats_[id];
        f = {.format = static_cast<uint8_t>(format),
             .face_rows = shape.face_rows,
             .faces = shape.faces,
             .tile_rows = shape.rows,
             .tile_cols = shape.cols,
             .to_dest_fp32 = to_dest_fp32,
             .tile_bytes = tile_bytes(format, shape),
             .page_bytes = tile_bytes(format, shape)};
        const uint32_t page = (f.tile_bytes + 15) & ~15u;
        for (auto& processor : core_->processors) {
            tw_local_cb& cb = processor.ctx.cb[id];
            cb.fifo_page_size = page >> 4;
            cb.fifo_num_pages = pages;
            cb.fifo_size = page * pages >> 4;
            cb.fifo_rd_ptr = cb.fifo_wr_ptr = next_ >> 4;
            cb.fifo_limit = cb.fifo_rd_ptr + cb.fifo_size;
            cb.fifo_wr_tile_ptr = 0;
        }
        core_->cb_pages[id] = pages;
        next_ += page * pages;
    }

    uint8_t* page(uint32_t cb, uint32_t tile) {
        const tw_local_cb& local = core_->processors[TW_TRISC_PACK].ctx.cb[cb];
        return l1_.data() + (local.fifo_limit - local.fifo_size + tile * local.fifo_page_size) * 16;
    }

    // Exact: the values must be representable in the format. Block floats are encoded without the device's rounding.
    void write_tile(uint32_t cb, uint32_t tile, const uint32_t* words) {
        const tw_cb_format& f = formats_[cb];
        const auto format = static_cast<DataFormat>(f.format);
        uint8_t* bytes = page(cb, tile);
        const TileShape shape{.faces = f.faces, .face_rows = f.face_rows, .rows = f.tile_rows, .cols = f.tile_cols};
        if (is_block_float(format)) return encode_block(words, format, shape, bytes);
        for (uint32_t face = 0, at = 0; face < shape.faces; ++face) {
            for (uint32_t i = 0; i < shape.face_rows * kFaceCols; ++i, ++at) {
                const uint32_t v = words[face * kFaceWords + i];
                if (format == DataFormat::Float16_b) {
                    const uint16_t h = static_cast<uint16_t>(v >> 16);
                    std::memcpy(bytes + 2 * at, &h, 2);
                } else if (format == DataFormat::UInt16) {
                    const uint16_t h = static_cast<uint16_t>(v);
                    std::memcpy(bytes + 2 * at, &h, 2);
                } else if (format == DataFormat::UInt8) {
                    bytes[at] = static_cast<uint8_t>(v);
                } else {
                    std::memcpy(bytes + 4 * at, &v, 4);
                }
            }
        }
    }

    // Widened exactly, as a host would.
    std::vector<uint32_t> read_tile(uint32_t cb, uint32_t tile) {
        const tw_cb_format& f = formats_[cb];
        std::vector<uint32_t> words(kTileWords, 0);
        const TileShape shape{.faces = f.faces, .face_rows = f.face_rows, .rows = f.tile_rows, .cols = f.tile_cols};
        unpack_tile(page(cb, tile), static_cast<DataFormat>(f.format), shape, SrcPrecision::Full, words.data());
        return words;
    }

    tw_ctx* unpack() { return &core_->processors[TW_TRISC_UNPACK].ctx; }
    tw_ctx* math() { return &core_->processors[TW_TRISC_MATH].ctx; }
    tw_ctx* pack() { return &core_->processors[TW_TRISC_PACK].ctx; }
    const tw_cb_format* format(uint32_t cb) const { return &formats_[cb]; }
    ComputeState& state() { return *core_->compute; }
    const std::vector<Problem>& warnings() const { return host_.warnings; }
    void collect_errors() { host_.throws_errors = false; }

    void copy(uint32_t cb, uint32_t tile, uint32_t dst) {
        tw_unpack_a(unpack(), cb, format(cb), tile, TW_SITE_NONE);
        tw_math_copy(math(), dst, TW_SITE_NONE);
    }
    void binary(uint32_t op, uint32_t a, uint32_t b, uint32_t ta, uint32_t tb, uint32_t dst,
                uint32_t bcast = TW_BCAST_NONE) {
        tw_unpack_ab(unpack(), a, format(a), ta, b, format(b), tb, bcast, 0, TW_SITE_NONE);
        tw_math_binary(math(), op, dst, TW_SITE_NONE);
    }
    void matmul(uint32_t a, uint32_t b, uint32_t ta, uint32_t tb, uint32_t dst) {
        tw_unpack_matmul(unpack(), a, format(a), ta, b, format(b), tb, 0, 1, 1, 1, TW_SITE_NONE);
        tw_math_matmul(math(), dst, 1, 1, TW_SITE_NONE);
    }
    void acquire() { tw_dst_acquire(math(), TW_SITE_NONE); }
    void commit() {
        tw_dst_commit(math(), TW_SITE_NONE);
        tw_dst_wait(pack(), TW_SITE_NONE);
    }
    void pack_to(uint32_t dst, uint32_t cb, uint32_t slot) {
        tw_pack_tile(pack(), dst, cb, format(cb), slot, TW_SITE_NONE);
    }
    void release() { tw_dst_release(pack(), TW_SITE_NONE); }

private:
    static void encode_block(const uint32_t* words, DataFormat format, const TileShape& shape, uint8_t* bytes) {
        const uint32_t bits = format == DataFormat::Bfp8_b ? 8 : format == DataFormat::Bfp4_b ? 4 : 2;
        const uint32_t rows = shape.faces * shape.face_rows;
        uint8_t* mantissas = bytes + ((rows + 15) & ~15u);
        std::memset(bytes, 0, tile_bytes(format, shape));
        for (uint32_t row = 0; row < rows; ++row) {
            const uint32_t* in = words + row / shape.face_rows * kFaceWords + row % shape.face_rows * kFaceCols;
            uint32_t shared = 0;
            for (uint32_t i = 0; i < 16; ++i) shared = std::max(shared, in[i] >> 23 & 255u);
            bytes[row] = static_cast<uint8_t>(shared);
            for (uint32_t i = 0; i < 16; ++i) {
                const uint32_t e = in[i] >> 23 & 255u;
                const uint32_t hidden =
                    e == 0 ? 0 : 1u << (bits - 2) | (in[i] >> (23 - (bits - 2)) & ((1u << (bits - 2)) - 1));
                const uint32_t m = shared - e < 31 ? hidden >> (shared - e) : 0;
                const uint32_t datum = m | (m != 0 ? in[i] >> 31 << (bits - 1) : 0);
                mantissas[(row * 16 + i) * bits / 8] |= static_cast<uint8_t>(datum << (i * bits % 8));
            }
        }
    }

    ThrowingHost host_;
    std::vector<uint8_t> l1_;
    uint32_t next_ = 4096;
    tw_cb_format formats_[TW_MAX_CBS] = {};
    ComputeStatePtr compute_ = make_compute_state();
    std::unique_ptr<tw_core> core_ = std::make_unique<tw_core>();
};

}  // namespace tw::test
