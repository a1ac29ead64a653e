// Programs made of C++ functions instead of compiled kernels: what the scheduler, circular buffers, NoC and words promise.
#include "base/error.h"
#include "runtime/launch.h"
#include "tw/abi.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <set>

using namespace tw;
using namespace tw::runtime;

namespace {

constexpr tw_site kHere{"test.cpp", "kernel", 7, 1};

// It holds back the signal that suspends a kernel in the middle of its own code, and follows no fork.
#ifdef __SANITIZE_THREAD__
constexpr bool kThreadSanitizer = true;
#else
constexpr bool kThreadSanitizer = false;
#endif

// A one-page-deep program description: functions per (core, risc), CBs and semaphores the same on all cores.
struct TestProgram {
    std::shared_ptr<Device> device = Device::open(find_chip("n150"));
    std::vector<CbPlacement> cbs;
    std::vector<SemaphoreInit> semaphores;
    std::vector<std::shared_ptr<jit::KernelImage>> images;
    std::map<std::pair<uint32_t, uint32_t>, CoreLaunch> launches;

    void kernel(CoreCoord core, tw_risc risc, jit::KernelImage::Entry entry, std::span<const uint32_t> args = {}) {
        images.push_back(std::make_shared<jit::KernelImage>());
        images.back()->entry = entry;
        images.back()->name = "test kernel";
        CoreLaunch& l = launches[{core.x, core.y}];
        l.core = core;
        l.kernels[risc] = {.image = images.back().get(), .args = args};
    }

    LaunchReport run(RunOptions options = {}) {
        std::vector<CoreLaunch> list;
        for (auto& [at, l] : launches) {
            l.cbs = cbs;
            l.semaphores = semaphores;
            list.push_back(l);
        }
        return launch(*device, list, options);
    }

