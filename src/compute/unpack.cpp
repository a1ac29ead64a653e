// The UNPACK thread: tiles from circular buffers into source registers.
#include "compute/access.h"
#include "core/cb_formats.h"
#include "tile/rearrange.h"
#include "tile/unpack.h"
#include "tw/abi_pool.h"

#include <algorithm>

using namespace tw;
using namespace tw::compute;

namespace {

// Float32 keeps what the matrix unit's datum holds: 10 mantissa bits when DST is 32 bits wide, else bf16 (docs/hardware.md
// 2.1, format choice). Integers, and floats that the host sends straight to DST, keep all of their bits.
SrcPrecision precision_of(const ComputeState& s, const tw_cb_format& format, bool to_dst) {
    if (is_integer(static_cast<DataFormat>(format.format))) return SrcPrecision::Full;
    if (!s.dst_is_fp32) return SrcPrecision::Bf16;
    return to_dst && format.to_dest_fp32 ? SrcPrecision::Full : SrcPrecision::Tf32;
}

// 32-bit data that copies send to DST past the source registers.
bool goes_to_dst(const tw_cb_format& format) {
    const auto f = static_cast<DataFormat>(format.format);
    return f == DataFormat::Int32 || f == DataFormat::UInt32 || (f == DataFormat::Float32 && format.to_dest_fp32);
}

// unary_bcast of 16-bit floats programs moves that suit a 16-bit DST: rows come out wrong on Wormhole, columns never end on
// Blackhole (tt-llk issues 1338, 1680; tt-metal pull request 44699). The others go another way and are right.
void check_bcast_to_wide_dst(tw_ctx* ctx, ComputeState& s, uint32_t cb, const tw_cb_format& format, uint32_t bcast,
                             const tw_site* site) {
    const auto f = static_cast<DataFormat>(format.format);
    const bool wide = f == DataFormat::Float32 || f == DataFormat::Tf32;
    const bool broken = bcast == TW_BCAST_ROW || (bcast == TW_BCAST_COL && s.arch == Arch::Blackhole);
    if (broken && !wide && !is_integer(f)) warn_bcast_to_wide_dst(ctx, s, cb, bcast == TW_BCAST_ROW, site);
}

// Before the bank is handed over: the record tells how many there are with it.
void unpack_done(tw_ctx* ctx, ComputeState& s, const SrcBank& bank, uint32_t cb, uint32_t tile, const uint8_t* from,
                 uint32_t bytes, const tw_site* site) {
    const bool b = &bank >= s.src_b.banks && &bank < s.src_b.banks + 2;
    emit(RecordKind::Unpack, ctx, site,
         {.a = cb | uint64_t{tile} << 8,
          .b = static_cast<uint32_t>(from - ctx->l1),
          .c = bytes,
          .d = (b ? s.src_b : s.src_a).filled + 1,
          .e = b});
    if (__builtin_expect(ctx->core->host->checks.has(Check::Nonfinite), 0))
        look_for_nonfinite(ctx, s, bank, cb, tile, site);
}

void fill(tw_ctx* ctx, ComputeState& s, SrcBank& bank, uint32_t cb, const tw_cb_format* format, uint32_t tile, bool to_dst,
          const tw_site* site) {
    const uint8_t* bytes = tile_bytes_at(ctx, cb, format, tile, false, site);
    check_read_as(ctx, cb, format->format, site);
    check_page(ctx, cb, format->tile_bytes, site);
    const TileShape shape = shape_of(*format);
    bank.shape = shape;
    bank.format = static_cast<DataFormat>(format->format);
    bank.half_turned = false;
    if (!shape.is_full()) std::memset(bank.words, 0, sizeof bank.words);
    const SrcPrecision precision = precision_of(s, *format, to_dst);
    bank.to_dst = precision == SrcPrecision::Full;
    if (!unpack_tile(bytes, bank.format, shape, precision, bank.words)) {
        fail_format(ctx, "unpacker", cb, format->format, site);
    }
    if (is_poisoned(ctx, s)) poison_words(bank.words);
    unpack_done(ctx, s, bank, cb, tile, bytes, format->tile_bytes, site);
}

void expand(SrcBank& bank, uint32_t bcast, uint32_t row) {
    if (bcast == TW_BCAST_COL || bcast == TW_BCAST_COL_16) {
        // Column 16 is the first one of the faces on the right.
        if (bcast == TW_BCAST_COL_16 && bank.shape.is_full()) {
            for (uint32_t f = 0; f < kTileFaces; f += 2)
                std::memcpy(bank.words + f * kFaceWords, bank.words + (f + 1) * kFaceWords, kFaceWords * 4);
        }
        broadcast_column(bank.words, bank.shape);
    }
    if (bcast == TW_BCAST_ROW) broadcast_row(bank.words, bank.shape, row);
    if (bcast == TW_BCAST_SCALAR) broadcast_scalar(bank.words, bank.shape);
}

void turn(SrcBank& bank, uint32_t transpose) {
    if (transpose == TW_TRANSPOSE_NONE) return;
    bank.half_turned = transpose != TW_TRANSPOSE_TILE;
    if (transpose == TW_TRANSPOSE_FACES) {
        if (!bank.shape.is_full()) return;
        std::swap_ranges(bank.words + kFaceWords, bank.words + 2 * kFaceWords, bank.words + 2 * kFaceWords);
        return;
    }
    alignas(64) uint32_t copy[kTileWords];
    std::memcpy(copy, bank.words, sizeof copy);
    if (transpose == TW_TRANSPOSE_FACE) {
        transpose_faces(copy, bank.shape.faces, bank.words);
    } else {
        bank.shape = transpose_tile(copy, bank.shape, bank.words);
    }
}

// A row-major block in a circular buffer, `full_ct` tiles wide, from its tile `tile` on.
struct RowBlock {
    const uint8_t* start;
    uint32_t stride;  // bytes from row to row
    uint32_t bytes;   // of all that is read
    uint32_t datum_bytes;
    DataFormat format;
    TileShape shape;
};

RowBlock row_block(tw_ctx* ctx, uint32_t cb, const tw_cb_format* format, uint32_t tile, uint32_t ct, uint32_t full_ct,
                   const tw_site* site) {
    RowBlock block{.format = static_cast<DataFormat>(format->format), .shape = shape_of(*format)};
    block.datum_bytes = tw::tile_bytes(block.format, {}) / kTileWords;
    if (is_block_float(block.format) || block.datum_bytes == 0)
        fail_format(ctx, "tilizing unpacker", cb, format->format, site);
    if (__builtin_expect(cb >= TW_MAX_CBS || ctx->cb[cb].fifo_page_size == 0, 0)) fail_cb_index(ctx, cb, site);
    const uint32_t tile_row = block.shape.cols * block.datum_bytes;
    block.stride = full_ct * tile_row;
    const uint64_t start = (uint64_t{ctx->cb[cb].fifo_rd_ptr} << 4) + uint64_t{tile} * tile_row;
    const uint64_t end = start + uint64_t{block.stride} * (block.shape.rows - 1) + uint64_t{ct} * tile_row;
    if (__builtin_expect(end > uint64_t{ctx->cb[cb].fifo_limit} << 4, 0))
        fail_cb_range(ctx, cb, tile + ct - 1, false, site);
    const uint64_t first = uint64_t{ctx->cb[cb].fifo_rd_ptr} << 4, page = uint64_t{ctx->cb[cb].fifo_page_size} << 4;
    const auto last = static_cast<uint32_t>((end - first - 1) / page);
    check_index(ctx, CbSide::Read, cb, last, site);
    processor_of(ctx).books[cb].note_seen(static_cast<uint32_t>((start - first) / page), last, site);
    block.start = ctx->l1 + start;
    block.bytes = static_cast<uint32_t>(end - start);
    return block;
}

void fill_from_rows(SrcBank& bank, const RowBlock& block, uint32_t tile, SrcPrecision precision) {
    bank.format = block.format;
    const uint32_t grid_cols = block.shape.face_grid_cols();
    for (uint32_t f = 0; f < block.shape.faces; f += grid_cols) {
        const uint8_t* from = block.start + uint64_t{f / grid_cols * kFaceRows} * block.stride +
                              uint64_t{tile} * block.shape.cols * block.datum_bytes;
        unpack_rows(from, block.stride, block.format, block.shape.face_rows, grid_cols, precision,
                    bank.words + f * kFaceWords);
    }
}

}  // namespace

