// A launch from beginning to end, as a list of steps.
#include "runtime/launch.h"

#include "compute/dst_book.h"
#include "compute/ignored_settings.h"
#include "compute/pack_book.h"
#include "core/cb_checks.h"
#include "diagnose/allow.h"
#include "diagnose/excerpts.h"
#include "diagnose/explain.h"
#include "diagnose/variables.h"
#include "observe/observer.h"
#include "observe/prints.h"
#include "raw/access.h"
#include "runtime/argument_checks.h"
#include "runtime/balance.h"
#include "runtime/device_cores.h"
#include "runtime/race_findings.h"
#include "runtime/roles.h"
#include "runtime/scheduler.h"
#include "runtime/semaphore_checks.h"
#include "runtime/signals.h"
#include "runtime/worker_pool.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <mutex>

namespace tw::runtime {
namespace {

// A loaded kernel has one set of mutable statics, which its cores take turns in: such a launch runs on one worker.
bool shares_statics(std::span<const CoreLaunch> launches) {
    for (const CoreLaunch& launch : launches) {
        for (const KernelOnCore& kernel : launch.kernels) {
            if (kernel.image && !kernel.image->mutable_data.empty()) return launches.size() > 1;
        }
    }
    return false;
}

uint32_t worker_count(std::span<const CoreLaunch> launches, const RunOptions& options) {
    if (options.schedule != Schedule::Parallel || launches.size() == 1 || shares_statics(launches)) return 1;
    const uint32_t wanted = options.workers ? options.workers : WorkerPool::available();
    return std::min(wanted, static_cast<uint32_t>(launches.size()));
}

// All findings of the run, errors first. That nothing can go on is what other errors lead to, so it is the last of them.
std::vector<Diagnostic> diagnose(const Scheduler& scheduler) {
    std::vector<Finding> findings = scheduler.findings().sorted();
    diagnose::find_lines(findings);
    diagnose::settle(findings, scheduler.cores());
    const diagnose::Sources sources(scheduler.cores());
    diagnose::Allowed allowed(sources);
    diagnose::name_variables(findings, sources);
    std::vector<Diagnostic> errors, others;
    for (const Finding& finding : findings) {
        Diagnostic d = diagnose::explain(finding);
        if (allowed.hides(d, finding.problem)) continue;
        diagnose::add_excerpts(d, sources, &finding.problem);
        (finding.problem.severity == Severity::Error ? errors : others).push_back(std::move(d));
    }
    if (scheduler.deadlocked()) errors.push_back(diagnose::explain_deadlock(scheduler.cores()));
    if (scheduler.hung()) errors.push_back(diagnose::explain_hang(scheduler.cores()));
    for (Diagnostic& d : errors)
        if (d.excerpts.empty()) diagnose::add_excerpts(d, sources);
    std::ranges::move(others, std::back_inserter(errors));
    if (scheduler.checks.has(Check::Arguments) && scheduler.finished())
        std::ranges::move(diagnose::unused_args(scheduler.cores()), std::back_inserter(errors));
    std::ranges::move(allowed.complaints(scheduler.checks, scheduler.finished()), std::back_inserter(errors));
    return errors;
}

// Most launches have nothing to tell; what kernels mean to be told of costs a look at each.
bool may_have_findings(const Scheduler& scheduler) {
    const bool arguments = scheduler.checks.has(Check::Arguments);
    const auto allows = [&](const Processor& p) {
        if (!p.image || !p.image->sources) return false;
        const jit::SourceTree& tree = *p.image->sources;
        return tree.has_allows || (arguments && tree.args_read && p.ctx.rt_arg_count > *tree.args_read);
    };
    return !scheduler.findings().empty() || !scheduler.finished() ||
           std::ranges::any_of(scheduler.cores(),
                               [&](const tw_core* core) { return std::ranges::any_of(core->processors, allows); });
}

template <class F>
void each_processor(std::span<tw_core* const> cores, std::span<const CoreLaunch> launches, F f) {
    for (size_t i = 0; i < cores.size(); ++i) {
        for (uint32_t risc = 0; risc < TW_RISC_COUNT; ++risc) {
            if (launches[i].kernels[risc].image) f(cores[i]->processors[risc]);
        }
    }
}

Recording recording_of(std::span<tw_core* const> cores, std::span<const CoreLaunch> launches, uint32_t records) {
    Recording recording;
    recording.classes = records;
    if (!records) return recording;
    each_processor(cores, launches, [&](Processor& p) {
        recording.processors.push_back(
            {p.ctx.logical_x, p.ctx.logical_y, p.ctx.my_x[0], p.ctx.my_y[0], p.ctx.risc, p.image->name, &p.records});
    });
    return recording;
}

LaunchCounts counts_of(std::span<tw_core* const> cores, std::span<const CoreLaunch> launches) {
    LaunchCounts sum;
    each_processor(cores, launches, [&](const Processor& p) {
        const auto calls = [&](RecordKind kind) { return p.calls[static_cast<unsigned>(kind)]; };
        using enum RecordKind;
        sum.bytes_read += p.bytes_read;
        sum.bytes_written += p.bytes_written;
        sum.noc_reads += calls(NocRead);
        sum.noc_writes += calls(NocWrite) + calls(NocWriteWord);
        sum.noc_atomics += calls(NocAtomic);
        sum.noc_barriers += calls(NocBarrier);
        sum.tiles_unpacked += calls(Unpack);
        sum.tiles_computed += calls(Math);
        sum.tiles_packed += calls(Pack);
        sum.waits += calls(CbWait) + calls(CbReserve) + calls(WordWait) + calls(DstAcquire) + calls(DstWait);
        sum.slept += p.slept;
        sum.events += p.raw.accesses;
        for (const uint64_t n : p.calls) sum.events += n;
    });
    return sum;
}

// Of a run that came to its end; what a broken one has left undone says nothing.
void close_ledger(ledger::Launch& ledger, std::span<const CoreLaunch> launches, Scheduler& scheduler) {
    ledger.note_data();
    if (!scheduler.finished() || !scheduler.checks.has(Check::Memory)) return;
    for (Problem& problem : judge_roles(ledger, launches, scheduler.findings().empty()))
        scheduler.report(std::move(problem));
}

// Where a fault stopped the runtime itself in an earlier launch.
std::string spoiled_at;

[[noreturn]] void refuse() {
    raise(Category::Environment, "memory-spoiled",
          "an earlier kernel may have damaged this process: no program is run in it",
          {.at = {spoiled_at},
           .why = "a fault stopped tilewright's own code in the middle; locks may be held and data half changed",
           .fix = "mend the kernel and start the program anew"});
}

}  // namespace

LaunchReport launch(Device& device, std::span<const CoreLaunch> launches, const RunOptions& options,
                    ledger::Launch* ledger) {
    static std::mutex one_at_a_time;  // programs run in order, as on a command queue (docs/upstream-api.md H9)
    std::lock_guard turn(one_at_a_time);
    LaunchReport report;
    if (launches.empty()) return report;
    if (memory_is_spoiled()) refuse();
    const auto begin = std::chrono::steady_clock::now();

    // However the launch ends: a core that is no part of the next one must not be found by its writes.
    struct Running {
        DeviceCores& device_cores;
        std::vector<tw_core*> list;
        ~Running() {
            for (tw_core* core : list) device_cores.retire(*core);
        }
    } scope{DeviceCores::of(device), {}};
    DeviceCores& cores = scope.device_cores;
    std::vector<tw_core*>& running = scope.list;
    running.reserve(launches.size());
    report.numerics = numerics_of(options, device);
    const Checks checks = checks_of(options, device);
    if (!checks.has(Check::Memory) && !checks.has(Check::Formats)) ledger = nullptr;
    const uint32_t records = options.records | Observers::get().wanted() | (checks.has(Check::Races) ? kAllRecords : 0);
    const ComputeChecks compute{.config = checks.has(Check::ComputeState),
                                .poison = stale_config_of(options, device) == StaleConfig::Poison};
    for (const CoreLaunch& l : launches) running.push_back(&cores.prepare(l, report.numerics, compute, records, ledger));

    if (options.quiet) {
        for (tw_core* core : running)
            for (Processor& p : core->processors) p.ctx.print_enabled = 0;
    }
    Observers::get().launch_begins();
    Scheduler scheduler(running, options);
    scheduler.checks = checks;
    {
        SignalScope signals;
        scheduler.run(worker_count(launches, options));
    }
    finish_prints();
    each_processor(running, launches, raw::finish);
    each_processor(running, launches, [&](Processor& p) {
        for (Problem& problem : take_kept(p, scheduler.deadlocked())) scheduler.report(std::move(problem));
    });
    Recording recording = recording_of(running, launches, records);
    Observers::get().launch_ends(recording);
    if (ledger) close_ledger(*ledger, launches, scheduler);
    // What went wrong otherwise was mended for the run to go on, so that its order means little.
    if (checks.has(Check::Races) && !scheduler.findings().has_errors() && !scheduler.deadlocked() && !scheduler.hung() &&
        !scheduler.interrupted())
        report_races(recording, launches, scheduler);

    if (checks.has(Check::ComputeState) && (scheduler.finished() || scheduler.deadlocked())) {
        for (const tw_core* core : running)
            for (Problem& problem : judge_sections(*core)) scheduler.report(std::move(problem));
    }
    if (checks.has(Check::ComputeState) && scheduler.finished()) {
        for (size_t i = 0; i < running.size(); ++i)
            for (Problem& problem : judge_settings(*running[i], launches[i].compute)) scheduler.report(std::move(problem));
        for (const tw_core* core : running)
            for (Problem& problem : judge_packs(*core)) scheduler.report(std::move(problem));
    }
    if (checks.has(Check::CbWindow) && scheduler.finished()) {
        for (const tw_core* core : running)
            for (Problem& problem : judge_reads(*core)) scheduler.report(std::move(problem));
    }

    if (checks.has(Check::CbBalance) && scheduler.finished())
        for (Problem& problem : judge_balance(running, !scheduler.findings().has_errors()))
            scheduler.report(std::move(problem));
    if (checks.has(Check::Semaphores) && scheduler.finished())
        for (Problem& problem : judge_semaphores(running)) scheduler.report(std::move(problem));
    if (checks.has(Check::Arguments))
        for (Problem& problem : judge_arguments(running)) scheduler.report(std::move(problem));

    const bool interrupted = scheduler.interrupted();
    std::vector<Diagnostic> diagnostics;
    if (may_have_findings(scheduler)) diagnostics = diagnose(scheduler);
    for (tw_core* core : running) {
        report.switches += core->switches;
        for (const KernelOnCore& kernel : launches[static_cast<size_t>(report.cores)].kernels)
            report.fibers += kernel.image != nullptr;
        ++report.cores;
    }
    report.counts = counts_of(running, launches);
    if (memory_is_spoiled() && !diagnostics.empty()) spoiled_at = diagnostics.front().at.front();
    if (interrupted) throw Interrupted();
    if (!diagnostics.empty() && diagnostics.front().severity == Severity::Error) throw Error(std::move(diagnostics));
    report.findings = std::move(diagnostics);
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return report;
}

}  // namespace tw::runtime
