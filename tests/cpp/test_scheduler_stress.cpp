// Correct programs with much talk between cores, launched over and over with two workers: none may ever be found wrong.
//
// What they are after is a wake-up that gets lost between two threads (core/turn.h). TILEWRIGHT_STRESS_LAUNCHES sets how
// often each program is launched; `make stress` asks for a million.
#include "base/error.h"
#include "device/device.h"
#include "jit/kernel_request.h"
#include "runtime/launch.h"
#include "test_data.h"
#include "tw/abi.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

using namespace tw;
using namespace tw::runtime;

namespace {

uint64_t launch_count() {
    const char* asked = std::getenv("TILEWRIGHT_STRESS_LAUNCHES");
    return asked ? std::strtoull(asked, nullptr, 10) : 5000;
}

constexpr uint32_t kTileBytes = 2048;  // bfloat16
constexpr uint32_t kL1 = 0x20000;      // free of the runtime's own regions
constexpr uint32_t kDram = 0x200000;

jit::KernelRequest request(const Device& device, const char* file, jit::Processor processor,
                           std::vector<jit::CbFormat> cbs = {}) {
    jit::KernelRequest r;
    r.source = test_data(std::string("kernels/stress/") + file);
    r.processor = processor;
    r.noc_index = processor == jit::Processor::Ncrisc ? 1 : 0;
    r.num_dram_banks = device.chip().dram_banks;
    r.num_l1_banks = device.num_l1_banks();
    r.cbs = std::move(cbs);
    return r;
}

// A program that is ready to be launched again and again. Arguments live here: a launch refers to them.
struct Program {
    std::shared_ptr<Device> device = Device::open(find_chip("n150"));
    std::vector<std::shared_ptr<const jit::KernelImage>> images;
    std::vector<std::unique_ptr<std::vector<uint32_t>>> args;
    std::vector<CbPlacement> cbs;
    std::vector<SemaphoreInit> semaphores;
    std::vector<CoreLaunch> cores;

    void kernel(CoreLaunch& core, tw_risc risc, const jit::KernelImage& image, std::vector<uint32_t> values) {
        args.push_back(std::make_unique<std::vector<uint32_t>>(std::move(values)));
        core.kernels[risc] = {.image = &image, .args = *args.back(), .noc_index = static_cast<uint8_t>(risc == TW_NCRISC)};
    }

    uint32_t* word(CoreCoord core, uint32_t address) const {
        return reinterpret_cast<uint32_t*>(device->l1(core) + address);
    }

    // check() looks at what a launch left, and takes it away. Stops at the first failure: one is enough to see.
    template <class Check>
    void launch_often(Check check) {
        for (CoreLaunch& core : cores) {
            core.cbs = cbs;
            core.semaphores = semaphores;
        }
        for (uint64_t i = 0, n = launch_count(); i < n; ++i) {
            std::string found;
            try {
                launch(*device, cores, {.schedule = Schedule::Parallel, .workers = 2});
                if (!check()) found = "wrong values";
            } catch (const Error& e) {
                found = e.what();
            }
            INFO("launch " << i << " of " << n);
            REQUIRE(found == "");
        }
    }
};

uint16_t bfloat16_of(uint32_t small) {
    const float f = static_cast<float>(small);
    uint32_t bits;
    std::memcpy(&bits, &f, 4);
    return static_cast<uint16_t>(bits >> 16);
}

// A tile of rows and columns, face after face.
template <class Value>
std::vector<uint16_t> tile_of(Value value) {
    std::vector<uint16_t> tile;
    for (uint32_t face = 0; face < 4; ++face) {
        for (uint32_t i = 0; i < 256; ++i)
            tile.push_back(bfloat16_of(value(face / 2 * 16 + i / 16, face % 2 * 16 + i % 16)));
    }
    return tile;
}

}  // namespace

