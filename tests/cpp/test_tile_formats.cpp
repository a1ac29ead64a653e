// Every pattern of 16 bits through the unpacker, DST and the packer, for each pair of formats, against rules written out
// plainly from docs/hardware.md 2.1, 2.4 and 2.5; and what a round trip keeps.
#include "test_compute_rig.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <doctest/doctest.h>
#include <random>
#include <string>

using namespace tw;
using namespace tw::test;

namespace {

constexpr uint32_t kSign = 0x80000000u;
constexpr uint32_t kExponent = 0x7f800000u;

uint32_t exponent_of(uint32_t v) {
    return v >> 23 & 255u;
}

// ---- the rules, one value at a time

// A float16's 16 bits as a float: exponent field 0 is zero, 31 one more binade.
uint32_t widened_half(uint32_t h) {
    const uint32_t e = h >> 10 & 31u, sign = h >> 15 << 31;
    return e == 0 ? sign : sign | (e + 112) << 23 | (h & 1023u) << 13;
}

// What L1 holds -> the source datum, for a pattern of 16 or 8 bits (float32: the pattern above the bits of `low`).
uint32_t unpacked(uint32_t pattern, uint32_t low, DataFormat from, bool fp32_dst) {
    if (from == DataFormat::Float16_b) return pattern << 16;
    if (from == DataFormat::Float16) return widened_half(pattern);
    if (from == DataFormat::Lf8) return widened_half(pattern << 8 | ((pattern & 0x7fu) == 0x7fu ? 0xffu : 0));
    if (from == DataFormat::Fp8_e4m3) {
        const uint32_t sign = pattern >> 7 << 15, e = pattern >> 3 & 15u, m = pattern & 7u;
        if (e == 15 && m == 7) return widened_half(sign | 23u << 10 | 0x3ffu);
        return widened_half(sign | (e == 0 ? 0 : (e + 8) << 10) | m << 7);
    }
    const uint32_t v = pattern << 16 | low;
    if (fp32_dst) return v & ~0x1fffu;                         // tf32: 10 mantissa bits
    return exponent_of(v) == 0 ? v & kSign : v & 0xffff0000u;  // bf16
}

// A block float's datum with the exponent of its row.
uint32_t unpacked_block(uint32_t exponent, uint32_t datum, uint32_t bits, bool five) {
    const bool negative = datum >> (bits - 1) & 1u;
    uint32_t magnitude = (datum & ((1u << (bits - 1)) - 1)) << (8 - bits);
    if (five && magnitude == 0) return negative ? widened_half(0xfc00u) : 0u;
    if (magnitude == 0) return negative ? 0xff800000u : 0u;
    while (!(magnitude & 0x40u)) {
        magnitude <<= 1;
        --exponent;
    }
    if (five) return widened_half((negative ? 0x8000u : 0) | (exponent & 31u) << 10 | (magnitude & 0x3fu) << 4);
    return (negative ? kSign : 0) | (exponent & 255u) << 23 | (magnitude & 0x3fu) << 17;
}

// Source datum -> DST. With 16 bits the datum's own: bfloat16 or float16.
uint32_t moved(uint32_t v, DstKind kind) {
    if (kind != DstKind::Fp32) return v;
    if (exponent_of(v) == 0) return 0;
    return exponent_of(v) == 255 ? (v & kSign) | kExponent : v;
}

// To `bits` significant bits, half away from zero; NaN becomes infinity, denormals and -0 become +0.
uint32_t rounded(uint32_t v, uint32_t bits) {
    const uint32_t sign = v & kSign, unit = 1u << (24 - bits);
    uint32_t m = v & ~kSign;
    if (m > kExponent) m = kExponent;
    m = (m + unit / 2) / unit * unit;
    return m < 0x00800000u ? 0 : sign | m;
}

// A float -> the bits of a float16, cut and saturated.
uint32_t half_bits(uint32_t v) {
    const int32_t e = static_cast<int32_t>(exponent_of(v)) - 112;
    const uint32_t sign = v >> 31 << 15;
    if (e < 0) return sign;
    return e > 31 ? sign | 0x7fffu : sign | static_cast<uint32_t>(e) << 10 | (v >> 13 & 0x3ffu);
}

// A float16 in DST as the packer reads it: no denormals, no -0.
uint32_t plain_half(uint32_t v) {
    return exponent_of(v) <= 112 ? 0 : v;
}

uint32_t block_bits(DataFormat f) {
    switch (f) {
        case DataFormat::Bfp8:
        case DataFormat::Bfp8_b: return 8;
        case DataFormat::Bfp4:
        case DataFormat::Bfp4_b: return 4;
        case DataFormat::Bfp2:
        case DataFormat::Bfp2_b: return 2;
        default: return 0;
    }
}

// One datum on its way to a block float: 7 significant bits.
uint32_t block_datum(uint32_t v, bool five, DstKind kind) {
    const uint32_t largest = widened_half(0x7ff0u);  // with 7 significant bits
    const auto saturated = [&](uint32_t w) { return (w & ~kSign) > largest ? (w & kSign) | largest : w; };
    if (!five) {
        if (kind == DstKind::Fp16) return saturated(rounded(plain_half(v), 7));
        const uint32_t m = std::min(v & ~kSign, kExponent) & 0xffff0000u;
        return (v & kSign) | ((m + 0x10000u) & 0xfffe0000u);
    }
    uint32_t early = v;
    if (kind == DstKind::Fp16) early = plain_half(v);
    if (kind == DstKind::Fp32) early = rounded(v, 11);
    if (kind == DstKind::Bf16) early = rounded(v & 0xffff0000u, 7);
    const uint32_t narrow = widened_half(half_bits(early) & ~7u);  // 8 significant bits
    return saturated(rounded(narrow, 7));
}

// A row of DST -> what the output, widened to a float exactly, must be.
std::array<uint32_t, 16> packed(const std::array<uint32_t, 16>& dst, DataFormat to, DstKind kind) {
    std::array<uint32_t, 16> out{};
    const uint32_t bits = block_bits(to);
    if (bits == 0) {
        for (int i = 0; i < 16; ++i) {
            uint32_t v = dst[i];
            if (kind == DstKind::Fp16) {
                v = plain_half(v);
            } else if (to == DataFormat::Float16_b || to == DataFormat::Float16 || kind == DstKind::Bf16) {
                v = rounded(v, 8);
            } else if (to != DataFormat::Float32) {
                v = rounded(v, 11);
            }
            const uint32_t h = half_bits(v), sign = h & 0x8000u, magnitude = h & 0x7fffu;
            switch (to) {
                case DataFormat::Float16_b: out[i] = v & 0xffff0000u; break;
                case DataFormat::Float16: out[i] = widened_half(h); break;
                case DataFormat::Lf8: out[i] = unpacked(magnitude < 0x400 ? sign >> 8 : h >> 8, 0, to, false); break;
                case DataFormat::Fp8_e4m3:
                    out[i] = unpacked(sign >> 8 | (magnitude >> 10 <= 8    ? 0
                                                   : magnitude >> 10 >= 24 ? 0x7fu
                                                                           : (magnitude - (8u << 10)) >> 7),
                                      0, to, false);
                    break;
                default: out[i] = v;
            }
        }
        return out;
    }
    const bool five = has_5_bit_exponent(to);
    uint32_t shared = 0;
    for (int i = 0; i < 16; ++i) {
        out[i] = block_datum(dst[i], five, kind);
        shared = std::max(shared, exponent_of(out[i]));
    }
    for (uint32_t& v : out) {
        const double datum = exponent_of(v) == 0 ? 0 : 64 + (v >> 17 & 63u);
        const auto magnitude = static_cast<uint32_t>(std::min(
            std::floor(std::ldexp(datum, static_cast<int>(exponent_of(v)) - static_cast<int>(shared)) + 0.5), 127.0));
        const uint32_t kept = magnitude >> (8 - bits);
        const uint32_t exponent = five && shared != 0 ? shared - 112 : shared;
        v = kept == 0 ? 0 : unpacked_block(exponent, kept | v >> 31 << (bits - 1), bits, five);
    }
    return out;
}

const DataFormat kOutputs[] = {DataFormat::Float16_b, DataFormat::Float32, DataFormat::Tf32,   DataFormat::Float16,
                               DataFormat::Bfp8_b,    DataFormat::Bfp4_b,  DataFormat::Bfp2_b, DataFormat::Bfp8,
                               DataFormat::Bfp4,      DataFormat::Bfp2,    DataFormat::Lf8,    DataFormat::Fp8_e4m3};

Rig rig_for(DataFormat from, DataFormat to, bool fp32_dst) {
    jit::ComputeOptions options;
    options.fp32_dest_acc = fp32_dst;
    Rig rig(options);
    rig.add_cb(0, from, 1);
    rig.add_cb(16, to, 1);
    return rig;
}

void copy_through(Rig& rig) {
    rig.acquire();
    rig.copy(0, 0, 0);
    rig.commit();
    rig.pack_to(0, 16, 0);
    rig.release();
}

// Runs `tiles` tiles of source data written by fill(page bytes, tile) and counts the outputs that differ from the rules.
uint32_t count_wrong(DataFormat from, DataFormat to, bool fp32_dst, uint32_t tiles, auto&& fill, auto&& datum) {
    Rig rig = rig_for(from, to, fp32_dst);
    const DstKind kind = fp32_dst ? DstKind::Fp32 : has_5_bit_exponent(from) ? DstKind::Fp16 : DstKind::Bf16;
    uint32_t wrong = 0;
    for (uint32_t tile = 0; tile < tiles; ++tile) {
        fill(rig.page(0, 0), tile);
        copy_through(rig);
        const std::vector<uint32_t> got = rig.read_tile(16, 0);
        for (uint32_t row = 0; row < 64; ++row) {
            std::array<uint32_t, 16> dst;
            for (uint32_t i = 0; i < 16; ++i) dst[i] = moved(datum(tile * kTileWords + row * 16 + i), kind);
            const auto want = packed(dst, to, kind);
            for (uint32_t i = 0; i < 16; ++i) wrong += got[row * 16 + i] != want[i];
        }
    }
    return wrong;
}

// An order in which patterns of all exponents share a row, and each comes once.
uint32_t shuffled(uint32_t i) {
    return (i * 40503u + 12345u) & 0xffffu;
}

std::string name_of(DataFormat f) {
    switch (f) {
        case DataFormat::Float32: return "float32";
        case DataFormat::Float16_b: return "bfloat16";
        case DataFormat::Float16: return "float16";
        case DataFormat::Tf32: return "tf32";
        case DataFormat::Lf8: return "e5m2";
        case DataFormat::Fp8_e4m3: return "e4m3";
        case DataFormat::Int8: return "int8";
        default: return "bfp" + std::to_string(block_bits(f)) + (has_5_bit_exponent(f) ? "_a" : "_b");
    }
}

std::vector<uint32_t> random_tile(uint32_t seed, uint32_t keep) {
    std::mt19937 random(seed);
    std::vector<uint32_t> words(kTileWords);
    for (uint32_t& w : words) w = ((random() & 0x807fffffu) | (120 + random() % 16) << 23) & keep;
    return words;
}

}  // namespace

