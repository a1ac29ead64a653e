// A validated program, ready to run: what each core gets. The program layer builds it, the runtime runs it to the end.
#pragma once

#include "base/error.h"
#include "base/interrupted.h"
#include "device/device.h"
#include "device/numerics.h"
#include "jit/kernel_request.h"
#include "ledger/launch.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tw::runtime {

struct CbPlacement {
    uint8_t index = 0;
    DataFormat format = DataFormat::Float16_b;
    uint32_t address = 0;  // L1 offset
    uint32_t size = 0;     // bytes
    uint32_t page_size = 0;
};

// A remote circular buffer's index on this core; its config in L1 says the rest (tw/remote_cb.h).
struct RemoteCbPlacement {
    uint8_t index = 0;
    uint32_t page_size = 0;
    uint32_t config = 0;         // L1 offset
    uint64_t local_indices = 0;  // bit per circular buffer over the same memory, which starts where this one stands
};

struct SemaphoreInit {
    uint32_t id = 0, value = 0;
};

// How a core comes to have no runtime args: nobody has any, it was given an empty list, others have some and it was left
// out.
enum class NoArgs : uint8_t { Nobody, EmptyList, LeftOut };

struct KernelOnCore {
    const jit::KernelImage* image = nullptr;  // null: this processor idles
    std::span<const uint32_t> args, common_args;
    NoArgs no_args = NoArgs::Nobody;  // if args is empty
    uint8_t noc_index = 0;
    uint16_t relative_x = 0, relative_y = 0;  // inside the bounding box of the kernel's cores
};

struct CoreLaunch {
    CoreCoord core;
    std::array<KernelOnCore, 5> kernels;  // by tw_risc
    std::span<const CbPlacement> cbs;
    std::span<const RemoteCbPlacement> remote_cbs;
    std::span<const SemaphoreInit> semaphores;
    jit::ComputeOptions compute;
};

enum class Schedule : uint8_t { Deterministic, Random, Parallel };

struct RunOptions {
    Schedule schedule = Schedule::Parallel;
    uint64_t seed = 0;
    uint64_t random_choices = UINT64_MAX;  // of the random schedule; after so many it goes on deterministically
    uint32_t workers = 0;                  // parallel: 0 = as many as the process may use
    bool deferred_noc = true;          // transfers land late, as late as silicon allows (docs/architecture.md, "Transfers")
    bool quiet = false;                // a repetition: kernels print nothing
    bool allow_missing_args = false;   // a runtime arg that the host did not give reads 0 instead of ending the run
    std::optional<Numerics> numerics;  // none: as the device says (numerics_of)
    std::optional<Checks> checks;      // likewise (checks_of)
    std::optional<StaleConfig> stale_config;  // likewise (stale_config_of)
    uint32_t records = 0;                     // record_bit()s of what the launch is to record beside what observers want
    std::optional<jit::RawBuild> raw;         // which kernels tell of their loads and stores; none: as the checks need it
    bool (*interrupted)() = nullptr;          // asked by the launching thread some ten times a second; true ends the run
    double hang_seconds = 20;  // a run that only spins for so long, by the clock and by processor time, is ended
    static RunOptions from_environment();  // TILEWRIGHT_SCHEDULE, _SEED, _WORKERS, _NOC, _NUMERICS, _HANG_SECONDS,
                                           // _MISSING_ARGS, _CHECKS, _STALE_CONFIG
};

// The first of these that says anything: the run's options, the device, TILEWRIGHT_NUMERICS. Else fast.
Numerics numerics_of(const RunOptions&, const Device&);
// Likewise, with TILEWRIGHT_CHECKS; else the default level.
Checks checks_of(const RunOptions&, const Device&);
jit::RawBuild raw_build_of(const RunOptions&, const Device&);
// Likewise, with TILEWRIGHT_STALE_CONFIG; else only told of.
StaleConfig stale_config_of(const RunOptions&, const Device&);

// What the kernels of a launch asked for, counted over all processors; no time is in it. TW_COUNT(name): `bytes_` went
// through the NoC (a multicast's once), `tiles_` are operations of the three compute threads, `waits` are for circular
// buffers, words and DST, `slept` counts those in which a processor found nothing and gave way, `events` are all calls, and
// loads and stores through pointers where kernels tell of them.
#define TW_LAUNCH_COUNTS(TW_COUNT) \
    TW_COUNT(bytes_read)           \
    TW_COUNT(bytes_written)        \
    TW_COUNT(noc_reads)            \
    TW_COUNT(noc_writes)           \
    TW_COUNT(noc_atomics)          \
    TW_COUNT(noc_barriers)         \
    TW_COUNT(tiles_unpacked)       \
    TW_COUNT(tiles_computed)       \
    TW_COUNT(tiles_packed)         \
    TW_COUNT(waits)                \
    TW_COUNT(slept)                \
    TW_COUNT(events)
struct LaunchCounts {
#define TW_COUNT(name) uint64_t name = 0;
    TW_LAUNCH_COUNTS(TW_COUNT)
#undef TW_COUNT
    LaunchCounts& operator+=(const LaunchCounts& other) {
#define TW_COUNT(name) name += other.name;
        TW_LAUNCH_COUNTS(TW_COUNT)
#undef TW_COUNT
        return *this;
    }
};

struct LaunchReport {
    double seconds = 0;
    uint32_t cores = 0, fibers = 0;
    uint64_t switches = 0;
    Numerics numerics = Numerics::Fast;
    LaunchCounts counts;
    std::vector<Diagnostic> findings;  // warnings, then notes
};

// Blocks until every kernel returned. Raises KernelError with all findings of the run if one is an error, what came first
// in front; the device stays usable. Throws Interrupted when RunOptions::interrupted said so.
// `ledger` has all tensors of the device, and names those of the call; without one nobody asks whose bytes are moved.
LaunchReport launch(Device&, std::span<const CoreLaunch>, const RunOptions&, ledger::Launch* ledger = nullptr);

}  // namespace tw::runtime
