// A bench for functions that look across a tile: four tiles in a row as DST tiles are, the unit's state, and errors in
// units of the last place of the largest term.
#pragma once

#include "test_sfpu_sweep.h"

#include <array>
#include <functional>
#include <random>
#include <vector>

namespace tw::sfpu_test {

using Tile = std::array<uint32_t, kTileWords>;
inline constexpr uint32_t kOne = 0x3f800000u;
inline constexpr int kRounds = 32;

inline uint32_t at(uint32_t row, uint32_t col) {
    return (row / 16 * 2 + col / 16) * kFaceWords + row % 16 * kFaceCols + col % 16;
}
// The lanes of a group of rows: columns in the order in which the unit holds them.
inline uint32_t lane_at(uint32_t group, uint32_t col) {
    return group * 64 + (col / 16 * 2 + col % 2) * 16 + col % 16 / 2 * 2;
}

struct Random {
    std::mt19937 generator{1};
    float number(float low, float high) {
        const float v = std::uniform_real_distribution<float>(low, high)(generator);
        return float_of(bits_of(v) & 0xffff0000u);
    }
    void fill(Tile& t, float low, float high) {
        for (uint32_t& w : t) w = bits_of(number(low, high));
    }
    void fill_integers(Tile& t, int low, int high) {
        for (uint32_t& w : t) w = static_cast<uint32_t>(std::uniform_int_distribution<int>(low, high)(generator));
    }
};

// What one call works on. Tiles 0 to 3 are contiguous, as DST tiles are.
struct Bench {
    alignas(64) std::array<Tile, 4> tiles{};
    alignas(64) Tile out{};
    uint32_t constants[2] = {};
    float columns[kColumnStates * 32] = {};
    bool fp32 = false;
    Random random;
    Worst worst;

    SfpuCall call(uint32_t p0 = 0, uint32_t p1 = 0, uint32_t p2 = 0) {
        return {.out = out.data(),
                .a = tiles[0].data(),
                .b = tiles[1].data(),
                .c = tiles[2].data(),
                .p0 = p0,
                .p1 = p1,
                .p2 = p2,
                .dst_is_fp32 = fp32,
                .constants = constants,
                .columns = columns};
    }
    // In place on tiles 0 to 3.
    SfpuCall in_place(uint32_t p0 = 0, uint32_t p1 = 0, uint32_t p2 = 0) {
        SfpuCall c = call(p0, p1, p2);
        c.out = tiles[0].data();
        return c;
    }
    float a(uint32_t row, uint32_t col) const { return float_of(tiles[0][at(row, col)]); }
    float b(uint32_t row, uint32_t col) const { return float_of(tiles[1][at(row, col)]); }
    float c(uint32_t row, uint32_t col) const { return float_of(tiles[2][at(row, col)]); }

    void compare(float got, double want, double terms) {
        double error = closeness::device_ulp_error(got, want, format_of(fp32));
        if (want != 0) error *= std::min(1.0, std::abs(want) / terms);
        if (want == 0) error = std::abs(got) / terms * std::ldexp(1.0, format_of(fp32).digits);
        double& most = fp32 ? worst.ulp32 : worst.ulp16;
        most = std::max(most, error);
    }
    void exact(uint32_t got, uint32_t want) {
        if (got != want) worst.ulp16 = worst.ulp32 = 1e30;
    }
};

struct TileFunction {
    const char* name;
    const char* meaning;
    std::function<void(Bench&, SfpuFunction)> check;
    double max16 = 1, max32 = 1;
};

inline void check_functions(const std::vector<TileFunction>& functions) {
    for (const TileFunction& f : functions) {
        Bench t;
        for (int round = 0; round < kRounds; ++round) {
            for (const bool fp32 : {false, true}) {
                t.fp32 = fp32;
                f.check(t, function_named(f.name));
            }
        }
        CHECK_MESSAGE(t.worst.ulp16 <= f.max16, std::string(f.name), ": ", t.worst.ulp16, " bf16 ulps");
        CHECK_MESSAGE(t.worst.ulp32 <= f.max32, std::string(f.name), ": ", t.worst.ulp32, " float ulps");
        t.worst.inputs = kRounds * kTileWords;
        report(f.name, "random tiles", f.meaning, t.worst);
    }
}

}  // namespace tw::sfpu_test