// The result's columns lie on four cores; each has all of in1 that it needs, and in0 comes from the first by multicast.
TEST_CASE("stress: a multicast matmul on two workers is never found wrong") {
    constexpr uint32_t kCores = 4, kBlocks = 3;
    constexpr uint32_t kIn0 = kDram, kIn1 = kDram + 0x10000, kOut = kDram + 0x20000;
    Program p;
    const std::vector<jit::CbFormat> formats = [] {
        std::vector<jit::CbFormat> f;
        for (uint8_t index : {0, 1, 16}) f.push_back({.index = index, .page_size = kTileBytes, .tile_size = kTileBytes});
        return f;
    }();
    using enum jit::Processor;
    p.images = jit::build({
        request(*p.device, "mcast_sender.cpp", Brisc, formats),
        request(*p.device, "mcast_receiver.cpp", Brisc, formats),
        request(*p.device, "mcast_in1_and_out.cpp", Ncrisc, formats),
        request(*p.device, "mcast_matmul.cpp", TriscUnpack, formats),
        request(*p.device, "mcast_matmul.cpp", TriscMath, formats),
        request(*p.device, "mcast_matmul.cpp", TriscPack, formats),
    });
    p.cbs = {{.index = 0, .address = kL1, .size = 2 * kTileBytes, .page_size = kTileBytes},
             {.index = 1, .address = kL1 + 0x2000, .size = 2 * kTileBytes, .page_size = kTileBytes},
             {.index = 16, .address = kL1 + 0x4000, .size = kTileBytes, .page_size = kTileBytes}};
    p.semaphores = {{.id = 0, .value = 0}, {.id = 1, .value = 0}};
    const NocCoord first = p.device->worker_noc({0, 0}), second = p.device->worker_noc({1, 0}),
                   last = p.device->worker_noc({kCores - 1, 0});
    for (uint32_t x = 0; x < kCores; ++x) {
        CoreLaunch core{.core = {x, 0}};
        if (x == 0) {
            p.kernel(core, TW_BRISC, *p.images[0], {kIn0, kBlocks, second.x, second.y, last.x, last.y, kCores - 1});
        } else {
            p.kernel(core, TW_BRISC, *p.images[1], {kBlocks, first.x, first.y});
        }
        p.kernel(core, TW_NCRISC, *p.images[2], {kIn1, kBlocks, kOut, x});
        for (uint32_t i = 0; i < 3; ++i) {
            p.kernel(core, static_cast<tw_risc>(TW_TRISC_UNPACK + i), *p.images[3 + i], {kBlocks});
        }
        p.cores.push_back(core);
    }

    // Zeros and ones: 96 products sum up to a whole number that bfloat16 holds.
    const auto a = [](uint32_t block, uint32_t r, uint32_t k) { return (r * 7 + (32 * block + k) * 5) % 3 == 0 ? 1u : 0u; };
    const auto b = [](uint32_t block, uint32_t k, uint32_t c) { return ((32 * block + k) * 11 + c * 3) % 5 < 2 ? 1u : 0u; };
    for (uint32_t block = 0; block < kBlocks; ++block) {
        const auto in0 = tile_of([&](uint32_t r, uint32_t k) { return a(block, r, k); });
        std::memcpy(p.device->dram(block) + kIn0, in0.data(), kTileBytes);
        for (uint32_t x = 0; x < kCores; ++x) {
            const auto in1 = tile_of([&](uint32_t k, uint32_t c) { return b(block, k, 32 * x + c); });
            std::memcpy(p.device->dram(x) + kIn1 + block * kTileBytes, in1.data(), kTileBytes);
        }
    }
    std::vector<std::vector<uint16_t>> expected;
    for (uint32_t x = 0; x < kCores; ++x) {
        expected.push_back(tile_of([&](uint32_t r, uint32_t c) {
            uint32_t sum = 0;
            for (uint32_t k = 0; k < 32 * kBlocks; ++k) sum += a(k / 32, r, k % 32) * b(k / 32, k % 32, 32 * x + c);
            return sum;
        }));
    }
    p.launch_often([&] {
        bool right = true;
        for (uint32_t x = 0; x < kCores; ++x) {
            uint8_t* out = p.device->dram(x) + kOut;
            right &= std::memcmp(out, expected[x].data(), kTileBytes) == 0;
            std::memset(out, 0xff, kTileBytes);
        }
        return right;
    });
}

TEST_CASE("stress: a ring on two workers is never found wrong") {
    constexpr uint32_t kCores = 5, kSlots = kL1, kSum = kL1 + 0x1000;
    Program p;
    p.images = jit::build({request(*p.device, "ring.cpp", jit::Processor::Brisc)});
    p.semaphores = {{.id = 0, .value = 0}};
    for (uint32_t x = 0; x < kCores; ++x) {
        CoreLaunch core{.core = {x, 1}};
        const NocCoord right = p.device->worker_noc({(x + 1) % kCores, 1});
        p.kernel(core, TW_BRISC, *p.images[0], {kSlots, kCores - 1, right.x, right.y, kSum});
        p.cores.push_back(core);
        *p.word({x, 1}, kSlots) = 1u << (4 * x);
    }
    p.launch_often([&] {
        bool right = true;
        for (uint32_t x = 0; x < kCores; ++x) {
            right &= *p.word({x, 1}, kSum) == 0x11111;
            *p.word({x, 1}, kSum) = 0;
        }
        return right;
    });
}

TEST_CASE("stress: a gather on two workers is never found wrong") {
    constexpr uint32_t kSenders = 6, kRounds = 3, kWords = kL1, kSum = kL1 + 0x1000;
    Program p;
    p.images = jit::build({request(*p.device, "gather_root.cpp", jit::Processor::Brisc),
                           request(*p.device, "gather_sender.cpp", jit::Processor::Brisc)});
    p.semaphores = {{.id = 0, .value = 0}, {.id = 1, .value = 0}};
    const NocCoord root = p.device->worker_noc({0, 2}), first = p.device->worker_noc({1, 2}),
                   last = p.device->worker_noc({kSenders, 2});
    for (uint32_t x = 0; x <= kSenders; ++x) {
        CoreLaunch core{.core = {x, 2}};
        if (x == 0) {
            p.kernel(core, TW_BRISC, *p.images[0], {kWords, kSenders, kRounds, first.x, first.y, last.x, last.y, kSum});
        } else {
            p.kernel(core, TW_BRISC, *p.images[1], {kWords, x - 1, kRounds, root.x, root.y});
        }
        p.cores.push_back(core);
    }
    p.launch_often([&] {
        uint32_t& sum = *p.word({0, 2}, kSum);
        const bool right = sum == 21 * 6;  // (1 + ... + 6 senders) times (1 + 2 + 3 rounds)
        sum = 0;
        return right;
    });
}
