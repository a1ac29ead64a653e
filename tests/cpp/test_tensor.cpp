#include "tensor/tensor.h"

#include "base/error.h"
#include "device/allocator.h"
#include "golden_host.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <cstring>

using namespace tw;

namespace {

std::vector<float> counting(uint64_t n) {
    std::vector<float> values(n);
    for (uint64_t i = 0; i < n; ++i) values[i] = float(i % 251) - 100;
    return values;
}

MemoryConfig sharded(TensorMemoryLayout layout, CoreRange cores, uint32_t h, uint32_t w, BufferType type = BufferType::L1,
                     ShardOrientation orientation = ShardOrientation::ROW_MAJOR) {
    return MemoryConfig(layout, type, ShardSpec{CoreRangeSet(cores), {h, w}, orientation});
}

}  // namespace

TEST_CASE("every dtype, layout and placement gives the values back") {
    using enum TensorMemoryLayout;
    const auto device = golden::open("n150");
    const std::vector<float> values = counting(2 * 96 * 128);
    const std::vector<MemoryConfig> placements = {
        dram_memory_config(),
        l1_memory_config(),
        sharded(HEIGHT_SHARDED, CoreRange({0, 0}, {2, 1}), 32, 128),
        sharded(WIDTH_SHARDED, CoreRange({0, 0}, {3, 0}), 192, 32, BufferType::DRAM),
        sharded(BLOCK_SHARDED, CoreRange({1, 1}, {4, 3}), 64, 32),
        sharded(BLOCK_SHARDED, CoreRange({1, 1}, {3, 4}), 64, 32, BufferType::L1, ShardOrientation::COL_MAJOR),
        MemoryConfig(BufferType::L1, NdShardSpec{{1, 64, 64}, CoreRangeSet(CoreRange({0, 0}, {2, 0}))}),
    };
    for (int t = 0; t < 10; ++t) {
        const auto dtype = DataType(t);
        for (const Layout layout : {Layout::TILE, Layout::ROW_MAJOR}) {
            if (is_block_float(dtype) && layout == Layout::ROW_MAJOR) continue;
            const TensorSpec host_spec({2, 96, 128}, dtype, layout);
            const Tensor host = Tensor::from_host(values.data(), HostType::Float32, host_spec);
            const std::vector<float> expected = host.to_float_vector();
            for (const MemoryConfig& placement : placements) {
                const Tensor moved = host.to_device(device, placement);
                CHECK(moved.to_float_vector() == expected);
                const Tensor direct =
                    Tensor::from_host(values.data(), HostType::Float32, host_spec.with_memory_config(placement), device);
                CHECK(direct.to_float_vector() == expected);
                CHECK(moved.cpu().to_float_vector() == expected);
                CHECK(moved.to_memory_config(placements[(size_t(t) + 3) % placements.size()]).to_float_vector() ==
                      expected);
                CHECK(moved.memory_config() == placement);
            }
        }
    }
    CHECK_FALSE(device->allocator(BufferType::L1).lowest_in_use());
}

TEST_CASE("an interleaved page lies in bank i mod B, aligned") {
    const auto device = golden::open("n150");
    const std::vector<float> values = counting(64 * 7);
    const Tensor tensor = Tensor::from_host(values.data(), HostType::Float32,
                                            TensorSpec({64, 7}, DataType::BFLOAT16, Layout::ROW_MAJOR), device);
    CHECK(tensor.buffer_page_size() == 14);
    CHECK(tensor.buffer_aligned_page_size() == 32);
    CHECK(tensor.buffer_num_pages() == 64);
    for (uint32_t row : {0u, 11u, 12u, 63u}) {
        const uint8_t* at = device->dram(row % 12) + tensor.buffer_address() + row / 12 * 32;
        for (int c = 0; c < 7; ++c) {
            uint16_t bits;
            std::memcpy(&bits, at + 2 * c, 2);
            CHECK(float_from_bfloat16(bits) == values[row * 7 + c]);
        }
        CHECK(tensor.buffer()->page(row) == at);
        CHECK(tensor.buffer()->locate(row).core == CoreCoord{row % 12, 0});
    }
}

