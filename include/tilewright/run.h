// Running programs.
#pragma once

#include <tilewright/device.h>
#include <tilewright/error.h>
#include <tilewright/program.h>
#include <tilewright/tensor.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace tilewright {

/// Runs a program on the device of `io_tensors` to its end and gives the last of them, the output, as another handle.
///
/// At least one input and one output. The list serves for checks and the result: kernels write wherever their arguments
/// point. A program that ran before is not compiled again; argument values, addresses and tensors may change between runs.
/// Not to be called from two threads at once: programs run one after another.
/// Errors: HostError for what does not fit (in ttnn's words), CompileError, Environment[no-compiler], and KernelError with
/// all problems of the run: a deadlock, an access outside a buffer, an assertion.
Tensor generic_op(const std::vector<Tensor>& io_tensors, const ProgramDescriptor& program);

/// `Parallel`: on as many threads as the process may use. `Deterministic`: one thread and one order. `Random`: one thread,
/// orders by seed.
enum class Schedule : std::uint8_t { Deterministic, Random, Parallel };

struct RunOptions {
    Schedule schedule = Schedule::Parallel;
    std::uint64_t seed = 0;                 ///< of `Random`; the same seed gives the same run
    std::uint32_t workers = 0;              ///< threads of `Parallel`; 0: as many as the process may use
    Numerics numerics = Numerics::Default;  ///< `Default`: as the device says
    double hang_seconds = 20;               ///< a run in which nothing happens for so long ends with a KernelError
};

/// How programs run from now on, in this process; none: as the environment says (TILEWRIGHT_SCHEDULE and its kin). Errors:
/// none.
void set_run_options(const std::optional<RunOptions>& options);

/// What the last program of this process took.
struct RunSummary {
    std::uint32_t kernels = 0,
                  kernels_compiled = 0;   ///< builds (a compute kernel has three), and those not found in a cache
    std::uint32_t cores = 0, fibers = 0;  ///< emulated cores, and processors on them
    double compile_seconds = 0, run_seconds = 0;
    std::vector<Diagnostic> warnings;
};
RunSummary last_run();

}  // namespace tilewright
