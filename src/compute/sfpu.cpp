// The vector unit's calls: MATH works on its half of DST, PACK on its own.
#include "compute/access.h"
#include "tile/sfpu.h"

using namespace tw;
using namespace tw::compute;

namespace {

uint32_t owned_dst(tw_ctx* ctx, ComputeState& s, uint32_t d, const tw_site* site) {
    return ctx->risc == TW_TRISC_PACK ? pack_dst(ctx, s, d, site) : math_dst(ctx, s, d, site);
}

// Functions that make a tile of nothing or of what the unit keeps, or that work on what it keeps alone.
bool only_writes(uint32_t op) {
    switch (op) {
        case TW_SFPU_fill:
        case TW_SFPU_fill_bits:
        case TW_SFPU_rand:
        case TW_SFPU_shifted_mean:
        case TW_SFPU_fold_sums:
        case TW_SFPU_store_state_row:
        case TW_SFPU_store_state_lanes:
        case TW_SFPU_store_split_mean: return true;
        default: return false;
    }
}

// Statistics of columns, which the unit keeps.
bool only_reads(uint32_t op) {
    switch (op) {
        case TW_SFPU_welford_update:
        case TW_SFPU_shifted_sum:
        case TW_SFPU_centred_squares:
        case TW_SFPU_shifted_mean:
        case TW_SFPU_fold_sums:
        case TW_SFPU_load_state_lanes: return true;
        default: return false;
    }
}

// A call with what all functions may use: the unit's state.
SfpuCall call_of(ComputeState& s, uint32_t p0, uint32_t p1, uint32_t p2) {
    return {.p0 = p0,
            .p1 = p1,
            .p2 = p2,
            .dst_is_fp32 = s.dst_is_fp32,
            .random = &s.random_state,
            .constants = s.sfpu_constants,
            .columns = s.sfpu_columns};
}

void run(tw_ctx* ctx, uint32_t op, const SfpuCall& call, uint32_t d, const tw_site* site) {
    kSfpuFunctions[op](call);
    if (is_poisoned(ctx, compute_state(ctx))) poison_words(call.out);
    math_done(ctx, compute_state(ctx), 32 + op, d, site);
}

// The words of tiles d .. d + tiles - 1, all of them valid from now on.
uint32_t* updated(tw_ctx* ctx, ComputeState& s, uint32_t d, uint32_t tiles, const tw_site* site) {
    owned_dst(ctx, s, d + tiles - 1, site);
    const uint32_t first = owned_dst(ctx, s, d, site);
    for (uint32_t i = 0; i < tiles; ++i) s.book.note_written(first + i, site);
    for (uint32_t i = 1; i < tiles; ++i) s.update_tile(first + i);
    return s.update_tile(first);
}
const uint32_t* operand(tw_ctx* ctx, ComputeState& s, uint32_t d, const tw_site* site) {
    const uint32_t tile = owned_dst(ctx, s, d, site);
    take_dst(ctx, s, tile, d, site);
    return s.read_tile(tile);
}
// The words of tile d for the result of an operation on tile `from`, which it is in the format of.
uint32_t* result(tw_ctx* ctx, ComputeState& s, uint32_t d, uint32_t from, const tw_site* site) {
    const uint32_t tile = owned_dst(ctx, s, d, site);
    const uint32_t source = owned_dst(ctx, s, from, site);
    s.set_kind(tile, s.kind_of(source));
    s.made_by[tile] = s.made_by[source];
    s.book.note_written(tile, site);
    return s.write_tile(tile, ~0ull);
}

}  // namespace

extern "C" {

void tw_sfpu_constants(tw_ctx* ctx, uint32_t word0, uint32_t word1) {
    ComputeState& s = compute_state(ctx);
    s.sfpu_constants[0] = word0;
    s.sfpu_constants[1] = word1;
}

void tw_sfpu_seed(tw_ctx* ctx, uint32_t seed) {
    compute_state(ctx).random_state = seed;
}

void tw_sfpu_clear_columns(tw_ctx* ctx) {
    ComputeState& s = compute_state(ctx);
    std::memset(s.sfpu_columns, 0, kAnchor * 32 * sizeof(float));
}

void tw_math_copy_dest(tw_ctx* ctx, uint32_t in, uint32_t out, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    const uint32_t* words = operand(ctx, s, in, site);
    std::memmove(result(ctx, s, out, in, site), words, kTileWords * 4);
}

void tw_sfpu(tw_ctx* ctx, uint32_t op, uint32_t vector_mode, uint32_t d, uint32_t p0, uint32_t p1, uint32_t p2,
             const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    SfpuCall call = call_of(s, p0, p1, p2);
    const uint32_t tile = owned_dst(ctx, s, d, site);
    if (!only_writes(op)) take_dst(ctx, s, tile, d, site);
    if (!only_reads(op)) s.book.note_written(tile, site);
    call.a = call.out = s.update_tile(tile);
    call.faces = faces_of_vector_mode(vector_mode);
    run(ctx, op, call, d, site);
}

void tw_sfpu_binary(tw_ctx* ctx, uint32_t op, uint32_t a, uint32_t b, uint32_t out, uint32_t p0, uint32_t p1,
                    const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    SfpuCall call = call_of(s, p0, p1, 0);
    call.a = operand(ctx, s, a, site);
    call.b = operand(ctx, s, b, site);
    call.out = result(ctx, s, out, a, site);
    run(ctx, op, call, out, site);
}

void tw_sfpu_ternary(tw_ctx* ctx, uint32_t op, uint32_t a, uint32_t b, uint32_t c, uint32_t out, uint32_t p0,
                     const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    SfpuCall call = call_of(s, p0, 0, 0);
    call.a = operand(ctx, s, a, site);
    call.b = operand(ctx, s, b, site);
    call.c = operand(ctx, s, c, site);
    call.out = result(ctx, s, out, a, site);
    run(ctx, op, call, out, site);
}

void tw_sfpu_group(tw_ctx* ctx, uint32_t op, uint32_t d, uint32_t tiles, uint32_t p0, uint32_t p1, uint32_t p2,
                   const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    SfpuCall call = call_of(s, p0, p1, p2);
    call.a = call.out = updated(ctx, s, d, tiles, site);
    run(ctx, op, call, d, site);
}

void tw_sfpu_pair(tw_ctx* ctx, uint32_t op, uint32_t a, uint32_t b, uint32_t tiles, uint32_t p0, uint32_t p1, uint32_t p2,
                  const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    SfpuCall call = call_of(s, p0, p1, p2);
    call.a = call.out = updated(ctx, s, a, tiles, site);
    call.b = updated(ctx, s, b, tiles, site);
    run(ctx, op, call, a, site);
}

void tw_sfpu_with_l1(tw_ctx* ctx, uint32_t op, uint32_t d, uint32_t out, uint32_t l1_address, uint32_t bytes, uint32_t p0,
                     uint32_t p1, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    if (uint64_t{l1_address} + bytes > ctx->l1_size) {
        stop_fiber(ctx, problem_at(ctx, site, ProblemKind::L1OutOfRange, l1_address, bytes));
    }
    SfpuCall call = call_of(s, p0, p1, 0);
    call.a = operand(ctx, s, d, site);
    call.l1 = ctx->l1 + l1_address;
    const uint32_t tile = owned_dst(ctx, s, out, site);
    s.book.note_written(tile, site);
    call.out = s.update_tile(tile);
    run(ctx, op, call, out, site);
}

}  // extern "C"
