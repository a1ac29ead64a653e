// The compute threads' part of the border: unpacker, matrix and vector unit, packer. See tw/abi.h.
//
// A compute kernel is built three times, and each build runs on its own fiber. The functions below are each called on one
// of the three only (their group says which); the headers under api/compute/ bundle them into tt-metal's calls. They share
// SrcA and SrcB (two banks each: UNPACK runs ahead of MATH by two tiles at most) and DST (two halves by default).
//
// A tile index counts from the read or write position of the circular buffer. A format pointer stays valid for the whole
// launch: it points into the kernel's constants.
#pragma once

#include "tw/abi.h"
#include "tw/kernel_config.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---------------------------------------------------------------- operations
typedef enum tw_binary_op { TW_ELWMUL = 0, TW_ELWADD = 2, TW_ELWSUB = 3 } tw_binary_op;  // EltwiseBinaryType's numbers
typedef enum tw_bcast {
    TW_BCAST_NONE = 0,
    TW_BCAST_COL = 1,
    TW_BCAST_ROW = 2,
    TW_BCAST_SCALAR = 3,
    TW_BCAST_COL_16 = 4
} tw_bcast;
typedef enum tw_pool { TW_POOL_SUM = 0, TW_POOL_AVG = 1, TW_POOL_MAX = 2, TW_POOL_MIN = 3 } tw_pool;
typedef enum tw_reduce_dim { TW_REDUCE_ROW = 0, TW_REDUCE_COL = 1, TW_REDUCE_SCALAR = 2 } tw_reduce_dim;
// FACE: each face by itself; FACES: faces change places and stay as they are inside; TILE: both.
typedef enum tw_transpose {
    TW_TRANSPOSE_NONE = 0,
    TW_TRANSPOSE_FACE = 1,
    TW_TRANSPOSE_FACES = 2,
    TW_TRANSPOSE_TILE = 3
} tw_transpose;

// Functions of the vector unit (tw/sfpu.def): unary, then those with two and three operands, all in one numbering.
typedef enum tw_sfpu_op {
#define TW_SFPU(name) TW_SFPU_##name,
#include "tw/sfpu.def"
#undef TW_SFPU
    TW_SFPU_COUNT
} tw_sfpu_op;

// What a call programs into its thread's unit, and what it needs to be programmed there (tw/compute_config.def: `call`
// counts its rows; a, b and c are the words that the row names). Before the call's own work.
void tw_config(tw_ctx*, uint32_t call, uint32_t a, uint32_t b, uint32_t c, const tw_site*);
// Operations that a call chooses by its words: a copy (+ faces), a transposition in DST.
#define TW_CONFIG_COPY (1u << 20)
#define TW_CONFIG_TURN_DST (2u << 20)

// ---------------------------------------------------------------- UNPACK
// What copy_init and transpose_init set: how tw_unpack_a turns the tile (tw_transpose). TW_TRANSPOSE_IN_UNPACKER on top:
// by the unpacker alone, which cannot turn faces of 32-bit data on their way to DST.
#define TW_TRANSPOSE_IN_UNPACKER 4u
void tw_unpack_mode(tw_ctx*, uint32_t transpose);
// One tile -> SrcA, turned as the mode says.
void tw_unpack_a(tw_ctx*, uint32_t cb, const tw_cb_format*, uint32_t tile, const tw_site*);
// One tile -> SrcA, expanded from its row 0, column 0 (or 16) or element [0][0] (unary_bcast).
void tw_unpack_a_bcast(tw_ctx*, uint32_t cb, const tw_cb_format*, uint32_t tile, uint32_t bcast, const tw_site*);
// One tile -> SrcB alone (the other operand is in DST).
void tw_unpack_b(tw_ctx*, uint32_t cb, const tw_cb_format*, uint32_t tile, const tw_site*);
// One tile each -> SrcA and SrcB; B is expanded from row `bcast_row`, column 0 or element [0][0].
void tw_unpack_ab(tw_ctx*, uint32_t cb_a, const tw_cb_format*, uint32_t tile_a, uint32_t cb_b, const tw_cb_format*,
                  uint32_t tile_b, uint32_t bcast, uint32_t bcast_row, const tw_site*);
// What matmul_init sets: whether in1's tiles are transposed on the way.
#define TW_MATMUL_TRANSPOSE_AS_SET 2u
void tw_unpack_matmul_mode(tw_ctx*, uint32_t transpose);
// A block of rt x ct products: in0 tiles i + r*kt -> SrcB, in1 tiles j + c -> SrcA (in0 and in1 swap registers).
void tw_unpack_matmul(tw_ctx*, uint32_t in0, const tw_cb_format*, uint32_t i, uint32_t in1, const tw_cb_format*, uint32_t j,
                      uint32_t transpose, uint32_t ct, uint32_t rt, uint32_t kt, const tw_site*);
// `ct` tiles out of 32 row-major rows of `ct` tiles' width, each -> SrcA. tile: index of the first tile in the block row.
void tw_unpack_tilize(tw_ctx*, uint32_t cb, const tw_cb_format*, uint32_t tile, uint32_t ct, uint32_t full_ct,
                      const tw_site*);
// L1 byte address of a tile of the CB (read side), and the words that the other two threads are told.
uint32_t tw_unpack_tile_address(tw_ctx*, uint32_t cb, const tw_cb_format*, uint32_t tile, const tw_site*);

