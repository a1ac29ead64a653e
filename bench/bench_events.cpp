// What the event seam costs when nobody listens: the circular buffer's code compiled as it is, and compiled once more with
// its emit sites taken out. Equal times are the claim.
#include "in_kernel.h"

#include "core/core.h"

#define tw_cb_reserve_back bare_cb_reserve_back
#define tw_cb_push_back bare_cb_push_back
#define tw_cb_wait_front bare_cb_wait_front
#define tw_cb_pop_front bare_cb_pop_front
#define tw_cb_pages_free bare_cb_pages_free
#define tw_cb_pages_ready bare_cb_pages_ready
#define emit(...) static_cast<void>(0)
#include "../src/core/circular_buffer.cpp"
#undef emit
#undef tw_cb_reserve_back
#undef tw_cb_push_back
#undef tw_cb_wait_front
#undef tw_cb_pop_front

namespace tw::bench {
namespace {

constexpr int kOperations = 100'000;

// One processor is producer and consumer, so that no switch hides the calls' own cost.
template <auto Reserve, auto Push, auto Wait, auto Pop>
void cb_calls(benchmark::State& state) {
    OneCore program;
    program.kernel(TW_NCRISC, [] {
        tw_ctx* self = tw_self();
        for (int i = 0; i < kOperations; ++i) {
            Reserve(self, 0, 1, &kSite);
            Push(self, 0, 1, &kSite);
            Wait(self, 0, 1, &kSite);
            Pop(self, 0, 1, &kSite);
        }
    });
    program.measure(state, kOperations);
}

void cb_calls_with_seam(benchmark::State& s) { cb_calls<tw_cb_reserve_back, tw_cb_push_back, tw_cb_wait_front, tw_cb_pop_front>(s); }
void cb_calls_without_seam(benchmark::State& s) {
    cb_calls<bare_cb_reserve_back, bare_cb_push_back, bare_cb_wait_front, bare_cb_pop_front>(s);
}
BENCHMARK(cb_calls_with_seam)->UseManualTime()->Repetitions(5)->ReportAggregatesOnly();
BENCHMARK(cb_calls_without_seam)->UseManualTime()->Repetitions(5)->ReportAggregatesOnly();

}  // namespace
}  // namespace tw::bench
