// Constants that stay in a register over a loop. g++ 12 makes a vector constant anew in every turn (a move and a broadcast
// each), which costs loops of ten instructions a third of their speed; a value that passes through an empty asm is no
// longer known to be a constant.
//
// Included once for each vector target; hence no #pragma once but Highway's toggle.
#if defined(TW_TILE_PINNED_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TW_TILE_PINNED_INL_H_
#undef TW_TILE_PINNED_INL_H_
#else
#define TW_TILE_PINNED_INL_H_
#endif

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace HWY_NAMESPACE {

template <class V>
HWY_INLINE V Pinned(V v) {
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128
    asm("" : "+v"(v.raw));
#endif
    return v;
}

}  // namespace HWY_NAMESPACE
}  // namespace tw
HWY_AFTER_NAMESPACE();

#endif
