#include "tensor/page_layout.h"
#include "tensor/tensor.h"
#include "tensor/tilize.h"

#include "base/error.h"
#include "golden_host.h"

#include <doctest/doctest.h>

#include <cstring>
#include <set>

using namespace tw;

namespace {

std::vector<float> counting(uint64_t n) {
    std::vector<float> values(n);
    for (uint64_t i = 0; i < n; ++i) values[i] = float(i + 1);
    return values;
}

// Element index inside a tile, straight from docs/upstream-api.md H11.1.
uint32_t tile_index(uint32_t r, uint32_t c, uint32_t th, uint32_t tw) {
    const uint32_t fw = 16, fh = std::min(th, 16u);
    return ((r / fh) * (tw / fw) + c / fw) * fh * fw + (r % fh) * fw + c % fw;
}

}  // namespace

TEST_CASE("tiles of every shape hold their elements face by face") {
    for (uint32_t th : {1u, 2u, 4u, 8u, 16u, 32u}) {
        for (uint32_t width : {16u, 32u}) {
            const Shape shape{2, 2 * th + 1, 2 * width - 3};
            const TensorSpec spec(shape, DataType::FLOAT32, Layout::TILE, {}, Tile(th, width));
            const std::vector<float> values = counting(shape.volume());
            const Tensor tensor = Tensor::from_host(values.data(), HostType::Float32, spec, nullptr, -1);
            const auto* stored = reinterpret_cast<const float*>(tensor.host_bytes().data());
            const uint32_t ph = spec.padded_shape()[-2], pw = spec.padded_shape()[-1], tiles_wide = pw / width;
            CHECK(ph == 3 * th);
            bool same = true;
            for (uint32_t b = 0; b < 2; ++b) {
                for (uint32_t r = 0; r < ph; ++r) {
                    for (uint32_t c = 0; c < pw; ++c) {
                        const bool inside = r < shape[1] && c < shape[2];
                        const float expected = inside ? values[(b * shape[1] + r) * shape[2] + c] : -1;
                        const uint64_t tile = b * (ph / th) * tiles_wide + r / th * tiles_wide + c / width;
                        same &= stored[tile * th * width + tile_index(r % th, c % width, th, width)] == expected;
                    }
                }
            }
            CHECK(same);
            CHECK(tensor.to_float_vector() == values);
        }
    }
}

TEST_CASE("a transposed tile is stored as the transposed tile would be") {
    const std::vector<float> values = counting(32 * 32);
    std::vector<float> flipped(32 * 32);
    for (int r = 0; r < 32; ++r) {
        for (int c = 0; c < 32; ++c) flipped[c * 32 + r] = values[r * 32 + c];
    }
    const Tensor transposed = Tensor::from_host(
        values.data(), HostType::Float32, TensorSpec({32, 32}, DataType::FLOAT32, Layout::TILE, {}, Tile(32, 32, true)));
    const Tensor plain =
        Tensor::from_host(flipped.data(), HostType::Float32, TensorSpec({32, 32}, DataType::FLOAT32, Layout::TILE));
    CHECK(std::memcmp(transposed.host_bytes().data(), plain.host_bytes().data(), 4096) == 0);
    CHECK(transposed.to_float_vector() == values);
}

TEST_CASE("tile sizes are those of the reference") {
    struct Row {
        uint32_t h, w, bf16, f32, bfp8, bfp4, u8;
    };
    // docs/upstream-api.md H4.2
    for (const Row& row :
         {Row{32, 32, 2048, 4096, 1088, 576, 1024}, Row{16, 32, 1024, 2048, 544, 288, 512},
          Row{32, 16, 1024, 2048, 544, 288, 512}, Row{16, 16, 512, 1024, 272, 144, 256},
          Row{8, 32, 512, 1024, 272, 144, 256}, Row{4, 32, 256, 512, 144, 80, 128}, Row{2, 32, 128, 256, 80, 48, 64},
          Row{1, 32, 64, 128, 48, 32, 32}, Row{8, 16, 256, 512, 144, 80, 128}, Row{4, 16, 128, 256, 80, 48, 64},
          Row{2, 16, 64, 128, 48, 32, 32}, Row{1, 16, 32, 64, 32, 24, 16}}) {
        const Tile tile(row.h, row.w);
        CHECK(tile.size(DataType::BFLOAT16) == row.bf16);
        CHECK(tile.size(DataType::FLOAT32) == row.f32);
        CHECK(tile.size(DataType::BFLOAT8_B) == row.bfp8);
        CHECK(tile.size(DataType::BFLOAT4_B) == row.bfp4);
        CHECK(tile.size(DataType::UINT8) == row.u8);
    }
    CHECK_THROWS_WITH_AS(Tile(31, 32), doctest::Contains("Tile size is not valid for our hardware"), Error);
}

