// Single steps of the matrix unit and of the packer's accumulation against the silicon simulator, and the vector code
// against the plain model that those steps confirm.
#include "test_compute_golden.h"
#include "test_fpu_model.h"
#include "tile/accumulate.h"
#include "tile/eltwise.h"
#include "tile/matmul.h"
#include "tile/pack.h"
#include "test_data.h"

#include <cstdlib>
#include <doctest/doctest.h>
#include <random>

using namespace tw;
using namespace tw::test;

namespace {

std::map<std::string, GoldenArray> atoms(const char* arch) {
    const char* folder = std::getenv("TW_GOLDEN_ATOMS");
    return read_golden((folder ? std::string(folder) : test_data("golden")) + "/atoms_" + arch + ".bin");
}

// Floats whose exponents lie close enough for sums to interact, with zeros, denormals, infinities and far ones mixed in.
class Operands {
public:
    explicit Operands(uint32_t seed, uint32_t keep) : random_(seed), keep_(keep) {}
    uint32_t operator()() {
        const uint32_t r = random_();
        const uint32_t kind = random_() % 32;
        uint32_t exponent = 120 + random_() % 14;
        if (kind == 0) exponent = 0;
        if (kind == 1) exponent = random_() % 256;
        if (kind == 2) exponent = 255;
        return ((r & 0x807fffffu) | exponent << 23) & keep_;
    }

private:
    std::mt19937 random_;
    uint32_t keep_;
};

DstKind kind_of_mode(uint32_t mode) {
    return mode & 1u ? DstKind::Fp32 : DstKind::Bf16;
}

// What an operand and a DST word of each kind can hold; float16's exponents are brought into its range.
constexpr DstKind kKinds[] = {DstKind::Bf16, DstKind::Fp16, DstKind::Fp32};
uint32_t operand_bits(DstKind kind) {
    return kind == DstKind::Bf16 ? 0xffff0000u : 0xffffe000u;
}
uint32_t word_bits(DstKind kind) {
    return kind == DstKind::Fp32 ? 0xffffffffu : operand_bits(kind);
}
void fill(std::vector<uint32_t>& words, Operands& values, DstKind kind) {
    for (uint32_t& w : words) {
        w = values();
        if (kind != DstKind::Fp16) continue;
        const uint32_t exponent = (w >> 23 & 255u) % 32;
        w = exponent == 0 ? w & 0x80000000u : (w & 0x807fffffu) | (exponent + 112) << 23;
    }
}

}  // namespace

TEST_CASE("the plain model of the matrix unit agrees with silicon step by step") {
    for (const char* arch : {"wormhole", "blackhole"}) {
        const auto golden = atoms(arch);
        uint32_t wrong[3] = {};
        const GoldenArray& mul = golden.at("elwmul");
        for (uint32_t i = 0; i < mul.rows(); ++i) {
            const uint32_t* r = &mul.data[i * mul.cols()];
            wrong[0] += model::elwmul(r[2], r[3], r[4], r[1], kind_of_mode(r[0]), r[0] & 2) != r[5];
        }
        const GoldenArray& add = golden.at("elwadd");
        for (uint32_t i = 0; i < add.rows(); ++i) {
            const uint32_t* r = &add.data[i * add.cols()];
            wrong[1] += model::elwadd(r[1], r[2], r[3], r[0] & 4, kind_of_mode(r[0]), r[0] & 2) != r[4];
        }
        const GoldenArray& mvmul = golden.at("mvmul");
        for (uint32_t i = 0; i < mvmul.rows(); ++i) {
            const uint32_t* r = &mvmul.data[i * mvmul.cols()];
            wrong[2] += model::mvmul(r + 2, 1, r + 18, 1, r[34], r[1], kind_of_mode(r[0]), r[0] & 2) != r[35];
        }
        CHECK_MESSAGE(wrong[0] == 0, arch, " elwmul");
        CHECK_MESSAGE(wrong[1] == 0, arch, " elwadd");
        CHECK_MESSAGE(wrong[2] == 0, arch, " mvmul");
    }
}

