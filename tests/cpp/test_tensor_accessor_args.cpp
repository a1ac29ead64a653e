#include "tensor/tensor_accessor_args.h"

#include "base/error.h"
#include "golden_host.h"

#include <doctest/doctest.h>

using namespace tw;

namespace {

MemoryConfig memory_of(const golden::json& c) {
    const BufferType buffer = c["buffer"] == "L1" ? BufferType::L1 : BufferType::DRAM;
    const std::string kind = c["kind"];
    if (kind == "INTERLEAVED") return MemoryConfig(TensorMemoryLayout::INTERLEAVED, buffer);
    const CoreRangeSet grid = golden::range_set(c["grid"]);
    const auto orientation = c["orientation"] == "ROW_MAJOR" ? ShardOrientation::ROW_MAJOR : ShardOrientation::COL_MAJOR;
    if (kind == "ND")
        return MemoryConfig(buffer, NdShardSpec{Shape(c["shard"].get<std::vector<uint32_t>>()), grid, orientation});
    const auto layout = kind == "HEIGHT_SHARDED"  ? TensorMemoryLayout::HEIGHT_SHARDED
                        : kind == "WIDTH_SHARDED" ? TensorMemoryLayout::WIDTH_SHARDED
                                                  : TensorMemoryLayout::BLOCK_SHARDED;
    return MemoryConfig(layout, buffer, ShardSpec{grid, {c["shard"][0], c["shard"][1]}, orientation});
}

Tensor height_sharded(const std::shared_ptr<Device>& device, ShardDistributionStrategy strategy, uint32_t rows = 128) {
    const CoreRangeSet grid(CoreRange({0, 0}, {3, 0}));
    const MemoryConfig memory(BufferType::L1, NdShardSpec{{32, 64}, grid, ShardOrientation::ROW_MAJOR, strategy});
    return Tensor::empty(TensorSpec({rows, 64}, DataType::BFLOAT16, Layout::TILE, memory), device);
}

}  // namespace

TEST_CASE("accessor args, pages and validation errors are upstream's") {
    for (const char* board : golden::kBoards) {
        const auto device = golden::open(board);
        for (const auto& c : golden::host(board)["tensor_accessor_args"]) {
            CAPTURE(c.dump());
            const auto make = [&] {
                const Layout layout = c["layout"] == "TILE" ? Layout::TILE : Layout::ROW_MAJOR;
                const TensorSpec spec(Shape(c["shape"].get<std::vector<uint32_t>>()), golden::dtype(c["dtype"]), layout,
                                      memory_of(c));
                return Tensor::empty(spec, device);
            };
            if (c.contains("error")) {
                CHECK_THROWS_WITH_AS(make(), doctest::Contains(c["error"].get<std::string>().c_str()), Error);
                continue;
            }
            const Tensor tensor = make();
            CHECK(tensor.buffer_num_pages() == c["pages"].get<uint64_t>());
            CHECK(tensor.buffer_page_size() == c["page"].get<uint32_t>());
            CHECK(tensor.buffer_aligned_page_size() == c["aligned"].get<uint32_t>());
            CHECK(tensor.padded_shape().dims() == c["padded"].get<std::vector<uint32_t>>());
            const TensorAccessorArgs args(tensor);
            CHECK(args.get_compile_time_args() == c["ct"].get<std::vector<uint32_t>>());
            CHECK(args.get_common_runtime_args() == c["crt"].get<std::vector<uint32_t>>());
        }
    }
}

TEST_CASE("runtime bits move words from the compile-time to the common runtime list") {
    const auto device = golden::open("n150");
    const Tensor tensor = height_sharded(device, ShardDistributionStrategy::ROUND_ROBIN_1D);
    using Words = std::vector<uint32_t>;
    CHECK(TensorAccessorArgs(tensor).get_compile_time_args() == Words{1, 2048, 1, 4, 8, 2, 319951378, 353506322});
    const TensorAccessorArgs runtime(tensor, ArgConfig::Runtime);
    CHECK(runtime.get_compile_time_args() == Words{1 + 4 + 8 + 16 + 32 + 64, 2048});
    CHECK(runtime.get_common_runtime_args() == Words{1, 4, 8, 2, 319951378, 353506322});
    Words compile_time;
    CHECK_THROWS_WITH_AS(runtime.append_to(compile_time),
                         doctest::Contains("Common runtime arguments are required for ArgsConfig"), Error);
    CHECK_THROWS_WITH_AS(TensorAccessorArgs(tensor, ArgConfig::RuntimeRank),
                         doctest::Contains("If rank is runtime, tensor_shape and shard_shape must also be runtime"), Error);
    CHECK_THROWS_WITH_AS(TensorAccessorArgs(tensor, ArgConfig::RuntimeNumBanks),
                         doctest::Contains("If num_banks is runtime, bank_coords must also be runtime"), Error);

    const Tensor plain = Tensor::empty(TensorSpec({64, 100}, DataType::BFLOAT16, Layout::ROW_MAJOR), device);
    const TensorAccessorArgs paged(plain, ArgConfig::Runtime | ArgConfig::RuntimePageSize);
    CHECK(paged.get_compile_time_args() == Words{2 + 128});
    CHECK(paged.get_common_runtime_args() == Words{224});
}

TEST_CASE("contiguous shards set the top bit, and are refused when the cores do not divide them") {
    const auto device = golden::open("n150");
    const auto contiguous = ShardDistributionStrategy::CONTIGUOUS_1D;
    CHECK(TensorAccessorArgs(height_sharded(device, contiguous)).get_compile_time_args()[3] == 2147483652u);
    CHECK_THROWS_WITH_AS(height_sharded(device, contiguous, 160),
                         doctest::Contains("5 shards cannot be laid contiguously on 4 cores"), Error);
}

TEST_CASE("there are no accessor args for tensors without device memory") {
    const TensorSpec spec({32, 32}, DataType::BFLOAT16, Layout::TILE);
    CHECK_THROWS_WITH_AS(TensorAccessorArgs(Tensor::empty(spec)), doctest::Contains("Tensor must be on device"), Error);
    CHECK_THROWS_WITH_AS(TensorAccessorArgs(Tensor::empty(spec)),
                         doctest::Contains("Expected Tensor with DeviceStorage, got StorageType::HOST"), Error);
    Tensor freed = Tensor::empty(spec, golden::open("n150"));
    freed.deallocate(true);
    CHECK_THROWS_WITH_AS(TensorAccessorArgs{freed}, doctest::Contains("Tensor is not allocated."), Error);
}
