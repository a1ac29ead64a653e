// dst_reg: DST, four rows by eight columns at a time; l_reg and the unit's constants.
//
// dst_reg[i] is the i-th access of a tile: lane l is row 4 (i / 2) + l / 8 of its 64 register rows, column 2 (l % 8), or
// the next odd column for odd i (docs/hardware.md 2.6).
#pragma once

#include "tw/sfpi/conditions.h"

namespace sfpi {

constexpr unsigned SFP_DESTREG_STRIDE = 2;
constexpr unsigned SFP_DESTREG_COUNT = 512;
constexpr unsigned SFP_LREG_COUNT = 8;

// How a word of DST is read and written.
enum class DataLayout { Default, FSrcB, F32, F16a, F16b, I32, U32, SM32, M32, U16, I16, U8, HI16, LO16 };

enum class LRegs : uint8_t {
    LReg0,
    LReg1,
    LReg2,
    LReg3,
    LReg4,
    LReg5,
    LReg6,
    LReg7,
    LReg8,
    LReg9,
    LReg10,
    LReg11,
    LReg12,
    LReg13,
    LReg14,
    LReg15
};

namespace impl_ {

// The first of four DST rows of 16 words, `step` accesses from where dst_reg[0] is. Rows that DST holds as invalid read as
// zero, and are valid after a store.
sfpi_inline uint32_t* dst_rows(int step, bool storing) {
    tw_sfpu_unit& u = tw::lanes::unit();
    if (__builtin_expect(u.words == nullptr, 0)) tw_sfpu_start(tw_self(), 0, TW_HERE);
    const uint32_t row = (u.row + static_cast<uint32_t>(step) * SFP_DESTREG_STRIDE) & ~3u;
    if (__builtin_expect(row >= u.row_limit, 0)) tw_sfpu_row_outside(tw_self(), row, TW_HERE);
    uint32_t* words = u.words + row * 16;
    uint64_t& invalid = u.invalid_rows[row / 64];
    const uint64_t four = invalid >> (row % 64) & 15u;
    if (__builtin_expect(four != 0, 0)) {
        for (int r = 0; r < 4; ++r) {
            if (four >> r & 1u) std::memset(words + r * 16, 0, 64);
        }
        if (storing) invalid &= ~(uint64_t{15} << (row % 64));
    }
    return words;
}
sfpi_inline bool is_odd(int step) {
    return (tw::lanes::unit().row + static_cast<uint32_t>(step) * SFP_DESTREG_STRIDE) & 2u;
}

// Every other word of four rows. Kept free of branches and intrinsics; compilers turn it into permutes.
sfpi_inline Lanes read_dst(int step) {
    const uint32_t* words = dst_rows(step, false) + is_odd(step);
    alignas(128) uint32_t lane[TW_SFPU_LANES];
    for (int l = 0; l < TW_SFPU_LANES; ++l) lane[l] = words[l * 2];
    return tw::lanes::load(lane);
}
sfpi_inline void write_dst(int step, const Lanes& v) {
    uint32_t* words = dst_rows(step, true) + is_odd(step);
    const Array lane(v), on(tw::lanes::enabled());
    for (int l = 0; l < TW_SFPU_LANES; ++l) words[l * 2] = (lane.word[l] & on.word[l]) | (words[l * 2] & ~on.word[l]);
}

// What a store does to a float: denormals to zero; the low half is cut in a 16-bit DST.
sfpi_inline Lanes stored_float(const Lanes& v) {
    const uint32_t kept = tw::lanes::unit().dst_is_fp32 ? 0xffffffffu : 0xffff0000u;
    return tw::lanes::map(
        v, [&](auto x) __attribute__((always_inline)) { return (x & 0x7f800000u) == 0 ? x & 0x80000000u : x & kept; });
}

}  // namespace impl_

// One access of DST in an expression: converts to the type that is asked for.
class vDstWord {
public:
    sfpi_inline constexpr vDstWord(int step, DataLayout layout) : step_(step), layout_(layout) {}
    vDstWord(const vDstWord&) = default;

    template <DataLayout layout>
    sfpi_inline vDstWord mode(int = -1) const {
        return vDstWord(step_, layout);
    }
    sfpi_inline vDstWord mode(int = -1) const { return *this; }

    sfpi_inline operator vFloat() const { return vFloat(read()); }
    sfpi_inline operator vInt() const { return vInt(read()); }
    sfpi_inline operator vUInt() const { return vUInt(read()); }
    sfpi_inline operator vMag() const { return vMag(read()); }
    sfpi_inline operator vSMag() const { return vSMag(read()); }

