// The vector unit's registers, as kernels with SFPU code of their own (sfpi.h) work on them: inlined, without calls.
//
// The library owns one unit for each core and points it at the part of DST that the calling thread holds. The kernel's code
// reads and writes lanes itself; DST's rows carry invalid flags (an invalid row reads as zero), which it must respect.
#pragma once

#include "tw/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TW_SFPU_LANES 32
#define TW_SFPU_REGISTERS 16  // 0-7 general, 8 to 11 and 15 constant, 12-14 programmable (docs/hardware.md 1.5)

typedef struct tw_sfpu_unit {
    uint32_t lanes_enabled[TW_SFPU_LANES] __attribute__((aligned(128)));  // all ones where a lane takes assignments
    uint32_t registers[TW_SFPU_REGISTERS][TW_SFPU_LANES] __attribute__((aligned(128)));
    uint32_t* words;         // DST tile 0 of the thread's part; 0 outside of a call: tw_sfpu_start first
    uint64_t* invalid_rows;  // for each tile, bit = register row (face * 16 + row)
    uint32_t row_limit;      // rows of 16 words that the thread holds
    uint32_t row;            // where dst_reg[0] is: base of the tile plus what dst_reg++ has added
    uint32_t row_of_face;    // where `row` returns to, plus 16, at the next face
    uint32_t dst_is_fp32;
    uint32_t exp_scale;  // float: what the last init of an approximate exp multiplies its operand by; 0: by 1
} tw_sfpu_unit;

// The unit of this core; the same for the whole launch.
tw_sfpu_unit* tw_sfpu_unit_of(tw_ctx*) __attribute__((const));
// Points the unit at DST tile `dst` of the calling thread (MATH after acquire, PACK after wait).
void tw_sfpu_start(tw_ctx*, uint32_t dst, const tw_site*);
// dst_reg's index leads out of the thread's part of DST.
void tw_sfpu_row_outside(tw_ctx*, uint32_t row, const tw_site*) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif
