#include "program/generic_op.h"

#include "base/error.h"
#include "diagnose/allow.h"
#include "diagnose/excerpts.h"
#include "jit/jit.h"
#include "program/address_audit.h"
#include "program/program_cache.h"
#include "program/uninitialized.h"
#include "tensor/buffer.h"

#include <fmt/format.h>
#include <algorithm>
#include <atomic>
#include <iterator>
#include <mutex>

namespace tw {
namespace {

std::mutex settings_mutex;
std::optional<runtime::RunOptions> chosen_options;
std::atomic<bool (*)()> interrupt_question{nullptr};
RunSummary totals, last;
std::vector<Diagnostic> last_findings;

// Findings of this process's runs, for whoever reports on all of it at its end. Bounded, as a program may run for days.
constexpr size_t kMostLogged = 1000;
std::vector<Diagnostic> finding_log;

void note_findings(const std::vector<Diagnostic>& findings) {
    std::lock_guard lock(settings_mutex);
    last_findings = findings;
    for (const Diagnostic& d : findings) {
        const auto same = std::ranges::find_if(
            finding_log, [&](const Diagnostic& e) { return e.code == d.code && e.at == d.at && e.what == d.what; });
        if (same != finding_log.end()) {
            same->count += d.count;
        } else if (finding_log.size() < kMostLogged) {
            finding_log.push_back(d);
        }
    }
}

std::vector<Diagnostic> cache_warnings() {
    std::vector<Diagnostic> out = jit::take_cache_warnings();
    for (Diagnostic& d : out) d.severity = Severity::Warning;
    return out;
}

void record(const ProgramCache::Lookup& lookup, const runtime::LaunchReport& report) {
    RunSummary run;
    run.programs = 1;
    run.program_cache_hits = lookup.hit;
    run.kernels = lookup.plan->kernel_count();
    run.kernels_compiled = lookup.hit ? 0 : lookup.plan->compiled_count();
    run.compile_seconds = lookup.hit ? 0 : lookup.plan->compile_seconds();
    run.run_seconds = report.seconds;
    run.cores = report.cores;
    run.fibers = report.fibers;
    run.switches = report.switches;
    run.counts = report.counts;
    run.exact_programs = report.numerics == Numerics::Exact;

    std::vector<Diagnostic> findings = report.findings;
    std::ranges::move(cache_warnings(), std::back_inserter(findings));
    note_findings(findings);

    std::lock_guard lock(settings_mutex);
    last = run;
    totals.programs++;
    totals.program_cache_hits += run.program_cache_hits;
    totals.kernels += lookup.hit ? 0 : run.kernels;
    totals.kernels_compiled += run.kernels_compiled;
    totals.compile_seconds += run.compile_seconds;
    totals.run_seconds += run.run_seconds;
    totals.cores = std::max(totals.cores, run.cores);
    totals.fibers = std::max(totals.fibers, run.fibers);
    totals.switches += run.switches;
    totals.exact_programs += run.exact_programs;
    totals.counts += run.counts;
}

std::shared_ptr<Device> check_tensors(const std::vector<Tensor>& io_tensors) {
    if (io_tensors.empty()) raise_host("io-tensors", "io_tensors must not be empty");
    std::shared_ptr<Device> device;
    for (size_t i = 0; i < io_tensors.size(); i++) {
        const Tensor& tensor = io_tensors[i];
        const char* gone = tensor && tensor.is_on_device() && !tensor.device()->is_open() ? "its device was closed"
                           : tensor && tensor.is_on_device()                              ? "it was deallocated"
                                                                                          : "";
        if (!tensor || !tensor.is_on_device() || !tensor.is_allocated())
            raise_host("io-tensors",
                       i == 0 ? "Tensor must be on a device" : "Device Operations expect device tensors as inputs",
                       {.at = {fmt::format("io_tensors[{}]", i)}, .why = gone});
        if (i == 0) device = tensor.device();
        if (tensor.device() != device)
            raise_host("io-tensors", "All tensors of a program must be on the same device",
                       {.at = {fmt::format("io_tensors[{}]", i)}});
    }
    if (io_tensors.size() == 1)
        raise_host("io-tensors", "io_tensors must contain at least one input tensor and one output tensor, got 1 tensors.");
    return device;
}

ledger::Launch open_ledger(const Device& device, const std::vector<Tensor>& io_tensors) {
    ledger::Launch ledger(device.allocations(), device.l1_base(), device.chip().dram_base);
    for (uint32_t i = 0; i < io_tensors.size(); ++i)
        ledger.name_tensor(i, io_tensors[i].buffer()->unique_id(),
                           static_cast<uint8_t>(io_tensors[i].spec().data_format()));
    return ledger;
}

// Of a repetition: the first run has looked at everything else. What poisons results does so again.
runtime::RunOptions quiet_options(const runtime::RunOptions& options, const Device& device) {
    runtime::RunOptions quiet = options;
    quiet.quiet = true;
    quiet.records = 0;
    Checks checks(CheckLevel::Off);
    checks.set(Check::ComputeState, runtime::checks_of(options, device).has(Check::ComputeState));
    quiet.checks = checks;
    return quiet;
}

diagnose::Sources sources_of(std::span<const runtime::CoreLaunch> launches) {
    diagnose::Sources sources;
    for (const runtime::CoreLaunch& core : launches)
        for (const runtime::KernelOnCore& kernel : core.kernels)
            if (kernel.image) sources.add(*kernel.image);
    return sources;
}

runtime::LaunchReport launch(Device& device, const std::vector<Tensor>& io_tensors,
                             std::span<const runtime::CoreLaunch> launches, const runtime::RunOptions& options) {
    ledger::Launch ledger = open_ledger(device, io_tensors);
    if (!runtime::checks_of(options, device).has(Check::Uninitialized))
        return runtime::launch(device, launches, options, &ledger);
    const DeviceWork work;
    SecondRun second(device, io_tensors, launches, ledger);
    runtime::LaunchReport report = runtime::launch(device, launches, options, &ledger);
    auto found = second.compare([&] {
        ledger::Launch thrown_away = open_ledger(device, io_tensors);
        runtime::launch(device, launches, quiet_options(options, device), &thrown_away);
    });
    if (!found) return report;
    const diagnose::Sources sources = sources_of(launches);
    if (diagnose::Allowed(sources).hides(*found)) return report;
    diagnose::add_excerpts(*found, sources);
    std::vector<Diagnostic> all{*found};
    std::ranges::move(report.findings, std::back_inserter(all));
    throw Error(std::move(all));
}

runtime::LaunchReport launch_audited(Device& device, const std::vector<Tensor>& io_tensors,
                                     const ProgramDescriptor& program, Plan& plan, const runtime::RunOptions& options) {
    const DeviceWork work;
    AddressAudit audit(device, io_tensors, program);
    runtime::LaunchReport report = launch(device, io_tensors, plan.launches(), options);
    runtime::RunOptions again = quiet_options(options, device);
    again.checks->set(Check::Memory, true);  // it keeps count of what is read and written
    std::vector<Diagnostic> all =
        audit.run(plan, [&](std::span<const runtime::CoreLaunch> launches, ledger::Launch& ledger) {
            runtime::launch(device, launches, again, &ledger);
        });
    const diagnose::Sources sources = sources_of(plan.launches());
    diagnose::Allowed allowed(sources);
    std::erase_if(all, [&](Diagnostic& d) { return allowed.hides(d); });
    for (Diagnostic& d : all) diagnose::add_excerpts(d, sources);
    std::ranges::stable_sort(all, {}, [](const Diagnostic& d) { return d.severity != Severity::Error; });
    const bool fails = !all.empty() && all.front().severity == Severity::Error;
    std::ranges::move(report.findings, std::back_inserter(all));
    if (fails) throw Error(std::move(all));
    report.findings = std::move(all);
    return report;
}

}  // namespace

Tensor generic_op(const std::vector<Tensor>& io_tensors, const ProgramDescriptor& program) {
    if (has_named_args(program)) return generic_op(io_tensors, with_named_args_placed(program));
    std::shared_ptr<Device> device = check_tensors(io_tensors);
    if (program.kernels.empty())
        raise_host("no-kernels", "Programs must be executed on a single sub-device", {.why = "the program has no kernels"});
    std::shared_ptr<ProgramCache> cache = program_cache(device);
    std::lock_guard lock(cache->run_mutex());
    runtime::RunOptions options = run_options();
    ProgramCache::Lookup found = cache->find_or_make(*device, program, runtime::raw_build_of(options, *device));
    auto launches = found.hit ? found.plan->bind(*device, program) : found.plan->launches();
    options.interrupted = interrupt_question.load();
    // A wrong address has been used: by an argument of before?
    const auto with_stale = [&](std::vector<Diagnostic> findings) {
        if (!found.hit || std::ranges::none_of(findings, shows_wrong_address)) return findings;
        std::vector<Diagnostic> all = found.plan->addresses().find(program, io_tensors);
        std::ranges::move(findings, std::back_inserter(all));
        return all;
    };
    runtime::LaunchReport report;
    try {
        const bool audited = runtime::checks_of(options, *device).has(Check::AuditCache);
        report = audited ? launch_audited(*device, io_tensors, program, *found.plan, options)
                         : launch(*device, io_tensors, launches, options);
    } catch (const Error& error) {
        const std::vector<Diagnostic> all = with_stale(error.diagnostics());
        note_findings(all);
        if (all.size() == error.diagnostics().size()) throw;
        throw Error(all);
    }
    report.findings = with_stale(std::move(report.findings));
    record(found, report);
    if (!report.findings.empty() && report.findings.front().severity == Severity::Error)
        throw Error(std::move(report.findings));
    found.plan->addresses().note(program, io_tensors);
    return Tensor::over(io_tensors.back().buffer(), io_tensors.back().spec());
}

Tensor generic_op(const std::vector<Tensor>& io_tensors, const MeshProgramDescriptor& programs) {
    check_tensors(io_tensors);
    return generic_op(io_tensors, programs.program_of_single_device());
}

void check_for_trace(const std::vector<Tensor>& io_tensors, const ProgramDescriptor& program) {
    if (has_named_args(program)) return check_for_trace(io_tensors, with_named_args_placed(program));
    const std::shared_ptr<Device> device = check_tensors(io_tensors);
    const std::shared_ptr<ProgramCache> cache = program_cache(device);
    const std::lock_guard lock(cache->run_mutex());
    const std::shared_ptr<Plan> plan = cache->find(program, runtime::raw_build_of(run_options(), *device));
    if (!plan)
        raise_host("trace", "Writes are not supported during trace capture.",
                   {.why = "the program is not in the program cache: its kernels would have to be sent to the device",
                    .fix = "run it once before begin_trace_capture"});
    plan->bind(*device, program);
}

void check_for_trace(const std::vector<Tensor>& io_tensors, const MeshProgramDescriptor& programs) {
    check_for_trace(io_tensors, programs.program_of_single_device());
}

void set_run_options(std::optional<runtime::RunOptions> options) {
    std::lock_guard lock(settings_mutex);
    chosen_options = options;
}

runtime::RunOptions run_options() {
    std::lock_guard lock(settings_mutex);
    return chosen_options ? *chosen_options : runtime::RunOptions::from_environment();
}

void set_interrupt_question(bool (*question)()) {
    interrupt_question = question;
    jit::set_interrupt_question(question);
}

RunSummary run_totals() {
    std::lock_guard lock(settings_mutex);
    return totals;
}

RunSummary last_run() {
    std::lock_guard lock(settings_mutex);
    return last;
}

std::vector<Diagnostic> last_run_findings() {
    std::lock_guard lock(settings_mutex);
    return last_findings;
}

std::vector<Diagnostic> all_findings() {
    std::lock_guard lock(settings_mutex);
    return finding_log;
}

void reset_run_totals() {
    std::lock_guard lock(settings_mutex);
    totals = last = {};
    last_findings.clear();
}

CBDescriptor cb_descriptor_from_sharded_tensor(uint8_t cb_index, const Tensor& tensor, uint32_t address_offset,
                                               uint32_t total_size, const std::optional<CoreRangeSet>& core_ranges) {
    if (!tensor.is_sharded()) raise_host("cb-from-tensor", "Tensor must be sharded to automatically create a CBDescriptor");
    const std::shared_ptr<Buffer>& buffer = tensor.buffer();
    uint64_t bank_size = buffer->aligned_size_per_bank();
    if (total_size == 0) total_size = uint32_t(bank_size - std::min<uint64_t>(address_offset, bank_size));
    if (uint64_t{address_offset} + total_size > bank_size || address_offset > bank_size)
        raise_host(
            "cb-from-tensor", "Address offset + total size exceeds buffer size",
            {.why = fmt::format("{} + {} B, and the tensor has {} B on each core", address_offset, total_size, bank_size)});
    CBDescriptor cb;
    cb.total_size = total_size;
    cb.core_ranges = core_ranges ? *core_ranges : buffer->sharding()->grid();
    cb.format_descriptors.push_back(
        {.buffer_index = cb_index,
         .data_format = tensor.spec().data_format(),
         .page_size = buffer->page_size(),
         .tile = TileDescriptor{tensor.tile().height(), tensor.tile().width(), tensor.tile().transpose_within_face()}});
    cb.set_buffer(buffer);
    cb.address_offset = address_offset;
    return cb;
}

uint64_t get_cb_address(const CBDescriptor& cb) {
    return cb.buffer_address().value_or(0) + cb.address_offset;
}

}  // namespace tw