TEST_CASE("all 65536 patterns of bfloat16, float16 and float32's upper half follow the rules in every pair of formats") {
    for (const DataFormat from : {DataFormat::Float16_b, DataFormat::Float16, DataFormat::Float32}) {
        for (const DataFormat to : kOutputs) {
            for (const bool fp32_dst : {false, true}) {
                for (const uint32_t low : {0u, 0x7fffu, 0x8000u, 0xffffu}) {
                    if (low != 0 && from != DataFormat::Float32) continue;
                    for (const bool in_order : {true, false}) {
                        const auto pattern = [&](uint32_t i) { return in_order ? i : shuffled(i); };
                        const uint32_t wrong = count_wrong(
                            from, to, fp32_dst, 64,
                            [&](uint8_t* page, uint32_t tile) {
                                for (uint32_t i = 0; i < kTileWords; ++i) {
                                    const uint32_t p = pattern(tile * kTileWords + i);
                                    if (from == DataFormat::Float32) {
                                        reinterpret_cast<uint32_t*>(page)[i] = p << 16 | low;
                                    } else {
                                        reinterpret_cast<uint16_t*>(page)[i] = static_cast<uint16_t>(p);
                                    }
                                }
                            },
                            [&](uint32_t i) { return unpacked(pattern(i), low, from, fp32_dst); });
                        CHECK_MESSAGE(wrong == 0, name_of(from), " to ", name_of(to),
                                      fp32_dst ? ", 32-bit DST" : ", 16-bit DST");
                    }
                }
            }
        }
    }
}

