// The UNPACK thread: tiles from circular buffers into source registers.
#include "compute/access.h"
#include "tile/rearrange.h"
#include "tile/unpack.h"

using namespace tw;
using namespace tw::compute;

namespace {

// Float32 keeps what the matrix unit's datum holds: 10 mantissa bits when DST is 32 bits wide, else bf16 (hardware.md 2.1,
// format choice). Integers, and floats that the host sends straight to DST, keep all of their bits.
SrcPrecision precision_of(const ComputeState& s, const tw_cb_format& format, bool to_dst) {
    if (is_integer(static_cast<DataFormat>(format.format))) return SrcPrecision::Full;
    if (!s.dst_is_fp32) return SrcPrecision::Bf16;
    return to_dst && format.to_dest_fp32 ? SrcPrecision::Full : SrcPrecision::Tf32;
}

void fill(tw_ctx* ctx, ComputeState& s, SrcBank& bank, uint32_t cb, const tw_cb_format* format, uint32_t tile, bool to_dst,
          const tw_site* site) {
    const uint8_t* bytes = tile_bytes_at(ctx, cb, format, tile, false, site);
    const TileShape shape = shape_of(*format);
    bank.shape = shape;
    bank.format = static_cast<DataFormat>(format->format);
    if (!shape.is_full()) std::memset(bank.words, 0, sizeof bank.words);
    const SrcPrecision precision = precision_of(s, *format, to_dst);
    bank.to_dst = precision == SrcPrecision::Full;
    if (!unpack_tile(bytes, bank.format, shape, precision, bank.words)) {
        fail_format(ctx, "unpacker", cb, format->format, site);
    }
    emit(EventKind::Unpack, ctx, site, cb, tile);
}

void expand(SrcBank& bank, uint32_t bcast, uint32_t row) {
    if (bcast == TW_BCAST_COL) broadcast_column(bank.words, bank.shape);
    if (bcast == TW_BCAST_ROW) broadcast_row(bank.words, bank.shape, row);
    if (bcast == TW_BCAST_SCALAR) broadcast_scalar(bank.words, bank.shape);
}

void turn(SrcBank& bank, uint32_t transpose) {
    if (transpose == TW_TRANSPOSE_NONE) return;
    alignas(64) uint32_t copy[kTileWords];
    std::memcpy(copy, bank.words, sizeof copy);
    if (transpose == TW_TRANSPOSE_FACE) {
        transpose_faces(copy, bank.shape.faces, bank.words);
    } else {
        bank.shape = transpose_tile(copy, bank.shape, bank.words);
    }
}

}  // namespace

extern "C" {

void tw_unpack_mode(tw_ctx* ctx, uint32_t transpose) { compute_state(ctx).unpack_transpose = transpose; }

void tw_unpack_matmul_mode(tw_ctx* ctx, uint32_t transpose) { compute_state(ctx).matmul_transpose = transpose; }

void tw_unpack_a(tw_ctx* ctx, uint32_t cb, const tw_cb_format* format, uint32_t tile, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    SrcBank& bank = begin_fill(ctx, s.src_a, 0, site);
    fill(ctx, s, bank, cb, format, tile, true, site);
    turn(bank, s.unpack_transpose);
    end_fill(s.src_a);
}

void tw_unpack_a_bcast(tw_ctx* ctx, uint32_t cb, const tw_cb_format* format, uint32_t tile, uint32_t bcast, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    SrcBank& bank = begin_fill(ctx, s.src_a, 0, site);
    fill(ctx, s, bank, cb, format, tile, true, site);
    expand(bank, bcast, 0);
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
    fill(ctx, s, begin_fill(ctx, s.src_a, 0, site), cb_a, format_a, tile_a, false, site);
    end_fill(s.src_a);
    SrcBank& bank = begin_fill(ctx, s.src_b, 1, site);
    fill(ctx, s, bank, cb_b, format_b, tile_b, false, site);
    expand(bank, bcast, bcast_row);
    end_fill(s.src_b);
}

void tw_unpack_matmul(tw_ctx* ctx, uint32_t in0, const tw_cb_format* format0, uint32_t i, uint32_t in1, const tw_cb_format* format1,
                      uint32_t j, uint32_t transpose, uint32_t ct, uint32_t rt, uint32_t kt, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
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
    const DataFormat data_format = static_cast<DataFormat>(format->format);
    const TileShape shape = shape_of(*format);
    const uint32_t datum_bytes = tw::tile_bytes(data_format, {}) / kTileWords;
    if (is_block_float(data_format) || datum_bytes == 0) fail_format(ctx, "tilizing unpacker", cb, format->format, site);
    const uint32_t stride = full_ct * shape.cols * datum_bytes;
    if (__builtin_expect(cb >= TW_MAX_CBS || ctx->cb[cb].fifo_page_size == 0, 0)) fail_cb_index(ctx, cb, site);
    const uint64_t start = (uint64_t{ctx->cb[cb].fifo_rd_ptr} << 4) + uint64_t{tile} * shape.cols * datum_bytes;
    const uint64_t end = start + uint64_t{stride} * (shape.rows - 1) + uint64_t{ct} * shape.cols * datum_bytes;
    if (__builtin_expect(end > uint64_t{ctx->cb[cb].fifo_limit} << 4, 0)) fail_cb_range(ctx, cb, tile + ct - 1, false, site);
    for (uint32_t t = 0; t < ct; ++t) {
        SrcBank& bank = begin_fill(ctx, s.src_a, 0, site);
        bank.shape = shape;
        bank.format = data_format;
        bank.to_dst = precision_of(s, *format, true) == SrcPrecision::Full;
        if (!shape.is_full()) std::memset(bank.words, 0, sizeof bank.words);
        const uint32_t grid_cols = shape.face_grid_cols();
        for (uint32_t f = 0; f < shape.faces; ++f) {
            const uint8_t* from = ctx->l1 + start + uint64_t{f / grid_cols * kFaceRows} * stride +
                                  (t * shape.cols + f % grid_cols * kFaceCols) * datum_bytes;
            unpack_rows(from, stride, data_format, shape.face_rows, precision_of(s, *format, true), bank.words + f * kFaceWords);
        }
        emit(EventKind::Unpack, ctx, site, cb, tile + t);
        end_fill(s.src_a);
    }
}

uint32_t tw_unpack_tile_address(tw_ctx* ctx, uint32_t cb, const tw_cb_format* format, uint32_t tile, const tw_site* site) {
    enter(ctx, site);
    return static_cast<uint32_t>(tile_bytes_at(ctx, cb, format, tile, false, site) - ctx->l1);
}

}  // extern "C"