extern "C" {

void tw_unpack_mode(tw_ctx* ctx, uint32_t transpose) {
    compute_state(ctx).unpack_transpose = transpose;
}

void tw_unpack_matmul_mode(tw_ctx* ctx, uint32_t transpose) {
    compute_state(ctx).matmul_transpose = transpose;
}

void tw_unpack_a(tw_ctx* ctx, uint32_t cb, const tw_cb_format* format, uint32_t tile, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    SrcBank& bank = begin_fill(ctx, s.src_a, 0, site);
    fill(ctx, s, bank, cb, format, tile, true, site);
    if (__builtin_expect(s.unpack_transpose != TW_TRANSPOSE_NONE, 0)) {
        if (s.unpack_transpose & TW_TRANSPOSE_IN_UNPACKER && goes_to_dst(*format)) warn_turn_to_dst(ctx, s, cb, site);
        turn(bank, s.unpack_transpose & TW_TRANSPOSE_TILE);
    }
    end_fill(s.src_a);
}

void tw_unpack_a_bcast(tw_ctx* ctx, uint32_t cb, const tw_cb_format* format, uint32_t tile, uint32_t bcast,
                       const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    SrcBank& bank = begin_fill(ctx, s.src_a, 0, site);
    fill(ctx, s, bank, cb, format, tile, true, site);
    expand(bank, bcast, 0);
    if (__builtin_expect(s.dst_is_fp32, 0)) check_bcast_to_wide_dst(ctx, s, cb, *format, bcast, site);
    end_fill(s.src_a);
}

void tw_unpack_b(tw_ctx* ctx, uint32_t cb, const tw_cb_format* format, uint32_t tile, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    fill(ctx, s, begin_fill(ctx, s.src_b, 1, site), cb, format, tile, false, site);
    end_fill(s.src_b);
}

void tw_unpack_ab(tw_ctx* ctx, uint32_t cb_a, const tw_cb_format* format_a, uint32_t tile_a, uint32_t cb_b,
                  const tw_cb_format* format_b, uint32_t tile_b, uint32_t bcast, uint32_t bcast_row, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    if (cb_a == cb_b) s.one_for_both = site;
    fill(ctx, s, begin_fill(ctx, s.src_a, 0, site), cb_a, format_a, tile_a, false, site);
    end_fill(s.src_a);
    SrcBank& bank = begin_fill(ctx, s.src_b, 1, site);
    fill(ctx, s, bank, cb_b, format_b, tile_b, false, site);
    expand(bank, bcast, bcast_row);
    end_fill(s.src_b);
}

void tw_unpack_matmul(tw_ctx* ctx, uint32_t in0, const tw_cb_format* format0, uint32_t i, uint32_t in1,
                      const tw_cb_format* format1, uint32_t j, uint32_t transpose, uint32_t ct, uint32_t rt, uint32_t kt,
                      const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    if (in0 == in1) s.one_for_both = site;
    const bool turned = transpose == TW_MATMUL_TRANSPOSE_AS_SET ? s.matmul_transpose != 0 : transpose != 0;
    for (uint32_t r = 0; r < rt; ++r) {
        fill(ctx, s, begin_fill(ctx, s.src_b, 1, site), in0, format0, i + r * kt, false, site);
        end_fill(s.src_b);
        for (uint32_t c = 0; c < ct; ++c) {
            SrcBank& bank = begin_fill(ctx, s.src_a, 0, site);
            fill(ctx, s, bank, in1, format1, j + c, false, site);
            if (turned) turn(bank, TW_TRANSPOSE_TILE);
            end_fill(s.src_a);
        }
    }
}

void tw_unpack_tilize(tw_ctx* ctx, uint32_t cb, const tw_cb_format* format, uint32_t tile, uint32_t ct, uint32_t full_ct,
                      const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    const RowBlock block = row_block(ctx, cb, format, tile, ct, full_ct, site);
    const SrcPrecision precision = precision_of(s, *format, true);
    for (uint32_t t = 0; t < ct; ++t) {
        SrcBank& bank = begin_fill(ctx, s.src_a, 0, site);
        bank.shape = block.shape;
        bank.half_turned = false;
        bank.to_dst = precision == SrcPrecision::Full;
        if (!block.shape.is_full()) std::memset(bank.words, 0, sizeof bank.words);
        fill_from_rows(bank, block, t, precision);
        if (is_poisoned(ctx, s)) poison_words(bank.words);
        unpack_done(ctx, s, bank, cb, tile + t, block.start, t == 0 ? block.bytes : 0, site);
        end_fill(s.src_a);
    }
}

void tw_unpack_tilize_pool(tw_ctx* ctx, uint32_t cb_a, const tw_cb_format* format_a, uint32_t ct, uint32_t filler,
                           uint32_t cb_b, const tw_cb_format* format_b, uint32_t tile_b, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    const RowBlock block = row_block(ctx, cb_a, format_a, 0, ct, ct, site);
    for (uint32_t t = 0; t < ct; ++t) {
        SrcBank& a = begin_fill(ctx, s.src_a, 0, site);
        std::fill_n(a.words, kTileWords, filler == TW_POOL_FILL_NEGATIVE_INFINITY ? 0xff800000u : 0u);
        fill_from_rows(a, block, t, precision_of(s, *format_a, false));
        if (is_poisoned(ctx, s)) poison_words(a.words);
        // The pool instruction goes over whole faces: rows that the window does not fill count with the filler.
        a.shape = {.faces = block.shape.faces,
                   .face_rows = kFaceRows,
                   .rows = static_cast<uint8_t>(block.shape.face_grid_rows() * kFaceRows),
                   .cols = block.shape.cols};
        a.to_dst = false;
        unpack_done(ctx, s, a, cb_a, t, block.start, t == 0 ? block.bytes : 0, site);
        end_fill(s.src_a);
        SrcBank& b = begin_fill(ctx, s.src_b, 1, site);
        fill(ctx, s, b, cb_b, format_b, tile_b, false, site);
        for (uint32_t f = 1; f < kTileFaces; ++f) std::memcpy(b.words + f * kFaceWords, b.words, kFaceWords * 4);
        b.shape = TileShape{};
        end_fill(s.src_b);
    }
}

uint32_t tw_unpack_tile_address(tw_ctx* ctx, uint32_t cb, const tw_cb_format* format, uint32_t tile, const tw_site* site) {
    enter(ctx, site);
    return static_cast<uint32_t>(tile_bytes_at(ctx, cb, format, tile, false, site) - ctx->l1);
}

}  // extern "C"
