#include "device/device.h"

#include "base/error.h"
#include "device/allocator.h"
#include "golden_host.h"
#include "tensor/tensor.h"

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

using namespace tw;

namespace {

uint64_t resident_bytes() {
    uint64_t total = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> total >> resident;
    return resident * uint64_t(sysconf(_SC_PAGESIZE));
}

}  // namespace

TEST_CASE("chips have the figures of the real library") {
    const ChipDescription &n150 = find_chip("n150"), &p150 = find_chip("blackhole");
    CHECK(&find_chip("wormhole_b0") == &n150);
    CHECK(n150.l1_base == 105824);
    CHECK(n150.l1_size - n150.l1_base == 1393312);
    CHECK(n150.dram_noc[11] == NocCoord{5, 7});
    CHECK(p150.l1_size - p150.l1_base == 1461120);
    CHECK(p150.dram_bank_size == 4277141376);
    CHECK(p150.max_cbs == 64);
    CHECK(find_chip("n300").fast_dispatch_y == 7);
    CHECK(find_chip("p100").dram_banks == 7);
    CHECK_THROWS_WITH_AS(find_chip("n151"), doctest::Contains("unknown-chip"), Error);
}

TEST_CASE("workers have upstream's NoC coordinates, both ways") {
    for (const char* board : golden::kBoards) {
        const auto device = golden::open(board);
        for (const auto& row : golden::host(board)["worker_cores"]) {
            const CoreCoord logical{row[0], row[1]};
            const NocCoord noc{row[2], row[3]};
            CHECK(device->worker_noc(logical) == noc);
            CHECK(device->logical_from_noc(noc) == logical);
        }
        CHECK(device->grid() == CoreCoord{golden::host(board)["grid"][0], golden::host(board)["grid"][1]});
    }
    const auto device = golden::open("n150", {});
    CHECK(device->grid() == CoreCoord{8, 8});
    CHECK_THROWS_WITH_AS(device->worker_noc({20, 20}),
                         doctest::Contains("No core coordinate found at location: (20, 20, TENSIX, LOGICAL)"), Error);
    CHECK_THROWS_AS(device->logical_from_noc({0, 0}), Error);
}

TEST_CASE("an open device takes almost no memory") {
    find_chip("n150");
    const uint64_t before = resident_bytes();
    const auto device = golden::open("n150");
    CHECK(resident_bytes() < before + (1u << 20));  // less than before is possible: a full machine takes pages away
}

TEST_CASE("every memory is readable to its last byte and starts as zeros") {
    for (const char* board : golden::kBoards) {
        const auto device = golden::open(board);
        const ChipDescription& chip = device->chip();
        uint8_t* l1 = device->l1({chip.grid_x - 1, chip.grid_y - 1});
        uint8_t* dram = device->dram(chip.dram_banks - 1);
        CHECK(l1[chip.l1_size - 1] == 0);
        CHECK(dram[chip.dram_base + chip.dram_bank_size - 1] == 0);
        l1[chip.l1_size - 1] = dram[chip.dram_base + chip.dram_bank_size - 1] = 1;
        CHECK(reinterpret_cast<uintptr_t>(l1) % 64 == 0);
        CHECK(reinterpret_cast<uintptr_t>(dram) % 64 == 0);
    }
}

TEST_CASE("a write past the end of an L1 or a bank faults instead of reaching a neighbour") {
    const auto device = golden::open("n150");
    uint8_t* const past_ends[] = {device->l1({0, 0}) + device->chip().l1_size,
                                  device->dram(0) + device->chip().dram_base + device->chip().dram_bank_size};
    for (uint8_t* past_end : past_ends) {
        const pid_t child = fork();
        if (child == 0) {
            signal(SIGSEGV, SIG_DFL);
            *static_cast<volatile uint8_t*>(past_end) = 1;
            _exit(0);
        }
        int status = 0;
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(WIFSIGNALED(status));
        CHECK(WTERMSIG(status) == SIGSEGV);
    }
}

TEST_CASE("closing a device frees its tensors, which then say so") {
    const auto device = golden::open("n150");
    const Tensor tensor = Tensor::empty(TensorSpec({32, 32}, DataType::BFLOAT16, Layout::TILE), device);
    CHECK(tensor.is_allocated());
    device->close();
    device->close();
    CHECK_FALSE(tensor.is_allocated());
    CHECK_THROWS_WITH_AS(tensor.buffer_address(), doctest::Contains("Tensor is not allocated."), Error);
    CHECK_THROWS_WITH_AS(tensor.cpu(), doctest::Contains("Tensor is not allocated."), Error);
    CHECK_THROWS_WITH_AS(device->allocator(BufferType::DRAM), doctest::Contains("device-closed"), Error);
    CHECK(tensor.logical_shape() == Shape{32, 32});
}

TEST_CASE("deallocate_buffers frees all tensors of an open device, and their memory is used again") {
    const auto device = golden::open("n150");
    const TensorSpec spec({32, 32}, DataType::BFLOAT16, Layout::TILE);
    const Tensor old = Tensor::empty(spec, device);
    const uint64_t address = old.buffer_address();
    device->deallocate_buffers();
    CHECK_FALSE(old.is_allocated());
    Tensor next = Tensor::empty(spec, device);
    CHECK(next.buffer_address() == address);
    Tensor(old).deallocate(true);
    CHECK(next.is_allocated());
}
