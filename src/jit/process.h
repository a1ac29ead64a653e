// Running the compiler: child processes with their output captured, several at once.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

namespace tw::jit {

struct ProcessResult {
    int status = -1;     // exit code; 128 + signal; -1 when it could not be started
    std::string output;  // standard output and error
    double seconds = 0;
};

ProcessResult run_process(const std::vector<std::string>& command);

// Processors that this process may use.
unsigned processor_count();

// Calls job(0) .. job(count - 1) on as many threads as the process has processors. Jobs must not throw.
template <class Job>
void in_parallel(size_t count, const Job& job) {
    std::atomic<size_t> next{0};
    const auto work = [&] {
        for (size_t i; (i = next++) < count;) job(i);
    };
    std::vector<std::thread> threads;
    for (size_t i = 1; i < std::min<size_t>(count, processor_count()); i++) threads.emplace_back(work);
    work();
    for (std::thread& t : threads) t.join();
}

}  // namespace tw::jit
