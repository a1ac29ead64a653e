// Whose turn it is on a core, and how a write into its L1 from elsewhere brings the core back. This is the one place where
// two threads agree about a core without a lock.
//
// A core's state goes round like this:
//
//     Parked        -> Queued        a writer, by touch(): the word that it wrote may end a wait
//     Queued        -> Running       the worker that took the core from the queue, by begin()
//     Running       -> RunningDirty  a writer: something came while the core runs
//     Running       -> Parked        its worker, by park(): every fiber waits and nothing came meanwhile
//     Running*      -> Queued, Done  its worker
//
// The danger. A writer stores a word and then loads the state, to see whether somebody has to be told. A worker stores the
// state (Running) and then loads words, to see whether a fiber may go on. Each stores one thing and loads the other, the
// shape of Dekker's algorithm: with nothing stronger than release and acquire either load may be done before the store
// ahead of it has left the processor's store buffer, on x86 too. Then both see the past. The writer finds Queued and goes
// its way, for a core in the queue will read the word in its own time; the worker, which has just taken it from there,
// reads the old word, and parks. Nobody comes back, and the launch ends with a deadlock in which the word is there. The
// multicast matmul of tests/cpp/test_scheduler_stress.cpp did so in up to one launch of a hundred with two workers.
//
// The rule. A sequentially consistent fence stands between the store and the load on both sides: in touch() and in begin().
// All such fences have one order, and of two that meet here
//   - either the writer's is first: then whatever the worker reads after its own fence is the word or something newer;
//   - or the worker's is first: then the writer finds Running or something newer.
// So, by what the writer finds:
//   - Parked: the exchange to Queued succeeds for one writer only, and that one puts the core into the queue.
//   - Running: the exchange to RunningDirty and the worker's exchange to Parked are on one variable, so one is first. If it
//     is the writer's, the worker cannot park and queues the core again, and having read RunningDirty it sees the word. If
//     it is the worker's, the writer finds Parked.
//   - Queued or RunningDirty: a begin() is still to come, later in the state's history than what was found (the worker of
//     a dirty core cannot park it). That one's fence is then after the writer's, and its reads see the word.
//   - Done: every kernel has returned; nobody waits.
// What stands in L1 before a flag is seen with the flag: words are stored with release (noc/transfer.cpp) and tested with
// acquire (core/wait.h).
//
// Everything else that passes between threads does so under a mutex, or between the same two operations on one variable:
//   - All that belongs to a core (fibers, CB counters, mailboxes, the compute threads' handshakes, transfers in flight, its
//     copy of a kernel's statics) goes from worker to worker through the queue: release() or enqueue() unlocks the mutex
//     that take() locks. Within a worker there is one thread. Kernels with shared statics have one worker in all.
//   - The verdict "deadlock" needs `running_ == 0` and an empty queue. Both change under the mutex only, and whoever may
//     still call enqueue() is itself a running core until it has returned from there.
//   - land_forgotten_reads() runs under the mutex while no core runs, so no writer exists that its plain stores could miss.
//   - The end of a launch, of whatever kind, is `over_`, set under the mutex and tested again under it in take(). The test
//     without it in run_core() only makes a worker stop sooner; being late costs one round.
//   - A launch reaches its helpers, and their work reaches the launching thread, through the pool's mutex.
//   - A fiber that a signal suspended goes on wherever its core does. What the return from the handler would bring along
//     from the thread that it left (signal stack, mask, errno) is replaced by the new thread's (runtime/signals.cpp).
//   - The monitor's sleep (runtime/signals.cpp) is the same store-then-load shape: launches_ and asleep_ are both
//     sequentially consistent, and the sleeper tests again under the mutex that is held to wake it.
#pragma once

#include <atomic>
#include <cstdint>

namespace tw {

enum class RunState : uint8_t { Parked, Queued, Running, RunningDirty, Done };

class CoreTurn {
public:
    // A writer, after it has changed the core's L1. True: the core was parked, and the caller must put it into the queue.
    bool touch() {
        std::atomic_thread_fence(std::memory_order_seq_cst);
        RunState s = state_.load(std::memory_order_relaxed);
        for (;;) {
            if (s == RunState::Parked) {
                if (state_.compare_exchange_weak(s, RunState::Queued)) return true;
            } else if (s == RunState::Running) {
                if (state_.compare_exchange_weak(s, RunState::RunningDirty)) return false;
            } else {
                return false;
            }
        }
    }

    // The worker that took the core from the queue, before it tests any wait.
    void begin() {
        state_.store(RunState::Running, std::memory_order_relaxed);
        std::atomic_thread_fence(std::memory_order_seq_cst);
    }

    // Its worker, when every fiber waits. False: something came meanwhile, and the core must be queued again.
    bool park() {
        RunState expected = RunState::Running;
        return state_.compare_exchange_strong(expected, RunState::Parked);
    }

    // Its worker, or anybody while nobody runs it and no writer exists. What the core's next worker has to see, it sees
    // through the queue's mutex.
    void queue() { state_.store(RunState::Queued); }
    void finish() { state_.store(RunState::Done); }

    RunState state() const { return state_.load(); }

private:
    std::atomic<RunState> state_{RunState::Done};
};

}  // namespace tw