    sfpi_inline vFloat operator=(const vFloat& v) const {
        impl_::write_dst(step_, impl_::stored_float(v.lanes));
        return v;
    }
    sfpi_inline vFloat operator=(float v) const { return *this = vFloat(v); }
    sfpi_inline vFloat operator=(double v) const { return *this = vFloat(static_cast<float>(v)); }
    sfpi_inline vInt operator=(const vInt& v) const { return write(v); }
    sfpi_inline vUInt operator=(const vUInt& v) const { return write(v); }
    sfpi_inline vSMag operator=(const vSMag& v) const { return write(v); }
    template <std::integral T>
    sfpi_inline vInt operator=(T v) const {
        return write(vInt(v));
    }
    // From another place of DST: a float passes through the unit.
    sfpi_inline void operator=(const vDstWord& other) const { *this = static_cast<vFloat>(other); }
    sfpi_inline vFloat operator-() const { return -static_cast<vFloat>(*this); }

private:
    sfpi_inline impl_::Lanes read() const {
        const impl_::Lanes v = impl_::read_dst(step_);
        return layout_ == DataLayout::U16 || layout_ == DataLayout::LO16 ? v & tw::lanes::all(0xffffu) : v;
    }
    template <class V>
    sfpi_inline V write(const V& v) const {
        const bool is_short = layout_ == DataLayout::U16 || layout_ == DataLayout::LO16;
        impl_::write_dst(step_, is_short ? v.lanes & tw::lanes::all(0xffffu) : v.lanes);
        return v;
    }
    int step_;
    DataLayout layout_;
};

class vDstFile {
public:
    sfpi_inline constexpr vDstWord operator[](int step) const { return vDstWord(step, DataLayout::Default); }
    sfpi_inline void operator++() const { *this += 1; }
    sfpi_inline void operator++(int) const { *this += 1; }
    sfpi_inline void operator+=(int steps) const {
        tw::lanes::unit().row += static_cast<uint32_t>(steps) * SFP_DESTREG_STRIDE;
    }
};

class vRegister {
public:
    sfpi_inline constexpr explicit vRegister(unsigned number) : number_(number) {}
    template <Value V>
    sfpi_inline operator V() const {
        return V(read());
    }
    template <Value V>
    sfpi_inline V operator=(const V& v) const {
        uint32_t* words = tw::lanes::unit().registers[number_];
        tw::lanes::store(tw::lanes::select(tw::lanes::enabled(), v.lanes, tw::lanes::load(words)), words);
        return v;
    }

protected:
    sfpi_inline impl_::Lanes read() const { return tw::lanes::load(tw::lanes::unit().registers[number_]); }
    unsigned number_;
};

class vRegisterFile {
public:
    sfpi_inline constexpr vRegister operator[](LRegs r) const { return vRegister(static_cast<unsigned>(r)); }
};

class vFloatConstant : vRegister {
public:
    using vRegister::vRegister;
    sfpi_inline operator vFloat() const { return vFloat(read()); }
    sfpi_inline vFloat get() const { return vFloat(read()); }
    // Constants are written in all lanes, whatever is enabled.
    sfpi_inline void operator=(const vFloat& v) const { tw::lanes::store(v.lanes, tw::lanes::unit().registers[number_]); }
    sfpi_inline void operator=(float v) const { *this = vFloat(v); }
    sfpi_inline void operator=(double v) const { *this = vFloat(static_cast<float>(v)); }
    sfpi_inline void operator=(sFloat16a v) const { *this = vFloat(v); }
    sfpi_inline void operator=(sFloat16b v) const { *this = vFloat(v); }
};
class vIntegerConstant : vRegister {
public:
    using vRegister::vRegister;
    sfpi_inline operator vInt() const { return vInt(read()); }
    sfpi_inline operator vUInt() const { return vUInt(read()); }
    sfpi_inline vInt as_integer() const { return vInt(read()); }
    sfpi_inline void operator=(const vInt& v) const { tw::lanes::store(v.lanes, tw::lanes::unit().registers[number_]); }
    sfpi_inline void operator=(std::integral auto v) const { *this = vInt(v); }
};

inline constexpr vDstFile dst_reg;
inline constexpr vRegisterFile l_reg;

inline constexpr vFloatConstant vConst0p8373{8};
inline constexpr vFloatConstant vConst0{9};
inline constexpr vFloatConstant vConst1{10};
inline constexpr vFloatConstant vConstNeg1{11};
inline constexpr vFloatConstant vConstFloatPrgm0{12};
inline constexpr vFloatConstant vConstFloatPrgm1{13};
inline constexpr vFloatConstant vConstFloatPrgm2{14};
inline constexpr vIntegerConstant vConstIntPrgm0{12};
inline constexpr vIntegerConstant vConstIntPrgm1{13};
inline constexpr vIntegerConstant vConstIntPrgm2{14};
inline constexpr vIntegerConstant vConstTileId{15};  // twice the lane's number

}  // namespace sfpi
