// The compute side of one core: source registers, DST, and what init functions set. See compute_state.h.
//
// Handshakes are plain counters that only grow, so that waiting is data (core/wait.h):
//  - a source register has two banks; UNPACK fills bank filled % 2 when filled - consumed < 2, MATH reads bank consumed % 2
//    when filled - consumed > 0. SrcA and SrcB are counted apart, because matmul keeps one while the other changes.
//  - DST has `halves` parts (2, or 1 in full-sync mode); MATH owns part committed % halves from acquire to commit,
//    PACK owns part released % halves from wait to release.
//
// DST words are what the FPU and the SFPU see: a float's bits (in 16-bit mode of a value that bfloat16 or float16 has), or
// an integer. Rows of 16 words carry an invalid flag, as on silicon (docs/hardware.md 1.5): release only sets flags,
// readers see zeros in such rows, and the max-pool instruction sees -infinity. `read_tile` makes the data agree with the
// flags.
#pragma once

#include "compute/compute_state.h"
#include "compute/config.h"
#include "compute/dst_book.h"
#include "compute/pack_book.h"
#include "core/core.h"
#include "tile/data_format.h"
#include "tile/sfpu.h"
#include "tile/tile_shape.h"
#include "tw/abi_sfpi.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace tw {

constexpr uint8_t kMadeByReduce = 1, kHalfTurned = 8;

struct SrcBank {
    alignas(64) uint32_t words[kTileWords];
    TileShape shape;
    DataFormat format = DataFormat::Float16_b;
    bool half_turned = false;  // faces changed places, or each was transposed, but not both
    bool to_dst = false;       // bits that go to DST as they are: integers, floats unpacked to DST
};

struct SrcRegister {
    SrcBank banks[2];
    uint32_t filled = 0;
    uint32_t consumed = 0;
};

void reset_sfpu_unit(tw_sfpu_unit&);

struct ComputeState {
    SrcRegister src_a, src_b;

    alignas(64) uint32_t dst[kDstTiles * kTileWords];
    uint64_t invalid_rows[kDstTiles];  // bit = register row (face * 16 + row)
    bool fp16_tiles[kDstTiles];        // what the matrix unit wrote last was a float16 (16-bit DST only)
    uint8_t made_by[kDstTiles] = {};   // what the packer has to know of a tile: kMadeByReduce + dimension, or kHalfTurned
    uint32_t committed = 0;
    uint32_t released = 0;
    bool acquired = false;  // MATH is between acquire and commit
    bool waited = false;    // PACK is between wait and release
    DstBook book;
    PackBook pack_book;
    OneSection relu_section, sums_section;  // PACK's ReLU, MATH's sums that add to DST

    // Of the launch.
    bool dst_is_fp32 = false;
    bool bfp8_precise = false;
    bool exact_matmul = false;
    uint32_t halves = 2;
    uint32_t tiles_per_half = 8;
    uint32_t phases = 4;
    Arch arch = Arch::WormholeB0;

    // Set by init functions, each on its own thread.
    compute::ThreadConfig config[3];  // of UNPACK, MATH and PACK
    bool stale_poison = false;        // stale settings poison results
    bool startup_missed = false;      // told of: no startup call
    // The last finding of a stale setting: what two threads miss of one call is one finding.
    uint32_t told_line = 0;
    uint64_t told_what = 0;
    bool told_already(uint32_t call, uint32_t kind, const tw_site* site) {
        const uint32_t line = site ? site->line : 0;
        const uint64_t what = call | uint64_t{kind} << 32;
        if (told_line == line && told_what == what) return true;
        told_line = line;
        told_what = what;
        return false;
    }
    bool warned_bcast = false, warned_turn = false, warned_half_turn = false;
    bool told_nonfinite = false;
    const tw_site* one_for_both = nullptr;  // UNPACK: the last call with both operands from one buffer
    uint32_t unpack_transpose = 0;
    uint32_t matmul_transpose = 0;
    bool math_accumulate = false;
    DataFormat src_a_format = DataFormat::Invalid;  // what the matrix unit takes SrcA to hold; Invalid: nobody has said
    uint8_t pack_relu = 0;
    uint32_t pack_relu_threshold = 0;  // 16 bits in the format of DST
    bool relu_used = false;            // something was packed with it
    bool relu_kept = false;            // and then a call was made that does not end it
    uint32_t relu_cb = 0;              // the last buffer that was packed into with it
    bool pack_accumulate = false;
    uint8_t pack_reduce_mask = 0xff;
    const tw_site* packed_masked = nullptr;  // the last pack of a reduction's result
    uint32_t random_state = 0;
    uint32_t sfpu_constants[2] = {};
    float sfpu_columns[kColumnStates * 32] = {};
    tw_sfpu_unit sfpu_units[2];  // of MATH and of PACK, for kernels with SFPU code of their own

    // Nothing of DST outlives a change of its width.
    void set_width(bool fp32) {
        dst_is_fp32 = fp32;
        tiles_per_half = (fp32 ? 8u : 16u) / halves;
        for (uint64_t& rows : invalid_rows) rows = ~0ull;
        note_width();
    }
    void note_width() { config[1].value[static_cast<uint32_t>(compute::ConfigField::M_fp32)] = dst_is_fp32 ? 2 : 1; }

    uint32_t math_tile(uint32_t d) const { return committed % halves * tiles_per_half + d; }
    uint32_t pack_tile(uint32_t d) const { return released % halves * tiles_per_half + d; }

    // The format that an operation writes into DST, by its operand in SrcA; and the one that a tile has.
    DstKind kind_for(DataFormat src_a) const {
        return dst_is_fp32 ? DstKind::Fp32 : has_5_bit_exponent(src_a) ? DstKind::Fp16 : DstKind::Bf16;
    }
    DstKind kind_of(uint32_t tile) const {
        return dst_is_fp32 ? DstKind::Fp32 : fp16_tiles[tile] ? DstKind::Fp16 : DstKind::Bf16;
    }
    void set_kind(uint32_t tile, DstKind kind) { fp16_tiles[tile] = kind == DstKind::Fp16; }

    uint32_t* tile_words(uint32_t tile) { return dst + tile * kTileWords; }
    bool is_zero(uint32_t tile) const { return invalid_rows[tile] == ~0ull; }

    // The tile's words for reading, zeros written where rows are invalid. The flags stay: they still matter to max-pool.
    uint32_t* read_tile(uint32_t tile) {
        uint32_t* words = tile_words(tile);
        const uint64_t invalid = invalid_rows[tile];
        if (__builtin_expect(invalid == 0, 1)) return words;
        if (invalid == ~0ull) {
            std::memset(words, 0, kTileWords * 4);
        } else {
            for (uint32_t r = 0; r < kTileRegisterRows; ++r) {
                if (invalid >> r & 1u) std::memset(words + r * kFaceCols, 0, kFaceCols * 4);
            }
        }
        return words;
    }

    // The tile's words for changing some rows in place: reads as zero where invalid, and all of it is valid from now on.
    uint32_t* update_tile(uint32_t tile) {
        uint32_t* words = read_tile(tile);
        invalid_rows[tile] = 0;
        return words;
    }

    // The tile's words for overwriting the rows of `mask`; rows outside of it keep what they hold.
    uint32_t* write_tile(uint32_t tile, uint64_t mask) {
        invalid_rows[tile] &= ~mask;
        return tile_words(tile);
    }
};

inline ComputeState& compute_state(tw_ctx* ctx) {
    return *ctx->core->compute;
}

}  // namespace tw
