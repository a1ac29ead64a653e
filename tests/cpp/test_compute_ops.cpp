// Whole operations against the silicon simulator's results (tests/golden/ops.bin), bit for bit: unpack, matrix unit, pack.
#include "test_compute_golden.h"
#include "test_compute_rig.h"
#include "test_data.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sstream>

using namespace tw;
using namespace tw::test;

namespace {

struct Case {
    std::string name;
    std::vector<std::string> parts;
    const GoldenArray* a = nullptr;
    const GoldenArray* b = nullptr;
    const GoldenArray* o = nullptr;

    bool has(std::string_view part) const { return std::find(parts.begin(), parts.end(), part) != parts.end(); }
    jit::ComputeOptions options() const {
        jit::ComputeOptions out;
        out.fp32_dest_acc = has("fp32acc1");
        out.fidelity = has("LoFi")    ? MathFidelity::LoFi
                       : has("HiFi2") ? MathFidelity::HiFi2
                       : has("HiFi3") ? MathFidelity::HiFi3
                                      : MathFidelity::HiFi4;
        return out;
    }
};

const std::map<std::string, GoldenArray>& golden() {
    static const auto arrays = [] {
        const char* path = std::getenv("TW_GOLDEN_OPS");
        return read_golden(path ? path : test_data("golden/ops.bin"));
    }();
    return arrays;
}

std::vector<Case> cases(std::string_view prefix) {
    std::vector<Case> out;
    for (const auto& [key, array] : golden()) {
        if (!key.starts_with(prefix) || !key.ends_with("_o")) continue;
        Case c;
        c.name = key.substr(0, key.size() - 2);
        std::istringstream words(c.name);
        for (std::string part; std::getline(words, part, '_');) c.parts.push_back(part);
        const auto find = [&](const char* suffix) {
            const auto it = golden().find(c.name + suffix);
            return it == golden().end() ? nullptr : &it->second;
        };
        c.a = find("_a");
        c.b = find("_b");
        c.o = &array;
        out.push_back(c);
    }
    CHECK_MESSAGE(!out.empty(), "no golden cases " << prefix);
    return out;
}

DataFormat format_named(std::string_view name) {
    if (name == "bf16") return DataFormat::Float16_b;
    if (name == "f32") return DataFormat::Float32;
    if (name == "bfp8") return DataFormat::Bfp8_b;
    if (name == "bfp4") return DataFormat::Bfp4_b;
    FAIL("format? " << name);
    return DataFormat::Invalid;
}

std::vector<uint32_t> tile_of(const GoldenArray& array, uint32_t row, uint32_t col) {
    return to_faces(array.data.data() + row * 32 * array.cols() + col * 32, array.cols());
}

struct Differences {
    uint32_t count = 0, words = 0;
    std::string first;
    void compare(const std::vector<uint32_t>& got, const std::vector<uint32_t>& want) {
        for (size_t i = 0; i < want.size(); ++i) {
            ++words;
            if (got[i] == want[i]) continue;
            if (count++ == 0) first = fmt::format("word {}: got {:08x}, silicon {:08x}", i, got[i], want[i]);
        }
    }
};

#define CHECK_SAME(c, d) CHECK_MESSAGE((d).count == 0, (c).name, ": ", (d).count, " of ", (d).words, " differ; ", (d).first)

// For each tile of a: `compute` leaves DST tile 0 of an acquired rig; the result is packed and compared.
template <class Setup, class Compute>
void run_tiles(const Case& c, DataFormat out, Setup setup, Compute compute) {
    Rig rig(c.options());
    setup(rig);
    rig.add_cb(16, out, 1);
    Differences d;
    for (uint32_t row = 0; row < c.a->rows() / 32; ++row) {
        for (uint32_t col = 0; col < c.a->cols() / 32; ++col) {
            rig.write_tile(0, 0, tile_of(*c.a, row, col).data());
            if (c.b) rig.write_tile(1, 0, tile_of(*c.b, row, col).data());
            rig.acquire();
            compute(rig);
            rig.commit();
            rig.pack_to(0, 16, 0);
            rig.release();
            d.compare(rig.read_tile(16, 0), tile_of(*c.o, row, col));
        }
    }
    CHECK_SAME(c, d);
}

void run_binary(uint32_t op, const Case& c) {
    const DataFormat format = format_named(c.parts.back());
    run_tiles(
        c, format,
        [&](Rig& rig) {
            rig.add_cb(0, format, 1);
            rig.add_cb(1, format, 1);
        },
        [&](Rig& rig) { rig.binary(op, 0, 1, 0, 0, 0); });
}

// Each output tile of a golden matmul: what we get, what silicon gave, and the sum of the magnitudes of each value's terms.
void for_each_product(const Case& c, bool exact, auto&& check) {
    Rig rig(c.options());
    rig.state().exact_matmul = exact;
    const DataFormat in = c.has("f32in")    ? DataFormat::Float32
                          : c.has("bfp8in") ? DataFormat::Bfp8_b
                          : c.has("bfp4in") ? DataFormat::Bfp4_b
                                            : DataFormat::Float16_b;
    const bool f32_out = c.parts[1].ends_with("in") && c.has("fp32acc1");
    const uint32_t mt = c.a->rows() / 32, kt = c.a->cols() / 32, nt = c.b->cols() / 32;
    rig.add_cb(0, in, 1);
    rig.add_cb(1, in, 1);
    rig.add_cb(16, f32_out ? DataFormat::Float32 : DataFormat::Float16_b, 1);
    const auto magnitude = [](const std::vector<uint32_t>& words, uint32_t r, uint32_t col) {
        return std::abs(
            double{std::bit_cast<float>(words[(r / 16 * 2 + col / 16) * kFaceWords + r % 16 * kFaceCols + col % 16])});
    };
    for (uint32_t m = 0; m < mt; ++m) {
        for (uint32_t n = 0; n < nt; ++n) {
            std::vector<double> size(kTileWords, 0);
            rig.acquire();
            for (uint32_t k = 0; k < kt; ++k) {
                const auto a = tile_of(*c.a, m, k), b = tile_of(*c.b, k, n);
                rig.write_tile(0, 0, a.data());
                rig.write_tile(1, 0, b.data());
                rig.matmul(0, 1, 0, 0, 0);
                for (uint32_t r = 0; r < 32; ++r) {
                    for (uint32_t col = 0; col < 32; ++col) {
                        double& sum = size[(r / 16 * 2 + col / 16) * kFaceWords + r % 16 * kFaceCols + col % 16];
                        for (uint32_t i = 0; i < 32; ++i) sum += magnitude(a, r, i) * magnitude(b, i, col);
                    }
                }
            }
            rig.commit();
            rig.pack_to(0, 16, 0);
            rig.release();
            check(rig.read_tile(16, 0), tile_of(*c.o, m, n), size);
        }
    }
}

}  // namespace

