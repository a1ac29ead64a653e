#include "core/core.h"

#include "jit/host_calls.h"
#include "jit/prologue.h"
#include "observe/observer.h"
#include "observe/prints.h"

#include <unwind.h>
#include <cstdio>

__thread tw_ctx* tw_current __attribute__((tls_model("initial-exec"))) = nullptr;

#if !defined(__x86_64__)
extern "C" tw_ctx* tw_current_slow(void) {
    return tw_current;
}
#endif

namespace tw {

const char* risc_name(uint32_t risc) {
    return risc < TW_RISC_COUNT ? jit::processor_name(static_cast<jit::Processor>(risc)).data() : "?";
}

Problem problem_at(const tw_ctx* ctx, const tw_site* site, ProblemKind kind, uint64_t a, uint64_t b, uint64_t c) {
    Problem p;
    p.kind = kind;
    p.a = a;
    p.b = b;
    p.c = c;
    if (!site) site = ctx->site;
    if (site) {
        p.file = site->file;
        p.line = site->line;
        p.column = site->column;
    }
    const Processor& processor = processor_of(ctx);
    if (processor.image) p.kernel = processor.image->name;
    p.core_x = ctx->logical_x;
    p.core_y = ctx->logical_y;
    p.risc = ctx->risc;
    return p;
}

Also also_at(const tw_ctx* ctx, const tw_site* site, const char* role) {
    Also also{.role = role, .core_x = ctx->logical_x, .core_y = ctx->logical_y, .risc = ctx->risc};
    if (site) {
        also.file = site->file;
        also.line = site->line;
        also.column = site->column;
    }
    return also;
}

void stop_fiber(tw_ctx* ctx, Problem&& problem) {
    Processor& processor = processor_of(ctx);
    {
        Problem moved = std::move(problem);  // nothing may stay alive on a stack that is never unwound
        processor.core->host->stop(std::move(moved));
    }
    processor.state = FiberState::Blocked;
    processor.wait = Wait{};
    for (;;) processor.fiber.suspend();
}

void report(tw_ctx* ctx, Problem&& problem) {
    ctx->core->host->report(std::move(problem));
}

void fail_kernel(tw_ctx* ctx, const char* code, const char* what, const char* why, const char* fix, const tw_site* site) {
    Problem p = problem_at(ctx, site, ProblemKind::Custom);
    p.code = code;
    p.what = what;
    p.why = why ? why : "";
    p.fix = fix ? fix : "";
    stop_fiber(ctx, std::move(p));
}

uint32_t append_record(RecordKind kind, tw_ctx* who, const tw_site* site, const RecordFields& f) {
    Processor& p = processor_of(who);
    return p.records.append({.kind = kind, .flags = f.flags, .a = f.a, .b = f.b, .c = f.c, .d = f.d, .e = f.e},
                            {.call = site}, p.core->record_sequence);
}

void append_observation(RecordKind kind, tw_ctx* who, const tw_site* site, uint64_t a, uint32_t value, uint32_t e) {
    Processor& p = processor_of(who);
    const uint32_t seen = arrivals_seen(who);
    Record* last = p.records.last();
    if (last && last->kind == kind && last->a == a && last->e == e && p.records.is_at(*last, site)) {
        last->b = value;
        ++last->c;
        last->d = seen;
        last->sequence = ++p.core->record_sequence;
        return;
    }
    append_record(kind, who, site, {.a = a, .b = value, .c = 1, .d = seen, .e = e});
}

void wait_until(tw_ctx* ctx, const Wait& wait, const tw_site* site) {
    Processor& processor = processor_of(ctx);
    if (wait.satisfied() && !processor.core->host->is_random) return;
    ctx->site = site;
    ctx->spin = 0;
    maybe_preempt(ctx);
    while (!wait.satisfied()) {
        ++processor.slept;
        processor.wait = wait;
        processor.state = FiberState::Blocked;
        processor.fiber.suspend();
    }
}

void maybe_preempt(tw_ctx* ctx) {
    Processor& processor = processor_of(ctx);
    if (!processor.core->host->random(4)) return;
    processor.state = FiberState::Ready;
    processor.wait = Wait{};
    processor.fiber.suspend();
}

}  // namespace tw

using namespace tw;

extern "C" {

void tw_yield(tw_ctx* ctx, const tw_site* site) {
    Processor& processor = processor_of(ctx);
    if (site) ctx->site = site;
    const auto* code = static_cast<const std::byte*>(__builtin_return_address(0));
    processor.raw.spin_code = code >= processor.text_begin && code < processor.text_end ? code : nullptr;
    ctx->spin = 0;
    processor.wait = Wait{.kind = WaitKind::Yield};
    processor.state = FiberState::Ready;
    processor.fiber.suspend();
}

void tw_assert_fail(tw_ctx* ctx, const char* expression, const tw_site* site) {
    Problem p = problem_at(ctx, site, ProblemKind::Assert);
    p.what = expression;
    stop_fiber(ctx, std::move(p));
}

void tw_host_assert(const char* expression, const char* file, unsigned line) {
    tw_ctx* ctx = tw_self();
    Problem p = problem_at(ctx, nullptr, ProblemKind::Assert);
    p.what = expression;
    p.file = file;
    p.line = line;
    stop_fiber(ctx, std::move(p));
}

namespace {

// The call may stand in a function of the C++ library's headers: what called that is the kernel's own.
struct KernelFrames {
    static constexpr size_t kMost = 16;
    const std::byte *begin, *end;
    std::vector<uint64_t> found = {};

    static _Unwind_Reason_Code step(_Unwind_Context* context, void* self) {
        auto& frames = *static_cast<KernelFrames*>(self);
        const auto* at = reinterpret_cast<const std::byte*>(_Unwind_GetIP(context));
        if (at >= frames.begin && at < frames.end) {
            frames.found.push_back(reinterpret_cast<uintptr_t>(at));
            return frames.found.size() < kMost ? _URC_NO_REASON : _URC_END_OF_STACK;
        }
        return frames.found.empty() ? _URC_NO_REASON : _URC_END_OF_STACK;  // the runtime below the kernel
    }
};

}  // namespace

void tw_host_call(const char* symbol, const void* return_address) {
    tw_ctx* ctx = tw_self();
    Problem p = problem_at(ctx, nullptr, ProblemKind::HostCall, reinterpret_cast<uintptr_t>(processor_of(ctx).image), 0,
                           reinterpret_cast<uintptr_t>(return_address));
    p.what = symbol;
    KernelFrames frames{.begin = processor_of(ctx).text_begin, .end = processor_of(ctx).text_end};
    _Unwind_Backtrace(&KernelFrames::step, &frames);
    p.frames = std::move(frames.found);
    stop_fiber(ctx, std::move(p));
}

void tw_bad_address(tw_ctx* ctx, uint64_t address, uint32_t bytes, const char* what, const tw_site* site) {
    Problem p = problem_at(ctx, site, ProblemKind::BadAddress, address, bytes);
    p.what = what ? what : "";
    stop_fiber(ctx, std::move(p));
}

void tw_unimplemented(tw_ctx* ctx, const char* what, const tw_site* site) {
    Problem p = problem_at(ctx, site, ProblemKind::Unimplemented);
    p.what = what ? what : "";
    stop_fiber(ctx, std::move(p));
}

void tw_print(tw_ctx* ctx, const char* text, uint32_t length, const tw_site* site) {
    enter_call(ctx, site);
    if (Observers::get().prints_wanted()) return Observers::get().printed(ctx, {text, length});
    print_line_of(*ctx, {text, length});
}

}  // extern "C"