TEST_CASE("all exponents and datums of the block formats follow the rules in every pair of formats") {
    for (const DataFormat from : {DataFormat::Bfp8_b, DataFormat::Bfp4_b, DataFormat::Bfp2_b, DataFormat::Bfp8,
                                  DataFormat::Bfp4, DataFormat::Bfp2}) {
        const uint32_t bits = block_bits(from);
        const bool five = has_5_bit_exponent(from);
        const uint32_t per_exponent = std::max(1u, (1u << bits) / 16);  // rows of one exponent
        // Row r of the whole run: its exponent, and 16 of the datums, each of which comes with every exponent.
        const auto exponent = [&](uint32_t row) { return row / per_exponent & (five ? 31u : 255u); };
        const auto datum = [&](uint32_t i) { return i & ((1u << bits) - 1); };
        for (const DataFormat to : kOutputs) {
            for (const bool fp32_dst : {false, true}) {
                const uint32_t wrong = count_wrong(
                    from, to, fp32_dst, 256 * per_exponent / 64,
                    [&](uint8_t* page, uint32_t tile) {
                        std::memset(page + 64, 0, kTileWords * bits / 8);
                        for (uint32_t row = 0; row < 64; ++row) {
                            page[row] = static_cast<uint8_t>(exponent(tile * 64 + row));
                            for (uint32_t i = 0; i < 16; ++i) {
                                const uint32_t at = row * 16 + i;
                                page[64 + at * bits / 8] |=
                                    static_cast<uint8_t>(datum(tile * kTileWords + at) << (at * bits % 8));
                            }
                        }
                    },
                    [&](uint32_t i) { return unpacked_block(exponent(i / 16), datum(i), bits, five); });
                CHECK_MESSAGE(wrong == 0, name_of(from), " to ", name_of(to), fp32_dst ? ", 32-bit DST" : ", 16-bit DST");
            }
        }
    }
}

