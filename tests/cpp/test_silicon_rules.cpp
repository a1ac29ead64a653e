// Where the matrix unit and the unpacker keep things, as tt-llk's code and the instructions' descriptions have it: the
// running maximum of a reduction, the turns of a copy, what DST loses on its way to a source register, what is broken on
// silicon.
#include "test_compute_rig.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <doctest/doctest.h>
#include <random>

using namespace tw;
using namespace tw::test;

namespace {

uint32_t bits(float v) {
    return std::bit_cast<uint32_t>(v);
}
float value(uint32_t w) {
    return std::bit_cast<float>(w);
}

// Values that a bf16 has, row-major.
using Rows = std::vector<float>;
Rows random_rows(uint32_t seed, float low, float high) {
    std::mt19937 generator(seed);
    std::uniform_real_distribution<float> any(low, high);
    Rows rows(kTileWords);
    for (float& v : rows) v = value(bits(any(generator)) & 0xffff0000u);
    return rows;
}
std::vector<uint32_t> in_faces(const Rows& rows) {
    std::vector<uint32_t> words(kTileWords);
    for (uint32_t i = 0; i < kTileWords; ++i) words[i] = bits(rows[i]);
    return to_faces(words.data(), 32);
}
Rows in_rows(const std::vector<uint32_t>& words) {
    std::vector<uint32_t> rows(kTileWords);
    from_faces(words.data(), rows.data(), 32);
    Rows out(kTileWords);
    std::transform(rows.begin(), rows.end(), out.begin(), value);
    return out;
}

// CB 0: data, CB 1: scaler, CB 2: carry, CB 16: output.
struct ReduceRig : Rig {
    explicit ReduceRig(const jit::ComputeOptions& options = {}, DataFormat carry = DataFormat::Float16_b) : Rig(options) {
        add_cb(0, DataFormat::Float16_b, 4);
        add_cb(1, DataFormat::Float16_b, 1);
        add_cb(2, carry, 1);
        add_cb(16, carry, 4);
        scaler(Rows(kFaceCols, 1.0f));
    }
    void scaler(const Rows& row) {
        std::vector<uint32_t> words(kTileWords, 0);
        for (uint32_t f = 0; f < kTileFaces; ++f) {
            for (uint32_t c = 0; c < kFaceCols; ++c) words[f * kFaceWords + c] = bits(row[c]);
        }
        write_tile(1, 0, words.data());
    }
    void reduce(uint32_t pool, uint32_t dim, uint32_t tile) {
        tw_unpack_ab(unpack(), 0, format(0), tile, 1, format(1), 0, TW_BCAST_NONE, 0, TW_SITE_NONE);
        tw_math_reduce(math(), pool, dim, 0, TW_SITE_NONE);
    }
    std::vector<uint32_t> pack_reduced(uint32_t dim) {
        tw_pack_reduce_mask(pack(), dim);
        commit();
        pack_to(0, 16, 0);
        release();
        return read_tile(16, 0);
    }
};

float largest_of_row(const Rows& rows, uint32_t r) {
    return *std::max_element(rows.begin() + r * 32, rows.begin() + r * 32 + 32);
}

}  // namespace

