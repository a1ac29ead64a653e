#include "runtime/worker_pool.h"

#include <sched.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace tw::runtime {

struct WorkerPool::State {
    std::mutex mutex;
    std::condition_variable start, finished;
    const std::function<void()>* work = nullptr;
    uint32_t wanted = 0;  // helpers that still have to join the current run
    uint32_t busy = 0;
    uint32_t threads = 0;
    pid_t owner = 0;  // threads do not survive a fork
};

WorkerPool& WorkerPool::get() {
    static WorkerPool pool;
    return pool;
}

uint32_t WorkerPool::available() {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return static_cast<uint32_t>(CPU_COUNT(&set));
    return std::thread::hardware_concurrency();
}

namespace {

void helper_loop(auto* s) {
    std::unique_lock lock(s->mutex);
    for (;;) {
        s->start.wait(lock, [&] { return s->wanted > 0; });
        --s->wanted;
        ++s->busy;
        const std::function<void()>* work = s->work;
        lock.unlock();
        (*work)();
        lock.lock();
        if (--s->busy == 0) s->finished.notify_all();
    }
}

}  // namespace

void WorkerPool::run(uint32_t workers, const std::function<void()>& work) {
    if (workers <= 1) return work();
    if (!state_ || state_->owner != getpid()) {  // first use, or the child of a fork
        state_ = new State;
        state_->owner = getpid();
    }
    State* s = state_;
    {
        std::lock_guard lock(s->mutex);
        while (s->threads < workers - 1) {
            std::thread([s] { helper_loop(s); }).detach();
            ++s->threads;
        }
        s->work = &work;
        s->wanted = workers - 1;
    }
    s->start.notify_all();
    work();
    std::unique_lock lock(s->mutex);
    s->wanted = 0;  // one that has not woken up yet need not
    s->finished.wait(lock, [&] { return s->busy == 0; });
}

}  // namespace tw::runtime
