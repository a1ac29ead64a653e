// The PACK thread: DST into circular buffers.
#include "compute/access.h"
#include "core/cb_formats.h"
#include "tile/pack.h"
#include "tile/unpack.h"

#include <algorithm>
#include <string_view>

using namespace tw;
using namespace tw::compute;

namespace {

PackMode pack_mode(const ComputeState& s, uint32_t tile) {
    const DstKind kind = s.kind_of(tile);
    // The threshold's 16 bits are in the format of DST: those of a float16 have 5 bits of exponent.
    const uint32_t threshold = kind != DstKind::Fp16 ? s.pack_relu_threshold << 16
                               : s.pack_relu_threshold < 0x400
                                   ? 0
                                   : ((s.pack_relu_threshold & 0x7fffu) << 13) + (kFp16ExponentBias << 23);
    return {.dst = kind,
            .relu = static_cast<PackRelu>(s.pack_relu),
            .relu_threshold = threshold,
            .accumulate = s.pack_accumulate,
            .bfp8_precise = s.bfp8_precise};
}

// After a reduction only column 0, row 0 or element [0][0] is packed; the rest is zero. One edge mask serves all faces
// (reduce.h in api/compute says when).
void keep_reduced(uint32_t dim, const uint32_t* in, uint32_t* out) {
    std::memset(out, 0, kTileWords * 4);
    if (dim == TW_REDUCE_SCALAR) {
        out[0] = in[0];
    } else if (dim == TW_REDUCE_COL) {
        std::memcpy(out, in, kFaceCols * 4);
        std::memcpy(out + kFaceWords, in + kFaceWords, kFaceCols * 4);
    } else {
        for (uint32_t r = 0; r < kFaceRows; ++r) {
            out[r * kFaceCols] = in[r * kFaceCols];
            out[2 * kFaceWords + r * kFaceCols] = in[2 * kFaceWords + r * kFaceCols];
        }
    }
}

// The mask of a reduction is on, and the tile is not one that a reduction along that dimension has made.
[[gnu::cold, gnu::noinline]] void report_mask(tw_ctx* ctx, ComputeState& s, uint8_t made_by, const tw_site* site) {
    const ThreadConfig& t = s.config[ctx->risc - TW_TRISC_UNPACK];
    if (!t.rows) return;
    const auto field = static_cast<uint32_t>(ConfigField::P_mask);
    const bool reduced = made_by >= kMadeByReduce && made_by < kMadeByReduce + 3;
    const uint32_t wanted = reduced ? config_values::Masked + made_by - kMadeByReduce : config_values::Off;
    report_stale(ctx, static_cast<uint32_t>(ConfigCall::pack_tile), ConfigField::P_mask,
                 config_values::Masked + s.pack_reduce_mask, wanted, t.by[field], site);
}

void take_for_packing(ComputeState& s, uint32_t tile, uint32_t d, const tw_site* site) {
    if (__builtin_expect(s.is_zero(tile), 0) && !s.book.bare) {
        s.book.bare = site;
        s.book.bare_register = d;
    }
    s.book.note_taken(tile);
    s.book.last_packed = site;
}

// A tile is packed with a ReLU. Was that meant? A call came in between that does not end it, or it was set for one section
// and is on in the next; and the tile is another one by it.
[[gnu::cold, gnu::noinline]] void look_at_relu(tw_ctx* ctx, ComputeState& s, uint32_t cb, const uint32_t* words,
                                               const tw_site* site) {
    const ThreadConfig& t = s.config[ctx->risc - TW_TRISC_UNPACK];
    // In a loop the call belongs to each round: only another place, behind the first, is another section.
    const tw_site* first = s.relu_section.section;
    const bool elsewhere = first && site && site->line > first->line && std::string_view(site->file) == first->file;
    const bool kept = s.relu_kept && s.relu_cb == cb && elsewhere;
    const bool left_on = s.relu_section.is_left_on(s.released, site) || kept;
    s.relu_used = true;
    s.relu_kept = false;
    s.relu_cb = cb;
    if (!left_on || !t.rows || std::none_of(words, words + kTileWords, [](uint32_t w) { return w >> 31; })) return;
    report_stale(ctx, static_cast<uint32_t>(ConfigCall::pack_tile), ConfigField::P_relu,
                 t.value[static_cast<uint32_t>(ConfigField::P_relu)], config_values::Off,
                 t.by[static_cast<uint32_t>(ConfigField::P_relu)], site);
}

}  // namespace