TEST_CASE("add, subtract and multiply give silicon's bits") {
    for (const Case& c : cases("add_")) run_binary(TW_ELWADD, c);
    for (const Case& c : cases("sub_")) run_binary(TW_ELWSUB, c);
    for (const Case& c : cases("mul_")) run_binary(TW_ELWMUL, c);
}

TEST_CASE("broadcast operands give silicon's bits") {
    for (const Case& c : cases("bcast_")) {
        const uint32_t op = c.has("ADD") ? TW_ELWADD : c.has("SUB") ? TW_ELWSUB : TW_ELWMUL;
        const uint32_t dim = c.has("ROW") ? TW_BCAST_ROW : c.has("COL") ? TW_BCAST_COL : TW_BCAST_SCALAR;
        run_tiles(
            c, DataFormat::Float16_b,
            [](Rig& rig) {
                rig.add_cb(0, DataFormat::Float16_b, 1);
                rig.add_cb(1, DataFormat::Float16_b, 1);
            },
            [&](Rig& rig) { rig.binary(op, 0, 1, 0, 0, 0, dim); });
    }
}

TEST_CASE("copies between formats give silicon's bits") {
    for (const Case& c : cases("copy_")) {
        run_tiles(
            c, format_named(c.parts[3]),
            [&](Rig& rig) {
                rig.add_cb(0, format_named(c.parts[1]), 1);
                rig.add_cb(1, DataFormat::Float32, 1);
            },
            [](Rig& rig) { rig.copy(0, 0, 0); });
    }
    for (Case c : cases("unpack_to_dest_f32_")) {
        c.parts.push_back("fp32acc1");
        run_tiles(
            c, format_named(c.parts[6]), [](Rig& rig) { rig.add_cb(0, DataFormat::Float32, 1, {}, true); },
            [](Rig& rig) { rig.copy(0, 0, 0); });
    }
}