TEST_CASE("vector add and multiply agree with the plain model, float16 DST too") {
    for (const DstKind kind : kKinds) {
        Operands src(1, operand_bits(kind)), dst_values(2, word_bits(kind));
        std::vector<uint32_t> a(1024), b(1024), dst(1024);
        fill(a, src, kind);
        fill(b, src, kind);
        fill(dst, dst_values, kind);
        for (const bool accumulate : {false, true}) {
            auto got = dst;
            eltwise_add(a.data(), b.data(), got.data(), 1024, {.dst = kind, .accumulate = accumulate});
            uint32_t wrong = 0;
            for (int i = 0; i < 1024; ++i) wrong += got[i] != model::elwadd(a[i], b[i], dst[i], accumulate, kind, true);
            CHECK(wrong == 0);
        }
        for (uint32_t phases = 1; phases <= 4; ++phases) {
            auto got = dst;
            eltwise_multiply(a.data(), b.data(), got.data(), 1024, {.dst = kind, .phases = phases});
            uint32_t wrong = 0;
            for (int i = 0; i < 1024; ++i) {
                uint32_t want = dst[i];
                for (uint32_t p = 0; p < phases; ++p) want = model::elwmul(a[i], b[i], want, p, kind, true);
                wrong += got[i] != want;
            }
            CHECK(wrong == 0);
        }
    }
}

TEST_CASE("exact matmul agrees with the plain model, small tiles and float16 DST too") {
    const TileShape full, half{.faces = 2, .face_rows = 16, .rows = 16, .cols = 32},
        row{.faces = 2, .face_rows = 1, .rows = 1, .cols = 32};
    for (const TileShape& shape0 : {full, half, row}) {
        for (const DstKind kind : kKinds) {
            for (uint32_t phases = 1; phases <= 4; ++phases) {
                Operands src(phases, operand_bits(kind)), values(9, word_bits(kind));
                std::vector<uint32_t> in0(1024), in1(1024), dst(1024);
                fill(in0, src, kind);
                fill(in1, src, kind);
                fill(dst, values, kind);
                auto want = dst;
                for (uint32_t p = 0; p < phases; ++p) {
                    for (uint32_t r = 0; r < shape0.rows; ++r) {
                        for (uint32_t c = 0; c < 32; ++c) {
                            uint32_t& d = want[(r / 16 * 2 + c / 16) * 256 + r % 16 * 16 + c % 16];
                            for (uint32_t k = 0; k < 2; ++k) {
                                d = model::mvmul(&in1[(k * 2 + c / 16) * 256 + c % 16], 16,
                                                 &in0[(r / 16 * 2 + k) * 256 + r % 16 * 16], 1, d, p, kind, true);
                            }
                        }
                    }
                }
                matmul_exact(in0.data(), shape0, in1.data(), full, dst.data(), {.dst = kind, .phases = phases});
                CHECK(dst == want);
            }
        }
    }
}

TEST_CASE("exact matmul agrees with the plain model where its products are fused, up to the largest exponents and beyond") {
    std::mt19937 random(11);
    for (const auto& [low, high] : {std::pair{1u, 184u}, {100u, 140u}, {120u, 254u}, {1u, 255u}}) {
        for (const DstKind kind : kKinds) {
            std::vector<uint32_t> in0(1024), in1(1024), dst(1024);
            for (auto* words : {&in0, &in1, &dst}) {
                for (uint32_t& w : *words) {
                    uint32_t exponent = random() % 20 == 0 ? 0 : low + random() % (high - low + 1);
                    if (kind == DstKind::Fp16) exponent = exponent % 32 == 0 ? 0 : 112 + exponent % 32;
                    w = (random() & 0x807fffffu & (words == &dst ? word_bits(kind) : operand_bits(kind))) | exponent << 23;
                    if (kind == DstKind::Fp16 && exponent == 0) w &= 0x80000000u;
                }
            }
            auto want = dst;
            for (uint32_t p = 0; p < 4; ++p) {
                for (uint32_t i = 0; i < 1024; ++i) {
                    const uint32_t face = i / 256, row = i % 256 / 16, col = i % 16;
                    for (uint32_t k = 0; k < 2; ++k) {
                        want[i] = model::mvmul(&in1[(k * 2 + face % 2) * 256 + col], 16,
                                               &in0[(face / 2 * 2 + k) * 256 + row * 16], 1, want[i], p, kind, true);
                    }
                }
            }
            matmul_exact(in0.data(), {}, in1.data(), {}, dst.data(), {.dst = kind});
            CHECK(dst == want);
        }
    }
}

