// L1 words that kernels wait on (semaphores and flags), runtime arguments, and the compute threads' mailboxes.
#include "core/core.h"
#include "core/order.h"

#include <algorithm>

namespace tw {
namespace {

uint32_t* word_at(tw_ctx* ctx, uint32_t address, const tw_site* site) {
    if (__builtin_expect(address % 4 != 0 || address > ctx->l1_size - 4, 0)) {
        stop_fiber(ctx, problem_at(ctx, site, ProblemKind::BadSemaphoreWord, address));
    }
    return reinterpret_cast<uint32_t*>(ctx->l1 + address);
}

// A word that the program did not initialise and nobody wrote since.
void check_semaphore(tw_ctx* ctx, uint32_t address, uint32_t value, const tw_site* site,
                     Severity severity = Severity::Error) {
    if (__builtin_expect(value == kUnsetSemaphore, 0)) refuse_unset_semaphore(ctx, *ctx->core, address, site, severity);
}

// The NoC address of a word of this core's own L1.
uint64_t own_word(const tw_ctx* ctx, uint32_t address) {
    return address | uint64_t{ctx->my_x[0]} << TW_NOC_LOCAL_BITS |
           uint64_t{ctx->my_y[0]} << (TW_NOC_LOCAL_BITS + TW_NOC_COORD_BITS);
}

SemaphoreBook* book_of(const tw_ctx* ctx, uint32_t address) {
    const uint32_t id = (address - ctx->semaphore_base) / kSemaphoreStride;
    return address >= ctx->semaphore_base && id < kMostSemaphores ? &ctx->core->semaphore_books[id] : nullptr;
}

// A semaphore that outlives the program.
void note_store(tw_ctx* ctx, uint32_t address, const tw_site* site) {
    if (!ctx->core->ledger || address - ctx->semaphore_base < kMostSemaphores * kSemaphoreStride) return;
    if (ledger::Tensor* t = ctx->core->ledger->find(ledger::Memory::L1, address)) ledger::note_own_store(*t, ctx, site);
}

uint32_t missing_arg(tw_ctx* ctx, uint32_t index, uint32_t count, bool common, const tw_site* site) {
    Problem p = problem_at(ctx, site, ProblemKind::MissingArg, index, count, common);
    // A core that was given an empty list is an idle core of the program's grid: on silicon its kernel reads what is there
    // and, in working programs, finds nothing to do (docs/upstream-api.md H8.3). It reads zeros here. One that was
    // forgotten while others have arguments does the same on silicon with what an earlier program left.
    p.severity = count == 0 && !common ? processor_of(ctx).no_args : count == 0 ? Severity::Warning : Severity::Error;
    p.d = p.severity == Severity::Error && count == 0;
    if (ctx->core->host->allow_missing_args) p.severity = std::min(p.severity, Severity::Warning);
    report(ctx, std::move(p));
    return 0;
}

}  // namespace

void refuse_unset_semaphore(tw_ctx* ctx, const tw_core& core, uint32_t address, const tw_site* site, Severity severity) {
    const uint32_t id = (address - ctx->semaphore_base) / kSemaphoreStride;
    if (address < ctx->semaphore_base || id >= kMostSemaphores || (core.semaphores >> id & 1)) return;
    Problem p = problem_at(ctx, site, ProblemKind::NoSemaphore, id, uint64_t{core.coord.x} << 16 | core.coord.y);
    p.severity = severity;
    report(ctx, std::move(p));
}

}  // namespace tw

using namespace tw;

