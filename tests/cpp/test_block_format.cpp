#include "tensor/block_float.h"
#include "tensor/tensor.h"

#include "golden_host.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <bit>
#include <cmath>

using namespace tw;

namespace {

std::string hex(std::span<const uint8_t> bytes) {
    std::string out;
    for (uint8_t b : bytes) out += fmt::format("{:02x}", b);
    return out;
}

std::vector<float> floats(const golden::json& bits) {
    std::vector<float> out;
    for (uint32_t b : bits) out.push_back(std::bit_cast<float>(b));
    return out;
}

}  // namespace

TEST_CASE("the host quantises tiles to upstream's bytes and reads upstream's values back") {
    for (const char* board : golden::kBoards) {
        for (const auto& c : golden::host(board)["host_quantise"]) {
            CAPTURE(c["dtype"].get<std::string>());
            CAPTURE(c["kind"].get<std::string>());
            const std::vector<float> input = floats(c["input"]);
            const Tensor tensor = Tensor::from_host(input.data(), HostType::Float32,
                                                    TensorSpec({32, 32}, golden::dtype(c["dtype"]), Layout::TILE));
            CHECK(hex(tensor.host_bytes()) == c["bytes"].get<std::string>());
            if (c["output"].is_null()) continue;  // numpy has no bfloat16 to record
            const std::vector<float> expected = floats(c["output"]), output = tensor.to_float_vector();
            int wrong = 0;
            for (size_t i = 0; i < output.size(); ++i) {
                const bool same = std::isnan(expected[i])
                                      ? std::isnan(output[i])
                                      : std::bit_cast<uint32_t>(output[i]) == std::bit_cast<uint32_t>(expected[i]);
                wrong += !same;
            }
            CHECK(wrong == 0);
        }
    }
}

// Examples of the docs/upstream-api.md H11.3.
TEST_CASE("block floats round to nearest even after alignment and saturate") {
    float values[16] = {1.0f, -0.25f, 0.0234375f, 0.0390625f, 0.0078125f};
    uint8_t bytes[16];
    CHECK(pack_bfp8_block(values, bytes) == 127);
    CHECK(hex({bytes, 5}) == "4090020200");
    float top[16] = {1.9999f};
    CHECK(pack_bfp8_block(top, bytes) == 127);
    CHECK(bytes[0] == 0x7f);
    float four[16] = {1.0f, 0.5f, -0.25f, 1.5f};
    CHECK(pack_bfp4_block(four, bytes) == 127);
    CHECK(hex({bytes, 2}) == "2469");
}

TEST_CASE("an infinity or a NaN takes its block: finite values become zero") {
    float values[16] = {INFINITY, 3e38f, -INFINITY, NAN, 1.0f};
    uint8_t bytes[16];
    CHECK(pack_bfp8_block(values, bytes) == 255);
    CHECK(hex({bytes, 5}) == "4000c06000");
    float back[16];
    unpack_bfp8_block(255, bytes, back);
    CHECK(back[0] == INFINITY);
    CHECK(back[2] == -INFINITY);
    CHECK(std::isnan(back[3]));
    CHECK(back[4] == 0);
}

TEST_CASE("values that survive are the same after another round trip") {
    uint32_t state = 12345;
    for (int block = 0; block < 2000; ++block) {
        float values[16], once[16], twice[16];
        for (float& v : values) {
            state = state * 1664525 + 1013904223;
            v = std::ldexp(float(int32_t(state)), -int(state >> 8 & 63));
        }
        uint8_t bytes[16];
        unpack_bfp8_block(pack_bfp8_block(values, bytes), bytes, once);
        unpack_bfp8_block(pack_bfp8_block(once, bytes), bytes, twice);
        for (int i = 0; i < 16; ++i) CHECK(once[i] == twice[i]);
    }
}
