// What init calls leave behind: a call after another operation's init is warned of, and DST may change its width.
#include "test_compute_rig.h"

#include <bit>
#include <doctest/doctest.h>

using namespace tw;
using namespace tw::test;

namespace {

struct InitRig : Rig {
    InitRig() {
        for (const uint32_t cb : {0u, 1u, 16u}) add_cb(cb, DataFormat::Float16_b, 1);
        const std::vector<uint32_t> ones(kTileWords, std::bit_cast<uint32_t>(1.0f));
        write_tile(0, 0, ones.data());
        write_tile(1, 0, ones.data());
        acquire();
    }
    void init(uint32_t unpack_as, uint32_t math_as) {
        tw_thread_init(unpack(), unpack_as);
        tw_thread_init(math(), math_as);
    }
    void reduce(uint32_t pool_kind, uint32_t dim) {
        tw_unpack_ab(unpack(), 0, format(0), 0, 1, format(1), 0, TW_BCAST_NONE, 0, TW_SITE_NONE);
        tw_math_reduce(math(), pool_kind, dim, 0, TW_SITE_NONE);
    }
};

constexpr uint32_t kWhole = TW_INIT_OPERANDS + TW_BCAST_NONE;

}  // namespace

TEST_CASE("an operation after another one's init is warned of, once a thread") {
    SUBCASE("mul_tiles after add_init") {
        InitRig rig;
        rig.init(kWhole, TW_INIT_BINARY + TW_ELWADD);
        rig.binary(TW_ELWMUL, 0, 1, 0, 0, 0);
        rig.binary(TW_ELWMUL, 0, 1, 0, 0, 0);
        REQUIRE(rig.warnings().size() == 1);
        CHECK(rig.warnings()[0].code == "wrong-init");
        CHECK(rig.warnings()[0].what == "mul_tiles runs, but the last init call was that of add_tiles");
    }
    SUBCASE("matmul_tiles after copy_init") {
        InitRig rig;
        rig.init(TW_INIT_COPY, TW_INIT_COPY);
        rig.matmul(0, 1, 0, 0, 0);
        REQUIRE(rig.warnings().size() == 1);
        CHECK(rig.warnings()[0].what == "matmul_tiles runs, but the last init call was that of copy_tile");
    }
    SUBCASE("reduce_tile after the init of another dimension") {
        InitRig rig;
        rig.init(kWhole, TW_INIT_REDUCE + TW_REDUCE_COL);
        rig.reduce(TW_POOL_SUM, TW_REDUCE_ROW);
        REQUIRE(rig.warnings().size() == 1);
        CHECK(rig.warnings()[0].what ==
              "reduce_tile (sum over rows) runs, but the last init call was that of reduce_tile (sum over columns)");
    }
    SUBCASE("a broadcast of rows after the init of one of columns") {
        InitRig rig;
        rig.init(TW_INIT_OPERANDS + TW_BCAST_COL, TW_INIT_BINARY + TW_ELWADD);
        rig.binary(TW_ELWADD, 0, 1, 0, 0, 0, TW_BCAST_ROW);
        REQUIRE(rig.warnings().size() == 1);
        CHECK(rig.warnings()[0].what ==
              "a broadcast of rows runs, but the last init call was that of a broadcast of columns");
    }
}

TEST_CASE("an operation after its own init, or after none, is not warned of") {
    InitRig rig;
    rig.matmul(0, 1, 0, 0, 0);
    rig.init(kWhole, TW_INIT_BINARY + TW_ELWMUL);
    rig.binary(TW_ELWMUL, 0, 1, 0, 0, 0);
    rig.init(TW_INIT_COPY, TW_INIT_COPY);
    rig.copy(0, 0, 0);
    rig.init(kWhole, TW_INIT_REDUCE + TW_REDUCE_ROW);
    rig.reduce(TW_POOL_AVG, TW_REDUCE_ROW);
    rig.init(kWhole, TW_INIT_REDUCE + TW_REDUCE_COL + 8);
    rig.reduce(TW_POOL_MAX, TW_REDUCE_COL);
    CHECK(rig.warnings().empty());
}

TEST_CASE("DST changes its width between two sections, and what it held is gone") {
    InitRig rig;
    rig.add_cb(2, DataFormat::Float32, 1);
    rig.copy(0, 0, 7);
    CHECK_THROWS_AS(tw_dst_width(rig.math(), 1, TW_SITE_NONE), Problem);
    rig.commit();
    rig.release();
    tw_dst_width(rig.math(), 1, TW_SITE_NONE);
    CHECK(rig.state().tiles_per_half == 4);
    const std::vector<uint32_t> thirds(kTileWords, 0x3eaaa000u);  // 10 mantissa bits, which a 16-bit DST does not hold
    rig.write_tile(2, 0, thirds.data());
    rig.acquire();
    CHECK_THROWS_AS(rig.copy(2, 0, 7), Problem);
    rig.state().src_a.consumed = rig.state().src_a.filled;
    rig.copy(2, 0, 0);
    rig.commit();
    rig.pack_to(0, 2, 0);
    rig.release();
    CHECK(rig.read_tile(2, 0) == thirds);
    tw_dst_width(rig.math(), 0, TW_SITE_NONE);
    CHECK(rig.state().tiles_per_half == 8);
}
