// What recording costs: a round of four records, beside the same calls when nobody listens, and that: the circular buffer's
// code compiled as it is, and compiled once more with its emit sites taken out (cb_calls_seam.cpp, cb_calls_bare.cpp).
// Equal times are the claim.
#include "in_kernel.h"

#include "core/core.h"
#include "observe/observer.h"

extern "C" {
void seam_cb_reserve_back(tw_ctx*, uint32_t, uint32_t, const tw_site*);
void seam_cb_push_back(tw_ctx*, uint32_t, uint32_t, const tw_site*);
void seam_cb_wait_front(tw_ctx*, uint32_t, uint32_t, const tw_site*);
void seam_cb_pop_front(tw_ctx*, uint32_t, uint32_t, const tw_site*);
void bare_cb_reserve_back(tw_ctx*, uint32_t, uint32_t, const tw_site*);
void bare_cb_push_back(tw_ctx*, uint32_t, uint32_t, const tw_site*);
void bare_cb_wait_front(tw_ctx*, uint32_t, uint32_t, const tw_site*);
void bare_cb_pop_front(tw_ctx*, uint32_t, uint32_t, const tw_site*);
}

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

void cb_calls_with_seam(benchmark::State& s) {
    cb_calls<seam_cb_reserve_back, seam_cb_push_back, seam_cb_wait_front, seam_cb_pop_front>(s);
}
void cb_calls_without_seam(benchmark::State& s) {
    cb_calls<bare_cb_reserve_back, bare_cb_push_back, bare_cb_wait_front, bare_cb_pop_front>(s);
}
// Four records a round.
void cb_calls_recorded(benchmark::State& s) {
    struct Listener : Observer {
        uint32_t wants() const override { return kAllRecords; }
    } listener;
    Observers::get().attach(&listener);
    cb_calls<seam_cb_reserve_back, seam_cb_push_back, seam_cb_wait_front, seam_cb_pop_front>(s);
    Observers::get().detach(&listener);
}
BENCHMARK(cb_calls_recorded)->UseManualTime()->Repetitions(5)->ReportAggregatesOnly();
BENCHMARK(cb_calls_with_seam)->UseManualTime()->Repetitions(5)->ReportAggregatesOnly();
BENCHMARK(cb_calls_without_seam)->UseManualTime()->Repetitions(5)->ReportAggregatesOnly();

}  // namespace
}  // namespace tw::bench
