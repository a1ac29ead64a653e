// Times code that runs on a kernel's fiber: a launch of one core whose kernels are C++ functions.
#pragma once

#include "device/device.h"
#include "runtime/launch.h"
#include "tw/abi.h"

#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <memory>
#include <vector>

namespace tw::bench {

inline constexpr tw_site kSite{"bench.cpp", "bench", 1, 1};

struct OneCore {
    std::shared_ptr<Device> device = Device::open(find_chip("n150"));
    std::array<jit::KernelImage, 5> images;
    std::vector<runtime::CbPlacement> cbs = {{.index = 0, .address = 0x20000, .size = 8192, .page_size = 2048}};
    runtime::CoreLaunch core;
    CheckLevel level = CheckLevel::Default;

    void kernel(tw_risc risc, jit::KernelImage::Entry entry) {
        images[risc].entry = entry;
        core.kernels[risc].image = &images[risc];
    }
    double run() {
        core.cbs = cbs;
        const auto begin = std::chrono::steady_clock::now();
        runtime::RunOptions options{.schedule = runtime::Schedule::Deterministic};
        options.checks = Checks(level);
        ledger::Launch ledger(device->allocations(), device->l1_base(), device->chip().dram_base);
        runtime::launch(*device, std::span(&core, 1), options, &ledger);
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    }
    // One iteration is a launch of kernels that do `operations` of what is measured; "each" is the time of one of them.
    void measure(benchmark::State& state, int64_t operations) {
        run();
        for (auto _ : state) state.SetIterationTime(run());
        state.counters["each"] = benchmark::Counter(static_cast<double>(state.iterations() * operations),
                                                    benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
    }
};

}  // namespace tw::bench
