// The MATH thread: source registers and DST through the matrix unit.
#include "compute/access.h"
#include "tile/eltwise.h"
#include "tile/matmul.h"
#include "tile/rearrange.h"
#include "tile/reduce.h"

using namespace tw;
using namespace tw::compute;

namespace {

EltwiseMode eltwise_mode(const ComputeState& s) {
    return {.dst_is_fp32 = s.dst_is_fp32, .phases = s.phases};
}

// DST tile `tile` = a op b; multiply adds to what is there.
void combine(ComputeState& s, uint32_t op, const uint32_t* a, const uint32_t* b, uint32_t tile, const TileShape& shape,
             bool accumulate) {
    EltwiseMode mode = eltwise_mode(s);
    const size_t count = shape.faces * kFaceWords;
    if (op == TW_ELWMUL) {
        mode.dst_is_zero = s.is_zero(tile);
        uint32_t* dst = mode.dst_is_zero && shape.faces == kTileFaces ? s.write_tile(tile, ~0ull) : s.update_tile(tile);
        eltwise_multiply(a, b, dst, count, mode);
        return;
    }
    mode.subtract = op == TW_ELWSUB;
    mode.accumulate = accumulate;
    uint32_t* dst = accumulate ? s.update_tile(tile) : s.write_tile(tile, TileShape{.faces = shape.faces}.row_mask());
    eltwise_add(a, b, dst, count, mode);
}

// Into a 32-bit DST the unit moves floats as sums with zero: an exponent field of 0 is +0, and of 255 an infinity. In
// 16-bit mode the bits are moved as they are (golden cases copy_*_special).
void move_float32(const uint32_t* in, uint32_t* out) {
    for (uint32_t i = 0; i < kTileWords; ++i) {
        const uint32_t exponent = in[i] & 0x7f800000u;
        const uint32_t moved = exponent == 0x7f800000u ? in[i] & 0xff800000u : in[i];
        out[i] = exponent == 0 ? 0u : moved;
    }
}

}  // namespace

extern "C" {

void tw_dst_acquire(tw_ctx* ctx, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    wait_until(ctx,
               {.kind = WaitKind::DstFree,
                .op = WaitOp::DifferenceAtMost,
                .a = &s.committed,
                .b = &s.released,
                .value = s.halves - 1},
               site);
    s.acquired = true;
    emit(EventKind::DstAcquire, ctx, site);
}

void tw_dst_commit(tw_ctx* ctx, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    if (__builtin_expect(!s.acquired, 0)) fail_dst_owner(ctx, false, site);
    s.acquired = false;
    __atomic_store_n(&s.committed, s.committed + 1, __ATOMIC_RELEASE);
    emit(EventKind::DstCommit, ctx, site);
}

void tw_math_accumulate(tw_ctx* ctx, uint32_t on) {
    compute_state(ctx).math_accumulate = on != 0;
}

void tw_math_copy(tw_ctx* ctx, uint32_t d, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    const uint32_t tile = math_dst(ctx, s, d, site);
    const SrcBank& a = begin_use(ctx, s.src_a, 0, site);
    uint32_t* words = s.write_tile(tile, ~0ull);
    if (s.dst_is_fp32 && !a.to_dst) {
        move_float32(a.words, words);
    } else {
        std::memcpy(words, a.words, sizeof a.words);
    }
    end_use(s.src_a);
    emit(EventKind::Math, ctx, site, 0, d);
}

void tw_math_binary(tw_ctx* ctx, uint32_t op, uint32_t d, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    const uint32_t tile = math_dst(ctx, s, d, site);
    const SrcBank& a = begin_use(ctx, s.src_a, 0, site);
    const SrcBank& b = begin_use(ctx, s.src_b, 1, site);
    combine(s, op, a.words, b.words, tile, a.shape, s.math_accumulate);
    end_use(s.src_a);
    end_use(s.src_b);
    emit(EventKind::Math, ctx, site, 1 + op, d);
}

void tw_math_reuse_dest(tw_ctx* ctx, uint32_t op, uint32_t dst_to_b, uint32_t d, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    const uint32_t tile = math_dst(ctx, s, d, site);
    SrcRegister& r = dst_to_b ? s.src_a : s.src_b;
    const SrcBank& bank = begin_use(ctx, r, dst_to_b ? 0 : 1, site);
    // A 32-bit DST is cut to what the source datum holds (hardware.md 2.1, last row).
    const uint32_t keep = bank.format == DataFormat::Float32 && s.dst_is_fp32 ? 0xffffe000u : 0xffff0000u;
    alignas(64) uint32_t moved[kTileWords];
    const uint32_t* dst = s.read_tile(tile);
    for (uint32_t i = 0; i < kTileWords; ++i) moved[i] = dst[i] & keep;
    if (op == TW_ELWMUL) s.invalid_rows[tile] = ~0ull;
    combine(s, op, dst_to_b ? bank.words : moved, dst_to_b ? moved : bank.words, tile, bank.shape, false);
    end_use(r);
    emit(EventKind::Math, ctx, site, 1 + op, d);
}

void tw_math_matmul(tw_ctx* ctx, uint32_t d, uint32_t ct, uint32_t rt, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    if (ct * rt != 0) math_dst(ctx, s, d + ct * rt - 1, site);
    const MatmulMode mode{.dst_is_fp32 = s.dst_is_fp32, .phases = s.phases};
    for (uint32_t r = 0; r < rt; ++r) {
        const SrcBank& b = begin_use(ctx, s.src_b, 1, site);
        for (uint32_t c = 0; c < ct; ++c) {
            const uint32_t tile = math_dst(ctx, s, d + r * ct + c, site);
            const SrcBank& a = begin_use(ctx, s.src_a, 0, site);
            (s.exact_matmul ? matmul_exact : matmul_fast)(b.words, b.shape, a.words, a.shape, s.update_tile(tile), mode);
            end_use(s.src_a);
            emit(EventKind::Math, ctx, site, 16, d + r * ct + c);
        }
        end_use(s.src_b);
    }
}

void tw_math_reduce(tw_ctx* ctx, uint32_t pool, uint32_t dim, uint32_t d, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    const uint32_t tile = math_dst(ctx, s, d, site);
    const SrcBank& a = begin_use(ctx, s.src_a, 0, site);
    const SrcBank& b = begin_use(ctx, s.src_b, 1, site);
    const ReduceOperand data{a.words, a.shape}, scaler{b.words, b.shape};
    const ReduceDimension dimension = static_cast<ReduceDimension>(dim);
    if (pool == TW_POOL_MAX) {
        s.invalid_rows[tile] &= ~reduce_max(data, scaler, dimension, s.read_tile(tile), ~s.invalid_rows[tile]);
    } else {
        const bool tf32 = s.dst_is_fp32 && a.format == DataFormat::Float32;
        reduce_sum(data, scaler, dimension, s.update_tile(tile), {.dst_is_fp32 = s.dst_is_fp32, .phases = s.phases}, tf32);
    }
    end_use(s.src_a);
    end_use(s.src_b);
    emit(EventKind::Math, ctx, site, 24 + pool, d);
}

void tw_math_transpose_dest(tw_ctx* ctx, uint32_t transpose, uint32_t d, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    uint32_t* words = s.update_tile(math_dst(ctx, s, d, site));
    alignas(64) uint32_t copy[kTileWords];
    std::memcpy(copy, words, sizeof copy);
    if (transpose == TW_TRANSPOSE_FACE) {
        transpose_faces(copy, kTileFaces, words);
    } else {
        transpose_tile(copy, TileShape{}, words);
    }
}

}  // extern "C"