TEST_CASE("a shard is consecutive pages from the buffer's address on its core") {
    const auto device = golden::open("n150");
    const std::vector<float> values = counting(128 * 64);
    const TensorSpec spec({128, 64}, DataType::FLOAT32, Layout::TILE,
                          sharded(TensorMemoryLayout::HEIGHT_SHARDED, CoreRange({2, 3}, {3, 4}), 32, 64));
    const Tensor tensor = Tensor::from_host(values.data(), HostType::Float32, spec, device);
    const CoreCoord order[] = {{2, 3}, {3, 3}, {2, 4}, {3, 4}};
    for (int shard = 0; shard < 4; ++shard) {
        const auto* at = reinterpret_cast<const float*>(device->l1(order[shard]) + tensor.buffer_address());
        CHECK(at[0] == values[shard * 32 * 64]);
        CHECK(at[1024] == values[shard * 32 * 64 + 32]);
    }
    CHECK(tensor.buffer()->aligned_size_per_bank() == 2 * 4096);
}

TEST_CASE("numbers of the host are converted by the rules of the reference") {
    const auto as = [](DataType type, HostType from, const void* value) {
        uint64_t out = 0;
        encode_elements(value, from, &out, type, 1);
        return out;
    };
    const auto from_float = [&](DataType type, float v) { return as(type, HostType::Float32, &v); };
    CHECK(from_float(DataType::BFLOAT16, 1e-40f) == 1);
    CHECK(from_float(DataType::BFLOAT16, 3.4e38f) == 0x7f80);
    CHECK(from_float(DataType::BFLOAT16, -NAN) == 0x7fc0);
    CHECK(from_float(DataType::BFLOAT16, -0.0f) == 0x8000);
    CHECK(from_float(DataType::BFLOAT16, 1.00390625f) == 0x3f80);  // tie to even
    CHECK(from_float(DataType::BFLOAT16, 1.01171875f) == 0x3f82);
    CHECK(from_float(DataType::UINT8, -1.5f) == 255);
    CHECK(from_float(DataType::UINT8, 300.0f) == 44);
    CHECK(from_float(DataType::INT32, -1.9f) == 0xffffffff);
    CHECK(from_float(DataType::INT32, 3e9f) == 0x80000000);
    CHECK(from_float(DataType::UINT16, NAN) == 0);
    const int64_t wide = 0x1ff'ffff'fff7;
    CHECK(as(DataType::UINT32, HostType::Int64, &wide) == 0xfffffff7);
    CHECK(as(DataType::UINT8, HostType::Int64, &wide) == 0xf7);
    const double d = 1.0 / 3;
    CHECK(as(DataType::FLOAT32, HostType::Float64, &d) == 0x3eaaaaab);
    const uint16_t half = 0x3555;
    CHECK(as(DataType::FLOAT32, HostType::Float16, &half) == 0x3eaaa000);
    CHECK(from_float(DataType::FP8_E4M3, 1.0f) == 0x38);
    CHECK(from_float(DataType::FP8_E4M3, 1000.0f) == 0x7e);
    CHECK(inferred_data_type(HostType::Int64) == DataType::UINT32);
    CHECK(inferred_data_type(HostType::Bool) == DataType::UINT8);
    for (int code = 0; code < 256; ++code) {
        const float value = float_from_fp8_e4m3(uint8_t(code));
        if (!std::isnan(value)) CHECK(fp8_e4m3_from_float(value) == code);
    }
    for (uint32_t code = 0; code < 65536; ++code) {
        const auto bits = uint16_t(code);
        float value;
        convert_elements(&bits, HostType::Float16, &value, HostType::Float32, 1);
        uint16_t back;
        convert_elements(&value, HostType::Float32, &back, HostType::Float16, 1);
        if (!std::isnan(value) && back != bits) FAIL(code);
    }
}