extern "C" {

void tw_dst_wait(tw_ctx* ctx, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    wait_until(
        ctx, {.kind = WaitKind::DstReady, .op = WaitOp::DifferenceAtLeast, .a = &s.committed, .b = &s.released, .value = 1},
        site);
    if (s.waited && s.book.last_packed && !s.book.unreleased) s.book.unreleased = s.book.last_packed;
    if (__builtin_expect(s.book.bare != nullptr, 0)) report_bare(ctx, s);
    s.book.last_packed = nullptr;
    s.waited = true;
    emit(RecordKind::DstWait, ctx, site, {.b = s.committed, .c = s.released});
}

void tw_dst_release(tw_ctx* ctx, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    if (__builtin_expect(!s.waited, 0)) use_dst_unasked(ctx, true, site);
    if (__builtin_expect(s.book.bare != nullptr, 0)) report_bare(ctx, s);
    if (__builtin_expect(s.book.last_packed == nullptr, 0)) look_for_unpacked(ctx, s, site);
    s.waited = false;
    for (uint32_t d = 0; d < s.tiles_per_half; ++d) {
        s.invalid_rows[s.pack_tile(d)] = ~0ull;
        s.set_kind(s.pack_tile(d), DstKind::Bf16);
        s.made_by[s.pack_tile(d)] = 0;
        s.book.written[s.pack_tile(d)] = nullptr;
    }
    __atomic_store_n(&s.released, s.released + 1, __ATOMIC_RELEASE);
    emit(RecordKind::DstRelease, ctx, site, {.b = s.committed, .c = s.released});
}

void tw_pack_tile(tw_ctx* ctx, uint32_t d, uint32_t cb, const tw_cb_format* format, uint32_t slot, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    const uint32_t tile = pack_dst(ctx, s, d, site);
    if (slot == TW_PACK_IN_ORDER) {
        if (__builtin_expect(cb >= TW_MAX_CBS, 0)) fail_cb_index(ctx, cb, site);
        slot = ctx->cb[cb].fifo_wr_tile_ptr++;
    }
    uint8_t* bytes = tile_bytes_at(ctx, cb, format, slot, true, site);
    check_page(ctx, cb, format->tile_bytes, site);
    note_packed(ctx, cb, format->format);
    // What adds to pages adds to pages that are there: attention kernels do so to a full buffer, before they pop it.
    if (!s.pack_accumulate) check_pack(ctx, cb, slot, site);
    note_page(ctx, s, cb, static_cast<uint32_t>(bytes - ctx->l1), site);
    take_for_packing(s, tile, d, site);
    const uint32_t* words = s.read_tile(tile);
    alignas(64) uint32_t reduced[kTileWords];
    if (__builtin_expect(s.made_by[tile] == kHalfTurned, 0)) warn_half_turned(ctx, s, site);
    if (__builtin_expect(s.pack_reduce_mask != TW_REDUCE_NONE, 0)) {
        if (s.made_by[tile] != kMadeByReduce + s.pack_reduce_mask) {
            report_mask(ctx, s, s.made_by[tile], site);
        } else {
            s.packed_masked = site;
        }
        keep_reduced(s.pack_reduce_mask, words, reduced);
        words = reduced;
    }
    if (is_poisoned(ctx, s)) {
        poison_words(reduced);
        words = reduced;
    }
    if (__builtin_expect(s.pack_relu != 0, 0)) look_at_relu(ctx, s, cb, words, site);
    if (!pack_tile(words, static_cast<DataFormat>(format->format), shape_of(*format), pack_mode(s, tile), bytes)) {
        fail_format(ctx, "packer", cb, format->format, site);
    }
    emit(RecordKind::Pack, ctx, site,
         {.a = cb | uint64_t{slot} << 8, .b = static_cast<uint32_t>(bytes - ctx->l1), .c = format->tile_bytes, .d = d});
}

void tw_pack_relu(tw_ctx* ctx, uint32_t mode, uint32_t threshold) {
    ComputeState& s = compute_state(ctx);
    s.pack_relu = static_cast<uint8_t>(mode & 3u);
    s.relu_used = s.relu_kept = false;
    s.relu_section.set();
    s.pack_relu_threshold = threshold & 0xffffu;
}

void tw_pack_l1_accumulate(tw_ctx* ctx, uint32_t on) {
    note_accumulation(ctx, compute_state(ctx), on != 0);
}

void tw_pack_reduce_mask(tw_ctx* ctx, uint32_t dim) {
    compute_state(ctx).pack_reduce_mask = static_cast<uint8_t>(dim);
}

void tw_pack_untilize(tw_ctx* ctx, uint32_t d, uint32_t ct, uint32_t full_ct, uint32_t row, uint32_t c, uint32_t columns,
                      uint32_t cb, const tw_cb_format* format, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    const DataFormat data_format = static_cast<DataFormat>(format->format);
    const TileShape shape = shape_of(*format);
    const uint32_t datum_bytes = tw::tile_bytes(data_format, {}) / kTileWords;
    if (is_block_float(data_format) || datum_bytes == 0) fail_format(ctx, "untilizing packer", cb, format->format, site);
    if (__builtin_expect(cb >= TW_MAX_CBS || ctx->cb[cb].fifo_page_size == 0, 0)) fail_cb_index(ctx, cb, site);
    const uint32_t width = columns ? columns : shape.cols;  // of one tile in the output
    const uint32_t row_bytes = full_ct * width * datum_bytes;
    const uint64_t start = (uint64_t{ctx->cb[cb].fifo_wr_ptr} << 4) + uint64_t{row} * shape.rows * row_bytes +
                           uint64_t{c} * ct * width * datum_bytes;
    const uint64_t end = start + uint64_t{shape.rows - 1u} * row_bytes + uint64_t{ct} * width * datum_bytes;
    if (__builtin_expect(end > uint64_t{ctx->cb[cb].fifo_limit} << 4, 0))
        fail_cb_range(ctx, cb, ct * (row + 1), true, site);
    note_packed(ctx, cb, format->format);
    const uint64_t first = uint64_t{ctx->cb[cb].fifo_wr_ptr} << 4, page = uint64_t{ctx->cb[cb].fifo_page_size} << 4;
    check_pack(ctx, cb, static_cast<uint32_t>((end - first - 1) / page), site);
    const uint32_t grid_cols = shape.face_grid_cols();
    for (uint32_t t = 0; t < ct; ++t) {
        const uint32_t tile = pack_dst(ctx, s, d + t, site);
        take_for_packing(s, tile, d + t, site);
        uint32_t* words = s.read_tile(tile);
        if (is_poisoned(ctx, s)) poison_words(words);
        const PackMode mode = pack_mode(s, tile);
        const uint32_t step = width == grid_cols * kFaceCols ? grid_cols : 1;  // whole rows at once, where they are whole
        for (uint32_t f = 0; f < shape.faces; f += step) {
            const uint32_t first_col = f % grid_cols * kFaceCols;
            if (first_col >= width) continue;
            const uint32_t count = width - first_col < kFaceCols ? width - first_col : kFaceCols;
            uint8_t* out =
                ctx->l1 + start + uint64_t{f / grid_cols * kFaceRows} * row_bytes + (t * width + first_col) * datum_bytes;
            const uint32_t* in = words + f * kFaceWords;
            if (count == kFaceCols) {
                pack_rows(in, data_format, shape.face_rows, step, row_bytes, mode, out);
                continue;
            }
            for (uint32_t r = 0; r < shape.face_rows; ++r, in += kFaceCols, out += row_bytes) {
                alignas(64) uint8_t whole[kFaceCols * 4];
                std::memcpy(whole, out, count * datum_bytes);
                pack_run(in, data_format, kFaceCols, mode, whole);
                std::memcpy(out, whole, count * datum_bytes);
            }
        }
        emit(RecordKind::Pack, ctx, site,
             {.a = cb | uint64_t{row} << 8,
              .b = static_cast<uint32_t>(start),
              .c = t + 1 == ct ? static_cast<uint32_t>(end - start) : 0,
              .d = d + t});
    }
}

}  // extern "C"
