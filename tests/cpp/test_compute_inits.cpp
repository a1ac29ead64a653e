// What calls program into the units and need to find there, and DST's change of width.
#include "compute/config.h"
#include "diagnose/explain.h"
#include "test_compute_rig.h"

#include <bit>
#include <doctest/doctest.h>

using namespace tw;
using namespace tw::test;
using compute::ConfigCall;

namespace {

struct InitRig : Rig {
    InitRig() {
        for (uint32_t i = 0; i < 3; ++i) state().config[i].rows = compute::config_rows(true, i);
        for (const uint32_t cb : {0u, 1u, 16u}) add_cb(cb, DataFormat::Float16_b, 1);
        const std::vector<uint32_t> ones(kTileWords, std::bit_cast<uint32_t>(1.0f));
        write_tile(0, 0, ones.data());
        write_tile(1, 0, ones.data());
        acquire();
    }
    void call(tw_ctx* thread, ConfigCall call, uint32_t a = 0, uint32_t b = 0, uint32_t c = 0) {
        tw_config(thread, static_cast<uint32_t>(call), a, b, c, TW_SITE_NONE);
    }
    Diagnostic told(size_t i) const { return diagnose::explain(warnings()[i]); }
};

constexpr uint32_t kAdd = TW_ELWADD, kMul = TW_ELWMUL;

}  // namespace

TEST_CASE("an operation after another one's init is told of, once for the call") {
    InitRig rig;
    rig.collect_errors();
    rig.call(rig.math(), ConfigCall::add_init, 0, 0, kAdd);
    rig.call(rig.math(), ConfigCall::mul_tiles, 0, 0, kMul);
    rig.call(rig.math(), ConfigCall::mul_tiles, 0, 0, kMul);
    REQUIRE(rig.warnings().size() == 1);
    CHECK(rig.told(0).code == "wrong-init");
    CHECK(rig.told(0).what == "mul_tiles runs, but the last init call was add_init");
    CHECK(rig.told(0).severity == Severity::Error);
}

TEST_CASE("formats are compared by value, and what has never been set is the startup's") {
    constexpr uint32_t kBf16 = 5, kBfp8 = 6;
    InitRig rig;
    rig.collect_errors();
    rig.call(rig.pack(), ConfigCall::pack_tile, kBf16);
    REQUIRE(rig.warnings().size() == 1);
    CHECK(rig.told(0).code == "no-startup");
    rig.call(rig.unpack(), ConfigCall::compute_kernel_hw_startup, kBf16, kBf16, kBf16);
    rig.call(rig.unpack(), ConfigCall::copy_init);
    rig.call(rig.unpack(), ConfigCall::copy_tile, kBf16);
    CHECK(rig.warnings().size() == 1);
    rig.call(rig.unpack(), ConfigCall::copy_tile, kBfp8);
    REQUIRE(rig.warnings().size() == 2);
    CHECK(rig.told(1).code == "stale-format");
    rig.call(rig.unpack(), ConfigCall::reconfig_data_format_srca, kBfp8);
    rig.call(rig.unpack(), ConfigCall::copy_tile, kBfp8);
    CHECK(rig.warnings().size() == 2);
}

TEST_CASE("functions of the vector unit that load the same constants serve for each other, others do not") {
    InitRig rig;
    rig.collect_errors();
    rig.call(rig.math(), ConfigCall::sqrt_tile_init);
    rig.call(rig.math(), ConfigCall::rsqrt_tile);
    CHECK(rig.warnings().empty());
    rig.call(rig.math(), ConfigCall::recip_tile_init);
    rig.call(rig.math(), ConfigCall::rsqrt_tile);
    CHECK(rig.warnings().size() == 1);
}

TEST_CASE("only what a reduction has made is packed through its mask") {
    InitRig rig;
    rig.collect_errors();
    rig.call(rig.pack(), ConfigCall::compute_kernel_hw_startup, 5, 5, 5);
    rig.call(rig.pack(), ConfigCall::reduce_init, TW_REDUCE_ROW);
    tw_pack_reduce_mask(rig.pack(), TW_REDUCE_ROW);
    tw_unpack_ab(rig.unpack(), 0, rig.format(0), 0, 1, rig.format(1), 0, TW_BCAST_NONE, 0, TW_SITE_NONE);
    tw_math_reduce(rig.math(), TW_POOL_SUM, TW_REDUCE_ROW, 0, TW_SITE_NONE);
    rig.copy(0, 0, 1);
    rig.commit();
    rig.pack_to(0, 16, 0);
    CHECK(rig.warnings().empty());
    rig.pack_to(1, 16, 0);
    REQUIRE(rig.warnings().size() == 1);
    CHECK(rig.told(0).code == "missing-uninit");
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