TEST_CASE("vector and scalar paths of the bfloat16 conversion agree") {
    std::vector<uint32_t> bits;
    for (uint32_t i = 0; i < 70000; ++i) bits.push_back(i * 61357u);
    std::vector<uint16_t> out(bits.size());
    convert_elements(bits.data(), HostType::Float32, out.data(), HostType::BFloat16, bits.size());
    bool same = true;
    for (size_t i = 0; i < bits.size(); ++i) same &= out[i] == bfloat16_from_float(std::bit_cast<float>(bits[i]));
    CHECK(same);
}

TEST_CASE("layouts change without touching the logical values") {
    const std::vector<float> values = counting(33 * 40);
    for (const auto& device : {std::shared_ptr<Device>(), golden::open("n150")}) {
        const Tensor rows = Tensor::from_host(values.data(), HostType::Float32,
                                              TensorSpec({33, 40}, DataType::BFLOAT16, Layout::ROW_MAJOR), device);
        const Tensor tiles = rows.to_layout(Layout::TILE, 7);
        CHECK(tiles.padded_shape() == Shape{64, 64});
        CHECK(tiles.volume() == 4096);
        CHECK(tiles.logical_volume() == 1320);
        CHECK(tiles.to_float_vector() == values);
        std::vector<float> padded(4096);
        tiles.read_padded(padded.data(), HostType::Float32);
        CHECK(padded[0] == values[0]);
        CHECK(padded[40] == 7);
        CHECK(padded[4095] == 7);
        CHECK(tiles.to_layout(Layout::ROW_MAJOR).padded_shape() == Shape{33, 40});
        CHECK(tiles.to_layout(Layout::ROW_MAJOR).to_float_vector() == values);
        CHECK(tiles.device() == device);
        const Tensor block = tiles.to_dtype(DataType::BFLOAT8_B);
        CHECK(block.to_layout(Layout::ROW_MAJOR).dtype() == DataType::BFLOAT16);
        CHECK(tiles.reshape({40, 33}).to_float_vector() == values);
        CHECK_THROWS_AS(tiles.reshape({40, 32}), Error);
    }
}

TEST_CASE("a reshape that leaves the pages alone shares the buffer") {
    const auto device = golden::open("n150");
    const std::vector<float> values = counting(64 * 64);
    const Tensor tiles = Tensor::from_host(values.data(), HostType::Float32,
                                           TensorSpec({2, 32, 64}, DataType::FLOAT32, Layout::TILE), device);
    const Tensor flat = tiles.reshape({1, 64, 64});
    CHECK(flat.buffer() == tiles.buffer());
    CHECK(flat.to_float_vector() == values);
    const Tensor odd = tiles.reshape({64, 2, 32});
    CHECK(odd.buffer() != tiles.buffer());
    CHECK(odd.to_float_vector() == values);
}

TEST_CASE("a tensor frees its buffer with its last handle, or when told to") {
    const auto device = golden::open("n150");
    const TensorSpec spec({32, 32}, DataType::BFLOAT16, Layout::TILE, l1_memory_config());
    {
        const Tensor a = Tensor::empty(spec, device);
        const Tensor b = a;
        CHECK(b.same_as(a));
        CHECK(device->allocator(BufferType::L1).lowest_in_use() == a.buffer_address());
    }
    CHECK_FALSE(device->allocator(BufferType::L1).lowest_in_use());

    Tensor a = Tensor::empty(spec, device);
    const Tensor view = Tensor::over(a.buffer(), spec);
    a.deallocate();
    CHECK(a.is_allocated());  // another tensor uses the buffer
    a.deallocate(true);
    a.deallocate(true);
    CHECK_FALSE(view.is_allocated());
    CHECK_THROWS_WITH_AS(a.cpu(), doctest::Contains("Tensor is not allocated."), Error);
    CHECK(a.str() ==
          "ttnn.Tensor(<buffer is not allocated>, shape=Shape([32, 32]), dtype=DataType::BFLOAT16, layout=Layout::TILE)");
    CHECK_FALSE(device->allocator(BufferType::L1).lowest_in_use());
}

