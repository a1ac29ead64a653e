// The vector unit's instructions by their macros (TTI_SFPLOAD, TT_SFPMAD ...), for kernels that write them out.
//
// Each does on the unit's registers what Tenstorrent's ISA documentation says of it for Wormhole; a multiply-add is one
// fused IEEE operation. Integers lie in DST as two's complement words and uint16 as the word's value here, so the modes of
// loads and stores that convert between signs and magnitudes move the word. No instruction needs time, so SFPNOP is
// nothing.
//
// Recorded instructions (lltt::record, lltt::replay) are kept as calls with their operands.
#pragma once

#include "tw/sfpi/crosslane.h"

namespace ckernel {

struct p_sfpswap {
    static constexpr uint32_t UNCONDITIONALLY = 0, ALL_ROWS_MAX = 1, ROWS_01_MAX = 2, ROWS_02_MAX = 3, ROWS_03_MAX = 4,
                              ROW_0_MAX = 5, ROW_1_MAX = 6, ROW_2_MAX = 7, ROW_3_MAX = 8;
};
struct p_setrwc {
    static constexpr uint32_t CLR_NONE = 0, CLR_A = 1, CLR_B = 2, CLR_AB = 3, SET_A = 1, SET_B = 2, SET_AB = 3, SET_D = 4,
                              SET_AD = 5, SET_BD = 6, SET_ABD = 7, CR_A = 1, CR_B = 2, CR_AB = 3, CR_D = 4;
};
enum class InstrModLoadStore {
    DEFAULT = 0,
    FP16A = 1,
    FP16B = 2,
    FP32 = 3,
    INT32 = 4,
    INT8 = 5,
    LO16 = 6,
    HI16 = 7,
    INT32_2S_COMP = 12,
    INT8_2S_COMP = 13,
    LO16_ONLY = 14,
    HI16_ONLY = 15
};
constexpr uint8_t ADDR_MOD_0 = 0, ADDR_MOD_1 = 1, ADDR_MOD_2 = 2, ADDR_MOD_3 = 3, ADDR_MOD_4 = 4, ADDR_MOD_5 = 5,
                  ADDR_MOD_6 = 6, ADDR_MOD_7 = 7;

}  // namespace ckernel

