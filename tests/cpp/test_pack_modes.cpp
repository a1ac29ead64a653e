// What init functions of the packer set, DST's ownership, and small tiles.
#include "test_compute_rig.h"
#include "tw/abi_pool.h"

#include <bit>
#include <doctest/doctest.h>

using namespace tw;
using namespace tw::test;

namespace {

uint32_t bits(float f) {
    return std::bit_cast<uint32_t>(f);
}

std::vector<uint32_t> ramp() {
    std::vector<uint32_t> words(kTileWords);
    for (uint32_t i = 0; i < kTileWords; ++i) words[i] = bits(static_cast<float>(i % 64) - 32.0f);
    return words;
}

// One copy of a ramp through DST into CB 16.
std::vector<uint32_t> packed_ramp(Rig& rig) {
    rig.write_tile(0, 0, ramp().data());
    rig.acquire();
    rig.copy(0, 0, 0);
    rig.commit();
    rig.pack_to(0, 16, 0);
    rig.release();
    return rig.read_tile(16, 0);
}

Rig& with_cbs(Rig& rig) {
    rig.add_cb(0, DataFormat::Float16_b, 2);
    rig.add_cb(16, DataFormat::Float16_b, 2);
    return rig;
}

std::string code_of(auto&& call) {
    try {
        call();
    } catch (const Problem& p) {
        return p.code;
    }
    return "none";
}

}  // namespace

TEST_CASE("the packer's ReLU clips below zero, at a threshold, and above one") {
    Rig rig;
    with_cbs(rig);
    const auto in = ramp();
    const auto check = [&](uint32_t mode, float threshold, auto expected) {
        tw_pack_relu(rig.pack(), mode, bits(threshold) >> 16);
        const auto out = packed_ramp(rig);
        for (uint32_t i = 0; i < kTileWords; ++i)
            CHECK(std::bit_cast<float>(out[i]) == expected(std::bit_cast<float>(in[i])));
    };
    check(1, 0, [](float x) { return x > 0 ? x : 0; });
    check(2, 5, [](float x) { return x > 5 ? x : 0; });
    check(3, 5, [](float x) { return x < 0 ? 0 : x > 5 ? 5 : x; });
    check(0, 0, [](float x) { return x; });
}

TEST_CASE("packing accumulates into L1 while asked to") {
    Rig rig;
    with_cbs(rig);
    packed_ramp(rig);
    tw_pack_l1_accumulate(rig.pack(), 1);
    const auto twice = packed_ramp(rig);
    tw_pack_l1_accumulate(rig.pack(), 0);
    const auto once = packed_ramp(rig);
    CHECK(std::bit_cast<float>(twice[5]) == -54.0f);
    CHECK(std::bit_cast<float>(once[5]) == -27.0f);
}

TEST_CASE("released registers read as zero and multiply adds to what is there") {
    Rig rig;
    with_cbs(rig);
    rig.add_cb(1, DataFormat::Float16_b, 1);
    const std::vector<uint32_t> three(kTileWords, bits(3)), two(kTileWords, bits(2));
    rig.write_tile(0, 0, three.data());
    rig.write_tile(1, 0, two.data());
    for (int half = 0; half < 4; ++half) {
        rig.acquire();
        rig.binary(TW_ELWMUL, 0, 1, 0, 0, 0);
        rig.binary(TW_ELWMUL, 0, 1, 0, 0, 0);
        rig.commit();
        rig.pack_to(0, 16, 0);
        rig.pack_to(1, 16, 1);
        rig.release();
        CHECK(rig.read_tile(16, 0)[100] == bits(12));
        CHECK(rig.read_tile(16, 1)[100] == 0);
    }
}