TEST_CASE("all 256 patterns of the 8-bit floats follow the rules in every pair of formats") {
    for (const DataFormat from : {DataFormat::Lf8, DataFormat::Fp8_e4m3}) {
        for (const DataFormat to : kOutputs) {
            for (const bool fp32_dst : {false, true}) {
                const uint32_t wrong = count_wrong(
                    from, to, fp32_dst, 1,
                    [](uint8_t* page, uint32_t) {
                        for (uint32_t i = 0; i < kTileWords; ++i) page[i] = static_cast<uint8_t>(shuffled(i));
                    },
                    [&](uint32_t i) { return unpacked(shuffled(i) & 0xffu, 0, from, fp32_dst); });
                CHECK_MESSAGE(wrong == 0, name_of(from), " to ", name_of(to), fp32_dst ? ", 32-bit DST" : ", 16-bit DST");
            }
        }
    }
}

TEST_CASE("8-bit integers are sign and magnitude in L1, are added and multiplied exactly, and clamp when packed") {
    jit::ComputeOptions options;
    options.fp32_dest_acc = true;
    Rig rig(options);
    for (const uint32_t cb : {0u, 1u, 16u}) rig.add_cb(cb, DataFormat::Int8, 1);
    rig.add_cb(17, DataFormat::Int32, 1);
    const auto value = [](uint32_t byte) { return static_cast<int32_t>(byte & 0x80u ? -(byte & 0x7fu) : byte & 0x7fu); };
    for (uint32_t i = 0; i < kTileWords; ++i) {
        rig.page(0, 0)[i] = static_cast<uint8_t>(i);
        rig.page(1, 0)[i] = static_cast<uint8_t>(i * 37 + i / 256);
    }
    const auto check = [&](auto&& expected) {
        rig.pack_to(0, 17, 0);
        rig.pack_to(0, 16, 0);
        uint32_t wrong = 0;
        for (uint32_t i = 0; i < kTileWords; ++i) {
            int32_t word;
            std::memcpy(&word, rig.page(17, 0) + 4 * i, 4);
            wrong += word != expected(i);
            wrong += value(rig.page(16, 0)[i]) != std::clamp(expected(i), -127, 127);
        }
        CHECK(wrong == 0);
    };
    const auto a = [&](uint32_t i) { return value(rig.page(0, 0)[i]); };
    const auto b = [&](uint32_t i) { return value(rig.page(1, 0)[i]); };
    rig.acquire();
    rig.copy(0, 0, 0);
    rig.commit();
    check(a);
    rig.release();
    for (const uint32_t op : {TW_ELWADD, TW_ELWSUB, TW_ELWMUL}) {
        rig.acquire();
        rig.binary(op, 0, 1, 0, 0, 0);
        rig.commit();
        check([&](uint32_t i) { return op == TW_ELWADD ? a(i) + b(i) : op == TW_ELWSUB ? a(i) - b(i) : a(i) * b(i); });
        rig.release();
    }
    rig.acquire();
    rig.matmul(0, 1, 0, 0, 0);
    rig.commit();
    check([&](uint32_t i) {
        const auto at = [](uint32_t row, uint32_t col) {
            return (row / 16 * 2 + col / 16) * kFaceWords + row % 16 * 16 + col % 16;
        };
        const uint32_t row = i / 512 * 16 + i % 256 / 16, col = i / 256 % 2 * 16 + i % 16;
        int32_t sum = 0;
        for (uint32_t k = 0; k < 32; ++k) sum += a(at(row, k)) * b(at(k, col));
        return sum;
    });
    rig.release();
}

