#include "device/allocator.h"

#include "base/error.h"
#include "golden_host.h"
#include "tensor/tensor.h"

#include <doctest/doctest.h>

using namespace tw;

TEST_CASE("sequences of allocations and frees get upstream's addresses") {
    for (const char* board : golden::kBoards) {
        for (const auto& sequence : golden::host(board)["allocator"]) {
            const auto device = golden::open(board);
            std::map<int, Tensor> live;
            for (const auto& step : sequence) {
                if (step["op"] == "free") {
                    live.erase(step["id"].get<int>());
                    continue;
                }
                const MemoryConfig memory = step["buffer"] == "L1" ? l1_memory_config() : dram_memory_config();
                const TensorSpec spec(Shape{32, 32 * step["tiles"].get<uint32_t>()}, golden::dtype(step["dtype"]),
                                      Layout::TILE, memory);
                const Tensor tensor = Tensor::empty(spec, device);
                CHECK(tensor.buffer_address() == step["addr"].get<uint64_t>());
                live[step["id"].get<int>()] = tensor;
            }
        }
    }
}

TEST_CASE("the first hole that fits is taken from the growing end") {
    Allocator up(BufferType::DRAM, 1024, 1024, 4, 32, Allocator::Growth::Up),
        down(BufferType::L1, 1024, 1024, 4, 32, Allocator::Growth::Down);
    uint64_t at_up[4], at_down[4];
    for (int i = 0; i < 4; ++i)
        at_up[i] = up.allocate(i == 0 ? 256 : 128, 0), at_down[i] = down.allocate(i == 0 ? 256 : 128, 0);
    CHECK(at_up[1] == 1024 + 256);
    CHECK(at_down[1] == 2048 - 256 - 128);
    up.free(at_up[0]), up.free(at_up[2]);
    down.free(at_down[0]), down.free(at_down[2]);
    CHECK(up.allocate(128, 0) == 1024);  // not the hole of exact size further on
    CHECK(down.allocate(128, 0) == 2048 - 128);
    CHECK(up.allocate(1, 0) == 1024 + 128);  // one granule
    CHECK(up.allocate(1, 0) == 1024 + 160);
}

TEST_CASE("out of memory says what upstream says, and who has the memory") {
    const auto device = golden::open("n150");
    const Tensor other = Tensor::empty(TensorSpec({32, 32}, DataType::BFLOAT16, Layout::TILE, l1_memory_config()), device);
    const TensorSpec big({32, 32 * 1000000}, DataType::BFLOAT16, Layout::TILE, l1_memory_config());
    CHECK_THROWS_WITH_AS(
        Tensor::empty(big, device),
        doctest::Contains(
            "Out of Memory: Not enough space to allocate 2048000000 B L1 buffer across 72 banks, where each bank needs to "
            "store 28444672 B, but bank size is 1393312 B (allocated: 2048 B, free: 1391264 B, largest free block: 1391264 "
            "B)"),
        Error);
    CHECK_THROWS_WITH_AS(Tensor::empty(big, device), doctest::Contains("bfloat16 tensor Shape([32, 32])"), Error);
}

TEST_CASE("l1_small is carved from the top of L1, and empty unless asked for") {
    const auto device = golden::open("n150", {.l1_small_size = 32768, .slow_dispatch = true});
    CHECK(device->allocator(BufferType::L1).allocate(2048, 2048) == 1499136 - 32768 - 2048);
    CHECK(device->allocator(BufferType::L1_SMALL).base() == 1499136 - 32768);
    const auto plain = golden::open("n150");
    CHECK_THROWS_WITH_AS(plain->allocator(BufferType::L1_SMALL).allocate(32, 32), doctest::Contains("Out of Memory"),
                         Error);
}

TEST_CASE("the memory view adds up") {
    Allocator memory(BufferType::DRAM, 0, 4096, 12, 32, Allocator::Growth::Up);
    memory.allocate(100, 0);
    const uint64_t second = memory.allocate(1000, 0);
    memory.allocate(32, 0);
    memory.free(second);
    const MemoryView view = memory.view();
    CHECK(view.num_banks == 12);
    CHECK(view.total_bytes_allocated_per_bank == 128 + 32);
    CHECK(view.total_bytes_free_per_bank == 4096 - 160);
    CHECK(view.largest_contiguous_bytes_free_per_bank == 4096 - 128 - 1024 - 32);
    CHECK(view.block_table.size() == 4);
    CHECK(memory.lowest_in_use() == 0);
    CHECK(memory.block_at(127)->size == 128);
    CHECK_FALSE(memory.block_at(128));
}
