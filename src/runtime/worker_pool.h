// The threads that run cores: the thread that launches, and helpers that are started once and sleep between launches.
#pragma once

#include <cstdint>
#include <functional>

namespace tw::runtime {

class WorkerPool {
public:
    static WorkerPool& get();
    // Runs work() on the calling thread and on workers - 1 others; returns when all have returned.
    void run(uint32_t workers, const std::function<void()>& work);
    static uint32_t available();  // processors that this process may use

private:
    struct State;
    WorkerPool() = default;
    State* state_ = nullptr;  // never freed: its threads live until the process ends
};

}  // namespace tw::runtime