TEST_CASE("a float16 tile of DST is one until its section is released, and so are results of it") {
    Rig rig;
    rig.add_cb(0, DataFormat::Float16, 1);
    rig.add_cb(1, DataFormat::Float16_b, 1);
    rig.add_cb(16, DataFormat::Float32, 1);
    for (uint32_t i = 0; i < kTileWords; ++i) {
        reinterpret_cast<uint16_t*>(rig.page(0, 0))[i] = 0x3555;  // 0.33325, with 10 mantissa bits
        reinterpret_cast<uint16_t*>(rig.page(1, 0))[i] = 0x3000;  // far below float16's range
    }
    const auto packed_word = [&](uint32_t dst) {
        rig.pack_to(dst, 16, 0);
        return rig.read_tile(16, 0)[5];
    };
    for (int round = 0; round < 2; ++round) {
        rig.acquire();
        rig.copy(0, 0, 0);
        rig.copy(1, 0, 1);
        tw_math_copy_dest(rig.math(), 0, 2, TW_SITE_NONE);
        rig.commit();
        CHECK(packed_word(0) == widened_half(0x3555));
        CHECK(packed_word(1) == 0x30000000u);
        CHECK(packed_word(2) == widened_half(0x3555));
        rig.release();
    }
    rig.acquire();
    rig.copy(1, 0, 3);
    tw_math_copy_dest(rig.math(), 3, 0, TW_SITE_NONE);
    rig.commit();
    CHECK(packed_word(0) == 0x30000000u);
    rig.release();
}

TEST_CASE("tilize and then untilize is the identity") {
    for (const auto& [format, fp32] :
         {std::pair{DataFormat::Float16_b, false}, {DataFormat::Float32, true}, {DataFormat::UInt16, false}}) {
        constexpr uint32_t kWide = 3;
        jit::ComputeOptions options;
        options.fp32_dest_acc = fp32;
        Rig rig(options);
        rig.add_cb(0, format, kWide, {}, true);
        rig.add_cb(16, format, kWide, {}, true);
        rig.add_cb(1, format, kWide);
        const uint32_t bytes = kWide * tile_bytes(format, {});
        std::mt19937 random(3);
        for (uint32_t i = 0; i < bytes; i += 2) {
            uint16_t v = static_cast<uint16_t>(random());
            if ((v & 0x7f80u) == 0 || (v & 0x7f80u) == 0x7f80u) v = 0x3f80u;  // what the packer changes in bfloat16
            std::memcpy(rig.page(0, 0) + i, &v, 2);
        }
        for (uint32_t t = 0; t < kWide; ++t) {
            rig.acquire();
            tw_unpack_tilize(rig.unpack(), 0, rig.format(0), t, 1, kWide, TW_SITE_NONE);
            tw_math_copy(rig.math(), 0, TW_SITE_NONE);
            rig.commit();
            rig.pack_to(0, 16, t);
            rig.release();
        }
        for (uint32_t t = 0; t < kWide; ++t) {
            rig.acquire();
            rig.copy(16, t, 0);
            rig.commit();
            tw_pack_untilize(rig.pack(), 0, 1, kWide, 0, t, 0, 1, rig.format(1), TW_SITE_NONE);
            rig.release();
        }
        CHECK(std::memcmp(rig.page(0, 0), rig.page(1, 0), bytes) == 0);
        CHECK(std::memcmp(rig.page(0, 0), rig.page(16, 0), bytes) != 0);
    }
}

