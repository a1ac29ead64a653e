// The MATH thread: source registers and DST through the matrix unit.
#include "compute/access.h"
#include "tile/eltwise.h"
#include "tile/matmul.h"
#include "tile/rearrange.h"
#include "tile/reduce.h"

#include <algorithm>
#include <cstdint>

using namespace tw;
using namespace tw::compute;

namespace {

// What a circular buffer's tiles are in a source register. Float32 that the host sends straight to DST keeps its name
// there, and to the unit Float32 is a 16-bit format.
DataFormat register_format(const ComputeState& s, const tw_cb_format& cb) {
    const DataFormat format = static_cast<DataFormat>(cb.format);
    if (format != DataFormat::Float32 || cb.to_dest_fp32) return format;
    return s.dst_is_fp32 ? DataFormat::Tf32 : DataFormat::Float16_b;
}

// Integers of 8 bits go through the matrix unit as integers, and DST holds 32-bit ones. Sums saturate.
bool is_int8(const SrcBank& bank) {
    return bank.format == DataFormat::Int8 || bank.format == DataFormat::UInt8;
}

uint32_t saturated(int64_t v) {
    return static_cast<uint32_t>(static_cast<int32_t>(std::clamp<int64_t>(v, -INT32_MAX, INT32_MAX)));
}

void combine_integers(uint32_t op, const uint32_t* a, const uint32_t* b, uint32_t* dst, size_t count, bool accumulate) {
    for (size_t i = 0; i < count; ++i) {
        const int64_t x = static_cast<int32_t>(a[i]), y = static_cast<int32_t>(b[i]);
        const int64_t r = op == TW_ELWMUL ? x * y : op == TW_ELWSUB ? x - y : x + y;
        dst[i] = saturated(r + (accumulate ? static_cast<int32_t>(dst[i]) : 0));
    }
}

// Sixteen products and one saturating sum at a time, as the unit does it.
void matmul_integers(const SrcBank& in0, const SrcBank& in1, uint32_t* dst) {
    const uint32_t inner = in0.shape.face_grid_cols(), wide = in1.shape.face_grid_cols();
    for (uint32_t m = 0; m < in0.shape.face_grid_rows(); ++m) {
        for (uint32_t n = 0; n < wide; ++n) {
            uint32_t* out = dst + (m * wide + n) * kFaceWords;
            for (uint32_t f = 0; f < inner; ++f) {
                const uint32_t* b = in0.words + (m * inner + f) * kFaceWords;
                const uint32_t* a = in1.words + (f * wide + n) * kFaceWords;
                for (uint32_t at = 0; at < in0.shape.face_rows * kFaceCols; ++at) {
                    int64_t sum = static_cast<int32_t>(out[at]);
                    for (uint32_t k = 0; k < kFaceCols; ++k) {
                        sum += int64_t{static_cast<int32_t>(b[at / kFaceCols * kFaceCols + k])} *
                               static_cast<int32_t>(a[k * kFaceCols + at % kFaceCols]);
                    }
                    out[at] = saturated(sum);
                }
            }
        }
    }
}

// DST tile `tile` = a op b; multiply adds to what is there. `operand`: the one that was unpacked, if not both.
void combine(ComputeState& s, uint32_t op, const uint32_t* a, const uint32_t* b, uint32_t tile, const SrcBank& operand,
             bool accumulate) {
    s.made_by[tile] = 0;
    const TileShape& shape = operand.shape;
    const size_t count = shape.faces * kFaceWords;
    if (is_int8(operand)) {
        const bool adds = accumulate || op == TW_ELWMUL;
        combine_integers(op, a, b, adds ? s.update_tile(tile) : s.write_tile(tile, shape.row_mask()), count, adds);
        return;
    }
    EltwiseMode mode{.dst = s.kind_for(operand.format), .phases = s.phases};
    s.set_kind(tile, mode.dst);
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

// A sum adds to DST. Was that meant, or is it left on from the section before?
[[gnu::cold, gnu::noinline]] void look_at_sums(tw_ctx* ctx, ComputeState& s, uint32_t op, const tw_site* site) {
    const ThreadConfig& t = s.config[ctx->risc - TW_TRISC_UNPACK];
    if (!t.rows || !s.sums_section.is_left_on(s.committed, site)) return;
    const auto field = static_cast<uint32_t>(ConfigField::M_acc);
    const ConfigCall call = op == TW_ELWSUB ? ConfigCall::sub_tiles : ConfigCall::add_tiles;
    report_stale(ctx, static_cast<uint32_t>(call), ConfigField::M_acc, t.value[field], config_values::Off, t.by[field],
                 site);
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
    // Nothing computed since the first: one of the two is too many, and does no harm.
    if (s.acquired && s.book.last_written && !s.book.uncommitted) {
        s.book.uncommitted = s.book.last_written;
        s.book.uncommitted_number = s.committed;
    }
    s.acquired = true;
    s.book.acquired_at[s.committed % s.halves] = site;
    s.book.last_written = s.book.lost = nullptr;
    emit(RecordKind::DstAcquire, ctx, site, {.b = s.committed, .c = s.released});
}

void tw_dst_commit(tw_ctx* ctx, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    if (__builtin_expect(!s.acquired, 0)) use_dst_unasked(ctx, false, site);
    s.acquired = false;
    __atomic_store_n(&s.committed, s.committed + 1, __ATOMIC_RELEASE);
    emit(RecordKind::DstCommit, ctx, site, {.b = s.committed, .c = s.released});
}

void tw_dst_width(tw_ctx* ctx, uint32_t fp32, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    if (__builtin_expect(s.acquired, 0)) report_dst_width(ctx, site);
    s.set_width(fp32 != 0);
}

void tw_math_accumulate(tw_ctx* ctx, uint32_t on) {
    ComputeState& s = compute_state(ctx);
    s.math_accumulate = on != 0;
    s.sums_section.set();
}

void tw_math_src_a(tw_ctx* ctx, uint32_t cb, const tw_cb_format* format) {
    ComputeState& s = compute_state(ctx);
    if (cb < TW_MAX_CBS) s.src_a_format = register_format(s, *format);
}

void tw_math_src_a_changed(tw_ctx* ctx, uint32_t old_cb, const tw_cb_format* old_format, uint32_t cb,
                           const tw_cb_format* format) {
    ComputeState& s = compute_state(ctx);
    if (old_cb >= TW_MAX_CBS || cb >= TW_MAX_CBS) return;
    if (register_format(s, *old_format) != register_format(s, *format)) s.src_a_format = register_format(s, *format);
}

void tw_math_copy(tw_ctx* ctx, uint32_t d, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    const uint32_t tile = math_dst(ctx, s, d, site);
    const SrcBank& a = begin_use(ctx, s.src_a, 0, site);
    if (s.book.written[tile] && !(s.book.taken >> tile & 1u) && !s.book.lost && s.book.written[tile] != site)
        s.book.lost = s.book.written[tile];
    s.book.note_written(tile, site);
    uint32_t* words = s.write_tile(tile, ~0ull);
    s.made_by[tile] = a.half_turned ? kHalfTurned : 0;
    s.set_kind(tile, s.kind_for(a.format));
    if (s.dst_is_fp32 && !a.to_dst) {
        move_floats(a.words, words, kTileWords);
    } else {
        std::memcpy(words, a.words, sizeof a.words);
    }
    end_use(s.src_a);
    poison_dst(ctx, s, tile);
    math_done(ctx, s, 0, d, site);
}

void tw_math_binary(tw_ctx* ctx, uint32_t op, uint32_t d, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    const uint32_t tile = math_dst(ctx, s, d, site);
    const SrcBank& a = begin_use(ctx, s.src_a, 0, site);
    const SrcBank& b = begin_use(ctx, s.src_b, 1, site);
    if (__builtin_expect(s.math_accumulate && op != TW_ELWMUL, 0)) look_at_sums(ctx, s, op, site);
    combine(s, op, a.words, b.words, tile, a, s.math_accumulate);
    s.book.note_written(tile, site);
    end_use(s.src_a);
    end_use(s.src_b);
    poison_dst(ctx, s, tile);
    math_done(ctx, s, 1 + op, d, site);
}

void tw_math_reuse_dest(tw_ctx* ctx, uint32_t op, uint32_t dst_to_b, uint32_t d, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    const uint32_t tile = math_dst(ctx, s, d, site);
    take_dst(ctx, s, tile, d, site);
    SrcRegister& r = dst_to_b ? s.src_a : s.src_b;
    const SrcBank& bank = begin_use(ctx, r, dst_to_b ? 0 : 1, site);
    // A 32-bit DST is cut to the datum that SrcA's format has, even on its way to SrcB: tf32 only where SrcA is tf32
    // (docs/hardware.md 2.1, last row). A kernel that never set that format has the operand's.
    DataFormat format = s.src_a_format;
    if (format == DataFormat::Invalid) format = bank.format == DataFormat::Float32 ? DataFormat::Tf32 : bank.format;
    const bool ten_bits = has_5_bit_exponent(format) || (format == DataFormat::Tf32 && s.dst_is_fp32);
    const uint32_t keep = is_int8(bank) ? 0xffffffffu : ten_bits ? 0xffffe000u : 0xffff0000u;
    alignas(64) uint32_t moved[kTileWords];
    const uint32_t* dst = s.read_tile(tile);
    for (uint32_t i = 0; i < kTileWords; ++i) moved[i] = dst[i] & keep;
    if (op == TW_ELWMUL) s.invalid_rows[tile] = ~0ull;
    combine(s, op, dst_to_b ? bank.words : moved, dst_to_b ? moved : bank.words, tile, bank, false);
    s.book.note_written(tile, site);
    end_use(r);
    poison_dst(ctx, s, tile);
    math_done(ctx, s, 1 + op, d, site);
}

void tw_math_matmul(tw_ctx* ctx, uint32_t d, uint32_t ct, uint32_t rt, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    if (ct * rt != 0) math_dst(ctx, s, d + ct * rt - 1, site);
    for (uint32_t r = 0; r < rt; ++r) {
        const SrcBank& b = begin_use(ctx, s.src_b, 1, site);
        for (uint32_t c = 0; c < ct; ++c) {
            const uint32_t tile = math_dst(ctx, s, d + r * ct + c, site);
            const SrcBank& a = begin_use(ctx, s.src_a, 0, site);
            uint32_t* words = s.update_tile(tile);
            s.book.note_written(tile, site);
            s.made_by[tile] = 0;
            if (__builtin_expect(is_int8(a), 0)) {
                matmul_integers(b, a, words);
            } else {
                const MatmulMode mode{.dst = s.kind_for(a.format), .phases = s.phases};
                s.set_kind(tile, mode.dst);
                (s.exact_matmul ? matmul_exact : matmul_fast)(b.words, b.shape, a.words, a.shape, words, mode);
            }
            end_use(s.src_a);
            poison_dst(ctx, s, tile);
            math_done(ctx, s, 16, d + r * ct + c, site);
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
    const DstKind kind = s.kind_for(a.format);
    s.set_kind(tile, kind);
    s.book.note_written(tile, site);
    s.made_by[tile] = static_cast<uint8_t>(kMadeByReduce + dim);
    const bool tf32 = kind == DstKind::Fp16 || (s.dst_is_fp32 && a.format == DataFormat::Float32);
    if (pool == TW_POOL_MAX) {
        reduce_max(data, scaler, dimension, s.read_tile(tile), s.invalid_rows[tile], tf32);
    } else {
        reduce_sum(data, scaler, dimension, s.update_tile(tile), {.dst = kind, .phases = s.phases}, tf32);
    }
    end_use(s.src_a);
    end_use(s.src_b);
    poison_dst(ctx, s, tile);
    math_done(ctx, s, 24 + pool, d, site);
}

void tw_math_transpose_dest(tw_ctx* ctx, uint32_t transpose, uint32_t d, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    const uint32_t tile = math_dst(ctx, s, d, site);
    take_dst(ctx, s, tile, d, site);
    s.book.note_written(tile, site);
    uint32_t* words = s.update_tile(tile);
    s.made_by[tile] = 0;
    alignas(64) uint32_t copy[kTileWords];
    std::memcpy(copy, words, sizeof copy);
    if (transpose == TW_TRANSPOSE_FACE) {
        transpose_faces(copy, kTileFaces, words);
    } else {
        transpose_tile(copy, TileShape{}, words);
    }
    poison_dst(ctx, s, tile);
}

}  // extern "C"
