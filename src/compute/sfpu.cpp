// The vector unit's calls: MATH works on its half of DST, PACK on its own.
#include "compute/access.h"
#include "tile/sfpu.h"

using namespace tw;
using namespace tw::compute;

namespace {

uint32_t owned_dst(tw_ctx* ctx, ComputeState& s, uint32_t d, const tw_site* site) {
    return ctx->risc == TW_TRISC_PACK ? pack_dst(ctx, s, d, site) : math_dst(ctx, s, d, site);
}

void run(tw_ctx* ctx, ComputeState& s, uint32_t op, const SfpuCall& call, uint32_t d, const tw_site* site) {
    kSfpuFunctions[op](call);
    emit(EventKind::Math, ctx, site, 32 + op, d);
    (void)s;
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
    std::memset(s.sfpu_columns, 0, sizeof s.sfpu_columns);
}

void tw_math_copy_dest(tw_ctx* ctx, uint32_t in, uint32_t out, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    const uint32_t* words = s.read_tile(owned_dst(ctx, s, in, site));
    const uint32_t tile = owned_dst(ctx, s, out, site);
    std::memmove(s.write_tile(tile, ~0ull), words, kTileWords * 4);
}

void tw_sfpu(tw_ctx* ctx, uint32_t op, uint32_t vector_mode, uint32_t d, uint32_t p0, uint32_t p1, uint32_t p2,
             const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    uint32_t* words = s.update_tile(owned_dst(ctx, s, d, site));
    run(ctx, s, op,
        {.out = words,
         .a = words,
         .p0 = p0,
         .p1 = p1,
         .p2 = p2,
         .faces = faces_of_vector_mode(vector_mode),
         .dst_is_fp32 = s.dst_is_fp32,
         .random = &s.random_state,
         .constants = s.sfpu_constants,
         .columns = s.sfpu_columns},
        d, site);
}

void tw_sfpu_binary(tw_ctx* ctx, uint32_t op, uint32_t a, uint32_t b, uint32_t out, uint32_t p0, uint32_t p1,
                    const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    const uint32_t* in_a = s.read_tile(owned_dst(ctx, s, a, site));
    const uint32_t* in_b = s.read_tile(owned_dst(ctx, s, b, site));
    uint32_t* words = s.write_tile(owned_dst(ctx, s, out, site), ~0ull);
    run(ctx, s, op,
        {.out = words,
         .a = in_a,
         .b = in_b,
         .p0 = p0,
         .p1 = p1,
         .dst_is_fp32 = s.dst_is_fp32,
         .random = &s.random_state,
         .constants = s.sfpu_constants,
         .columns = s.sfpu_columns},
        out, site);
}

void tw_sfpu_ternary(tw_ctx* ctx, uint32_t op, uint32_t a, uint32_t b, uint32_t c, uint32_t out, uint32_t p0,
                     const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    const uint32_t* in_a = s.read_tile(owned_dst(ctx, s, a, site));
    const uint32_t* in_b = s.read_tile(owned_dst(ctx, s, b, site));
    const uint32_t* in_c = s.read_tile(owned_dst(ctx, s, c, site));
    uint32_t* words = s.write_tile(owned_dst(ctx, s, out, site), ~0ull);
    run(ctx, s, op,
        {.out = words,
         .a = in_a,
         .b = in_b,
         .c = in_c,
         .p0 = p0,
         .dst_is_fp32 = s.dst_is_fp32,
         .random = &s.random_state,
         .constants = s.sfpu_constants,
         .columns = s.sfpu_columns},
        out, site);
}

void tw_sfpu_group(tw_ctx* ctx, uint32_t op, uint32_t d, uint32_t tiles, uint32_t p0, uint32_t p1, uint32_t p2,
                   const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    owned_dst(ctx, s, d + tiles - 1, site);
    uint32_t* words = s.update_tile(owned_dst(ctx, s, d, site));
    for (uint32_t i = 1; i < tiles; ++i) s.update_tile(owned_dst(ctx, s, d + i, site));
    run(ctx, s, op,
        {.out = words,
         .a = words,
         .p0 = p0,
         .p1 = p1,
         .p2 = p2,
         .dst_is_fp32 = s.dst_is_fp32,
         .constants = s.sfpu_constants,
         .columns = s.sfpu_columns},
        d, site);
}

}  // extern "C"
