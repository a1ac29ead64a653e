// Runs the fibers of all cores of one launch until they have returned, something failed, or nothing can go on.
//
// The unit of work is a core. A worker takes a core from the queue and runs its fibers, in a fixed order, until each is
// done or waits; then it lands what the waiting fibers still have in flight, and when that wakes none of them it parks the
// core. A parked core comes back into the queue when a NoC write or atomic of another core changes its L1. Because a core
// is with one worker at a time, nothing inside it needs a lock.
//
// When the queue is empty and no worker runs, while fibers are left, nobody can ever wake them: that is a deadlock, known
// at once and with certainty. Only loops that spin without waiting (they yield, and stay in the queue) need a clock; what
// it has to say counts when each core that is not parked spins, and neither while the process is stopped nor while others
// have its processors.
#pragma once

#include "core/core.h"
#include "observe/findings.h"
#include "runtime/launch.h"

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <random>
#include <thread>
#include <unordered_map>
#include <vector>

namespace tw::runtime {

class Scheduler final : public LaunchHost {
public:
    Scheduler(std::span<tw_core* const> cores, const RunOptions&);

    void run(uint32_t workers);  // blocks; findings() and the verdicts tell how it went

    // LaunchHost, called from fibers and workers
    void enqueue(tw_core&) override;
    void stop(Problem&&) override;
    void report(Problem&&) override;
    bool random(uint32_t one_in) override;

    bool finished() const { return cores_left_ == 0; }  // each kernel has returned
    bool deadlocked() const { return deadlocked_; }
    bool hung() const { return hung_; }
    bool interrupted() const { return interrupted_; }
    const FindingList& findings() const { return findings_; }
    std::span<tw_core* const> cores() const { return cores_; }

private:
    enum class Progress : uint8_t { None, OnlyYields, Some };

    void work();
    tw_core* take();
    void run_core(tw_core&);
    Progress run_round(tw_core&);
    void switch_to(Processor&);
    void bring_in_statics(Processor&);
    void release(tw_core&, Progress);
    bool land_forgotten_reads();
    void check_for_hang();
    void check_for_interrupt();

    std::span<tw_core* const> cores_;
    const RunOptions& options_;
    bool choose();  // whether chance is to decide once more
    std::mt19937_64 rng_;
    uint64_t choices_ = 0;
    std::mutex mutex_;
    std::condition_variable work_arrived_;
    std::deque<tw_core*> queue_;
    uint32_t running_ = 0;  // cores with a worker
    uint32_t cores_left_ = 0;
    std::atomic<bool> over_ = false;
    bool deadlocked_ = false, hung_ = false, interrupted_ = false;
    std::thread::id launcher_;  // the only thread that may ask for interrupts: Python tells them to its main thread
    double asked_at_ = 0;
    std::atomic<uint64_t> progress_ = 0;  // rounds in which something other than spinning happened
    // An epoch ends when progress is seen. A core counts as spinning when it has done nothing else in a round of this
    // epoch.
    uint64_t epoch_ = 1;
    uint64_t seen_progress_ = ~uint64_t{0};  // no look yet
    std::array<double, 2> epoch_began_at_{};
    uint32_t spin_rounds_ = 0, spinning_ = 0, parked_ = 0;
    FindingList findings_;
    std::unordered_map<const jit::KernelImage*, Processor*> statics_owner_;  // whose statics are in the image now
};

}  // namespace tw::runtime