TEST_CASE("fast matmul stays near exact matmul on ordinary values") {
    std::mt19937 random(5);
    std::normal_distribution<float> normal;
    for (uint32_t phases = 1; phases <= 4; ++phases) {
        std::vector<uint32_t> in0(1024), in1(1024), fast(1024, 0), exact(1024, 0);
        const auto fill = [&](std::vector<uint32_t>& v) {
            for (uint32_t& w : v) {
                const float f = normal(random);
                std::memcpy(&w, &f, 4);
                w &= 0xffff0000u;
            }
        };
        fill(in0);
        fill(in1);
        matmul_fast(in0.data(), {}, in1.data(), {}, fast.data(), {.dst = DstKind::Fp32, .phases = phases});
        matmul_exact(in0.data(), {}, in1.data(), {}, exact.data(), {.dst = DstKind::Fp32, .phases = phases});
        double worst = 0;
        for (int i = 0; i < 1024; ++i) {
            float x, y;
            std::memcpy(&x, &fast[i], 4);
            std::memcpy(&y, &exact[i], 4);
            worst = std::max(worst, std::abs(double{x} - y));
        }
        // Sums of 32 products of unit normals; the adder aligns each product to 10 bits below the largest
        // (docs/hardware.md 2.3).
        CHECK(worst < 0.06);
    }
}

TEST_CASE("accumulation into L1 gives silicon's bits") {
    for (const char* arch : {"wormhole", "blackhole"}) {
        const auto golden = atoms(arch);
        for (const bool fp32 : {false, true}) {
            const GoldenArray& rows = golden.at(fp32 ? "pack_l1_acc_fp32" : "pack_l1_acc_bf16");
            uint32_t wrong = 0, seen = 0;
            for (uint32_t i = 0; i + 16 <= rows.rows(); i += 16) {
                uint32_t words[16], l1[16];
                for (int k = 0; k < 16; ++k) {
                    const uint32_t old = rows.data[(i + k) * 3];
                    words[k] = rows.data[(i + k) * 3 + 1];
                    if (fp32) {
                        l1[k] = old;
                    } else {
                        reinterpret_cast<uint16_t*>(l1)[k] = static_cast<uint16_t>(old >> 16);
                    }
                }
                pack_run(words, fp32 ? DataFormat::Float32 : DataFormat::Float16_b, 16,
                         {.dst = fp32 ? DstKind::Fp32 : DstKind::Bf16, .accumulate = true}, reinterpret_cast<uint8_t*>(l1));
                for (int k = 0; k < 16; ++k) {
                    // The packer's early conversion changes these before they are added; the golden row is the adder alone
                    // (below).
                    const uint32_t e = words[k] >> 23 & 255;
                    if (!fp32 && (e == 255 || e == 0)) continue;
                    const uint32_t got = fp32 ? l1[k] : uint32_t{reinterpret_cast<uint16_t*>(l1)[k]} << 16;
                    ++seen;
                    wrong += got != rows.data[(i + k) * 3 + 2];
                }
            }
            CHECK(seen > 500);
            CHECK_MESSAGE(wrong == 0, arch, fp32 ? " fp32" : " bf16");
        }
    }
}

TEST_CASE("the packer's bfloat16 adder gives silicon's bits for every kind of number") {
    for (const char* arch : {"wormhole", "blackhole"}) {
        const auto golden = atoms(arch);
        const GoldenArray& rows = golden.at("pack_l1_acc_bf16");
        uint32_t wrong = 0;
        for (uint32_t i = 0; i < rows.rows(); ++i) {
            const uint32_t* r = &rows.data[i * 3];
            wrong += accumulate_bf16(r[0] >> 16, r[1] >> 16) << 16 != r[2];
        }
        CHECK(rows.rows() > 1000);
        CHECK_MESSAGE(wrong == 0, arch);
    }
}
