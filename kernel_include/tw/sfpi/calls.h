// How kernels run their own SFPU function over a tile: face by face, starting at a tile of DST.
//
// The function works on 16 rows at dst_reg[0] and moves on with dst_reg++; between faces the position returns to the face's
// start plus 16 rows, however far it has got.
#pragma once

#include "tw/compute_types.h"
#include "tw/sfpi/crosslane.h"
#include "tw/sfpi/tables.h"

#include <utility>

namespace tw::lanes {

ALWI void next_face() {
    tw_sfpu_unit& u = unit();
    u.row = u.row_of_face += 16;
}
ALWI void finish() {
    unit().words = nullptr;
}

template <class Function, class... Args>
ALWI void over_faces(ckernel::VectorMode mode, Function&& f, Args&&... args) {
    if (mode == ckernel::VectorMode::RC) {
        for (int face = 0; face < 4; ++face) {
            f(args...);
            next_face();
        }
    } else if (mode == ckernel::VectorMode::R) {
        for (int face = 0; face < 2; ++face) {
            f(args...);
            next_face();
        }
    } else if (mode == ckernel::VectorMode::C) {
        for (int face = 0; face < 2; ++face) {
            f(args...);
            next_face();
            next_face();
        }
    } else {
        f(args...);
    }
}

template <class T>
constexpr ckernel::VectorMode vector_mode(T mode) {
    return static_cast<ckernel::VectorMode>(mode);
}

}  // namespace tw::lanes

ALWI void _llk_math_eltwise_sfpu_start_(uint32_t dst_index, TW_WHERE) {
    tw_sfpu_start(tw_self(), dst_index, TW_SITE);
}
ALWI void _llk_math_eltwise_sfpu_done_() {
    tw::lanes::finish();
}
ALWI void _llk_math_eltwise_sfpu_inc_dst_face_addr_() {
    // Two steps of eight rows on silicon.
    tw::lanes::next_face();
}

template <auto... TwOptions, class Function, class Mode = ckernel::VectorMode, class... Args>
ALWI void _llk_math_eltwise_unary_sfpu_params_(Function&& f, uint32_t dst_index, Mode mode = ckernel::VectorMode::RC,
                                               Args&&... args) {
    tw_sfpu_start(tw_self(), dst_index, TW_HERE);
    tw::lanes::over_faces(tw::lanes::vector_mode(mode), f, args...);
    tw::lanes::finish();
}
// With two and three operands the function is told the tiles, and counts from tile 0.
template <auto... TwOptions, class Function, class Mode = ckernel::VectorMode, class... Args>
ALWI void _llk_math_eltwise_binary_sfpu_params_(Function&& f, uint32_t dst_index0, uint32_t dst_index1, uint32_t odst,
                                                Mode mode = ckernel::VectorMode::RC, Args&&... args) {
    tw_sfpu_start(tw_self(), 0, TW_HERE);
    tw::lanes::over_faces(tw::lanes::vector_mode(mode), f, dst_index0, dst_index1, odst, args...);
    tw::lanes::finish();
}
template <auto... TwOptions, class Function, class Mode = ckernel::VectorMode, class... Args>
ALWI void _llk_math_eltwise_ternary_sfpu_params_(Function&& f, uint32_t dst_index0, uint32_t dst_index1,
                                                 uint32_t dst_index2, uint32_t odst, Mode mode = ckernel::VectorMode::RC,
                                                 Args&&... args) {
    tw_sfpu_start(tw_self(), 0, TW_HERE);
    tw::lanes::over_faces(tw::lanes::vector_mode(mode), f, dst_index0, dst_index1, dst_index2, odst, args...);
    tw::lanes::finish();
}