TEST_CASE("host tensors refuse what needs a device, in upstream's words") {
    const Tensor host = Tensor::empty(TensorSpec({32, 32}, DataType::BFLOAT16, Layout::TILE));
    CHECK_THROWS_WITH_AS(host.buffer_address(),
                         doctest::Contains("StorageType::HOST doesn't support buffer_address method"), Error);
    CHECK(host.device() == nullptr);
    CHECK(host.storage_type() == StorageType::HOST);
    CHECK_THROWS_WITH_AS(Tensor::empty(TensorSpec({32, 32}, DataType::BFLOAT8_B, Layout::TILE)).element_size(),
                         doctest::Contains("datum for bfp2, bfp4, bfp8 is invalid"), Error);
    CHECK_THROWS_AS(Tensor().spec(), Error);
    CHECK_THROWS_AS(host.to_device(nullptr), Error);
}

TEST_CASE("tensors without elements and scalars work") {
    const auto device = golden::open("n150");
    const float one = 1.5f;
    for (const Layout layout : {Layout::TILE, Layout::ROW_MAJOR}) {
        const Tensor scalar = Tensor::from_host(&one, HostType::Float32, TensorSpec({}, DataType::FLOAT32, layout), device);
        CHECK(scalar.to_float_vector() == std::vector<float>{1.5f});
        for (const Shape& shape : {Shape{0}, Shape{0, 32}, Shape{4, 0}, Shape{2, 0, 3}}) {
            const Tensor empty =
                Tensor::from_host(&one, HostType::Float32, TensorSpec(shape, DataType::BFLOAT16, layout), device);
            CHECK(empty.buffer_num_pages() == 0);
            CHECK(empty.cpu().to_float_vector().empty());
            CHECK(empty.is_allocated());
        }
    }
}

TEST_CASE("full fills every element") {
    for (const DataType type : {DataType::FLOAT32, DataType::BFLOAT8_B, DataType::INT8}) {
        const Tensor tensor = Tensor::full(TensorSpec({3, 37}, type, Layout::TILE), -3);
        CHECK(tensor.to_float_vector() == std::vector<float>(111, -3));
    }
}

TEST_CASE("a tensor prints as torch prints, then says what it is") {
    const Tensor ones = Tensor::full(TensorSpec({2, 2}, DataType::FLOAT32, Layout::ROW_MAJOR), 1);
    CHECK(
        ones.str() ==
        "ttnn.Tensor([[ 1.0000,  1.0000],\n             [ 1.0000,  1.0000]], shape=Shape([2, 2]), dtype=DataType::FLOAT32, "
        "layout=Layout::ROW_MAJOR)");
}

TEST_CASE("memory configs are equal by what the user gave, and survive JSON") {
    const MemoryConfig block = sharded(TensorMemoryLayout::BLOCK_SHARDED, CoreRange({0, 0}, {1, 1}), 32, 32);
    const MemoryConfig nd(BufferType::L1, NdShardSpec{{1, 64, 64}, CoreRangeSet(CoreRange({0, 0}, {2, 0}))});
    CHECK(MemoryConfig() == dram_memory_config());
    CHECK(block.with_nd_equivalent() == block);
    CHECK(block.with_nd_equivalent().hash() == block.hash());
    CHECK_FALSE(block == nd);
    for (const MemoryConfig& config : {dram_memory_config(), block, nd})
        CHECK(MemoryConfig::from_json(config.json()) == config);
    CHECK(
        MemoryConfig().str().starts_with("MemoryConfig(memory_layout=TensorMemoryLayout::INTERLEAVED,buffer_type="
                                         "BufferType::DRAM,shard_spec=std::nullopt,nd_shard_spec="));
    CHECK_THROWS_AS(MemoryConfig::from_json("{}"), Error);
}
