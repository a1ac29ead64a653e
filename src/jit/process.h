// Child processes: the compiler's and the linker's, symbolizers, and the Python that the command line starts.
//
// Boost.Process starts them (in a process group of their own, so that what a compiler's driver started ends with it); what
// is done here is the waiting: output is collected, a time limit is held, and a user who wants to stop is heard.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace tw::jit {

struct ProcessResult {
    int status = -1;         // exit code; -1 when it was not started or did not end by itself
    int signal = 0;          // that ended it
    bool timed_out = false;  // it was killed at its time limit, with all that it had started
    bool stopped = false;    // it was killed because ProcessOptions::stop said so
    std::string output;      // what was captured; why it could not be started
    double seconds = 0;
};

struct ProcessOptions {
    enum class Output : uint8_t { Captured, CapturedWithoutErrors, Inherited };
    Output output = Output::Captured;
    bool own_group = true;            // false: Ctrl-C of the terminal reaches it
    double time_limit = 0;            // seconds of the clock; 0: none
    std::function<bool()> stop;       // asked some twenty times a second; true kills it
    std::filesystem::path directory;  // to start in
    std::filesystem::path temporary;  // its TMPDIR
};

// Never raises.
ProcessResult run_process(const std::vector<std::string>& command, const ProcessOptions& = {});

// Processors that this process may use.
unsigned processor_count();

// Calls job(0) .. job(count - 1) on as many threads as the process has processors. Jobs must not throw. The caller, which
// is one of the threads, calls `meanwhile` some twenty times a second while it waits for the others.
template <class Job>
void in_parallel(size_t count, const Job& job, const std::function<void()>& meanwhile = {}) {
    std::atomic<size_t> next{0}, at_work{0};
    const auto work = [&] {
        for (size_t i; (i = next++) < count;) job(i);
    };
    std::vector<std::thread> threads;
    const size_t helpers = count > 0 ? std::min<size_t>(count, processor_count()) - 1 : 0;
    at_work = helpers;
    for (size_t i = 0; i < helpers; i++)
        threads.emplace_back([&] {
            work();
            at_work--;
        });
    work();
    while (meanwhile && at_work.load() > 0) {
        meanwhile();
        std::this_thread::sleep_for(std::chrono::milliseconds(at_work.load() > 0 ? 5 : 0));
    }
    for (std::thread& t : threads) t.join();
}

}  // namespace tw::jit