#define TW_SFPI_ARGUMENTS_(...) __VA_ARGS__
#define SFPU_UNARY_CALL(SYNC, ACCUM, FN, TEMPLATES, DST_IDX, VECTOR_MODE, ...)                       \
    _llk_math_eltwise_unary_sfpu_params_(::ckernel::sfpu::FN<TW_SFPI_ARGUMENTS_ TEMPLATES>, DST_IDX, \
                                         VECTOR_MODE, ##__VA_ARGS__)
#define SFPU_UNARY_CALL_NO_TEMPLATE_ARGS(SYNC, ACCUM, FN, DST_IDX, VECTOR_MODE, ...) \
    _llk_math_eltwise_unary_sfpu_params_(::ckernel::sfpu::FN, DST_IDX, VECTOR_MODE, ##__VA_ARGS__)
#define SFPU_BINARY_CALL(SYNC, ACCUM, FN, TEMPLATES, IN0, IN1, OUT, VECTOR_MODE, ...)                       \
    _llk_math_eltwise_binary_sfpu_params_(::ckernel::sfpu::FN<TW_SFPI_ARGUMENTS_ TEMPLATES>, IN0, IN1, OUT, \
                                          VECTOR_MODE, ##__VA_ARGS__)
#define SFPU_BINARY_CALL_NO_TEMPLATE_ARGS(SYNC, ACCUM, FN, IN0, IN1, OUT, VECTOR_MODE, ...) \
    _llk_math_eltwise_binary_sfpu_params_(::ckernel::sfpu::FN, IN0, IN1, OUT, VECTOR_MODE, ##__VA_ARGS__)
#define SFPU_TERNARY_CALL(SYNC, ACCUM, FN, TEMPLATES, IN0, IN1, IN2, OUT, VECTOR_MODE, ...)                       \
    _llk_math_eltwise_ternary_sfpu_params_(::ckernel::sfpu::FN<TW_SFPI_ARGUMENTS_ TEMPLATES>, IN0, IN1, IN2, OUT, \
                                           VECTOR_MODE, ##__VA_ARGS__)
#define SFPU_TERNARY_CALL_NO_TEMPLATE_ARGS(SYNC, ACCUM, FN, IN0, IN1, IN2, OUT, VECTOR_MODE, ...) \
    _llk_math_eltwise_ternary_sfpu_params_(::ckernel::sfpu::FN, IN0, IN1, IN2, OUT, VECTOR_MODE, ##__VA_ARGS__)

// The init calls: what a kernel's own init function writes into the unit's constants counts, the rest is the hardware's.
namespace ckernel {

template <auto... TwOptions>
ALWI void llk_math_eltwise_unary_sfpu_init() {}
template <auto... TwOptions, class Function, class... Args>
ALWI void llk_math_eltwise_unary_sfpu_init(Function&& f, Args&&... args) {
    f(args...);
}
template <auto... TwOptions>
ALWI void llk_math_eltwise_binary_sfpu_init() {}
template <auto... TwOptions, class Function, class... Args>
ALWI void llk_math_eltwise_binary_sfpu_init(Function&& f, Args&&... args) {
    f(args...);
}
template <auto... TwOptions>
ALWI void llk_math_eltwise_ternary_sfpu_init() {}
template <auto... TwOptions, class Function, class... Args>
ALWI void llk_math_eltwise_ternary_sfpu_init(Function&& f, Args&&... args) {
    f(args...);
}

}  // namespace ckernel

template <auto... TwOptions>
ALWI void _llk_math_eltwise_unary_sfpu_init_() {}
template <auto... TwOptions>
ALWI void _llk_math_eltwise_binary_sfpu_init_() {}
template <auto... TwOptions>
ALWI void _llk_math_eltwise_ternary_sfpu_init_() {}

#define SFPU_UNARY_INIT(OP) ::ckernel::llk_math_eltwise_unary_sfpu_init()
#define SFPU_UNARY_INIT_FN(OP, INIT_FN, TEMPLATES) \
    ::ckernel::llk_math_eltwise_unary_sfpu_init(INIT_FN<TW_SFPI_ARGUMENTS_ TEMPLATES>)
#define SFPU_UNARY_INIT_FN_ARGS(OP, INIT_FN, TEMPLATES, ...) \
    ::ckernel::llk_math_eltwise_unary_sfpu_init(INIT_FN<TW_SFPI_ARGUMENTS_ TEMPLATES>, ##__VA_ARGS__)
#define SFPU_BINARY_INIT(OP) ::ckernel::llk_math_eltwise_binary_sfpu_init()
#define SFPU_BINARY_INIT_FN_NO_ARGS(OP, INIT_FN) ::ckernel::llk_math_eltwise_binary_sfpu_init(INIT_FN)
#define SFPU_BINARY_INIT_FN(OP, INIT_FN, TEMPLATES) \
    ::ckernel::llk_math_eltwise_binary_sfpu_init(INIT_FN<TW_SFPI_ARGUMENTS_ TEMPLATES>)
#define SFPU_TERNARY_INIT(OP) ::ckernel::llk_math_eltwise_ternary_sfpu_init()
#define SFPU_TERNARY_INIT_FN_NO_ARGS(OP, INIT_FN) ::ckernel::llk_math_eltwise_ternary_sfpu_init(INIT_FN)
#define SFPU_TERNARY_INIT_FN(OP, INIT_FN, TEMPLATES) \
    ::ckernel::llk_math_eltwise_ternary_sfpu_init(INIT_FN<TW_SFPI_ARGUMENTS_ TEMPLATES>)
