// What the last program run on a device cost: for `tilewright run --summary`, demos and benchmarks.
#pragma once

#include "base/error.h"
#include "runtime/launch.h"

#include <cstdint>
#include <vector>

namespace tw {

struct RunSummary {
    uint64_t programs = 0;  // generic_op calls so far
    uint64_t program_cache_hits = 0;
    uint32_t kernels = 0;           // builds of kernels: a compute kernel counts for three
    uint32_t kernels_compiled = 0;  // of these, compiled by this process
    double compile_seconds = 0;
    double run_seconds = 0;
    uint32_t cores = 0, fibers = 0;  // the most that one program used
    uint64_t switches = 0;
    uint64_t exact_programs = 0;   // of them, run with exact numerics
    runtime::LaunchCounts counts;  // what the kernels asked for
};

// Totals over the process, and the figures of the last program alone.
RunSummary run_totals();
RunSummary last_run();
// What the last program's run warned of.
std::vector<Diagnostic> last_run_findings();
std::vector<Diagnostic> all_findings();  // of all runs of this process, the first thousand
void reset_run_totals();

}  // namespace tw
