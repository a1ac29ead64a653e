// Handing halves of DST between MATH and PACK (docs/upstream-api.md K7).
#pragma once

#include "api/compute/common_globals.h"

namespace ckernel {

ALWI void tile_regs_acquire(TW_WHERE) {
    MATH((tw_dst_acquire(tw_self(), TW_SITE)));
}
ALWI void tile_regs_wait(TW_WHERE) {
    PACK((tw_dst_wait(tw_self(), TW_SITE)));
}

template <int Fp32 = -1>
ALWI void tile_regs_commit(TW_WHERE) {
    MATH((tw_dst_commit(tw_self(), TW_SITE)));
}

template <int Fp32 = -1>
ALWI void tile_regs_release(TW_WHERE) {
    PACK((tw_dst_release(tw_self(), TW_SITE)));
}

// Older kernels: one call for both sides.
ALWI void acquire_dst(TW_WHERE) {
    MATH((tw_dst_acquire(tw_self(), TW_SITE)));
    PACK((tw_dst_wait(tw_self(), TW_SITE)));
}

template <int Fp32 = -1>
ALWI void release_dst(TW_WHERE) {
    MATH((tw_dst_commit(tw_self(), TW_SITE)));
    PACK((tw_dst_release(tw_self(), TW_SITE)));
}

// Older still: they named the DST mode and took whatever it was.
template <class Mode>
ALWI void acquire_dst(Mode, TW_WHERE) {
    acquire_dst(tw_where);
}
template <class Mode>
ALWI void release_dst(Mode, TW_WHERE) {
    release_dst(tw_where);
}

}  // namespace ckernel
