// Types and constants that compute kernels name beside the shared enumerations of tw/enums.h, and the three thread macros.
//
// A compute kernel's text is compiled once for each of the three threads, with TRISC_UNPACK, TRISC_MATH or TRISC_PACK
// defined; UNPACK((x)), MATH((x)) and PACK((x)) keep x only in their own build.
#pragma once

#include "tw/abi_compute.h"
#include "tw/attributes.h"
#include "tw/cb_index.h"
#include "tw/cb_interface.h"
#include "tw/enums.h"
#include "tw/mailbox.h"
#include "tw/site.h"

#include <bit>
#include <cstdint>

#if defined(TRISC_UNPACK)
#define UNPACK(...) __VA_ARGS__
#else
#define UNPACK(...)
#endif
#if defined(TRISC_MATH)
#define MATH(...) __VA_ARGS__
#else
#define MATH(...)
#endif
#if defined(TRISC_PACK)
#define PACK(...) __VA_ARGS__
#else
#define PACK(...)
#endif

namespace ckernel {

enum class SrcOrder : uint8_t { Regular = 0, Reverse = 1 };
enum class ReluType : uint8_t { NO_RELU = 0, ZERO_RELU, MIN_THRESHOLD_RELU, MAX_THRESHOLD_RELU };
enum class DataLayout { TILE = 0, ROW_MAJOR = 1 };
enum class RoundingMode : uint8_t { None = 0, Trunc = 1, Floor = 2 };
enum class DstRoundingMode : uint8_t { Default = 0, NearestEven = 1 };
enum class ActivationType { Celu = 0, Elu = 1, Gelu = 2, Hardtanh = 3, Hardsigmoid = 4 };
enum SortDir : bool { ArgMax = false, ArgMin = true };

constexpr uint32_t FACE_HEIGHT = 16, FACE_WIDTH = 16, FACE_R_DIM = 16, FACE_C_DIM = 16;
constexpr uint32_t TILE_HEIGHT = 32, TILE_WIDTH = 32, TILE_R_DIM = 32, TILE_C_DIM = 32;
constexpr uint32_t TILE_NUM_FACES = 4;

struct p_sfpu {
    static constexpr uint32_t LREG0 = 0, LREG1 = 1, LREG2 = 2, LREG3 = 3, LREG4 = 4, LREG5 = 5, LREG6 = 6, LREG7 = 7;
    static constexpr uint32_t LCONST_0_8373 = 8, LCONST_0 = 9, LCONST_1 = 10, LCONST_neg1 = 11, LTILEID = 15;
    static constexpr uint32_t LREG11 = 11, LREG12 = 12, LREG13 = 13, LREG14 = 14;
    static constexpr uint32_t kCONST_0 = 0, kCONST_1_FP16A = 0x3C00, kCONST_1_FP16B = 0x3F80;
};

// What the packer does to each value; the threshold is the upper half of a float's bits.
class ReluConfig {
public:
    static constexpr ReluConfig none() { return {ReluType::NO_RELU, 0}; }
    static constexpr ReluConfig zero() { return {ReluType::ZERO_RELU, 0}; }
    static constexpr ReluConfig min_threshold(uint32_t t) { return {ReluType::MIN_THRESHOLD_RELU, t}; }
    static constexpr ReluConfig max_threshold(uint32_t t) { return {ReluType::MAX_THRESHOLD_RELU, t}; }
    static constexpr ReluConfig from_packed(uint32_t packed) { return {ReluType(packed & 3), packed >> 16}; }
    constexpr ReluType get_mode() const { return mode_; }
    constexpr uint32_t get_threshold() const { return threshold_; }

private:
    constexpr ReluConfig(ReluType mode, uint32_t threshold) : mode_(mode), threshold_(threshold) {}
    ReluType mode_;
    uint32_t threshold_;
};

}  // namespace ckernel

namespace tw {

// The format of a circular buffer of the kernel that is being compiled. The library checks the index before it looks.
template <int D = 0>
ALWI const tw_cb_format* format_at(uint32_t cb) {
    return &KernelConfig<D>::cb[0] + cb;
}

// MATH: the buffer whose format SrcA has from now on; with two, that it had the first one's, and a change of format only
// where they differ.
template <int D = 0>
ALWI void math_src_a(uint32_t cb) {
    MATH((tw_math_src_a(tw_self(), cb, format_at<D>(cb))));
}
template <int D = 0>
ALWI void math_src_a(uint32_t old_cb, uint32_t cb) {
    MATH((tw_math_src_a_changed(tw_self(), old_cb, format_at<D>(old_cb), cb, format_at<D>(cb))));
}

// A vector mode as kernels write it: the enumeration, or its number cast to int.
struct VectorModeArg {
    uint32_t value = 4;
    constexpr VectorModeArg() = default;
    constexpr VectorModeArg(ckernel::VectorMode mode) : value(static_cast<uint32_t>(mode)) {}
    constexpr VectorModeArg(int mode) : value(static_cast<uint32_t>(mode)) {}
};

// The vector mode among template arguments of mixed kinds (sigmoid_tile<VectorMode::C, true>), RC if there is none. Older
// kernels write it as an int; flags are bools.
template <auto... Options>
constexpr uint32_t vector_mode_among() {
    uint32_t mode = 4;
    (
        [&] {
            using T = decltype(Options);
            if constexpr (__is_same(T, ckernel::VectorMode) || __is_same(T, int)) mode = static_cast<uint32_t>(Options);
        }(),
        ...);
    return mode;
}

}  // namespace tw

using namespace ckernel;