TEST_CASE("the running maximum of rows is row 0 of the faces on the left, and is packed from column 0") {
    for (const bool wide : {false, true}) {
        for (const float low : {-9.0f, -100.0f}) {
            const Rows first = random_rows(1, low, -1.0f), second = random_rows(2, low, -1.0f);
            ReduceRig rig({.fp32_dest_acc = wide}, wide ? DataFormat::Float32 : DataFormat::Float16_b);
            rig.write_tile(0, 0, in_faces(first).data());
            rig.write_tile(0, 1, in_faces(second).data());
            // Two tiles in one section.
            rig.acquire();
            rig.reduce(TW_POOL_MAX, TW_REDUCE_ROW, 0);
            rig.reduce(TW_POOL_MAX, TW_REDUCE_ROW, 1);
            Rows got = in_rows(rig.pack_reduced(TW_REDUCE_ROW));
            for (uint32_t r = 0; r < 32; ++r) {
                CHECK(got[r * 32] == std::max(largest_of_row(first, r), largest_of_row(second, r)));
                CHECK(std::count(got.begin() + r * 32 + 1, got.begin() + r * 32 + 32, 0.0f) == 31);
            }
            // The same with the first tile's result stored between: as it is, and with its faces transposed.
            rig.acquire();
            rig.reduce(TW_POOL_MAX, TW_REDUCE_ROW, 0);
            const std::vector<uint32_t> carry = rig.pack_reduced(TW_REDUCE_ROW);
            for (const uint32_t turn : {TW_TRANSPOSE_NONE, TW_TRANSPOSE_FACE}) {
                rig.write_tile(2, 0, carry.data());
                rig.acquire();
                tw_unpack_mode(rig.unpack(), turn);
                rig.copy(2, 0, 0);
                tw_unpack_mode(rig.unpack(), TW_TRANSPOSE_NONE);
                rig.reduce(TW_POOL_MAX, TW_REDUCE_ROW, 1);
                got = in_rows(rig.pack_reduced(TW_REDUCE_ROW));
                for (uint32_t r = 0; r < 32; ++r) {
                    // Plain, row 0 has the maximum of rows 0 and 16 in column 0 and zeros elsewhere.
                    const bool seen = turn == TW_TRANSPOSE_FACE || r % 16 == 0;
                    const float held = seen ? largest_of_row(first, r) : 0.0f;
                    CHECK(got[r * 32] == std::max(held, largest_of_row(second, r)));
                }
            }
        }
    }
}

TEST_CASE("a carry that was packed without the mask reloads as it is") {
    const Rows first = random_rows(3, -8.0f, -1.0f), second = random_rows(4, -8.0f, -1.0f);
    ReduceRig rig;
    rig.write_tile(0, 0, in_faces(first).data());
    rig.write_tile(0, 1, in_faces(second).data());
    rig.acquire();
    rig.reduce(TW_POOL_MAX, TW_REDUCE_ROW, 0);
    tw_pack_reduce_mask(rig.pack(), TW_REDUCE_NONE);
    rig.commit();
    rig.pack_to(0, 16, 0);
    rig.release();
    const std::vector<uint32_t> raw = rig.read_tile(16, 0);
    for (uint32_t f : {0u, 2u}) {
        for (uint32_t k = 0; k < kFaceCols; ++k) CHECK(raw[f * kFaceWords + k] == raw[f * kFaceWords + k * kFaceCols]);
    }
    rig.write_tile(2, 0, raw.data());
    rig.acquire();
    rig.copy(2, 0, 0);
    rig.reduce(TW_POOL_MAX, TW_REDUCE_ROW, 1);
    const Rows got = in_rows(rig.pack_reduced(TW_REDUCE_ROW));
    for (uint32_t r = 0; r < 32; ++r) CHECK(got[r * 32] == std::max(largest_of_row(first, r), largest_of_row(second, r)));
}

TEST_CASE("the running maximum of columns reloads as it is") {
    const Rows first = random_rows(5, -8.0f, -1.0f), second = random_rows(6, -8.0f, -1.0f);
    ReduceRig rig;
    rig.write_tile(0, 0, in_faces(first).data());
    rig.write_tile(0, 1, in_faces(second).data());
    rig.acquire();
    rig.reduce(TW_POOL_MAX, TW_REDUCE_COL, 0);
    const std::vector<uint32_t> carry = rig.pack_reduced(TW_REDUCE_COL);
    rig.write_tile(2, 0, carry.data());
    rig.acquire();
    rig.copy(2, 0, 0);
    rig.reduce(TW_POOL_MAX, TW_REDUCE_COL, 1);
    const Rows got = in_rows(rig.pack_reduced(TW_REDUCE_COL));
    for (uint32_t c = 0; c < 32; ++c) {
        float want = -INFINITY;
        for (uint32_t r = 0; r < 32; ++r) want = std::max({want, first[r * 32 + c], second[r * 32 + c]});
        CHECK(got[c] == want);
    }
}

