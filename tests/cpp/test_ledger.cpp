// The ledger against a plain list: who has a byte, which page it is, what lay there before.
#include "device/chip.h"
#include "device/device.h"
#include "ledger/launch.h"
#include "tensor/buffer.h"

#include <doctest/doctest.h>

#include <random>

using namespace tw;

namespace {

std::shared_ptr<Buffer> pages(const std::shared_ptr<Device>& device, BufferType type, uint64_t count, uint32_t bytes) {
    return Buffer::create(device, type, {.page_size = bytes, .num_pages = count, .sharding = {}}, "a test's tensor");
}

}  // namespace

TEST_CASE("the ledger finds each byte's tensor and page where the buffer puts them") {
    auto device = Device::open(find_chip("n150"));
    std::mt19937 rng(7);
    std::vector<std::shared_ptr<Buffer>> live;
    for (int i = 0; i < 60; ++i) {
        live.push_back(pages(device, rng() % 2 ? BufferType::DRAM : BufferType::L1, 1 + rng() % 97, 16 + rng() % 5000));
        if (rng() % 3 == 0) live.erase(live.begin() + rng() % live.size());
    }
    ledger::Launch launch(device->allocations(), device->l1_base(), device->chip().dram_base);
    size_t known = 0;
    for (const auto memory : {ledger::Memory::Dram, ledger::Memory::L1}) known += launch.tensors(memory).size();
    CHECK(known == live.size());
    for (const auto& buffer : live) {
        const auto memory = buffer->is_dram() ? ledger::Memory::Dram : ledger::Memory::L1;
        for (uint64_t page : {uint64_t{0}, buffer->num_pages() / 2, buffer->num_pages() - 1}) {
            const PagePlace at = buffer->locate(page);
            const uint32_t bank = buffer->is_dram() ? at.core.x : device->l1_bank(at.core);
            for (uint64_t byte : {uint64_t{0}, uint64_t{buffer->page_size()} - 1}) {
                const ledger::Tensor* t = launch.find(memory, at.address + byte);
                REQUIRE(t);
                CHECK(t->allocation->id == buffer->unique_id());
                CHECK(t->page_of(at.address + byte - t->begin, bank) == page);
            }
        }
    }
}

TEST_CASE("the ledger remembers what was freed, and gives its bytes to nobody") {
    auto device = Device::open(find_chip("n150"));
    auto keep = pages(device, BufferType::DRAM, 5, 2048);
    auto gone = pages(device, BufferType::DRAM, 5, 2048);
    const uint64_t address = gone->address(), id = gone->unique_id();
    gone->deallocate();
    ledger::Launch launch(device->allocations(), device->l1_base(), device->chip().dram_base);
    CHECK(launch.find(ledger::Memory::Dram, address) == nullptr);
    REQUIRE(device->allocations().freed_at(ledger::Memory::Dram, address));
    CHECK(device->allocations().freed_at(ledger::Memory::Dram, address)->id == id);
    CHECK(device->allocations().freed_at(ledger::Memory::Dram, keep->address()) == nullptr);
}

TEST_CASE("a snapshot is shared until something is allocated or freed") {
    auto device = Device::open(find_chip("n150"));
    auto one = pages(device, BufferType::DRAM, 5, 2048);
    const auto first = device->allocations().snapshot(ledger::Memory::Dram);
    CHECK(device->allocations().snapshot(ledger::Memory::Dram) == first);
    auto two = pages(device, BufferType::DRAM, 5, 2048);
    const auto second = device->allocations().snapshot(ledger::Memory::Dram);
    CHECK(second != first);
    CHECK(second->size() == 2);
    device->deallocate_buffers();
    CHECK(device->allocations().snapshot(ledger::Memory::Dram)->empty());
}

TEST_CASE("a new buffer has no data until somebody writes it") {
    auto device = Device::open(find_chip("n150"));
    auto buffer = pages(device, BufferType::DRAM, 5, 2048);
    const auto has_data = [&] { return device->allocations().snapshot(ledger::Memory::Dram)->front()->has_data.load(); };
    CHECK_FALSE(has_data());
    buffer->fill_zero();
    CHECK(has_data());
}
