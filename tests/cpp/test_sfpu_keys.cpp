// Sorting networks with their keys, and quantization: random tiles, compared exactly.
#include "test_sfpu_bench.h"

using namespace tw;
using namespace tw::sfpu_test;

namespace {

int32_t s(uint32_t v) {
    return static_cast<int32_t>(v);
}

// Values and indices of 64 positions down the columns of tiles 0 and 1, 2 and 3.
uint32_t position(uint32_t p, uint32_t col) {
    return p / 32 * kTileWords + at(p % 32, col);
}
void fill_for_sorting(Bench& t) {
    t.random.fill(t.tiles[0], -100, 100);
    t.random.fill(t.tiles[1], -100, 100);
    for (uint32_t p = 0; p < 64; ++p) {
        for (uint32_t col = 0; col < 32; ++col) t.tiles[2].data()[position(p, col)] = p;
    }
}
void check_sorted(Bench& t, const std::array<Tile, 4>& before, uint32_t count) {
    const uint32_t *values = t.tiles[0].data(), *indices = t.tiles[2].data(), *old = before[0].data();
    for (uint32_t col = 0; col < 32; ++col) {
        std::vector<float> want;
        for (uint32_t p = 0; p < 64; ++p) want.push_back(float_of(old[position(p, col)]));
        std::sort(want.begin(), want.end(), std::greater<>());
        for (uint32_t p = 0; p < count; ++p) {
            t.exact(values[position(p, col)], bits_of(want[p]));
            t.exact(old[position(indices[position(p, col)], col)], values[position(p, col)]);
        }
    }
}

const std::vector<TileFunction>& functions() {
    static const std::vector<TileFunction> all = {
        {"topk_local_sort", "64 values of each column in order",
         [](Bench& t, SfpuFunction run) {
             fill_for_sorting(t);
             const std::array<Tile, 4> before = t.tiles;
             run(t.in_place(0, 5u << 8));
             check_sorted(t, before, 64);
         },
         0, 0},
        {"topk_merge", "the better half of two sorted halves, in any order",
         [](Bench& t, SfpuFunction run) {
             fill_for_sorting(t);
             const std::array<Tile, 4> before = t.tiles;
             function_named("topk_local_sort")(t.in_place(0, 4u << 8));
             run(t.in_place(0, 32));
             function_named("topk_rebuild")(t.in_place(2, 32));
             check_sorted(t, before, 32);
         },
         0, 0},
        {"topk_rebuild", "the best 32 in order",
         [](Bench& t, SfpuFunction run) {
             fill_for_sorting(t);
             const std::array<Tile, 4> before = t.tiles;
             function_named("topk_local_sort")(t.in_place(0, 4u << 8));
             function_named("topk_merge")(t.in_place(0, 32));
             run(t.in_place(2, 32));
             check_sorted(t, before, 32);
         },
         0, 0},
        {"topk_no_negative_zero", "-0 becomes +0",
         [](Bench& t, SfpuFunction run) {
             fill_for_sorting(t);
             t.tiles[0][5] = t.tiles[1][7] = 0x80000000u;
             const std::array<Tile, 4> before = t.tiles;
             run(t.in_place());
             for (uint32_t i = 0; i < 2 * kTileWords; ++i)
                 t.exact(t.tiles[0].data()[i], before[0].data()[i] == 0x80000000u ? 0 : before[0].data()[i]);
         },
         0, 0},
        {"topk_fuse", "keys of value and index, and back",
         [](Bench& t, SfpuFunction run) {
             fill_for_sorting(t);
             const std::array<Tile, 4> before = t.tiles;
             run(t.in_place(1));
             for (uint32_t p = 0; p < 64; ++p) {
                 const uint32_t i = position(p, 9), key = t.tiles[0].data()[i], value = before[0].data()[i];
                 t.exact(key, value | (value >> 31 ? p : p ^ 0xffffu));
             }
             function_named("topk_defuse")(t.in_place(1, 2));
             if (t.tiles != before) t.exact(0, 1);
         },
         0, 0},
        {"topk_defuse", "the same",
         [](Bench& t, SfpuFunction run) {
             fill_for_sorting(t);
             const std::array<Tile, 4> before = t.tiles;
             function_named("topk_fuse")(t.in_place(0));
             run(t.in_place(0, 2));
             if (t.tiles != before) t.exact(0, 1);
         },
         0, 0},
        {"topk_stamp", "ranks 64 to 95 in the low 10 bits",
         [](Bench& t, SfpuFunction run) {
             fill_for_sorting(t);
             const Tile before = t.tiles[0];
             run(t.in_place(1, 64, 1023));
             for (uint32_t row = 0; row < 32; ++row) {
                 const uint32_t word = before[at(row, 3)];
                 t.exact(t.tiles[0][at(row, 3)], word | (word >> 31 ? 64 + row : (64 + row) ^ 1023u));
             }
         },
         0, 0},
        {"topk_keep_bits", "a & 0xffff0000",
         [](Bench& t, SfpuFunction run) {
             t.random.fill_integers(t.tiles[0], 0, 2000000000);
             const Tile before = t.tiles[0];
             run(t.in_place(0xffff0000u));
             for (uint32_t i = 0; i < kTileWords; ++i) t.exact(t.tiles[0][i], before[i] & 0xffff0000u);
         },
         0, 0},
    };
    return all;
}

// Quantization: the scale is b, the zero point 3; x 20 + 3 and its inverse.
struct Quantizer {
    const char* name;
    const char* meaning;
    bool from_float, from_int8;
    double low, high;
    bool to_byte;
};
const Quantizer kQuantizers[] = {
    {"quant", "a b + 3, half away, in [-127, 127]", true, false, -127, 127, false},
    {"quant_int8", "a b + 3 as an int8's byte", true, false, -128, 127, true},
    {"requant", "the same of an int32", false, false, -127, 127, false},
    {"requant_int8", "the same as an int8's byte", false, false, -128, 127, true},
    {"requant_int8_in", "the same of an int8's byte", false, true, -127, 127, false},
    {"requant_int8_in_int8_out", "from byte to byte", false, true, -128, 127, true},
};

}  // namespace