TEST_CASE("padded shapes and pages follow the layout") {
    const auto bf16 = [](Shape s, Layout l, MemoryConfig m = {}) {
        return TensorSpec(std::move(s), DataType::BFLOAT16, l, std::move(m));
    };
    CHECK(bf16({}, Layout::TILE).padded_shape() == Shape{32, 32});
    CHECK(bf16({40}, Layout::TILE).padded_shape() == Shape{32, 64});
    CHECK(bf16({3, 33, 5}, Layout::TILE).padded_shape() == Shape{3, 64, 32});
    CHECK(bf16({64, 100}, Layout::ROW_MAJOR).page_size() == 200);
    CHECK(bf16({0, 32}, Layout::TILE).num_pages() == 0);
    CHECK(bf16({4, 0}, Layout::ROW_MAJOR).num_pages() == 0);
    CHECK(bf16({}, Layout::ROW_MAJOR).num_pages() == 1);
    const CoreRangeSet grid(CoreRange({0, 0}, {3, 0}));
    const auto width = [&](uint32_t w) {
        return MemoryConfig(TensorMemoryLayout::WIDTH_SHARDED, BufferType::L1, ShardSpec{grid, {64, w}});
    };
    CHECK(bf16({1, 1, 64, 100}, Layout::ROW_MAJOR, width(25)).num_pages() == 256);
    CHECK(bf16({1, 1, 64, 100}, Layout::ROW_MAJOR, width(25)).page_size() == 50);
    CHECK(bf16({1, 1, 64, 100}, Layout::ROW_MAJOR, width(32)).padded_shape() == Shape{1, 1, 64, 128});
}

TEST_CASE("specs that do not fit are refused in upstream's words") {
    const auto refused = [](const char* text, Shape shape, Layout layout, const MemoryConfig& memory,
                            DataType type = DataType::BFLOAT16) {
        CHECK_THROWS_WITH_AS(TensorSpec(std::move(shape), type, layout, memory), doctest::Contains(text), Error);
    };
    const CoreRangeSet four(CoreRange({0, 0}, {3, 0})), gap({CoreRange({0, 0}, {0, 0}), CoreRange({2, 0}, {2, 0})});
    const auto sharded = [](TensorMemoryLayout layout, CoreRangeSet grid, uint32_t h, uint32_t w) {
        return MemoryConfig(layout, BufferType::L1, ShardSpec{std::move(grid), {h, w}});
    };
    using enum TensorMemoryLayout;
    refused("Physical shard shape (30, 64) must be tile {32, 32} sized!", {128, 64}, Layout::TILE,
            sharded(HEIGHT_SHARDED, four, 30, 64));
    refused("Number of shards along height 16 must not exceed number of cores 4", {512, 64}, Layout::TILE,
            sharded(HEIGHT_SHARDED, four, 32, 64));
    refused("Shard grid must be one full rectangular grid for block sharded!", {32, 64}, Layout::TILE,
            sharded(BLOCK_SHARDED, gap, 32, 32));
    refused("Only TILE layout is supported for BFLOAT8_B dtype!", {32, 32}, Layout::ROW_MAJOR, {}, DataType::BFLOAT8_B);
    refused("bad optional access", {32, 32}, Layout::TILE, MemoryConfig(HEIGHT_SHARDED, BufferType::L1));
    refused("Unsupported DataType", {32, 32}, Layout::TILE, {}, DataType::INVALID);
    refused("zero extent", {32, 32}, Layout::TILE, sharded(HEIGHT_SHARDED, four, 0, 32));
    refused("2D grid distribution is only supported for 2D sharding!", {2, 32, 32}, Layout::TILE,
            MemoryConfig(BufferType::L1,
                         NdShardSpec{{1, 32, 32}, four, ShardOrientation::ROW_MAJOR, ShardDistributionStrategy::GRID_2D}));
    refused("more than 2^64 elements", {4000000000u, 4000000000u, 4000000000u}, Layout::ROW_MAJOR, {});

    const auto device = golden::open("n150");
    const auto no_bank = [&](const char* text, BufferType type, CoreRange cores) {
        const MemoryConfig memory(HEIGHT_SHARDED, type, ShardSpec{CoreRangeSet(cores), {32, 32}});
        CHECK_THROWS_WITH_AS(Tensor::empty(TensorSpec({32, 32}, DataType::BFLOAT16, Layout::TILE, memory), device),
                             doctest::Contains(text), Error);
    };
    no_bank("Invalid shard grid: shard core (8, 0) has no L1 bank on this device, which has 72 of them.", BufferType::L1,
            CoreRange({8, 0}, {8, 0}));
    no_bank("Invalid DRAM shard grid: shard core (0, 1) is not on row 0. DRAM banks are 1D", BufferType::DRAM,
            CoreRange({0, 1}, {0, 1}));
    no_bank("Invalid DRAM shard grid: shard core (12, 0)", BufferType::DRAM, CoreRange({12, 0}, {12, 0}));
}