    std::string failure(RunOptions options = {}) {
        try {
            run(options);
        } catch (const Error& e) {
            return e.what();
        }
        return "";
    }
};

std::vector<RunOptions> all_schedules() {
    std::vector<RunOptions> out{{.schedule = Schedule::Deterministic}, {.schedule = Schedule::Parallel, .workers = 2}};
    for (uint64_t seed = 0; seed < 20; ++seed) out.push_back({.schedule = Schedule::Random, .seed = seed});
    return out;
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("pages pass through a circular buffer in order under every schedule") {
    for (const RunOptions& options : all_schedules()) {
        TestProgram program;
        program.cbs = {{.index = 3, .address = 0x20000, .size = 64, .page_size = 16}};
        program.kernel({1, 2}, TW_NCRISC, [] {
            tw_ctx* self = tw_self();
            for (uint32_t i = 0; i < 100; ++i) {
                tw_cb_reserve_back(self, 3, 1, &kHere);
                std::memcpy(self->l1 + self->cb[3].fifo_wr_ptr, &i, 4);
                tw_cb_push_back(self, 3, 1, &kHere);
            }
        });
        program.kernel({1, 2}, TW_BRISC, [] {
            tw_ctx* self = tw_self();
            for (uint32_t i = 0; i < 50; ++i) {
                tw_cb_wait_front(self, 3, 2, &kHere);
                uint32_t first, second;
                std::memcpy(&first, self->l1 + self->cb[3].fifo_rd_ptr, 4);
                std::memcpy(&second, self->l1 + self->cb[3].fifo_rd_ptr + 16, 4);
                tw_cb_pop_front(self, 3, 2, &kHere);
                std::memcpy(self->l1 + 0x30000 + 8 * i, &first, 4);
                std::memcpy(self->l1 + 0x30004 + 8 * i, &second, 4);
            }
        });
        program.run(options);
        for (uint32_t i = 0; i < 100; ++i) {
            uint32_t got;
            std::memcpy(&got, program.device->l1({1, 2}) + 0x30000 + 4 * i, 4);
            CHECK(got == i);
        }
    }
}

TEST_CASE("a read that nobody waits for is seen as poison, and lands at its barrier") {
    TestProgram program;
    const uint32_t value = 0x12345678;
    std::memcpy(program.device->dram(2) + 0x200000, &value, 4);
    program.kernel({0, 0}, TW_BRISC, [] {
        tw_ctx* self = tw_self();
        tw_noc_read(self, 0, tw_bank_address(self, 1, 2, 0x200000, &kHere), 0x20000, 4, TW_NOC_TRID_NONE, &kHere);
        std::memcpy(self->l1 + 0x30000, self->l1 + 0x20000, 4);
        tw_noc_barrier(self, 0, TW_WAIT_READS, TW_NOC_TRID_NONE, &kHere);
        std::memcpy(self->l1 + 0x30004, self->l1 + 0x20000, 4);
    });
    program.run({.schedule = Schedule::Deterministic});
    uint32_t before, after;
    std::memcpy(&before, program.device->l1({0, 0}) + 0x30000, 4);
    std::memcpy(&after, program.device->l1({0, 0}) + 0x30004, 4);
    CHECK(before == 0x7fa57fa5u);
    CHECK(after == value);
}

TEST_CASE("a page pushed before its read's barrier is poison for the consumer, even when the reader ends at once") {
    TestProgram program;
    program.cbs = {{.index = 0, .address = 0x20000, .size = 64, .page_size = 32}};
    program.kernel({0, 0}, TW_NCRISC, [] {
        tw_ctx* self = tw_self();
        tw_cb_reserve_back(self, 0, 1, &kHere);
        tw_noc_read(self, 0, tw_bank_address(self, 1, 0, 0x200000, &kHere), self->cb[0].fifo_wr_ptr, 32, TW_NOC_TRID_NONE,
                    &kHere);
        tw_cb_push_back(self, 0, 1, &kHere);
    });
    program.kernel({0, 0}, TW_TRISC_UNPACK, [] {
        tw_ctx* self = tw_self();
        tw_cb_wait_front(self, 0, 1, &kHere);
        std::memcpy(self->l1 + 0x30000, self->l1 + 0x20000, 4);
    });
    for (const Schedule schedule : {Schedule::Deterministic, Schedule::Parallel}) {
        program.run({.schedule = schedule, .checks = Checks(CheckLevel::Off)});
        uint32_t got;
        std::memcpy(&got, program.device->l1({0, 0}) + 0x30000, 4);
        CHECK(got == 0x7fa57fa5u);
    }
}

TEST_CASE("a loop that polls for a read without a barrier ends") {
    for (RunOptions options : all_schedules()) {
        options.checks = Checks(CheckLevel::Off);  // which would tell of the load before the barrier
        TestProgram program;
        const uint32_t value = 42;
        std::memcpy(program.device->dram(1) + 0x200000, &value, 4);
        for (uint32_t x = 0; x < 4; ++x) {
            program.kernel({x, 0}, TW_BRISC, [] {
                tw_ctx* self = tw_self();
                tw_noc_read(self, 0, tw_bank_address(self, 1, 1, 0x200000, &kHere), 0x20000, 4, TW_NOC_TRID_NONE, &kHere);
                while (tw_load_word(self, 0x20000) != 42) {
                }
            });
        }
        CHECK(program.failure(options).empty());
    }
}

TEST_CASE("data written before a semaphore increment on the same NoC is there when the receiver wakes, with no barrier") {
    for (const RunOptions& options : all_schedules()) {
        TestProgram program;
        program.semaphores = {{.id = 1, .value = 0}};
        program.kernel({0, 0}, TW_BRISC, [] {
            tw_ctx* self = tw_self();
            const uint32_t value = 77;
            std::memcpy(self->l1 + 0x20000, &value, 4);
            const uint64_t there = tw_bank_address(self, 0, 5, 0, &kHere);  // L1 bank 5 is core (5,0)
            tw_noc_write(self, 0, 0x20000, there | 0x21000, 4, 0, 1, TW_NOC_TRID_NONE, &kHere);
            tw_noc_atomic_add(self, 0, there | (self->semaphore_base + 16), 1, 0, 1, &kHere);
            tw_noc_barrier(self, 0, TW_WAIT_WRITES_ACKED | TW_WAIT_ATOMICS, TW_NOC_TRID_NONE, &kHere);
        });
        program.kernel({5, 0}, TW_NCRISC, [] {
            tw_ctx* self = tw_self();
            tw_wait_word(self, self->semaphore_base + 16, TW_AT_LEAST, 1, &kHere);
            std::memcpy(self->l1 + 0x22000, self->l1 + 0x21000, 4);
        });
        program.run(options);
        uint32_t got;
        std::memcpy(&got, program.device->l1({5, 0}) + 0x22000, 4);
        CHECK(got == 77);
    }
}

TEST_CASE("a write takes its source late: reusing the source without a flush is seen") {
    TestProgram program;
    program.kernel({0, 0}, TW_BRISC, [] {
        tw_ctx* self = tw_self();
        uint32_t value = 1;
        std::memcpy(self->l1 + 0x20000, &value, 4);
        tw_noc_write(self, 0, 0x20000, tw_bank_address(self, 1, 0, 0x300000, &kHere), 4, 0, 1, TW_NOC_TRID_NONE, &kHere);
        value = 2;
        std::memcpy(self->l1 + 0x20000, &value, 4);
        tw_noc_barrier(self, 0, TW_WAIT_WRITES_ACKED, TW_NOC_TRID_NONE, &kHere);
    });
    program.run({.schedule = Schedule::Deterministic, .checks = Checks(CheckLevel::Off)});
    uint32_t got;
    std::memcpy(&got, program.device->dram(0) + 0x300000, 4);
    CHECK(got == 2);
}

TEST_CASE("a multicast reaches each core of the rectangle but the sender") {
    TestProgram program;
    program.kernel({0, 0}, TW_BRISC, [] {
        tw_ctx* self = tw_self();
        const uint32_t value = 9;
        std::memcpy(self->l1 + 0x20000, &value, 4);
        // Virtual coordinates of logical (0,0)..(1,1) on Wormhole: (18,18)..(19,19) (docs/upstream-api.md H1.2).
        const uint64_t rectangle = 0x21000ull | 19ull << 36 | 19ull << 42 | 18ull << 48 | 18ull << 54;
        tw_noc_write(self, 0, 0x20000, rectangle, 4, TW_NOC_MULTICAST, 3, TW_NOC_TRID_NONE, &kHere);
        tw_noc_barrier(self, 0, TW_WAIT_WRITES_ACKED, TW_NOC_TRID_NONE, &kHere);
    });
    program.run();
    const auto word = [&](CoreCoord core) {
        uint32_t v;
        std::memcpy(&v, program.device->l1(core) + 0x21000, 4);
        return v;
    };
    CHECK(word({0, 0}) == 0);
    CHECK(word({1, 0}) == 9);
    CHECK(word({0, 1}) == 9);
    CHECK(word({1, 1}) == 9);
    CHECK(word({2, 0}) == 0);
}

TEST_CASE("a deadlock is reported with who waits for what, and the device stays usable") {
    for (const RunOptions& options : all_schedules()) {
        TestProgram program;
        program.cbs = {{.index = 0, .address = 0x20000, .size = 32, .page_size = 16}};
        program.kernel({3, 1}, TW_BRISC, [] { tw_cb_wait_front(tw_self(), 0, 1, &kHere); });
        const std::string text = program.failure(options);
        CHECK(contains(text, "KernelError[deadlock]"));
        CHECK(contains(text, "core (3,1) BRISC test.cpp:7 waits for 1 page in CB 0 (has 0)"));
        program.kernel({3, 1}, TW_BRISC, [] {});
        CHECK(program.failure(options).empty());
    }
}

TEST_CASE("a deadlock with a satisfied wait in it is our error, with all states, never the kernels'") {
    TestProgram program;
    program.semaphores = {{.id = 0, .value = 0}};
    program.cbs = {{.index = 0, .address = 0x20000, .size = 32, .page_size = 16}};
    program.kernel({0, 0}, TW_BRISC, [] {
        tw_ctx* self = tw_self();
        tw_wait_word(self, self->semaphore_base, TW_EQUAL, 1, &kHere);
    });
    program.kernel({0, 0}, TW_NCRISC, [] { tw_cb_wait_front(tw_self(), 0, 1, &kHere); });
    // The second core writes past the NoC, so nobody tells the first one, which has parked by then.
    static uint8_t* first_l1 = nullptr;
    first_l1 = program.device->l1({0, 0});
    program.kernel({1, 0}, TW_BRISC, [] {
        __atomic_store_n(reinterpret_cast<uint32_t*>(first_l1 + tw_self()->semaphore_base), 1u, __ATOMIC_RELEASE);
    });
    const std::string text = program.failure({.schedule = Schedule::Deterministic});
    CHECK(contains(text, "InternalError[lost-wake]: the scheduler stopped although 1 core could go on"));
    CHECK(contains(text, "core (0,0): parked, 2 fibers left"));
    CHECK(contains(text, "core (0,0) BRISC: blocked, test.cpp:7 waits until the word at L1"));
    CHECK(contains(text, "== 1 (is 1): could go on"));
    CHECK(contains(text, "core (0,0) NCRISC: blocked, test.cpp:7 waits for 1 page in CB 0 (has 0)"));
    CHECK(contains(text, "core (1,0): done, 0 fibers left"));
    CHECK_FALSE(contains(text, "deadlock"));
    program.kernel({1, 0}, TW_BRISC, [] {});
    CHECK(contains(program.failure({.schedule = Schedule::Deterministic}), "KernelError[deadlock]"));
}

TEST_CASE("a kernel that spins on an L1 word with no call in the loop does not hang the others" *
          doctest::skip(kThreadSanitizer)) {
    for (const RunOptions& options : all_schedules()) {
        TestProgram program;
        program.kernel({0, 0}, TW_BRISC, [] {
            volatile uint32_t* flag = reinterpret_cast<volatile uint32_t*>(tw_self()->l1 + 0x20000);
            while (*flag != 5) {
            }
        });
        program.kernel({0, 0}, TW_NCRISC, [] { tw_store_word(tw_self(), 0x20000, 5); });
        CHECK(program.failure(options).empty());
    }
}

TEST_CASE("a kernel that spins with no call gives way in the child of a fork, too" * doctest::skip(kThreadSanitizer)) {
    TestProgram program;
    program.kernel({0, 0}, TW_BRISC, [] {
        volatile uint32_t* flag = reinterpret_cast<volatile uint32_t*>(tw_self()->l1 + 0x20000);
        while (*flag != 5) {
        }
    });
    program.kernel({0, 0}, TW_NCRISC, [] { tw_store_word(tw_self(), 0x20000, 5); });
    CHECK(program.failure().empty());
    usleep(1'500'000);  // after a second with nothing to do the monitor sleeps ...
    std::memset(program.device->l1({0, 0}) + 0x20000, 0, 4);
    CHECK(program.failure().empty());  // ... and is awake from here on, in this process
    const pid_t child = fork();
    if (child == 0) {
        alarm(1000);  // of a child that hangs
        std::memset(program.device->l1({0, 0}) + 0x20000, 0, 4);
        _exit(program.failure().empty() ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    CHECK(status == 0);
}

TEST_CASE("a fiber that a signal suspended leaves each thread its own signal stack" * doctest::skip(kThreadSanitizer)) {
    static std::mutex mutex;
    static std::set<std::pair<pid_t, void*>> seen;  // thread and signal stack
    seen.clear();
    TestProgram program;
    for (uint32_t x = 0; x < 3; ++x) {
        program.kernel({x, 0}, TW_BRISC, [] {
            for (int turn = 0; turn < 8; ++turn) {
                volatile uint32_t spin = 0;
                while (spin < 20'000'000) spin = spin + 1;
                stack_t stack{};
                sigaltstack(nullptr, &stack);
                std::lock_guard lock(mutex);
                seen.emplace(gettid(), stack.ss_sp);
            }
        });
    }
    CHECK(program.failure({.schedule = Schedule::Parallel, .workers = 2}).empty());
    std::set<pid_t> threads;
    for (const auto& [thread, stack] : seen) threads.insert(thread);
    CHECK(threads.size() == seen.size());
}

TEST_CASE("kernels that only poll for what does not come are told as a hang, with their places") {
    for (RunOptions options : all_schedules()) {
        options.hang_seconds = 0.02;
        TestProgram program;
        for (uint32_t x = 0; x < 3; ++x) {
            program.kernel({x, 0}, TW_NCRISC, [] {
                tw_ctx* self = tw_self();
                while (tw_load_word(self, 0x20000) != 5) tw_yield(self, &kHere);
            });
        }
        program.kernel({0, 0}, TW_BRISC, [] { tw_wait_word(tw_self(), 0x20000, TW_EQUAL, 5, &kHere); });
        const std::string text = program.failure(options);
        CHECK(contains(text,
                       "KernelError[hang]: a kernel polls the 4 bytes at L1 0x20000, which are 0x0, for ever (3 processors "
                       "spin, 1 waits)"));
        INFO(text);
        CHECK(contains(text, "test_scheduler.cpp:"));  // the line that polls, by its code's address
        CHECK(contains(text, ", core (0,0), NCRISC\n"));
        CHECK(contains(text, "test.cpp:7, core (0,0), BRISC waits until the word at L1 0x20000 == 5 (is 0)"));
        program.launches.clear();
        program.kernel({0, 0}, TW_BRISC, [] {});
        CHECK(program.failure(options).empty());
    }
}

TEST_CASE("one core that polls while another is long at work is no hang") {
    TestProgram program;
    program.kernel({0, 0}, TW_BRISC, [] {
        tw_ctx* self = tw_self();
        while (tw_load_word(self, 0x20000) != 5) tw_yield(self, &kHere);
    });
    program.kernel({1, 0}, TW_BRISC, [] {
        tw_ctx* self = tw_self();
        for (int i = 0; i < 20; ++i)
            usleep(10'000);  // stands for one long call: no yield, outside of the kernel's own code
        tw_noc_write_word(self, 0, tw_bank_address(self, 0, 0, 0x20000, &kHere), 5, 0xf, 0, 1, &kHere);
    });
    CHECK(program.failure({.schedule = Schedule::Parallel, .workers = 2, .hang_seconds = 0.02}) == "");
}

TEST_CASE("a bad pointer, a division by zero and abort() end the launch, not the process") {
    TestProgram program;
    program.kernel({0, 0}, TW_BRISC, [] { *reinterpret_cast<volatile uint32_t*>(uintptr_t{0x1a000}) = 1; });
    CHECK(contains(program.failure(), "KernelError[bad-access]: the kernel used 0x1a000 as a pointer"));
    program.kernel({0, 0}, TW_BRISC, []() __attribute__((no_sanitize("undefined"))) {
        volatile int zero = 0;
        zero = 1000 / zero;
    });
    CHECK(contains(program.failure(), "KernelError[division-by-zero]"));
    program.kernel({0, 0}, TW_BRISC, [] { abort(); });
    CHECK(contains(program.failure(), "KernelError[abort]"));
    program.kernel({0, 0}, TW_BRISC, [] {});
    CHECK(program.failure().empty());
}

TEST_CASE("transfers to nowhere are named") {
    TestProgram program;
    program.kernel({0, 0}, TW_BRISC, [] {
        tw_noc_read(tw_self(), 0, 40ull << 36 | 3ull << 42 | 0x100, 0x20000, 32, TW_NOC_TRID_NONE, &kHere);
    });
    CHECK(contains(program.failure(), "KernelError[noc-no-target]: a transfer of 32 bytes names NoC (40,3) address 0x100"));
    program.kernel({0, 0}, TW_BRISC, [] {
        tw_ctx* self = tw_self();
        tw_noc_read(self, 0, tw_bank_address(self, 0, 1, self->l1_size - 16, &kHere), 0x20000, 32, TW_NOC_TRID_NONE,
                    &kHere);
    });
    CHECK(contains(program.failure(), "KernelError[noc-out-of-range]"));
    program.kernel({0, 0}, TW_BRISC, [] {
        tw_ctx* self = tw_self();
        tw_noc_read(self, 0, tw_bank_address(self, 1, 0, 0x200000, &kHere), self->l1_size, 32, TW_NOC_TRID_NONE, &kHere);
    });
    CHECK(contains(program.failure(), "KernelError[l1-out-of-range]"));
}

TEST_CASE("a missing runtime arg ends the run; a core that was given none reads zeros with a warning") {
    static const uint32_t args[] = {4, 5};
    TestProgram program;
    program.kernel({0, 0}, TW_BRISC, [] { tw_rt_arg(tw_self(), 2, &kHere); }, args);
    CHECK(contains(program.failure(),
                   "KernelError[missing-runtime-arg]: the kernel reads runtime arg 2, but this core was given only 2"));
    program.kernel({0, 0}, TW_BRISC, [] { tw_store_word(tw_self(), 0x20000, 100 + tw_rt_arg(tw_self(), 2, &kHere)); });
    const LaunchReport report = program.run();
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].severity == Severity::Warning);
    uint32_t got;
    std::memcpy(&got, program.device->l1({0, 0}) + 0x20000, 4);
    CHECK(got == 100);
}

TEST_CASE("circular buffers used against their protocol are named") {
    TestProgram program;
    program.cbs = {{.index = 0, .address = 0x20000, .size = 64, .page_size = 16}};
    program.kernel({0, 0}, TW_BRISC, [] { tw_cb_push_back(tw_self(), 0, 5, &kHere); });
    CHECK(contains(program.failure(), "[cb-overrun]"));
    program.kernel({0, 0}, TW_BRISC, [] { tw_cb_pop_front(tw_self(), 0, 1, &kHere); });
    const LaunchReport report = program.run();  // nobody looks at the counters after it: silicon tolerates it
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].code == "cb-underrun");
    CHECK(report.findings[0].severity == Severity::Warning);
    program.kernel({0, 0}, TW_BRISC, [] {
        tw_cb_pop_front(tw_self(), 0, 1, &kHere);
        tw_cb_push_back(tw_self(), 0, 1, &kHere);
    });
    CHECK(contains(program.failure(), "[cb-underrun]"));
    program.kernel({0, 0}, TW_BRISC, [] { tw_cb_reserve_back(tw_self(), 0, 5, &kHere); });
    CHECK(contains(program.failure(), "[cb-capacity]"));
    program.kernel({0, 0}, TW_BRISC, [] { tw_cb_reserve_back(tw_self(), 9, 1, &kHere); });
    CHECK(contains(program.failure(), "[cb-unknown]"));
}

TEST_CASE("mailboxes carry words in order between the compute threads") {
    for (const RunOptions& options : all_schedules()) {
        TestProgram program;
        program.kernel({0, 0}, TW_TRISC_UNPACK, [] {
            for (uint32_t i = 0; i < 20; ++i) tw_mailbox_write(tw_self(), TW_TRISC_MATH, i, &kHere);
        });
        program.kernel({0, 0}, TW_TRISC_MATH, [] {
            uint32_t sum = 0;
            for (uint32_t i = 0; i < 20; ++i) sum = sum * 2 + tw_mailbox_read(tw_self(), TW_TRISC_UNPACK, &kHere);
            tw_store_word(tw_self(), 0x20000, sum);
        });
        program.run(options);
        uint32_t expected = 0, got;
        for (uint32_t i = 0; i < 20; ++i) expected = expected * 2 + i;
        std::memcpy(&got, program.device->l1({0, 0}) + 0x20000, 4);
        CHECK(got == expected);
    }
}

TEST_CASE("mutable statics of a kernel are one copy a core") {
    static uint32_t counter = 10;  // stands for the kernel's .data
    TestProgram program;
    const auto count = [] {
        for (int i = 0; i < 5; ++i) {
            ++counter;
            tw_yield(tw_self(), &kHere);
        }
        tw_store_word(tw_self(), 0x20000, counter);
    };
    auto image = std::make_shared<jit::KernelImage>();
    image->entry = count;
    image->mutable_data = {{reinterpret_cast<std::byte*>(&counter), 4}};
    image->initial_data.resize(4);
    std::memcpy(image->initial_data.data(), &counter, 4);
    std::vector<CoreLaunch> launches(3);
    for (uint32_t x = 0; x < 3; ++x) {
        launches[x].core = {x, 0};
        launches[x].kernels[TW_BRISC].image = image.get();
    }
    launch(*program.device, launches, {});
    for (uint32_t x = 0; x < 3; ++x) {
        uint32_t got;
        std::memcpy(&got, program.device->l1({x, 0}) + 0x20000, 4);
        CHECK(got == 15);
    }
}