extern "C" {

uint32_t tw_rt_arg(tw_ctx* ctx, uint32_t i, const tw_site* site) {
    if (__builtin_expect(i < ctx->rt_arg_count, 1)) return ctx->rt_args[i];
    return missing_arg(ctx, i, ctx->rt_arg_count, false, site);
}

uint32_t tw_missing_named_arg(tw_ctx* ctx, const char* name, uint32_t length, const tw_site* site) {
    Problem p = problem_at(ctx, site, ProblemKind::MissingNamedArg);
    p.what.assign(name, length);
    ctx->core->host->warn(std::move(p));
    return 0;
}

uint32_t tw_common_arg(tw_ctx* ctx, uint32_t i, const tw_site* site) {
    if (__builtin_expect(i < ctx->common_arg_count, 1)) return ctx->common_args[i];
    return missing_arg(ctx, i, ctx->common_arg_count, true, site);
}

void tw_wait_word(tw_ctx* ctx, uint32_t address, uint32_t compare, uint32_t value, const tw_site* site) {
    enter_call(ctx, site);
    const uint32_t* word = word_at(ctx, address, site);
    check_no_read(ctx, ReadUse::Load, address, 4, TW_MAX_CBS, site);
    const WaitOp op = compare == TW_AT_LEAST ? WaitOp::AtLeast : compare == TW_NOT_EQUAL ? WaitOp::NotEqual : WaitOp::Equal;
    check_semaphore(ctx, address, __atomic_load_n(word, __ATOMIC_RELAXED), site);
    processor_of(ctx).waited_word = address;
    processor_of(ctx).waited_word_at = site;
    wait_until(ctx, {.kind = WaitKind::Word, .op = op, .subject_address = address, .a = word, .value = value}, site);
    if (SemaphoreBook* book = book_of(ctx, address)) {
        const Processor& self = processor_of(ctx);
        book->note_wait(ctx->risc, op == WaitOp::Equal, value, self.raised, self.added, site);
    }
    emit(RecordKind::WordWait, ctx, site, {.a = address, .b = value, .c = compare, .d = arrivals_seen(ctx)});
    for (NocQueue& queue : processor_of(ctx).noc) note_answer(queue);
}

uint32_t tw_load_word(tw_ctx* ctx, uint32_t address) {
    const tw_site* site = ctx->site;
    check_no_read(ctx, ReadUse::Load, address, 4, TW_MAX_CBS, site);
    const uint32_t value = __atomic_load_n(word_at(ctx, address, site), __ATOMIC_ACQUIRE);
    check_semaphore(ctx, address, value, site);
    if (SemaphoreBook* book = book_of(ctx, address)) book->looked = true;
    emit_observation(RecordKind::WordLoad, ctx, ctx->site, address, value);
    RawState& raw = processor_of(ctx).raw;
    const void* code = __builtin_return_address(0);
    raw.polls = raw.poll_code == code && raw.poll_address == address ? raw.polls + 1 : 1;
    raw.poll_code = code;
    raw.poll_address = address;
    raw.poll_bytes = 4;
    // A loop around this is a spin with a call in it; it counts like one without (tw_loop_tick).
    if (__builtin_expect(++ctx->spin >= 256, 0)) {
        processor_of(ctx).polled = address;
        tw_yield(ctx, nullptr);
        processor_of(ctx).polled = 0;
    }
    return value;
}

void tw_store_word(tw_ctx* ctx, uint32_t address, uint32_t value) {
    const tw_site* site = ctx->site;
    uint32_t* word = word_at(ctx, address, site);
    // Set before it is read, the word holds what the kernel means, wherever it lies.
    check_semaphore(ctx, address, *word, site, Severity::Warning);
    if (*word != value) check_no_write(ctx, SourceReuse::Store, address, 4, TW_MAX_CBS, site);
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
    ++ctx->core->effects;
    note_store(ctx, address, site);
    Processor& self = processor_of(ctx);
    if (SemaphoreBook* book = book_of(ctx, address))
        book->note_set(ctx->risc, value, self.raised, self.added, self.added_last, self.added_at, site);
    self.words.note(own_word(ctx, address), WordWrite::Set, false, value, site);
    emit(RecordKind::WordStore, ctx, ctx->site, {.a = address, .b = value});
}

uint32_t tw_fetch_add_word(tw_ctx* ctx, uint32_t address, uint32_t add) {
    const tw_site* site = ctx->site;
    ++ctx->core->effects;
    check_no_write(ctx, SourceReuse::Store, address, 4, TW_MAX_CBS, site);
    const uint32_t before = __atomic_fetch_add(word_at(ctx, address, site), add, __ATOMIC_ACQ_REL);
    check_semaphore(ctx, address, before, site);
    note_store(ctx, address, site);
    if (SemaphoreBook* book = book_of(ctx, address)) book->looked = true;
    processor_of(ctx).words.note(own_word(ctx, address), WordWrite::Add, false, add, site);
    emit(RecordKind::WordAdd, ctx, ctx->site, {.a = address, .b = add, .c = before, .d = arrivals_seen(ctx)});
    return before;
}

void tw_mailbox_write(tw_ctx* ctx, uint32_t to_risc, uint32_t value, const tw_site* site) {
    enter_call(ctx, site);
    if (to_risc >= TW_RISC_COUNT) {
        fail_kernel(ctx, "mailbox", "mailbox_write names a processor that does not exist", nullptr, nullptr, site);
    }
    Mailbox& box = ctx->core->mailboxes[ctx->risc][to_risc];
    wait_until(ctx,
               {.kind = WaitKind::MailboxFree,
                .op = WaitOp::DifferenceAtMost,
                .subject = static_cast<uint16_t>(to_risc),
                .a = &box.written,
                .b = &box.read,
                .value = Mailbox::kDepth - 1},
               site);
    box.words[box.written % Mailbox::kDepth] = value;
    ++box.written;
    emit(RecordKind::MailboxWrite, ctx, site, {.a = to_risc, .b = value});
}

uint32_t tw_mailbox_read(tw_ctx* ctx, uint32_t from_risc, const tw_site* site) {
    enter_call(ctx, site);
    if (from_risc >= TW_RISC_COUNT) {
        fail_kernel(ctx, "mailbox", "mailbox_read names a processor that does not exist", nullptr, nullptr, site);
    }
    Mailbox& box = ctx->core->mailboxes[from_risc][ctx->risc];
    wait_until(ctx,
               {.kind = WaitKind::MailboxFull,
                .op = WaitOp::DifferenceAtLeast,
                .subject = static_cast<uint16_t>(from_risc),
                .a = &box.written,
                .b = &box.read,
                .value = 1},
               site);
    const uint32_t value = box.words[box.read % Mailbox::kDepth];
    ++box.read;
    emit(RecordKind::MailboxRead, ctx, site, {.a = from_risc, .b = value});
    return value;
}

}  // extern "C"
