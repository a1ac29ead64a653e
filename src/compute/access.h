// What the compute threads' calls share: checked access to circular buffers and DST, and the source registers' handshake.
#pragma once

#include "compute/registers.h"
#include "core/cb_checks.h"
#include "core/core.h"
#include "tw/abi_compute.h"

namespace tw::compute {

[[noreturn]] void fail_cb_index(tw_ctx*, uint32_t cb, const tw_site*);
[[noreturn]] void fail_cb_range(tw_ctx*, uint32_t cb, uint32_t tile, bool write, const tw_site*);
[[noreturn]] void fail_dst_index(tw_ctx*, uint32_t d, uint32_t limit, const tw_site*);
[[noreturn]] void fail_format(tw_ctx*, const char* unit, uint32_t cb, uint32_t format, const tw_site*);

// Findings that the run goes on after. What they give is what the call goes on with: the buffer's first page, a DST tile
// that there is.
uint8_t* outside_cb(tw_ctx*, uint32_t cb, const tw_cb_format&, uint32_t tile, bool write, const tw_site*);
uint32_t outside_dst(tw_ctx*, uint32_t d, uint32_t limit, const tw_site*);
void report_dst_width(tw_ctx*, const tw_site*);
// The thread uses DST that it has not waited for: told, and then it waits.
void use_dst_unasked(tw_ctx*, bool pack, const tw_site*);

// A setting is not what the call needs; `by` set it last.
void report_stale(tw_ctx*, uint32_t call, ConfigField, uint32_t found, uint32_t wanted, const ConfigSetter& by,
                  const tw_site*);
// What is known to go wrong on silicon and is right here; each once a launch.
void warn_bcast_to_wide_dst(tw_ctx*, ComputeState&, uint32_t cb, bool rows, const tw_site*);
void warn_turn_to_dst(tw_ctx*, ComputeState&, uint32_t cb, const tw_site*);
void warn_half_turned(tw_ctx*, ComputeState&, const tw_site*);

inline ComputeState& enter(tw_ctx* ctx, const tw_site* site) {
    enter_call(ctx, site);
    return compute_state(ctx);
}

// The call that runs found a stale setting, and its result is to show it (docs/design/compute-config.md).
inline bool is_poisoned(const tw_ctx* ctx, const ComputeState& s) {
    return __builtin_expect(s.config[ctx->risc - TW_TRISC_UNPACK].poison, 0);
}
// Not a number as a float, and no small number as an integer.
constexpr uint32_t kStaleWord = 0x7fd5a5a5u;
inline void poison_words(uint32_t* words, uint32_t count = kTileWords) {
    for (uint32_t i = 0; i < count; ++i) words[i] = kStaleWord;
}
inline void poison_dst(tw_ctx* ctx, ComputeState& s, uint32_t tile) {
    if (is_poisoned(ctx, s)) poison_words(s.update_tile(tile));
}

inline TileShape shape_of(const tw_cb_format& f) {
    return {.faces = f.faces, .face_rows = f.face_rows, .rows = f.tile_rows, .cols = f.tile_cols};
}

// Bytes of page `tile` counted from the CB's read or write position. Such an access may go past the CB's end only by
// mistake: positions wrap at push and pop, never inside a window (docs/upstream-api.md K3).
inline uint8_t* tile_bytes_at(tw_ctx* ctx, uint32_t cb, const tw_cb_format* format, uint32_t tile, bool write,
                              const tw_site* site) {
    if (__builtin_expect(cb >= TW_MAX_CBS || ctx->cb[cb].fifo_page_size == 0, 0)) fail_cb_index(ctx, cb, site);
    const tw_local_cb& local = ctx->cb[cb];
    const uint64_t page = uint64_t{local.fifo_page_size} << 4;
    const uint64_t address = (uint64_t{write ? local.fifo_wr_ptr : local.fifo_rd_ptr} << 4) + tile * page;
    if (__builtin_expect(address + format->tile_bytes > uint64_t{local.fifo_limit} << 4, 0))
        return outside_cb(ctx, cb, *format, tile, write, site);
    if (!write) {
        check_index(ctx, CbSide::Read, cb, tile, site);
        processor_of(ctx).books[cb].note_seen(tile, tile, site);
    }
    return ctx->l1 + address;
}

inline uint32_t math_dst(tw_ctx* ctx, ComputeState& s, uint32_t d, const tw_site* site) {
    if (__builtin_expect(d >= s.tiles_per_half, 0)) d = outside_dst(ctx, d, s.tiles_per_half, site);
    if (__builtin_expect(!s.acquired, 0)) use_dst_unasked(ctx, false, site);
    return s.math_tile(d);
}

inline uint32_t pack_dst(tw_ctx* ctx, ComputeState& s, uint32_t d, const tw_site* site) {
    if (__builtin_expect(d >= s.tiles_per_half, 0)) d = outside_dst(ctx, d, s.tiles_per_half, site);
    if (__builtin_expect(!s.waited, 0)) use_dst_unasked(ctx, true, site);
    return s.pack_tile(d);
}

// Before an operation reads a tile: has anybody written it?
inline void take_dst(tw_ctx* ctx, ComputeState& s, uint32_t tile, uint32_t d, const tw_site* site) {
    if (__builtin_expect(s.is_zero(tile), 0)) report_unwritten(ctx, s, d, site);
    s.book.note_taken(tile);
}

// --checks nonfinite: the first NaN or infinity of a core, in DST or in what is unpacked. Tiles of integers are passed
// over.
[[gnu::cold, gnu::noinline]] void look_for_nonfinite(tw_ctx*, ComputeState&, uint32_t op, uint32_t d, const tw_site*);
[[gnu::cold, gnu::noinline]] void look_for_nonfinite(tw_ctx*, ComputeState&, const SrcBank&, uint32_t cb, uint32_t tile,
                                                     const tw_site*);

// MATH, and PACK's vector calls: DST tile `d` has its result.
inline void math_done(tw_ctx* ctx, ComputeState& s, uint32_t op, uint32_t d, const tw_site* site) {
    emit(RecordKind::Math, ctx, site, {.a = op, .b = d, .c = s.src_a.consumed, .d = s.src_b.consumed});
    if (__builtin_expect(ctx->core->host->checks.has(Check::Nonfinite), 0)) look_for_nonfinite(ctx, s, op, d, site);
}

// UNPACK: the bank to fill next; blocks while both are full.
SrcBank& begin_fill(tw_ctx*, SrcRegister&, uint32_t which, const tw_site*);
void end_fill(SrcRegister&);
// MATH: the bank to read; blocks while both are empty.
SrcBank& begin_use(tw_ctx*, SrcRegister&, uint32_t which, const tw_site*);
void end_use(SrcRegister&);

}  // namespace tw::compute