TEST_CASE("block shards go to grid rows and columns, relative to the grid's corner") {
    const CoreRangeSet grid(CoreRange({1, 2}, {4, 5}));
    const auto cores = [&](ShardOrientation orientation) {
        return Sharding({4, 6}, {2, 2}, grid, orientation, ShardDistributionStrategy::GRID_2D).cores();
    };
    using Cores = std::vector<CoreCoord>;
    CHECK(cores(ShardOrientation::ROW_MAJOR) == Cores{{1, 2}, {2, 2}, {3, 2}, {1, 3}, {2, 3}, {3, 3}});
    CHECK(cores(ShardOrientation::COL_MAJOR) == Cores{{1, 2}, {1, 3}, {1, 4}, {2, 2}, {2, 3}, {2, 4}});
}

// Placement by the plain rule of docs/upstream-api.md H6.3 over all dimensions, against the mapping over joined dimensions.
TEST_CASE("joining dimensions does not move a page") {
    uint32_t state = 7;
    const auto random = [&](uint32_t n) { return (state = state * 1664525 + 1013904223) / 65536 % n; };
    for (int round = 0; round < 400; ++round) {
        const uint32_t rank = 1 + random(5);
        std::vector<uint32_t> t(rank), s(rank);
        for (uint32_t i = 0; i < rank; ++i) t[i] = 1 + random(5), s[i] = random(3) == 0 ? t[i] : 1 + random(4);
        const CoreRangeSet grid(CoreRange({0, 0}, {random(4), random(3)}));
        const Sharding sharding(t, s, grid, ShardOrientation::ROW_MAJOR, ShardDistributionStrategy::ROUND_ROBIN_1D);
        const uint64_t n = grid.num_cores();
        uint64_t pages = 1;
        for (uint32_t extent : t) pages *= extent;
        bool same = true;
        std::set<std::pair<uint32_t, uint64_t>> places;
        for (uint64_t page = 0; page < pages; ++page) {
            uint64_t rest = page, shard = 0, within = 0, shard_stride = 1, stride = 1;
            for (uint32_t i = rank; i-- > 0;) {
                const uint64_t at = rest % t[i];
                rest /= t[i];
                shard += at / s[i] * shard_stride;
                within += at % s[i] * stride;
                shard_stride *= (t[i] + s[i] - 1) / s[i];
                stride *= s[i];
            }
            const Sharding::Place place = sharding.locate(page);
            same &= place.core == shard % n && place.page_on_core == shard / n * stride + within;
            same &= place.page_on_core < sharding.pages_per_core();
            places.emplace(place.core, place.page_on_core);
        }
        CHECK(same);
        CHECK(places.size() == pages);
    }
}