TEST_CASE("a reduction to one element goes through row 4, which a carry fills with zeros") {
    for (const float high : {-1.0f, 5.0f}) {
        const Rows first = random_rows(7, -8.0f, high), second = random_rows(8, -8.0f, high);
        ReduceRig rig;
        rig.write_tile(0, 0, in_faces(first).data());
        rig.write_tile(0, 1, in_faces(second).data());
        const float a = *std::max_element(first.begin(), first.end()), b = *std::max_element(second.begin(), second.end());
        rig.acquire();
        rig.reduce(TW_POOL_MAX, TW_REDUCE_SCALAR, 0);
        rig.reduce(TW_POOL_MAX, TW_REDUCE_SCALAR, 1);  // row 4 is empty again by then
        CHECK(value(rig.pack_reduced(TW_REDUCE_SCALAR)[0]) == std::max(a, b));
        rig.acquire();
        rig.reduce(TW_POOL_MAX, TW_REDUCE_SCALAR, 0);
        const std::vector<uint32_t> carry = rig.pack_reduced(TW_REDUCE_SCALAR);
        rig.write_tile(2, 0, carry.data());
        rig.acquire();
        rig.copy(2, 0, 0);
        rig.reduce(TW_POOL_MAX, TW_REDUCE_SCALAR, 1);
        CHECK(value(rig.pack_reduced(TW_REDUCE_SCALAR)[0]) == std::max({a, b, 0.0f}));
    }
}

TEST_CASE("a sum of both dimensions takes row 4 of DST along, once") {
    ReduceRig rig({.fp32_dest_acc = true}, DataFormat::Float32);
    rig.write_tile(0, 0, in_faces(Rows(kTileWords, 1.0f)).data());
    Rows held(kTileWords, 0.0f);
    for (uint32_t c = 0; c < 16; ++c) held[4 * 32 + c] = 2.0f;  // of the upper left face
    held[0] = 8.0f;
    rig.write_tile(2, 0, in_faces(held).data());
    rig.acquire();
    rig.copy(2, 0, 0);
    rig.reduce(TW_POOL_SUM, TW_REDUCE_SCALAR, 0);
    rig.reduce(TW_POOL_SUM, TW_REDUCE_SCALAR, 0);
    CHECK(value(rig.pack_reduced(TW_REDUCE_SCALAR)[0]) == 8 + 16 * 2 + 2 * 1024);
}

TEST_CASE("max-pool scales each element by the exponent of its own scaler, and a scaler of zero leaves it out") {
    Rows row(kFaceCols);
    for (uint32_t c = 0; c < kFaceCols; ++c) row[c] = c % 3 == 0 ? 0.0f : c % 3 == 1 ? 1.5f : 4.0f;
    const auto factor = [&](uint32_t i) { return i % 16 % 3 == 1 ? 1.0f : 4.0f; };  // 1.5 counts as 1
    const Rows data = random_rows(9, -8.0f, -1.0f);
    for (const uint32_t dim : {TW_REDUCE_ROW, TW_REDUCE_COL}) {
        ReduceRig rig;
        rig.scaler(row);
        rig.write_tile(0, 0, in_faces(data).data());
        rig.acquire();
        rig.reduce(TW_POOL_MAX, dim, 0);
        const Rows got = in_rows(rig.pack_reduced(dim));
        for (uint32_t k = 0; k < 32; ++k) {
            float want = -INFINITY;
            for (uint32_t i = 0; i < 32; ++i) {
                const float x = dim == TW_REDUCE_ROW ? data[k * 32 + i] : data[i * 32 + k];
                if (i % 16 % 3 != 0) want = std::max(want, x * factor(i));
            }
            CHECK(got[dim == TW_REDUCE_ROW ? k * 32 : k] == want);
        }
    }
}