// ---------------------------------------------------------------- MATH
void tw_dst_acquire(tw_ctx*, const tw_site*);
void tw_dst_commit(tw_ctx*, const tw_site*);
// From now on DST holds 32-bit words (8 tiles), or 16-bit ones (16 tiles). UNPACK and PACK must be at rest; what DST held
// is lost.
void tw_dst_width(tw_ctx*, uint32_t fp32, const tw_site*);
// What add_init's acc_to_dest sets: add and subtract add their result to DST.
void tw_math_accumulate(tw_ctx*, uint32_t on);
// The circular buffer whose format the unit takes SrcA to have: what DST loses on its way back to a source register goes by
// that, whichever register it is (startup and reconfig_data_format set it).
void tw_math_src_a(tw_ctx*, uint32_t cb, const tw_cb_format*);
// The same unless both buffers have one format in the registers.
void tw_math_src_a_changed(tw_ctx*, uint32_t old_cb, const tw_cb_format* old_format, uint32_t cb, const tw_cb_format*);
void tw_math_copy(tw_ctx*, uint32_t dst, const tw_site*);
void tw_math_binary(tw_ctx*, uint32_t op, uint32_t dst, const tw_site*);
// dst_to_b 0: DST[dst] = DST[dst] op SrcB; 1: DST[dst] = SrcA op DST[dst].
void tw_math_reuse_dest(tw_ctx*, uint32_t op, uint32_t dst_to_b, uint32_t dst, const tw_site*);
void tw_math_matmul(tw_ctx*, uint32_t dst, uint32_t ct, uint32_t rt, const tw_site*);
void tw_math_reduce(tw_ctx*, uint32_t pool, uint32_t dim, uint32_t dst, const tw_site*);
void tw_math_transpose_dest(tw_ctx*, uint32_t transpose, uint32_t dst, const tw_site*);

// ---------------------------------------------------------------- the vector unit (MATH, and PACK on its own half of DST)
// vector_mode: VectorMode's number. Operands and result are DST tiles; unused parameters are 0.
void tw_sfpu(tw_ctx*, uint32_t op, uint32_t vector_mode, uint32_t dst, uint32_t p0, uint32_t p1, uint32_t p2,
             const tw_site*);
void tw_sfpu_binary(tw_ctx*, uint32_t op, uint32_t a, uint32_t b, uint32_t out, uint32_t p0, uint32_t p1, const tw_site*);
void tw_sfpu_ternary(tw_ctx*, uint32_t op, uint32_t a, uint32_t b, uint32_t c, uint32_t out, uint32_t p0, const tw_site*);
// In place on the DST tiles dst .. dst + tiles - 1.
void tw_sfpu_group(tw_ctx*, uint32_t op, uint32_t dst, uint32_t tiles, uint32_t p0, uint32_t p1, uint32_t p2,
                   const tw_site*);

// In place on the tiles a .. a + tiles - 1 and b .. b + tiles - 1.
void tw_sfpu_pair(tw_ctx*, uint32_t op, uint32_t a, uint32_t b, uint32_t tiles, uint32_t p0, uint32_t p1, uint32_t p2,
                  const tw_site*);
// Of one tile and `bytes` bytes of L1, into another tile whose words it may read.
void tw_sfpu_with_l1(tw_ctx*, uint32_t op, uint32_t dst, uint32_t out, uint32_t l1_address, uint32_t bytes, uint32_t p0,
                     uint32_t p1, const tw_site*);

// Two words that an init call leaves in the vector unit for the calls that follow (fmod, remainder); a seed of the unit's
// pseudo-random sequence.
void tw_sfpu_constants(tw_ctx*, uint32_t word0, uint32_t word1);
void tw_sfpu_seed(tw_ctx*, uint32_t seed);
// Forgets what the unit keeps for each column (running sums, mean and M2).
void tw_sfpu_clear_columns(tw_ctx*);
// DST[out] = DST[in], all 32 bits of each word.
void tw_math_copy_dest(tw_ctx*, uint32_t in, uint32_t out, const tw_site*);

// ---------------------------------------------------------------- PACK
void tw_dst_wait(tw_ctx*, const tw_site*);
void tw_dst_release(tw_ctx*, const tw_site*);
#define TW_PACK_IN_ORDER 0xffffffffu
// slot: page from the write position, or TW_PACK_IN_ORDER for the next one since the last push.
void tw_pack_tile(tw_ctx*, uint32_t dst, uint32_t cb, const tw_cb_format*, uint32_t slot, const tw_site*);
// mode: ReluType's number; threshold: 16 bits of a bf16.
void tw_pack_relu(tw_ctx*, uint32_t mode, uint32_t threshold);
void tw_pack_l1_accumulate(tw_ctx*, uint32_t on);
// While set, everything outside what a reduction along `dim` yields is packed as zero; TW_REDUCE_NONE: off.
#define TW_REDUCE_NONE 0xffu
void tw_pack_reduce_mask(tw_ctx*, uint32_t dim);
// DST tiles dst .. dst + ct - 1 as a strip of rows in a row-major block that is full_ct tiles wide; the strip starts at
// column c * ct tiles and block row `row`. columns: 0 for all of a tile's, else only so many of the strip's.
void tw_pack_untilize(tw_ctx*, uint32_t dst, uint32_t ct, uint32_t full_ct, uint32_t row, uint32_t c, uint32_t columns,
                      uint32_t cb, const tw_cb_format*, const tw_site*);

#ifdef __cplusplus
}
#endif
