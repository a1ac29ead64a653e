// Fiber switches, circular buffers, NoC transfers.
#include "in_kernel.h"

#include "tensor/buffer.h"

#include "core/core.h"

namespace tw::bench {
namespace {

constexpr int kOperations = 20'000;

void fiber_switch(benchmark::State& state) {
    static Fiber fiber;
    fiber.reset(
        [](void*) {
            for (;;) fiber.suspend();
        },
        nullptr);
    for (auto _ : state) fiber.resume();  // there and back
}
BENCHMARK(fiber_switch);

// One page through a CB that is four pages deep: producer and consumer take turns.
void cb_push_pop(benchmark::State& state) {
    OneCore program;
    program.kernel(TW_NCRISC, [] {
        tw_ctx* self = tw_self();
        for (int i = 0; i < kOperations; ++i) {
            tw_cb_reserve_back(self, 0, 1, &kSite);
            tw_cb_push_back(self, 0, 1, &kSite);
        }
    });
    program.kernel(TW_BRISC, [] {
        tw_ctx* self = tw_self();
        for (int i = 0; i < kOperations; ++i) {
            tw_cb_wait_front(self, 0, 1, &kSite);
            tw_cb_pop_front(self, 0, 1, &kSite);
        }
    });
    program.measure(state, kOperations);
}
BENCHMARK(cb_push_pop)->UseManualTime();

// A page of a tensor to a circular buffer. Off and default: what the ledger costs, which looks at both ends.
void noc_read_2k(benchmark::State& state, CheckLevel level) {
    OneCore program;
    program.level = level;
    const auto tensor =
        Buffer::create(program.device, BufferType::DRAM, {.page_size = 2048, .num_pages = 512, .sharding = {}});
    static uint32_t base;
    base = static_cast<uint32_t>(tensor->address());
    program.kernel(TW_NCRISC, [] {
        tw_ctx* self = tw_self();
        for (uint32_t i = 0; i < kOperations; ++i) {
            tw_noc_read(self, 0, tw_interleaved_address(self, 1, i % 512, base, 2048, 0), 0x20000, 2048, TW_NOC_TRID_NONE,
                        &kSite);
            tw_noc_barrier(self, 0, TW_WAIT_READS, TW_NOC_TRID_NONE, &kSite);
        }
    });
    program.measure(state, kOperations);
    state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * kOperations * 2048);
}
BENCHMARK_CAPTURE(noc_read_2k, off, CheckLevel::Off)->UseManualTime();
BENCHMARK_CAPTURE(noc_read_2k, default, CheckLevel::Default)->UseManualTime();

// What a launch costs by itself: empty kernels on one core and on 64.
void empty_launch(benchmark::State& state) {
    auto device = Device::open(find_chip("n150"));
    jit::KernelImage image;
    image.entry = [] {};
    std::vector<runtime::CoreLaunch> cores(static_cast<size_t>(state.range(0)));
    for (size_t i = 0; i < cores.size(); ++i) {
        cores[i].core = {static_cast<uint32_t>(i % 8), static_cast<uint32_t>(i / 8)};
        for (auto& kernel : cores[i].kernels) kernel.image = &image;
    }
    for (auto _ : state) runtime::launch(*device, cores, {.schedule = runtime::Schedule::Parallel});
}
BENCHMARK(empty_launch)->Arg(1)->Arg(64)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace tw::bench