TEST_CASE("copies transpose the faces, their places, or both") {
    Rows data(kTileWords);
    for (uint32_t i = 0; i < kTileWords; ++i) data[i] = value(bits(static_cast<float>(i % 32 + 32 * (i / 32 % 4) + 1)));
    Rows places(kTileWords), inside(kTileWords), whole(kTileWords);
    for (uint32_t r = 0; r < 32; ++r) {
        for (uint32_t c = 0; c < 32; ++c) {
            places[r * 32 + c] = data[(c / 16 * 16 + r % 16) * 32 + r / 16 * 16 + c % 16];
            inside[r * 32 + c] = data[(r / 16 * 16 + c % 16) * 32 + c / 16 * 16 + r % 16];
            whole[r * 32 + c] = data[c * 32 + r];
        }
    }
    const std::pair<uint32_t, const Rows*> modes[] = {{TW_TRANSPOSE_NONE, &data},
                                                      {TW_TRANSPOSE_FACES, &places},
                                                      {TW_TRANSPOSE_FACE, &inside},
                                                      {TW_TRANSPOSE_TILE, &whole},
                                                      {TW_TRANSPOSE_FACE | TW_TRANSPOSE_IN_UNPACKER, &inside},
                                                      {TW_TRANSPOSE_TILE | TW_TRANSPOSE_IN_UNPACKER, &whole}};
    for (const DataFormat format : {DataFormat::Float16_b, DataFormat::Float32, DataFormat::Int32}) {
        for (const auto& [mode, want] : modes) {
            Rig rig({.fp32_dest_acc = format != DataFormat::Float16_b});
            rig.add_cb(0, format, 1, {}, true);
            rig.add_cb(16, format, 1);
            rig.write_tile(0, 0, in_faces(data).data());
            tw_unpack_mode(rig.unpack(), mode);
            rig.acquire();
            rig.copy(0, 0, 0);
            rig.commit();
            rig.pack_to(0, 16, 0);
            CHECK(in_rows(rig.read_tile(16, 0)) == *want);
            // Straight to DST the unpacker transposes nothing.
            const bool undefined = (mode & TW_TRANSPOSE_IN_UNPACKER) != 0 && format != DataFormat::Float16_b;
            CHECK(std::ranges::count(rig.warnings(), "transpose-to-dst", &Problem::code) == (undefined ? 1 : 0));
            // Half a transpose is hardly ever meant.
            const bool half = want == &places || want == &inside;
            CHECK(std::ranges::count(rig.warnings(), "half-transposed", &Problem::code) == (half ? 1 : 0));
        }
    }
}

TEST_CASE("DST that is used again is cut to what SrcA's format holds, on its way to either register") {
    struct Case {
        const char* name;
        DataFormat src_a;  // of the buffer that SrcA was set up for; Invalid: none was
        bool src_a_to_dst;
        DataFormat operand;
        bool to_b;
        bool wide;
        uint32_t kept;
    };
    constexpr uint32_t kBf16 = 0xffff0000u, kTf32 = 0xffffe000u;
    const DataFormat f32 = DataFormat::Float32, bf16 = DataFormat::Float16_b, none = DataFormat::Invalid;
    const Case cases[] = {
        {"bf16 SrcA, fp32 operand, to A", bf16, false, f32, false, true, kBf16},
        {"bf16 SrcA, bf16 operand, to A", bf16, false, bf16, false, true, kBf16},
        {"fp32 SrcA, bf16 operand, to A", f32, false, bf16, false, true, kTf32},
        {"fp32 SrcA, fp32 operand, to A", f32, false, f32, false, true, kTf32},
        {"bf16 SrcA, fp32 operand, to B", bf16, false, f32, true, true, kBf16},
        {"fp32 SrcA, fp32 operand, to B", f32, false, f32, true, true, kTf32},
        {"fp32 SrcA, bf16 operand, to B", f32, false, bf16, true, true, kTf32},
        {"block float SrcA, fp32 operand, to A", DataFormat::Bfp8_b, false, f32, false, true, kBf16},
        {"SrcA of fp32 straight to DST, fp32 operand", f32, true, f32, false, true, kBf16},
        {"no SrcA set, fp32 operand", none, false, f32, false, true, kTf32},
        {"no SrcA set, bf16 operand", none, false, bf16, false, true, kBf16},
    };
    const float held = 1.0f + 1.0f / 128 + 1.0f / 1024 + 1.0f / 65536;
    for (const Case& c : cases) {
        CAPTURE(c.name);
        Rig rig({.fp32_dest_acc = c.wide});
        rig.add_cb(0, f32, 1, {}, true);  // what is copied to DST
        rig.add_cb(1, c.operand, 1);
        rig.add_cb(2, c.src_a == none ? bf16 : c.src_a, 1, {}, c.src_a_to_dst);
        rig.add_cb(16, f32, 1);
        rig.write_tile(0, 0, in_faces(Rows(kTileWords, held)).data());
        rig.write_tile(1, 0, in_faces(Rows(kTileWords, 0.0f)).data());
        if (c.src_a != none) tw_math_src_a(rig.math(), 2, rig.format(2));
        rig.acquire();
        rig.copy(0, 0, 0);
        if (c.to_b) {
            tw_unpack_a(rig.unpack(), 1, rig.format(1), 0, TW_SITE_NONE);
        } else {
            tw_unpack_b(rig.unpack(), 1, rig.format(1), 0, TW_SITE_NONE);
        }
        tw_math_reuse_dest(rig.math(), TW_ELWADD, c.to_b, 0, TW_SITE_NONE);
        rig.commit();
        rig.pack_to(0, 16, 0);
        CHECK(rig.read_tile(16, 0)[0] == (bits(held) & c.kept));
    }
}

