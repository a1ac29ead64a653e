// Two threads at a core's turn, a writer and a worker, over and over at the same moment (core/turn.h).
#include "core/turn.h"

#include <doctest/doctest.h>
#include <pthread.h>
#include <sched.h>

#include <thread>
#include <vector>

using namespace tw;

namespace {

// Meets the other thread. Turns in place, so that both go on at nearly the same moment, but not for ever: a busy machine
// may have taken the other thread's processor away.
class Meeting {
public:
    void wait(uint64_t round) {
        arrived_.fetch_add(1);
        for (uint32_t turns = 0; arrived_.load() < 2 * round; ++turns) {
            if (turns >= 20'000) std::this_thread::yield();
        }
    }

private:
    std::atomic<uint64_t> arrived_{0};
};

void linger(uint32_t turns) {
    for (uint32_t i = 0; i < turns; ++i) std::atomic_signal_fence(std::memory_order_seq_cst);
}

// Apart, or a busy machine would have both take turns on one processor, where nothing can happen at the same moment.
std::vector<int> processors() {
    cpu_set_t set;
    std::vector<int> out;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return out;
    for (int i = 0; i < CPU_SETSIZE; ++i) {
        if (CPU_ISSET(i, &set)) out.push_back(i);
    }
    return out;
}

void stay_on(int processor) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(processor, &set);
    pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

}  // namespace

TEST_CASE("a writer and a worker that meet at a core's turn never both miss the other") {
    const std::vector<int> at = processors();
    if (at.size() < 2) {
        MESSAGE("needs two processors");
        return;
    }
    constexpr uint32_t kRounds = 30'000;
    CoreTurn turn;
    Meeting meeting;
    alignas(128) static uint32_t word;  // apart from the state, so that each has its own way through the caches
    std::atomic<bool> told{false};
    std::thread writer([&] {
        stay_on(at[0]);
        for (uint32_t i = 1; i <= kRounds; ++i) {
            meeting.wait(2 * i - 1);
            linger(i * 7919 % 101);
            __atomic_store_n(&word, i, __ATOMIC_RELEASE);
            if (turn.touch()) told = true;
            meeting.wait(2 * i);
        }
    });
    uint32_t lost = 0, parked = 0;
    std::thread worker([&] {
        stay_on(at[1]);
        for (uint32_t i = 1; i <= kRounds; ++i) {
            turn.queue();
            told = false;
            meeting.wait(2 * i - 1);
            linger(i * 104729 % 307);
            turn.begin();
            const bool seen = __atomic_load_n(&word, __ATOMIC_ACQUIRE) == i;
            const bool parks = !seen && turn.park();
            meeting.wait(2 * i);
            parked += parks;
            lost += parks && !told;
        }
    });
    writer.join();
    worker.join();
    INFO("parked in " << parked << " of " << kRounds << " rounds");
    CHECK(lost == 0);
}

TEST_CASE("a writer puts a parked core into the queue once, and keeps a running one from parking") {
    CoreTurn turn;
    CHECK(turn.state() == RunState::Done);
    CHECK_FALSE(turn.touch());
    turn.queue();
    CHECK_FALSE(turn.touch());
    turn.begin();
    CHECK(turn.park());
    CHECK(turn.touch());
    CHECK_FALSE(turn.touch());
    CHECK(turn.state() == RunState::Queued);
    turn.begin();
    CHECK_FALSE(turn.touch());
    CHECK_FALSE(turn.park());
    CHECK(turn.state() == RunState::RunningDirty);
}
