#include "runtime/scheduler.h"

#include "noc/transfer.h"
#include "runtime/signals.h"
#include "runtime/worker_pool.h"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

namespace tw::runtime {
namespace {

// Rounds of pure spinning before a worker looks at the clock.
constexpr uint32_t kSpinRoundsPerLook = 256;
// Rounds of pure spinning on one core before the reads that it never waited for land.
constexpr uint32_t kIdleRoundsBeforeReads = 8;
// Seconds between two questions whether the user wants the run to end.
constexpr double kInterruptInterval = 0.1;

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Seconds that have passed, and seconds of processor time that this process has had. A hang has to last by both: a process
// that was stopped, or that shares a busy machine, has done nothing for long and yet does not hang.
std::array<double, 2> clocks() {
    timespec used{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return {now(), static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec)};
}

}  // namespace

Scheduler::Scheduler(std::span<tw_core* const> cores, const RunOptions& options)
    : cores_(cores), options_(options), rng_(options.seed) {
    is_random = options.schedule == Schedule::Random;
    deferred_noc = options.deferred_noc;
    allow_missing_args = options.allow_missing_args;
    for (tw_core* core : cores_) {
        core->host = this;
        core->turn.queue();
        queue_.push_back(core);
    }
    cores_left_ = static_cast<uint32_t>(cores_.size());
}

void Scheduler::run(uint32_t workers) {
    asked_at_ = now();
    launcher_ = std::this_thread::get_id();
    WorkerPool& pool = WorkerPool::get();
    pool.run(workers, [this] { work(); });
    for (tw_core* core : cores_) core->host = nullptr;
}

void Scheduler::work() {
    WorkerScope scope;  // signal handling of this thread
    while (tw_core* core = take()) run_core(*core);
}

// Without the lock held: the answer may take its time.
void Scheduler::check_for_interrupt() {
    if (!options_.interrupted || std::this_thread::get_id() != launcher_) return;
    const double time = now();
    if (time - asked_at_ < kInterruptInterval) return;
    asked_at_ = time;
    if (!options_.interrupted()) return;
    std::lock_guard lock(mutex_);
    interrupted_ = true;
    over_ = true;
    work_arrived_.notify_all();
}

tw_core* Scheduler::take() {
    check_for_interrupt();
    std::unique_lock lock(mutex_);
    for (;;) {
        if (over_) return nullptr;
        if (!queue_.empty()) {
            if (queue_.size() > 1 && choose()) std::swap(queue_.front(), queue_[rng_() % queue_.size()]);
            tw_core* core = queue_.front();
            queue_.pop_front();
            ++running_;
            core->turn.begin();
            return core;
        }
        if (running_ == 0) {
            if (cores_left_ > 0 && land_forgotten_reads()) continue;
            deadlocked_ = cores_left_ > 0;
            over_ = true;
            work_arrived_.notify_all();
            return nullptr;
        }
        if (!options_.interrupted || std::this_thread::get_id() != launcher_) {
            work_arrived_.wait(lock);
            continue;
        }
        work_arrived_.wait_for(lock, std::chrono::duration<double>(kInterruptInterval));
        lock.unlock();
        check_for_interrupt();
        lock.lock();
    }
}

// Reads whose barrier never came may be what a fiber polls for: on silicon they land some time. Called with the lock held
// and no core running.
bool Scheduler::land_forgotten_reads() {
    bool any = false;
    for (tw_core* core : cores_) {
        bool here = false;
        for (Processor& p : core->processors) here |= land_all_reads(p);
        if (here && core->turn.state() == RunState::Parked) {
            core->turn.queue();
            --parked_;
            queue_.push_back(core);
        }
        any |= here;
    }
    return any && !queue_.empty();
}

void Scheduler::enqueue(tw_core& core) {
    std::lock_guard lock(mutex_);
    --parked_;
    queue_.push_back(&core);
    work_arrived_.notify_one();
}

void Scheduler::run_core(tw_core& core) {
    Progress last = Progress::None;
    for (;;) {
        last = run_round(core);
        if (over_.load(std::memory_order_relaxed)) break;
        if (last == Progress::Some) {
            core.idle_rounds = 0;
            progress_.fetch_add(1, std::memory_order_relaxed);
            check_for_interrupt();
            if (core.fibers_left == 0) {
                for (Processor& p : core.processors) {
                    land_all_writes(p);
                    land_all_reads(p);
                }
                break;
            }
            if (choose() && rng_() % 4 == 0) {
                last = Progress::OnlyYields;  // let other cores go first; this one stays in the queue
                break;
            }
            continue;
        }
        // Nobody can go on by itself: now the transfers that were held back arrive.
        bool landed = false;
        for (Processor& p : core.processors) landed |= land_all_writes(p);
        // A loop may poll for a read whose barrier it never calls; on silicon that lands some time, too.
        if (last == Progress::OnlyYields && ++core.idle_rounds % kIdleRoundsBeforeReads == 0) {
            for (Processor& p : core.processors) landed |= land_all_reads(p);
        }
        if (!landed) break;
    }
    release(core, last);
}

Scheduler::Progress Scheduler::run_round(tw_core& core) {
    Progress progress = Progress::None;
    const uint64_t effects = core.effects;
    uint32_t order[TW_RISC_COUNT] = {0, 1, 2, 3, 4};
    if (choose()) std::shuffle(std::begin(order), std::end(order), rng_);
    for (uint32_t risc : order) {
        Processor& p = core.processors[risc];
        const bool yielded = p.state == FiberState::Ready && p.wait.kind == WaitKind::Yield;
        if (p.state == FiberState::Blocked) {
            if (!p.wait.a || !p.wait.satisfied()) continue;
        } else if (p.state != FiberState::Ready) {
            continue;
        }
        switch_to(p);
        if (over_.load(std::memory_order_relaxed)) return progress;
        const bool yields_again = yielded && p.state == FiberState::Ready && p.wait.kind == WaitKind::Yield;
        progress = std::max(progress, yields_again ? Progress::OnlyYields : Progress::Some);
    }
    if (core.effects != effects) progress = Progress::Some;  // a polling loop that does get its work done
    return progress;
}

void Scheduler::switch_to(Processor& p) {
    if (!p.own_data.empty()) bring_in_statics(p);
    ++p.core->switches;
    WorkerScope::entering_fiber(p);
    p.fiber.resume();
    WorkerScope::left_fiber();
    if (p.state == FiberState::Done) {
        p.state = FiberState::Idle;
        --p.core->fibers_left;
    }
}

// On silicon each core has its own copy of a kernel's globals; here an image is loaded once and the copies take turns in
// it. Launches with such kernels run on one worker.
void Scheduler::bring_in_statics(Processor& p) {
    Processor*& owner = statics_owner_[p.image];
    if (owner == &p) return;
    const auto each = [&](Processor& whose, bool into_image) {
        size_t at = 0;
        for (const jit::KernelImage::Segment& s : p.image->mutable_data) {
            if (into_image) {
                std::memcpy(s.address, whose.own_data.data() + at, s.bytes);
            } else {
                std::memcpy(whose.own_data.data() + at, s.address, s.bytes);
            }
            at += s.bytes;
        }
    };
    if (owner) each(*owner, false);
    each(p, true);
    owner = &p;
}

void Scheduler::release(tw_core& core, Progress last) {
    std::lock_guard lock(mutex_);
    --running_;
    if (over_) return work_arrived_.notify_all();
    if (core.fibers_left == 0) {
        core.turn.finish();
        if (--cores_left_ == 0) {
            over_ = true;
            work_arrived_.notify_all();
        }
        return;
    }
    if (last == Progress::None && core.turn.park()) {
        ++parked_;
        // The last runner has to look whether that was a deadlock.
        if (running_ == 0 && queue_.empty()) work_arrived_.notify_all();
        return;
    }
    core.turn.queue();
    queue_.push_back(&core);
    work_arrived_.notify_one();
    if (last != Progress::OnlyYields) return;
    if (std::exchange(core.spun_in, epoch_) != epoch_) ++spinning_;
    check_for_hang();
}

// Called with the lock held, after a core did nothing but spin.
void Scheduler::check_for_hang() {
    if (++spin_rounds_ < kSpinRoundsPerLook) return;
    spin_rounds_ = 0;
    const uint64_t progress = progress_.load(std::memory_order_relaxed);
    const std::array<double, 2> time = clocks();
    if (progress != seen_progress_) {
        seen_progress_ = progress;
        epoch_began_at_ = time;
        ++epoch_;
        spinning_ = 0;
        return;
    }
    if (spinning_ + parked_ < cores_left_) return;  // one is at work, in a round that has not ended yet
    if (std::min(time[0] - epoch_began_at_[0], time[1] - epoch_began_at_[1]) > options_.hang_seconds) {
        hung_ = true;
        over_ = true;
        work_arrived_.notify_all();
    }
}

void Scheduler::stop(Problem&& problem) {
    std::lock_guard lock(mutex_);
    problem.ended_run = true;
    findings_.add(std::move(problem));
    over_ = true;
    work_arrived_.notify_all();
}

void Scheduler::report(Problem&& problem) {
    std::lock_guard lock(mutex_);
    findings_.add(std::move(problem));
}

bool Scheduler::choose() {
    if (!is_random) return false;
    if (choices_ == options_.random_choices) return is_random = false;
    ++choices_;
    return true;
}

bool Scheduler::random(uint32_t one_in) {
    return choose() && rng_() % one_in == 0;
}

}  // namespace tw::runtime