// The instructions' modes by their names.
namespace sfpi {

constexpr unsigned SFPLOAD_MOD0_FMT_SRCB = 0, SFPSTORE_MOD0_FMT_SRCB = 0;
constexpr unsigned SFPLOADI_MOD0_FLOATB = 0, SFPLOADI_MOD0_FLOATA = 1, SFPLOADI_MOD0_USHORT = 2, SFPLOADI_MOD0_SHORT = 4,
                   SFPLOADI_MOD0_UPPER = 8, SFPLOADI_MOD0_LOWER = 10;
constexpr unsigned SFPIADD_MOD1_ARG_LREG_DST = 0, SFPIADD_MOD1_ARG_IMM = 1, SFPIADD_MOD1_ARG_2SCOMP_LREG_DST = 2,
                   SFPIADD_MOD1_CC_LT0 = 0, SFPIADD_MOD1_CC_NONE = 4, SFPIADD_MOD1_CC_GTE0 = 8;
constexpr unsigned SFPSETCC_MOD1_LREG_LT0 = 0, SFPSETCC_MOD1_IMM_BIT0 = 1, SFPSETCC_MOD1_LREG_NE0 = 2,
                   SFPSETCC_MOD1_LREG_GTE0 = 4, SFPSETCC_MOD1_LREG_EQ0 = 6, SFPSETCC_MOD1_CLEAR = 8;
constexpr unsigned SFPENCC_IMM12_E = 1, SFPENCC_IMM12_R = 2, SFPENCC_IMM12_BOTH = 3, SFPENCC_IMM12_NEITHER = 0,
                   SFPENCC_MOD1_EU_R1 = 0, SFPENCC_MOD1_EC_R1 = 1, SFPENCC_MOD1_EI_R1 = 2, SFPENCC_MOD1_EU_RI = 8,
                   SFPENCC_MOD1_EC_RI = 9, SFPENCC_MOD1_EI_RI = 10;
constexpr unsigned SFPSHFT_MOD1_ARG_IMM = 1, SFPSHFT2_MOD1_COPY4 = 0, SFPSHFT2_MOD1_SUBVEC_CHAINED_COPY4 = 1,
                   SFPSHFT2_MOD1_SUBVEC_SHFLROR1_AND_COPY4 = 2, SFPSHFT2_MOD1_SUBVEC_SHFLROR1 = 3,
                   SFPSHFT2_MOD1_SUBVEC_SHFLSHR1 = 4, SFPSHFT2_MOD1_SHFT_LREG = 5, SFPSHFT2_MOD1_SHFT_IMM = 6;
constexpr unsigned SFPSTOCHRND_RND_EVEN = 0, SFPSTOCHRND_MOD1_FP32_TO_FP16A = 0, SFPSTOCHRND_MOD1_FP32_TO_FP16B = 1,
                   SFPSTOCHRND_MOD1_FP32_TO_UINT8 = 2, SFPSTOCHRND_MOD1_FP32_TO_INT8 = 3,
                   SFPSTOCHRND_MOD1_FP32_TO_UINT16 = 6, SFPSTOCHRND_MOD1_FP32_TO_INT16 = 7;
constexpr unsigned SFPMOV_MOD1_COMPSIGN = 1, SFPABS_MOD1_FLOAT = 1, SFPEXEXP_MOD1_DEBIAS = 0, SFPEXEXP_MOD1_NODEBIAS = 1,
                   SFPSETEXP_MOD1_ARG_IMM = 1, SFPSETEXP_MOD1_ARG_EXPONENT = 2, SFPSETMAN_MOD1_ARG_IMM = 1,
                   SFPSETSGN_MOD1_ARG_IMM = 1, SFPCAST_MOD1_INT32_TO_FP32_RNE = 0;

}  // namespace sfpi