TEST_CASE("max-pool takes cleared rows for minus infinity") {
    Rig rig;
    with_cbs(rig);
    rig.add_cb(1, DataFormat::Float16_b, 1);
    std::vector<uint32_t> negative(kTileWords, bits(-7)), scaler(kTileWords, bits(1));
    negative[33] = bits(-2);
    rig.write_tile(0, 0, negative.data());
    rig.write_tile(1, 0, scaler.data());
    rig.acquire();
    tw_unpack_ab(rig.unpack(), 0, rig.format(0), 0, 1, rig.format(1), 0, TW_BCAST_NONE, 0, TW_SITE_NONE);
    tw_math_reduce(rig.math(), TW_POOL_MAX, TW_REDUCE_COL, 0, TW_SITE_NONE);
    rig.commit();
    rig.pack_to(0, 16, 0);
    rig.release();
    const auto out = rig.read_tile(16, 0);
    CHECK(out[0] == bits(-7));
    CHECK(out[1] == bits(-2));
    CHECK(out[40] == 0);
}

TEST_CASE("in-order packing takes the next page each time") {
    Rig rig;
    with_cbs(rig);
    rig.write_tile(0, 0, ramp().data());
    rig.acquire();
    rig.copy(0, 0, 0);
    rig.commit();
    rig.pack_to(1, 16, TW_PACK_IN_ORDER);
    rig.pack_to(0, 16, TW_PACK_IN_ORDER);
    CHECK(rig.read_tile(16, 0)[3] == 0);
    CHECK(rig.read_tile(16, 1)[3] == ramp()[3]);
    CHECK(code_of([&] { rig.pack_to(0, 16, TW_PACK_IN_ORDER); }) == "tile-index");
}

TEST_CASE("DST out of turn or out of range is a diagnostic") {
    Rig rig;
    with_cbs(rig);
    CHECK(code_of([&] { rig.copy(0, 0, 0); }) == "dst-not-acquired");
    rig.state().src_a.consumed = rig.state().src_a.filled = 0;
    rig.acquire();
    CHECK(code_of([&] { rig.copy(0, 0, 8); }) == "dst-index");
    CHECK(code_of([&] { rig.pack_to(0, 16, 0); }) == "dst-not-ready");
    CHECK(code_of([&] { tw_unpack_a(rig.unpack(), 0, rig.format(0), 2, TW_SITE_NONE); }) == "tile-index");
}

TEST_CASE("DST holds 8, 4, 16 and 8 tiles") {
    const auto tiles = [](bool fp32, bool full) {
        jit::ComputeOptions o;
        o.fp32_dest_acc = fp32;
        o.dst_full_sync = full;
        return Rig(o).state().tiles_per_half;
    };
    CHECK(tiles(false, false) == 8);
    CHECK(tiles(true, false) == 4);
    CHECK(tiles(false, true) == 16);
    CHECK(tiles(true, true) == 8);
}

TEST_CASE("small tiles go through in every format") {
    for (const TileShape& shape : {TileShape{.faces = 2, .face_rows = 1, .rows = 1, .cols = 32},
                                   TileShape{.faces = 2, .face_rows = 8, .rows = 8, .cols = 32},
                                   TileShape{.faces = 1, .face_rows = 16, .rows = 16, .cols = 16},
                                   TileShape{.faces = 2, .face_rows = 16, .rows = 32, .cols = 16}}) {
        for (const DataFormat f : {DataFormat::Float16_b, DataFormat::Float32, DataFormat::Bfp8_b, DataFormat::UInt16}) {
            jit::ComputeOptions o;
            o.fp32_dest_acc = f == DataFormat::Float32;
            Rig rig(o);
            rig.add_cb(0, f, 1, shape);
            rig.add_cb(16, f, 1, shape);
            std::vector<uint32_t> in(kTileWords, 0);
            for (uint32_t face = 0; face < shape.faces; ++face) {
                for (uint32_t i = 0; i < shape.face_rows * kFaceCols; ++i) {
                    in[face * kFaceWords + i] = f == DataFormat::UInt16 ? i : bits(static_cast<float>(i % 32 + 32));
                }
            }
            rig.write_tile(0, 0, in.data());
            rig.acquire();
            rig.copy(0, 0, 0);
            rig.commit();
            rig.pack_to(0, 16, 0);
            rig.release();
            CHECK(rig.read_tile(16, 0) == in);
        }
    }
}