TEST_CASE("a second round trip through a format changes nothing") {
    for (const DataFormat format : kOutputs) {
        if (format == DataFormat::Fp8_e4m3) continue;  // small negative numbers become -0, which turns into +0
        for (uint32_t seed = 0; seed < 20; ++seed) {
            Rig rig = rig_for(DataFormat::Float16_b, format, false);
            rig.add_cb(1, format, 1);
            rig.write_tile(0, 0, random_tile(seed, 0xffff0000u).data());
            copy_through(rig);
            rig.acquire();
            rig.copy(16, 0, 0);
            rig.commit();
            rig.pack_to(0, 1, 0);
            rig.release();
            CHECK_MESSAGE(std::memcmp(rig.page(16, 0), rig.page(1, 0), tile_bytes(format, {})) == 0, name_of(format));
        }
    }
}

TEST_CASE("a round trip loses no more than the format does") {
    for (const auto& [format, bits] : {std::pair{DataFormat::Float16_b, 8u},
                                       {DataFormat::Bfp8_b, 7u},
                                       {DataFormat::Bfp4_b, 3u},
                                       {DataFormat::Bfp2_b, 1u}}) {
        Rig rig = rig_for(DataFormat::Float32, format, true);
        const auto in = random_tile(9, 0xffffe000u);
        rig.write_tile(0, 0, in.data());
        copy_through(rig);
        const auto out = rig.read_tile(16, 0);
        for (uint32_t row = 0; row < 64; ++row) {
            float largest = 0;
            for (uint32_t i = 0; i < 16; ++i) largest = std::max(largest, std::abs(std::bit_cast<float>(in[row * 16 + i])));
            for (uint32_t i = row * 16; i < row * 16 + 16; ++i) {
                const float x = std::bit_cast<float>(in[i]), y = std::bit_cast<float>(out[i]);
                // bfloat16: half a unit of the value. Block formats: a unit of the row's largest, which may round up a
                // binade.
                const float scale = format == DataFormat::Float16_b ? std::abs(x) / 2 : 2 * largest;
                CHECK(std::abs(x - y) <= std::ldexp(scale, 1 - static_cast<int>(bits)));
            }
        }
    }
}

TEST_CASE("a product with the identity is the operand, to the bits that a fidelity takes") {
    for (const bool exact : {false, true}) {
        for (const bool fp32 : {false, true}) {
            jit::ComputeOptions options;
            options.fp32_dest_acc = fp32;
            Rig rig(options);
            rig.state().exact_matmul = exact;
            for (const uint32_t cb : {0u, 1u, 16u}) rig.add_cb(cb, DataFormat::Float16_b, 1);
            const auto in = random_tile(4, 0xffff0000u);
            std::vector<uint32_t> identity(kTileWords, 0);
            for (uint32_t i = 0; i < 16; ++i)
                identity[i * 17] = identity[3 * kFaceWords + i * 17] = std::bit_cast<uint32_t>(1.0f);
            for (const bool left : {false, true}) {
                rig.write_tile(left ? 1 : 0, 0, in.data());
                rig.write_tile(left ? 0 : 1, 0, identity.data());
                rig.acquire();
                rig.matmul(0, 1, 0, 0, 0);
                rig.commit();
                rig.pack_to(0, 16, 0);
                rig.release();
                CHECK(rig.read_tile(16, 0) == in);
            }
        }
    }
}