TEST_CASE("a change of SrcA's format from one buffer to another of the same one changes nothing") {
    Rig rig({.fp32_dest_acc = true});
    rig.add_cb(0, DataFormat::Float32, 1);
    rig.add_cb(1, DataFormat::Float16_b, 1);
    rig.add_cb(2, DataFormat::Float16_b, 1);
    rig.add_cb(3, DataFormat::Float32, 1, {}, true);
    const auto change = [&](uint32_t from, uint32_t to) {
        tw_math_src_a_changed(rig.math(), from, rig.format(from), to, rig.format(to));
        return rig.state().src_a_format;
    };
    tw_math_src_a(rig.math(), 0, rig.format(0));
    CHECK(rig.state().src_a_format == DataFormat::Tf32);
    CHECK(change(1, 2) == DataFormat::Tf32);
    CHECK(change(0, 1) == DataFormat::Float16_b);
    CHECK(change(0, 3) == DataFormat::Float32);  // one format in L1, two in the registers
}

TEST_CASE("unary_bcast of 16-bit floats into a DST of 32 bits is warned of where silicon gets it wrong") {
    struct Case {
        Arch arch;
        uint32_t bcast;
        DataFormat format;
        bool to_dst, wide, warned;
    };
    const Arch wh = Arch::WormholeB0, bh = Arch::Blackhole;
    const DataFormat bf16 = DataFormat::Float16_b, bfp8 = DataFormat::Bfp8_b, f32 = DataFormat::Float32;
    const Case cases[] = {
        {wh, TW_BCAST_ROW, bf16, false, true, true},
        {wh, TW_BCAST_ROW, bfp8, false, true, true},
        {bh, TW_BCAST_ROW, bf16, false, true, true},
        {bh, TW_BCAST_COL, bf16, false, true, true},
        {wh, TW_BCAST_COL, bf16, false, true, false},
        {wh, TW_BCAST_SCALAR, bf16, false, true, false},
        {bh, TW_BCAST_SCALAR, bf16, false, true, false},
        {wh, TW_BCAST_ROW, bf16, false, false, false},
        {bh, TW_BCAST_COL, bf16, false, false, false},
        {wh, TW_BCAST_ROW, f32, true, true, false},
        {bh, TW_BCAST_COL, f32, true, true, false},
        {wh, TW_BCAST_NONE, bf16, false, true, false},
        {wh, TW_BCAST_ROW, DataFormat::UInt16, false, true, false},
    };
    for (const Case& c : cases) {
        Rig rig({.fp32_dest_acc = c.wide}, c.arch);
        rig.add_cb(0, c.format, 1, {}, c.to_dst);
        rig.acquire();
        for (int twice = 0; twice < 2; ++twice) {
            tw_unpack_a_bcast(rig.unpack(), 0, rig.format(0), 0, c.bcast, TW_SITE_NONE);
            tw_math_copy(rig.math(), 0, TW_SITE_NONE);
        }
        REQUIRE(rig.warnings().size() == (c.warned ? 1 : 0));
        if (c.warned) CHECK(rig.warnings()[0].code == "bcast-to-wide-dst");
    }
}