TEST_CASE("precise packing rounds a block float once") {
    // The row's exponent is that of 2, so that a value near 1 is kept in steps of 1/32.
    std::vector<uint32_t> words(kTileWords, bits(1.0f));
    words[0] = bits(2.0f);
    words[1] = bits(1.0f + 1.0f / 64 + 3.0f / 512);  // 32.69 steps
    uint8_t once[1088], twice[1088];
    PackMode mode{.dst = DstKind::Fp32};
    pack_tile(words.data(), DataFormat::Bfp8_b, {}, mode, twice);
    mode.bfp8_precise = true;
    pack_tile(words.data(), DataFormat::Bfp8_b, {}, mode, once);
    CHECK(once[64 + 1] == 33);
    CHECK(twice[64 + 1] == 33);
    words[1] = bits(1.0f + 1.0f / 64 - 1.0f / 512);  // 32.4375 in units of 1/32; to 7 bits first it is 32.5
    pack_tile(words.data(), DataFormat::Bfp8_b, {}, mode, once);
    mode.bfp8_precise = false;
    pack_tile(words.data(), DataFormat::Bfp8_b, {}, mode, twice);
    CHECK(once[64 + 1] == 32);
    CHECK(twice[64 + 1] == 33);
    // A 16-bit DST has 8 significant bits, and the same choice.
    mode.dst = DstKind::Bf16;
    words[1] = bits(1.0f + 1.0f / 128);  // 32.25 in units of 1/32; to 7 bits first it is 32.5
    pack_tile(words.data(), DataFormat::Bfp8_b, {}, mode, twice);
    mode.bfp8_precise = true;
    pack_tile(words.data(), DataFormat::Bfp8_b, {}, mode, once);
    CHECK(once[64 + 1] == 32);
    CHECK(twice[64 + 1] == 33);
}

TEST_CASE("pooling reduces the rows of a window, and what it does not fill does not count") {
    constexpr uint32_t kRows = 9, kWide = 2;  // a 3x3 window, 64 channels
    const TileShape window{.faces = 2, .face_rows = kRows, .rows = kRows, .cols = 32};
    for (const bool maximum : {false, true}) {
        Rig rig;
        rig.add_cb(0, DataFormat::Float16_b, kWide, window);
        rig.add_cb(1, DataFormat::Float16_b, 1);
        rig.add_cb(16, DataFormat::Float16_b, kWide);
        auto* rows = reinterpret_cast<uint16_t*>(rig.page(0, 0));
        const auto value = [](uint32_t r, uint32_t c) { return -static_cast<float>((r * 7 + c) % 32) - 1; };
        for (uint32_t r = 0; r < kRows; ++r) {
            for (uint32_t c = 0; c < kWide * 32; ++c)
                rows[r * kWide * 32 + c] = static_cast<uint16_t>(bits(value(r, c)) >> 16);
        }
        std::vector<uint32_t> scaler(kTileWords, 0);
        for (uint32_t c = 0; c < 16; ++c) scaler[c] = bits(1);  // one face: it serves all
        rig.write_tile(1, 0, scaler.data());
        rig.acquire();
        for (uint32_t t = 0; t < kWide; ++t) {
            if (t == 0)
                tw_unpack_tilize_pool(rig.unpack(), 0, rig.format(0), kWide, maximum, 1, rig.format(1), 0, TW_SITE_NONE);
            tw_math_reduce(rig.math(), maximum ? TW_POOL_MAX : TW_POOL_SUM, TW_REDUCE_COL, t, TW_SITE_NONE);
        }
        rig.commit();
        for (uint32_t t = 0; t < kWide; ++t) {
            rig.pack_to(t, 16, t);
            const auto out = rig.read_tile(16, t);
            for (uint32_t c = 0; c < 32; ++c) {
                float want = maximum ? -1000.0f : 0.0f;
                for (uint32_t r = 0; r < kRows; ++r)
                    want = maximum ? std::max(want, value(r, t * 32 + c)) : want + value(r, t * 32 + c);
                CHECK(std::bit_cast<float>(out[c / 16 * kFaceWords + c % 16]) == want);
            }
        }
        rig.release();
    }
}
