// Codes of problems that a host program can have and that the Python face catches earlier or cannot bring about.
// tests/py/test_diagnostic_codes.py has the others, and the test that each code of the sources is named somewhere.
#include "base/error.h"
#include "base/text_file.h"
#include "device/device.h"
#include "device/work_split.h"
#include "tensor/buffer.h"
#include "tensor/data_type.h"
#include "tensor/tensor.h"
#include "tensor/tensor_accessor_args.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace tw;

namespace {

template <class Action>
std::string code_of(Action action) {
    try {
        action();
    } catch (const Error& e) {
        return e.diagnostic().code;
    }
    return "";
}

CoreRangeSet row(uint32_t cores) {
    return CoreRangeSet(CoreRange({0, 0}, {cores - 1, 0}));
}

std::shared_ptr<Device> device() {
    static const auto open = Device::open(find_chip("n150"));
    return open;
}

const TensorSpec kTile({32, 32}, DataType::BFLOAT16, Layout::TILE);

}  // namespace

TEST_CASE("a chip file that is no chip description has its code") {
    const auto file = std::filesystem::temp_directory_path() / ("no_chip_" + std::to_string(getpid()) + ".json");
    std::ofstream(file) << "{\"names\": 3}";
    CHECK(code_of([&] { find_chip(file.string()); }) == "bad-chip-file");
    std::filesystem::remove(file);
    CHECK(code_of([] { find_chip("n150"); }) == "");
}

TEST_CASE("a file that is none has its code, on both ways") {
    const auto folder = std::filesystem::temp_directory_path() / ("folder_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder / "inside");
    CHECK(code_of([&] { read_text(folder / "missing"); }) == "cannot-read");
    CHECK(code_of([&] { read_text(folder); }) == "cannot-read");
    CHECK(code_of([&] { write_text(folder, "over a folder that is not empty"); }) == "cannot-write");
    write_text(folder / "file", "text");
    CHECK(code_of([&] { write_text(folder / "file" / "below a file", "text"); }) == "cannot-write");
    CHECK(read_text(folder / "file") == "text");
    std::filesystem::remove_all(folder);
}

TEST_CASE("work of more than 2^32 units a core has its code") {
    CHECK(code_of([] { split_work_to_cores(row(2), uint64_t{1} << 34); }) == "too-much-work");
    CHECK(code_of([] { split_work_to_cores(row(2), uint64_t{1} << 32); }) == "");
}

TEST_CASE("shapes that cannot be have their codes") {
    CHECK(code_of([] { Shape({2, 3}).at(2); }) == "shape-index");
    CHECK(code_of([] { Shape({2, 3}).at(-1); }) == "");
    CHECK(code_of([] { Shape(std::vector<uint32_t>(5, 0xffffffffu)).volume(); }) == "shape-too-large");
    CHECK(code_of([] { Shape({0xffffffffu}).volume(); }) == "");
}

TEST_CASE("what a tensor does not have has its code") {
    CHECK(code_of([] { Tensor().spec(); }) == "no-tensor");
    const std::vector<uint8_t> bytes(kTile.packed_bytes());
    const Tensor there = Tensor::from_packed(bytes, kTile, device());
    CHECK(code_of([&] { there.host_bytes(); }) == "tensor-on-device");
    CHECK(code_of([&] { there.cpu().host_bytes(); }) == "");
    CHECK(code_of([&] { there.cpu().to_device(nullptr); }) == "no-device");
    CHECK(code_of([&] { Tensor::from_packed(std::span(bytes).first(7), kTile, device()); }) == "packed-size");
    CHECK(code_of([] { element_size(DataType::BFLOAT8_B); }) == "block-float-element");
}

TEST_CASE("memory configs that are none have their codes") {
    CHECK(code_of([] { MemoryConfig::from_json("{}"); }) == "memory-config-json");
    const std::string good = MemoryConfig().json();
    CHECK(code_of([&] { MemoryConfig::from_json(good); }) == "");
    const MemoryConfig nowhere(BufferType::L1, NdShardSpec{.shard_shape = {32, 32}, .grid = {}});
    CHECK(code_of([&] { TensorSpec({64, 32}, DataType::BFLOAT16, Layout::TILE, nowhere); }) == "empty-shard-grid");
    CHECK(code_of([] { TensorSpec({1, 0x7fffffffu}, DataType::UINT32, Layout::ROW_MAJOR); }) == "page-too-large");
}

TEST_CASE("accessor arguments that cannot be have their codes") {
    const MemoryConfig config(TensorMemoryLayout::HEIGHT_SHARDED, BufferType::L1,
                              ShardSpec{.grid = row(2), .shape = {32, 32}});
    const TensorSpec spec({64, 32}, DataType::BFLOAT16, Layout::TILE, config);
    const Tensor tensor = Tensor::from_packed(std::vector<uint8_t>(spec.packed_bytes()), spec, device());
    CHECK(code_of([&] { TensorAccessorArgs(tensor, ArgConfig::RuntimeRank); }) == "accessor-config");
    CHECK(code_of([&] { TensorAccessorArgs(tensor, ArgConfig::RuntimeNumBanks); }) == "accessor-config");
    CHECK(code_of([&] { TensorAccessorArgs(tensor, ArgConfig::Runtime); }) == "");
    // Nine extents of 3 in shards of 2: none can be joined with its neighbour.
    const MemoryConfig deep(BufferType::L1, NdShardSpec{.shard_shape = Shape(std::vector<uint32_t>(9, 2)), .grid = row(8)});
    const TensorSpec many(Shape(std::vector<uint32_t>(9, 3)), DataType::FLOAT32, Layout::ROW_MAJOR, deep);
    const Tensor deep_tensor = Tensor::from_packed(std::vector<uint8_t>(many.packed_bytes()), many, device());
    CHECK(code_of([&] { (void)TensorAccessorArgs(deep_tensor); }) == "accessor-rank");
}