TEST_CASE("a transposed copy gives silicon's bits") {
    for (const Case& c : cases("transpose_")) {
        Rig rig(c.options());
        const DataFormat format = format_named(c.parts.back());
        rig.add_cb(0, format, 1);
        rig.add_cb(16, format, 1);
        tw_unpack_mode(rig.unpack(), TW_TRANSPOSE_TILE);
        Differences d;
        for (uint32_t row = 0; row < c.a->rows() / 32; ++row) {
            for (uint32_t col = 0; col < c.a->cols() / 32; ++col) {
                rig.write_tile(0, 0, tile_of(*c.a, row, col).data());
                rig.acquire();
                rig.copy(0, 0, 0);
                rig.commit();
                rig.pack_to(0, 16, 0);
                rig.release();
                d.compare(rig.read_tile(16, 0), tile_of(*c.o, row, col));
            }
        }
        CHECK_SAME(c, d);
    }
}

TEST_CASE("packed tiles have silicon's bytes") {
    for (const Case& c : cases("packraw_")) {
        Rig rig(c.options());
        const bool from_f32 = c.parts[2].starts_with("f32");
        rig.add_cb(0, from_f32 ? DataFormat::Float32 : DataFormat::Float16_b, 1);
        rig.add_cb(16, format_named(c.parts[1]), 1);
        Differences d;
        const uint32_t tiles_across = c.a->cols() / 32;
        for (uint32_t t = 0; t < c.o->rows(); ++t) {
            rig.write_tile(0, 0, tile_of(*c.a, t / tiles_across, t % tiles_across).data());
            rig.acquire();
            rig.copy(0, 0, 0);
            rig.commit();
            rig.pack_to(0, 16, 0);
            rig.release();
            std::vector<uint32_t> got(c.o->cols());
            std::memcpy(got.data(), rig.page(16, 0), got.size() * 4);
            d.compare(got, {c.o->data.begin() + t * c.o->cols(), c.o->data.begin() + (t + 1) * c.o->cols()});
        }
        CHECK_SAME(c, d);
    }
}

TEST_CASE("exact matmul gives silicon's bits") {
    for (const Case& c : cases("matmul_")) {
        Differences d;
        for_each_product(c, true, [&](const auto& got, const auto& want, const auto&) { d.compare(got, want); });
        CHECK_SAME(c, d);
    }
}

// docs/numerics.md has the table of what this prints with -s.
TEST_CASE("fast matmul stays within its bound of silicon's results") {
    for (const Case& c : cases("matmul_")) {
        if (c.has("special")) continue;  // infinities and NaNs spread as in IEEE arithmetic
        uint32_t equal = 0, all = 0;
        double worst = 0;
        for_each_product(c, false, [&](const auto& got, const auto& want, const auto& size) {
            for (uint32_t i = 0; i < kTileWords; ++i) {
                if (size[i] == 0) continue;
                ++all;
                equal += got[i] == want[i];
                worst = std::max(worst,
                                 std::abs(double{std::bit_cast<float>(got[i])} - std::bit_cast<float>(want[i])) / size[i]);
            }
        });
        INFO(c.name, ": ", 100.0 * equal / all, " % equal, error ", worst, " of the terms' sum");
        // Relative to the sum of the terms' magnitudes. Silicon drops what lies 10 bits below a group's largest product, up
        // to 2^-10 of it for each of eight (2.3), and rounds a 16-bit DST to 2^-9 after every face and phase (2.2).
        const double phases = c.has("LoFi") ? 1 : c.has("HiFi2") ? 2 : c.has("HiFi3") ? 3 : 4;
        const double roundings = c.has("fp32acc1") ? 0 : 2 * phases * c.a->cols() / 32;
        CHECK(worst <= 0x1p-7 + roundings * 0x1p-9);
    }
}

