// The vector unit's multiply-add against single steps of both chips.
#include "test_compute_golden.h"
#include "tile/vector_fma.h"
#include "test_data.h"

#include <bit>
#include <cstdlib>
#include <doctest/doctest.h>
#include <string>

using namespace tw;
using namespace tw::test;

TEST_CASE("the vector unit's multiply-add gives silicon's bits on both chips") {
    for (const auto& [unit, chip] : {std::pair{VectorUnit::Wormhole, "wormhole"}, {VectorUnit::Blackhole, "blackhole"}}) {
        const char* folder = std::getenv("TW_GOLDEN_ATOMS");
        const auto golden = read_golden((folder ? std::string(folder) : test_data("golden")) + "/atoms_" + chip + ".bin");
        const GoldenArray& fma = golden.at("sfpu_fma");
        uint32_t wrong = 0;
        for (uint32_t i = 0; i < fma.rows(); ++i) {
            const uint32_t* r = &fma.data[i * fma.cols()];
            wrong += vector_multiply_add(unit, r[0], r[1], r[2]) != r[3];
        }
        CHECK(fma.rows() >= 1500);
        CHECK_MESSAGE(wrong == 0, chip);
    }
}

TEST_CASE("the vector unit's multiply-add is that of the host where neither rounding nor range is at stake") {
    for (const auto unit : {VectorUnit::Wormhole, VectorUnit::Blackhole}) {
        for (int x = -20; x <= 20; ++x) {
            for (int y = -20; y <= 20; ++y) {
                const float z = static_cast<float>(x - 3 * y) / 8;
                const auto got =
                    vector_multiply_add(unit, std::bit_cast<uint32_t>(static_cast<float>(x)),
                                        std::bit_cast<uint32_t>(static_cast<float>(y)), std::bit_cast<uint32_t>(z));
                CHECK(std::bit_cast<float>(got) == static_cast<float>(x * y) + z);
            }
        }
    }
}