namespace tw::sfpu_code {

using lanes::Array;
using Registers = uint32_t[TW_SFPU_LANES];
typedef void (*Run)(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t);
struct Instruction {
    Run run = nullptr;
    uint32_t operand[5] = {};
};

// What the unit holds beside its registers; each core has its own, as of all globals.
struct State {
    Instruction recorded[32];
    uint32_t record_at = 0, record_left = 0;
    bool execute_recorded = false;
    int32_t step_of_mod[8] = {};  // what an address mode adds to DST's row
    bool flags_count = true;      // UseLaneFlagsForLaneEnable, for all lanes
    bool index_follows = false;   // swaps of registers 0 to 3 move 4 to 7 along
    uint32_t stack[8][TW_SFPU_LANES] = {};
    uint32_t depth = 0;
};
inline State state;

inline Registers& reg(uint32_t r) {
    return lanes::unit().registers[r & 15u];
}
inline bool on(uint32_t lane) {
    return !state.flags_count || lanes::unit().lanes_enabled[lane] != 0;
}
inline void flag(uint32_t lane, bool set) {
    lanes::unit().lanes_enabled[lane] = set && state.flags_count ? 0xffffffffu : 0u;
}
inline float f(uint32_t word) {
    return std::bit_cast<float>(word);
}
inline uint32_t flushed(uint32_t word) {
    return (word & 0x7f800000u) == 0 ? word & 0x80000000u : word;
}
// Calls g(lane) for each enabled one; registers from 8 on are not written so.
template <class G>
inline void each(G g) {
    for (uint32_t lane = 0; lane < TW_SFPU_LANES; ++lane) {
        if (on(lane)) g(lane);
    }
}
template <class G>
inline void set(uint32_t d, G g) {
    if (d < 8) each([&](uint32_t lane) { reg(d)[lane] = g(lane); });
}
inline int32_t imm12(uint32_t v) {
    return static_cast<int32_t>(v << 20) >> 20;
}

inline void issue(Run run, uint32_t a = 0, uint32_t b = 0, uint32_t c = 0, uint32_t d = 0, uint32_t e = 0) {
    if (__builtin_expect(state.record_left != 0, 0)) {
        state.recorded[state.record_at++ & 31u] = {run, {a, b, c, d, e}};
        --state.record_left;
        if (!state.execute_recorded) return;
    }
    run(a, b, c, d, e);
}
inline void replay(uint32_t start, uint32_t length) {
    for (uint32_t i = start; i < start + length; ++i) {
        const Instruction& x = state.recorded[i & 31u];
        if (x.run) x.run(x.operand[0], x.operand[1], x.operand[2], x.operand[3], x.operand[4]);
    }
}

// ---------------------------------------------------------------- DST
// Between a unit's start and finish, modes 0 to 3 stand for 4 to 7.
inline void step_row(uint32_t mod) {
    lanes::unit().row += static_cast<uint32_t>(state.step_of_mod[mod < 4 ? mod + 4 : mod & 7u]);
}
inline uint32_t* words_at(uint32_t address, bool storing) {
    tw_sfpu_unit& u = lanes::unit();
    if (u.words == nullptr) tw_sfpu_start(tw_self(), 0, TW_HERE);
    const uint32_t row = u.row;
    u.row += address & ~1u;
    uint32_t* words = sfpi::impl_::dst_rows(0, storing) + sfpi::impl_::is_odd(0);
    u.row = row;
    return words;
}
inline void load(uint32_t d, uint32_t mode, uint32_t mod, uint32_t address, uint32_t) {
    const uint32_t* words = words_at(address, false);
    set(d, [&](uint32_t lane) {
        const uint32_t word = words[lane * 2], old = reg(d)[lane];
        switch (mode) {
            case 5:
            case 13: return word & 0xffu;
            case 6:
            case 9: return word & 0xffffu;
            case 7: return word & 0xffff0000u;
            case 14: return (old & 0xffff0000u) | (word & 0xffffu);
            case 15: return (word & 0xffff0000u) | (old & 0xffffu);
            default: return word;
        }
    });
    step_row(mod);
}
inline void store(uint32_t d, uint32_t mode, uint32_t mod, uint32_t address, uint32_t) {
    uint32_t* words = words_at(address, true);
    const bool fp32 = lanes::unit().dst_is_fp32;
    each([&](uint32_t lane) {
        const uint32_t v = reg(d)[lane];
        switch (mode) {
            case 0:
            case 2:
            case 3: words[lane * 2] = fp32 && mode != 2 ? flushed(v) : flushed(v) & 0xffff0000u; break;
            case 6:
            case 9:
            case 14: words[lane * 2] = v & 0xffffu; break;
            case 15: words[lane * 2] = v & 0xffff0000u; break;
            default: words[lane * 2] = v; break;
        }
    });
    step_row(mod);
}
inline void load_immediate(uint32_t d, uint32_t mode, uint32_t imm, uint32_t, uint32_t) {
    imm &= 0xffffu;
    set(d, [&](uint32_t lane) {
        const uint32_t old = reg(d)[lane];
        switch (mode) {
            case 0: return imm << 16;
            case 1: return (imm >> 15) << 31 | ((imm >> 10 & 0x1fu) + 112u) << 23 | (imm & 0x3ffu) << 13;
            case 2: return imm;
            case 4: return static_cast<uint32_t>(static_cast<int32_t>(static_cast<int16_t>(imm)));
            case 8: return imm << 16 | (old & 0xffffu);
            default: return (old & 0xffff0000u) | imm;
        }
    });
}

// ---------------------------------------------------------------- arithmetic
inline uint32_t multiply_add(uint32_t a, uint32_t b, uint32_t c) {
    const float r = __builtin_fmaf(f(flushed(a)), f(flushed(b)), f(flushed(c)));
    return flushed(std::bit_cast<uint32_t>(r));
}
// mod 4: a's number is in register 7; mod 8: the result's is.
inline void mad(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t mod) {
    each([&](uint32_t lane) {
        const uint32_t from = mod & 4u ? reg(7)[lane] & 15u : a, to = mod & 8u ? reg(7)[lane] & 15u : d;
        if (to < 8) reg(to)[lane] = multiply_add(reg(from)[lane], reg(b)[lane], reg(c)[lane]);
    });
}
inline void add_immediate(uint32_t imm, uint32_t d, uint32_t, uint32_t, uint32_t) {
    set(d, [&](uint32_t lane) { return multiply_add(0x3f800000u, reg(d)[lane], imm << 16); });
}
inline void multiply_immediate(uint32_t imm, uint32_t d, uint32_t, uint32_t, uint32_t) {
    set(d, [&](uint32_t lane) { return multiply_add(imm << 16, reg(d)[lane], 0); });
}
inline void integer_add(uint32_t imm, uint32_t c, uint32_t d, uint32_t mod, uint32_t) {
    each([&](uint32_t lane) {
        const uint32_t x = reg(c)[lane], y = reg(d)[lane];
        const uint32_t r = mod & 1u ? x + static_cast<uint32_t>(imm12(imm)) : mod & 2u ? x - y : x + y;
        if (d >= 8) return;
        reg(d)[lane] = r;
        const bool negative = static_cast<int32_t>(r) < 0;
        if (!(mod & 4u)) flag(lane, mod & 8u ? !negative : negative);
        if ((mod & 12u) == 12u) flag(lane, false);  // the flag of an enabled lane was set
    });
}
inline void move(uint32_t, uint32_t c, uint32_t d, uint32_t mod, uint32_t) {
    if (d >= 8) return;
    for (uint32_t lane = 0; lane < TW_SFPU_LANES; ++lane) {
        if (mod == 2 || on(lane)) reg(d)[lane] = reg(c)[lane] ^ (mod & 1u ? 0x80000000u : 0u);
    }
}
template <class G>
inline void of_two(uint32_t c, uint32_t d, G g) {
    set(d, [&](uint32_t lane) { return g(reg(c)[lane], reg(d)[lane]); });
}
inline void bit_and(uint32_t, uint32_t c, uint32_t d, uint32_t, uint32_t) {
    of_two(c, d, [](uint32_t x, uint32_t y) { return x & y; });
}
inline void bit_or(uint32_t, uint32_t c, uint32_t d, uint32_t, uint32_t) {
    of_two(c, d, [](uint32_t x, uint32_t y) { return x | y; });
}
inline void bit_xor(uint32_t, uint32_t c, uint32_t d, uint32_t, uint32_t) {
    of_two(c, d, [](uint32_t x, uint32_t y) { return x ^ y; });
}
inline void bit_not(uint32_t, uint32_t c, uint32_t d, uint32_t, uint32_t) {
    of_two(c, d, [](uint32_t x, uint32_t) { return ~x; });
}
inline uint32_t shifted(uint32_t v, int32_t by) {
    return by >= 0 ? v << (by & 31) : v >> (-by & 31);
}
inline void shift(uint32_t imm, uint32_t c, uint32_t d, uint32_t mod, uint32_t) {
    of_two(c, d, [&](uint32_t x, uint32_t y) { return shifted(y, mod & 1u ? imm12(imm) : static_cast<int32_t>(x)); });
}
inline void absolute(uint32_t, uint32_t c, uint32_t d, uint32_t mod, uint32_t) {
    of_two(c, d, [&](uint32_t x, uint32_t) {
        if (x < 0x80000000u) return x;
        return mod & 1u ? (x > 0xff800000u ? x : x & 0x7fffffffu) : 0u - x;
    });
}

// ---------------------------------------------------------------- fields of floats
inline void exponent(uint32_t, uint32_t c, uint32_t d, uint32_t mod, uint32_t) {
    each([&](uint32_t lane) {
        if (d >= 8) return;
        const int32_t e = static_cast<int32_t>(reg(c)[lane] >> 23 & 0xffu) - (mod & 1u ? 0 : 127);
        reg(d)[lane] = static_cast<uint32_t>(e);
        if (mod & 2u) flag(lane, mod & 8u ? e >= 0 : e < 0);
    });
}
inline void mantissa(uint32_t, uint32_t c, uint32_t d, uint32_t mod, uint32_t) {
    of_two(c, d, [&](uint32_t x, uint32_t) { return (mod & 1u ? 0u : 1u << 23) + (x & 0x7fffffu); });
}
inline void set_exponent(uint32_t imm, uint32_t c, uint32_t d, uint32_t mod, uint32_t) {
    of_two(c, d, [&](uint32_t x, uint32_t y) {
        const uint32_t e = mod & 1u ? imm : mod & 2u ? y >> 23 : y;
        return (x & 0x807fffffu) | (e & 0xffu) << 23;
    });
}
inline void set_mantissa(uint32_t imm, uint32_t c, uint32_t d, uint32_t mod, uint32_t) {
    of_two(c, d, [&](uint32_t x, uint32_t y) { return (x & 0xff800000u) | ((mod & 1u ? imm << 11 : y) & 0x7fffffu); });
}
inline void set_sign(uint32_t imm, uint32_t c, uint32_t d, uint32_t mod, uint32_t) {
    of_two(c, d, [&](uint32_t x, uint32_t y) { return (x & 0x7fffffffu) | (mod & 1u ? imm << 31 : y & 0x80000000u); });
}
inline void divide_by_power(uint32_t imm, uint32_t c, uint32_t d, uint32_t mod, uint32_t) {
    of_two(c, d, [&](uint32_t x, uint32_t) {
        const uint32_t e = x >> 23 & 0xffu;
        if ((mod & 1u) && e == 255) return x;
        return (x & 0x807fffffu) | ((mod & 1u ? e + imm : imm) & 0xffu) << 23;
    });
}
inline void leading_zeros(uint32_t, uint32_t c, uint32_t d, uint32_t mod, uint32_t) {
    each([&](uint32_t lane) {
        if (d >= 8) return;
        const uint32_t x = reg(c)[lane] & (mod & 4u ? 0x7fffffffu : 0xffffffffu);
        reg(d)[lane] = static_cast<uint32_t>(std::countl_zero(x));
        if (mod & 2u) flag(lane, mod & 8u ? x == 0 : x != 0);
    });
}
// A sign and magnitude to a float, to nearest.
inline void cast(uint32_t, uint32_t c, uint32_t d, uint32_t, uint32_t) {
    of_two(c, d, [](uint32_t x, uint32_t) {
        const float magnitude = static_cast<float>(x & 0x7fffffffu);
        return std::bit_cast<uint32_t>(magnitude) | (x & 0x80000000u);
    });
}
// To a sign and magnitude of 8 or 16 bits (2 and 3, 6 and 7), or to bf16 (1); half away from zero.
inline void round(uint32_t, uint32_t, uint32_t, uint32_t c, uint32_t d_and_mod) {
    const uint32_t d = d_and_mod >> 8, mod = d_and_mod & 7u;
    of_two(c, d, [&](uint32_t x, uint32_t) {
        if (mod < 2) return flushed((x & 0x7f800000u) == 0x7f800000u ? x & 0xff800000u : x + 0x8000u) & 0xffff0000u;
        const float most = mod == 2 ? 255 : mod == 3 ? 127 : mod == 6 ? 65535 : 32767;
        const float a = __builtin_fabsf(f(x));
        const uint32_t r = a < most ? static_cast<uint32_t>(a + 0.5f) : static_cast<uint32_t>(most);
        return r | (mod & 1u && r ? x & 0x80000000u : 0u);
    });
}

// ---------------------------------------------------------------- between lanes and registers
inline bool is_smaller(uint32_t a, uint32_t b) {
    const auto key = [](uint32_t v) {
        return static_cast<int32_t>(v) < 0 ? static_cast<int32_t>(v ^ 0x7fffffffu) : static_cast<int32_t>(v);
    };
    return key(a) < key(b);
}
inline void swap(uint32_t, uint32_t c, uint32_t d, uint32_t mod, uint32_t) {
    // Rows of lanes in which d takes the smaller one.
    static constexpr uint8_t kRows[9] = {0, 15, 3, 5, 9, 1, 2, 4, 8};
    const uint32_t least = mod < 9 ? kRows[mod] : 0;
    each([&](uint32_t lane) {
        uint32_t &x = reg(c)[lane], &y = reg(d)[lane];
        const bool smaller = is_smaller(x, y);
        if (mod != 0 && smaller != ((least >> (lane / 8) & 1u) != 0)) return;
        const uint32_t old_x = x, old_y = y;
        if (c < (state.index_follows ? 4u : 8u)) x = old_y;
        if (d < (state.index_follows ? 4u : 8u)) y = old_x;
        if (state.index_follows) std::swap(reg(4 + (c & 3u))[lane], reg(4 + (d& 3u))[lane]);
    });
}
inline void transpose(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t) {
    for (uint32_t base = 0; base < 8; base += 4) {
        uint32_t old[4][TW_SFPU_LANES];
        for (uint32_t i = 0; i < 4; ++i) std::memcpy(old[i], reg(base + i), sizeof old[i]);
        for (uint32_t i = 0; i < 4; ++i) {
            each([&](uint32_t lane) { reg(base + i)[lane] = old[lane / 8][i * 8 + lane % 8]; });
        }
    }
}
inline void shuffle(uint32_t b, uint32_t c, uint32_t d, uint32_t mod, uint32_t) {
    uint32_t from[TW_SFPU_LANES], first[TW_SFPU_LANES];
    std::memcpy(from, reg(c), sizeof from);
    std::memcpy(first, reg(0), sizeof first);
    const auto turned = [&](uint32_t lane) { return from[(lane & ~7u) | ((lane - 1) & 7u)]; };
    if (mod <= 2) {
        each([&](uint32_t lane) {
            for (uint32_t i = 0; i < 3; ++i) reg(i)[lane] = reg(i + 1)[lane];
            reg(3)[lane] = mod == 0 ? 0 : mod == 1 ? (lane < 24 ? first[lane + 8] : 0) : turned(lane);
        });
    } else if (mod <= 4) {
        set(d, [&](uint32_t lane) { return mod == 4 && lane % 8 == 0 ? 0u : turned(lane); });
    } else {
        set(d, [&](uint32_t lane) {
            return mod == 5 ? shifted(reg(b)[lane], static_cast<int32_t>(from[lane]))
                            : shifted(reg(b & 15u)[lane], imm12(b));
        });
    }
}

// ---------------------------------------------------------------- lanes' flags
inline void set_flags(uint32_t imm, uint32_t c, uint32_t, uint32_t mod, uint32_t) {
    each([&](uint32_t lane) {
        const int32_t v = static_cast<int32_t>(reg(c)[lane]);
        const bool is = mod & 8u   ? false
                        : mod & 1u ? (imm & 1u) != 0
                        : mod == 0 ? v < 0
                        : mod == 2 ? v != 0
                        : mod == 4 ? v >= 0
                                   : v == 0;
        flag(lane, is);
    });
}
inline void enable_flags(uint32_t imm, uint32_t, uint32_t, uint32_t mod, uint32_t) {
    if (mod & 2u) state.flags_count = (imm & 1u) != 0;
    if (mod & 1u) state.flags_count = !state.flags_count;
    const bool is = mod & 8u ? (imm & 2u) != 0 : true;
    for (uint32_t lane = 0; lane < TW_SFPU_LANES; ++lane)
        lanes::unit().lanes_enabled[lane] = is || !state.flags_count ? 0xffffffffu : 0u;
}
inline void push_flags(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t) {
    if (state.depth < 8) std::memcpy(state.stack[state.depth++], lanes::unit().lanes_enabled, sizeof state.stack[0]);
}
inline void pop_flags(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t) {
    if (state.depth > 0) std::memcpy(lanes::unit().lanes_enabled, state.stack[--state.depth], sizeof state.stack[0]);
}
inline void complement_flags(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t) {
    for (uint32_t lane = 0; lane < TW_SFPU_LANES; ++lane) {
        uint32_t& is = lanes::unit().lanes_enabled[lane];
        is = ~is & (state.depth ? state.stack[state.depth - 1][lane] : 0xffffffffu);
    }
}

// Programmable constants from register 0 (11 to 14), and whether indices follow values (15).
inline void configure(uint32_t imm, uint32_t d, uint32_t mod, uint32_t, uint32_t) {
    if (d >= 11 && d <= 14 && !(mod & 1u)) std::memcpy(reg(d), reg(0), sizeof(Registers));
    if (d == 15) state.index_follows = ((mod & 1u ? imm : reg(0)[0]) & 4u) != 0;
}
inline void step_dst(uint32_t, uint32_t rows, uint32_t, uint32_t, uint32_t) {
    lanes::unit().row += rows;
}
inline void set_dst(uint32_t, uint32_t, uint32_t rows, uint32_t, uint32_t which) {
    if (which & 4u) lanes::unit().row = rows;
}
inline void nothing(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t) {}

}  // namespace tw::sfpu_code