TEST_CASE("reductions give silicon's bits") {
    for (const Case& c : cases("reduce_")) {
        const uint32_t pool = c.has("MAX") ? TW_POOL_MAX : c.has("AVG") ? TW_POOL_AVG : TW_POOL_SUM;
        const uint32_t dim = c.has("ROW") ? TW_REDUCE_ROW : c.has("COL") ? TW_REDUCE_COL : TW_REDUCE_SCALAR;
        // Scaler bf16(0.3) where the name says so, else 1.0, in row 0 of each face.
        std::vector<uint32_t> scaler(kTileWords, 0);
        for (uint32_t f = 0; f < 4; ++f) {
            std::fill_n(scaler.begin() + f * kFaceWords, kFaceCols, c.has("scaler0.3") ? 0x3e9a0000u : 0x3f800000u);
        }
        Rig rig(c.options());
        rig.add_cb(0, DataFormat::Float16_b, 1);
        rig.add_cb(1, DataFormat::Float16_b, 1);
        rig.add_cb(16, DataFormat::Float16_b, 1);
        rig.write_tile(1, 0, scaler.data());
        tw_pack_reduce_mask(rig.pack(), dim);
        Differences d;
        for (uint32_t row = 0; row < c.a->rows() / 32; ++row) {
            for (uint32_t col = 0; col < c.a->cols() / 32; ++col) {
                rig.write_tile(0, 0, tile_of(*c.a, row, col).data());
                rig.acquire();
                tw_unpack_ab(rig.unpack(), 0, rig.format(0), 0, 1, rig.format(1), 0, TW_BCAST_NONE, 0, TW_SITE_NONE);
                tw_math_reduce(rig.math(), pool, dim, 0, TW_SITE_NONE);
                rig.commit();
                rig.pack_to(0, 16, 0);
                rig.release();
                d.compare(rig.read_tile(16, 0), tile_of(*c.o, row, col));
            }
        }
        CHECK_SAME(c, d);
    }
}

TEST_CASE("row-major blocks and tiles turn into each other with silicon's bits") {
    const auto run = [](const Case& c, bool tilize) {
        Rig rig(c.options());
        const DataFormat format = format_named(c.has("f32") && c.parts[c.parts.size() - 3] == "f32" ? "f32" : "bf16");
        const uint32_t datum = format == DataFormat::Float32 ? 4 : 2;
        rig.add_cb(0, format, 4);
        rig.add_cb(16, format, 4);
        const auto put = [&](const GoldenArray& a) {
            for (uint32_t i = 0; i < 32 * 128; ++i) {
                const uint32_t v = datum == 4 ? a.data[i] : a.data[i] >> 16;
                std::memcpy(rig.page(0, 0) + i * datum, &v, datum);
            }
        };
        std::vector<uint32_t> got(32 * 128, 0), want(c.o->data);
        if (tilize) {
            put(*c.a);
            tw_unpack_tilize(rig.unpack(), 0, rig.format(0), 0, 1, 4, TW_SITE_NONE);
            for (uint32_t t = 0; t < 4; ++t) {
                if (t > 0) tw_unpack_tilize(rig.unpack(), 0, rig.format(0), t, 1, 4, TW_SITE_NONE);
                rig.acquire();
                tw_math_copy(rig.math(), 0, TW_SITE_NONE);
                rig.commit();
                rig.pack_to(0, 16, t);
                rig.release();
                from_faces(rig.read_tile(16, t).data(), got.data() + t * 32, 128);
            }
        } else {
            for (uint32_t t = 0; t < 4; ++t) rig.write_tile(0, t, to_faces(c.a->data.data() + t * 32, 128).data());
            for (uint32_t t = 0; t < 4; ++t) {
                rig.acquire();
                rig.copy(0, t, 0);
                rig.commit();
                tw_pack_untilize(rig.pack(), 0, 1, 4, 0, t, 0, 16, rig.format(16), TW_SITE_NONE);
                rig.release();
            }
            for (uint32_t i = 0; i < 32 * 128; ++i) {
                uint32_t v = 0;
                std::memcpy(&v, rig.page(16, 0) + i * datum, datum);
                got[i] = datum == 4 ? v : v << 16;
            }
        }
        Differences d;
        d.compare(got, want);
        CHECK_SAME(c, d);
    };
    for (const Case& c : cases("tilize_")) run(c, true);
    for (const Case& c : cases("untilize_")) run(c, false);
    for (const Case& c : cases("pack_untilize_")) run(c, false);
}