TEST_CASE("vector functions that sort a tile are exact") {
    check_functions(functions());
}

TEST_CASE("quantization agrees with double arithmetic") {
    for (const Quantizer& q : kQuantizers) {
        Bench t;
        t.fp32 = true;
        for (int round = 0; round < kRounds; ++round) {
            if (q.from_float) {
                t.random.fill(t.tiles[0], -9, 9);
            } else {
                t.random.fill_integers(t.tiles[0], q.from_int8 ? 0 : -300, q.from_int8 ? 255 : 300);
            }
            t.random.fill(t.tiles[1], 0.25f, 2);
            // Callers take the byte's offset out of the zero point, which is one number for all, so the scale is too.
            if (q.from_int8) t.tiles[1].fill(bits_of(0.75f));
            t.constants[0] = bits_of(q.from_int8 ? 3 - 128 * 0.75f : 3);
            function_named(q.name)(t.call());
            for (uint32_t i = 0; i < kTileWords; ++i) {
                const double x = q.from_float  ? float_of(t.tiles[0][i])
                                 : q.from_int8 ? static_cast<int8_t>(t.tiles[0][i])
                                               : s(t.tiles[0][i]);
                const double exact = x * float_of(t.tiles[1][i]) + 3;
                // Ties go up where 128 has been added before rounding.
                const double rounded = q.to_byte ? std::floor(exact + 0.5) : std::round(exact);
                const auto want = static_cast<int32_t>(std::min(std::max(rounded, q.low), q.high));
                t.exact(t.out[i], q.to_byte ? static_cast<uint32_t>(want) & 255u : static_cast<uint32_t>(want));
            }
        }
        CHECK_MESSAGE(t.worst.ulp32 == 0, std::string(q.name));
        t.worst.inputs = kRounds * kTileWords;
        report(q.name, "random tiles", q.meaning, t.worst);
    }
    for (const bool from_int8 : {false, true}) {
        Bench t;
        for (const bool fp32 : {false, true}) {
            t.fp32 = fp32;
            t.random.fill_integers(t.tiles[0], from_int8 ? 0 : -1000, from_int8 ? 255 : 1000);
            t.random.fill(t.tiles[1], 0.25f, 2);
            t.constants[0] = bits_of(from_int8 ? -3 - 128 : -3);
            function_named(from_int8 ? "dequant_int8" : "dequant")(t.call());
            for (uint32_t i = 0; i < kTileWords; ++i) {
                const double x = from_int8 ? static_cast<int8_t>(t.tiles[0][i]) : s(t.tiles[0][i]);
                const double want = (x - 3) * float_of(t.tiles[1][i]);
                t.compare(float_of(t.out[i]), want, std::abs(want));
            }
        }
        CHECK(t.worst.ulp16 <= 1);
        CHECK(t.worst.ulp32 <= 0.5);
        t.worst.inputs = kTileWords;
        report(from_int8 ? "dequant_int8" : "dequant", "random tiles", "(a - 3) b, truncated", t.worst);
    }
}