namespace lltt {

enum ExecBool : bool { NoExec = false, Exec = true };
template <ExecBool execute = NoExec>
inline void record(uint32_t start, uint32_t length) {
    tw::sfpu_code::state.record_at = start;
    tw::sfpu_code::state.record_left = length;
    tw::sfpu_code::state.execute_recorded = execute;
}
inline void replay(uint32_t start, uint32_t length) {
    tw::sfpu_code::issue([](uint32_t a, uint32_t b, uint32_t, uint32_t, uint32_t) { tw::sfpu_code::replay(a, b); }, start,
                         length);
}

}  // namespace lltt

namespace ckernel {

// What loads and stores add to DST's row when they are done; other registers' steps have no meaning for the vector unit.
struct addr_mod_t {
    struct Step {
        int incr = 0;
        int clr = 0, cr = 0, c_to_cr = 0;
    };
    Step srca{}, srcb{}, dest{}, fidelity{}, bias{}, pack{};
    void set(uint32_t slot) const { tw::sfpu_code::state.step_of_mod[slot & 7u] = dest.incr; }
};

}  // namespace ckernel

#define TW_SFPU_INSTRUCTION_(run, ...) ::tw::sfpu_code::issue(&::tw::sfpu_code::run, ##__VA_ARGS__)
#define TTI_SFPLOAD(d, mode, mod, address) TW_SFPU_INSTRUCTION_(load, d, static_cast<uint32_t>(mode), mod, address)
#define TTI_SFPSTORE(d, mode, mod, address) TW_SFPU_INSTRUCTION_(store, d, static_cast<uint32_t>(mode), mod, address)
#define TTI_SFPLOADI(d, mode, imm) TW_SFPU_INSTRUCTION_(load_immediate, d, mode, imm)
#define TTI_SFPMAD(a, b, c, d, mod) TW_SFPU_INSTRUCTION_(mad, a, b, c, d, mod)
#define TTI_SFPMUL(a, b, c, d, mod) TW_SFPU_INSTRUCTION_(mad, a, b, c, d, mod)
#define TTI_SFPADD(a, b, c, d, mod) TW_SFPU_INSTRUCTION_(mad, a, b, c, d, mod)
#define TTI_SFPADDI(imm, d, mod) TW_SFPU_INSTRUCTION_(add_immediate, imm, d, mod)
#define TTI_SFPMULI(imm, d, mod) TW_SFPU_INSTRUCTION_(multiply_immediate, imm, d, mod)
#define TTI_SFPIADD(imm, c, d, mod) TW_SFPU_INSTRUCTION_(integer_add, imm, c, d, mod)
#define TTI_SFPMOV(imm, c, d, mod) TW_SFPU_INSTRUCTION_(move, imm, c, d, mod)
#define TTI_SFPAND(imm, c, d, mod) TW_SFPU_INSTRUCTION_(bit_and, imm, c, d, mod)
#define TTI_SFPOR(imm, c, d, mod) TW_SFPU_INSTRUCTION_(bit_or, imm, c, d, mod)
#define TTI_SFPXOR(imm, c, d, mod) TW_SFPU_INSTRUCTION_(bit_xor, imm, c, d, mod)
#define TTI_SFPNOT(imm, c, d, mod) TW_SFPU_INSTRUCTION_(bit_not, imm, c, d, mod)
#define TTI_SFPSHFT(imm, c, d, mod) TW_SFPU_INSTRUCTION_(shift, imm, c, d, mod)
#define TTI_SFPSHFT2(b, c, d, mod) TW_SFPU_INSTRUCTION_(shuffle, b, c, d, mod)
#define TTI_SFPABS(imm, c, d, mod) TW_SFPU_INSTRUCTION_(absolute, imm, c, d, mod)
#define TTI_SFPEXEXP(imm, c, d, mod) TW_SFPU_INSTRUCTION_(exponent, imm, c, d, mod)
#define TTI_SFPEXMAN(imm, c, d, mod) TW_SFPU_INSTRUCTION_(mantissa, imm, c, d, mod)
#define TTI_SFPSETEXP(imm, c, d, mod) TW_SFPU_INSTRUCTION_(set_exponent, imm, c, d, mod)
#define TTI_SFPSETMAN(imm, c, d, mod) TW_SFPU_INSTRUCTION_(set_mantissa, imm, c, d, mod)
#define TTI_SFPSETSGN(imm, c, d, mod) TW_SFPU_INSTRUCTION_(set_sign, imm, c, d, mod)
#define TTI_SFPDIVP2(imm, c, d, mod) TW_SFPU_INSTRUCTION_(divide_by_power, imm, c, d, mod)
#define TTI_SFPLZ(imm, c, d, mod) TW_SFPU_INSTRUCTION_(leading_zeros, imm, c, d, mod)
#define TTI_SFPCAST(c, d, mod) TW_SFPU_INSTRUCTION_(cast, 0, c, d, mod)
#define TTI_SFP_STOCH_RND(random, imm, b, c, d, mod) TW_SFPU_INSTRUCTION_(round, random, imm, b, c, (d) << 8 | (mod))
#define TTI_SFPSWAP(imm, c, d, mod) TW_SFPU_INSTRUCTION_(swap, imm, c, d, mod)
#define TTI_SFPTRANSP(imm, c, d, mod) TW_SFPU_INSTRUCTION_(transpose, imm, c, d, mod)
#define TTI_SFPSETCC(imm, c, d, mod) TW_SFPU_INSTRUCTION_(set_flags, imm, c, d, mod)
#define TTI_SFPENCC(imm, c, d, mod) TW_SFPU_INSTRUCTION_(enable_flags, imm, c, d, mod)
#define TTI_SFPPUSHC(imm, c, d, mod) TW_SFPU_INSTRUCTION_(push_flags)
#define TTI_SFPPOPC(imm, c, d, mod) TW_SFPU_INSTRUCTION_(pop_flags)
#define TTI_SFPCOMPC(imm, c, d, mod) TW_SFPU_INSTRUCTION_(complement_flags)
#define TTI_SFPCONFIG(imm, d, mod) TW_SFPU_INSTRUCTION_(configure, imm, d, mod)
#define TTI_SFPNOP TW_SFPU_INSTRUCTION_(nothing)
#define TTI_INCRWC(cr, d, b, a) TW_SFPU_INSTRUCTION_(step_dst, cr, d)
#define TTI_SETRWC(clear, cr, d, b, a, which) TW_SFPU_INSTRUCTION_(set_dst, clear, cr, d, b, which)
// The same with operands that are known at run time.
#define TT_SFPLOAD TTI_SFPLOAD
#define TT_SFPSTORE TTI_SFPSTORE
#define TT_SFPLOADI TTI_SFPLOADI
#define TT_SFPIADD TTI_SFPIADD
#define TT_SFPMAD TTI_SFPMAD
#define TT_SFPADD TTI_SFPADD
#define TT_SFPMUL TTI_SFPMUL
#define TT_SFPSHFT TTI_SFPSHFT
#define TT_SFPADDI TTI_SFPADDI
#define TT_SFPMULI TTI_SFPMULI
