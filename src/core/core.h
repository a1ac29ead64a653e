// One emulated Tensix core while a program runs on it: five processors, their circular buffers' counters, mailboxes and
// compute registers.
//
// A core belongs to one worker thread at a time. Its fibers share everything here without locks; other cores touch only its
// L1 (through the NoC) and its turn (to wake it; core/turn.h).
#pragma once

#include "core/cb_book.h"
#include "core/in_flight.h"
#include "core/raw_state.h"
#include "core/semaphore_book.h"
#include "core/turn.h"
#include "core/wait.h"
#include "core/word_log.h"
#include "device/core_coord.h"
#include "fiber/fiber.h"
#include "jit/kernel_request.h"
#include "ledger/launch.h"
#include "observe/checks.h"
#include "observe/problem.h"
#include "record/writer.h"
#include "tw/abi.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

namespace tw {

// What stands where a read is under way (noc/transfer.h, kPoison), twice.
constexpr uint64_t kUnreadWords = 0x7fa57fa5'7fa57fa5;

// The first bytes of pages that were pushed and not waited for yet (core/cb_guard.h).
struct CbGuards {
    uint64_t live = 0;  // bit per circular buffer
    std::array<std::array<uint64_t, 2>, TW_MAX_CBS> head;
};

// The layers above, which keep what belongs to them: core/ only hands it on.
class NocMap;
struct ComputeState;

// Something outside of a buffer's pages, of which is not told yet (CbBook::kept).
struct KeptProblem {
    uint32_t cb = 0, side = 0;
    const tw_site* asked = nullptr;  // the reserve or wait that it comes behind
    Problem problem;
};

enum class FiberState : uint8_t { Idle, Ready, Blocked, Done };

// One RISC. `ctx` is first: a tw_ctx* that the kernel holds is a Processor*.
struct Processor {
    tw_ctx ctx{};
    tw_core* core = nullptr;
    Fiber fiber;
    FiberState state = FiberState::Idle;
    Wait wait;
    const jit::KernelImage* image = nullptr;
    const std::byte* text_begin = nullptr;  // of the image: where the fiber may be preempted
    const std::byte* text_end = nullptr;
    std::vector<std::byte> own_data;  // this core's copy of the kernel's mutable statics, if it has any
    std::array<NocQueue, 2> noc;
    std::array<CbBook, TW_MAX_CBS> books;
    uint32_t last_cb = 0;  // in which a transfer's local side lay
    std::vector<KeptProblem> kept;
    // The last transfer out of a buffer that it never waits for, since its last wait; and into one that it never reserves,
    // since its last reserve. And from where, to where.
    const tw_site *sent_elsewhere = nullptr, *read_elsewhere = nullptr;
    uint32_t sent_elsewhere_from = 0, read_elsewhere_to = 0;
    Severity no_args = Severity::Warning;  // what it weighs that the kernel reads an arg of a core that has none
    uint32_t polls = 0;                    // non-blocking tests in a row
    uint32_t polled = 0;  // the L1 word that its loop looked at when it last gave way; 0: none that is known
    WordLog words;
    uint32_t waited_word = 0;  // the L1 word that it last waited for by a call, and where
    const tw_site* waited_word_at = nullptr;
    uint32_t raised = 0;  // how often it has raised or set words of other cores
    // Of these the increments: how many, the last one and where.
    uint32_t added = 0;
    uint64_t added_last = 0;
    const tw_site* added_at = nullptr;
    RawState raw;
    RecordWriter records;
    // Of this launch: calls by RecordKind, bytes that it read and wrote through the NoC, waits in which it slept.
    std::array<uint64_t, kRecordKinds> calls{};
    uint64_t bytes_read = 0, bytes_written = 0, slept = 0;
    ledger::Trail trail;
};

static_assert(offsetof(Processor, ctx) == 0);

// A FIFO of one word for each (from, to) pair of processors (docs/upstream-api.md K7: depth 4).
struct Mailbox {
    static constexpr uint32_t kDepth = 4;
    uint32_t written = 0, read = 0;
    uint32_t words[kDepth] = {};
};

// What the core layer needs of the launch that it is part of. Implemented by runtime/scheduler.
class LaunchHost {
public:
    virtual ~LaunchHost() = default;
    virtual void enqueue(tw_core&) = 0;  // the core was parked and has something to do again
    virtual void stop(Problem&&) = 0;    // the launch has failed; fibers are dropped at their next switch
    // A finding that the run goes on after: repaired, poisoned, or of no consequence here. Those of one kind at one place
    // become one, with the set of cores and a count.
    virtual void report(Problem&&) = 0;
    virtual bool random(uint32_t one_in) = 0;  // seeded random schedule: true once in so many; else false
    void warn(Problem&& problem) {
        problem.severity = Severity::Warning;
        report(std::move(problem));
    }
    Checks checks;
    bool is_random = false;
    bool deferred_noc = true;
    bool allow_missing_args = false;
};

}  // namespace tw

struct tw_core {
    tw::CoreCoord coord;
    std::array<tw::Processor, TW_RISC_COUNT> processors;
    std::array<tw_cb_counters, TW_MAX_CBS> cb_counters{};
    std::array<uint32_t, TW_MAX_CBS> cb_pages{};  // capacity; 0: no such CB in this program
    // Pages popped that had not been pushed yet; negative: pushed that there was no room for. Both are findings, after
    // which the counters are brought in order as soon as the other side has caught up.
    std::array<int32_t, TW_MAX_CBS> cb_owed{};
    std::array<uint8_t, TW_MAX_CBS> cb_format{};
    // 1 + format of the tensor whose pages were read into the buffer, of what was packed into it; 0: nothing known.
    std::array<uint8_t, TW_MAX_CBS> cb_read_as{}, cb_packed_as{};
    tw::CbGuards guards;
    uint64_t cbs = 0;         // a bit for each that the program has here
    uint64_t unreserved = 0;  // a bit for each that was pushed to without a reserve, which nobody else has waited for yet
    std::array<std::array<tw::Mailbox, TW_RISC_COUNT>, TW_RISC_COUNT> mailboxes;  // [from][to]
    tw::ComputeState* compute = nullptr;                                          // src/compute
    const tw::NocMap* noc_map = nullptr;                                          // src/noc
    tw::LaunchHost* host = nullptr;                                               // null between launches
    tw::ledger::Launch* ledger = nullptr;      // null: nobody asks whose the bytes of a transfer are
    const tw::ledger::CoreMap* map = nullptr;  // of this core's L1; set with the ledger
    tw::CoreTurn turn;
    uint32_t fibers_left = 0;
    uint32_t semaphores = 0;  // bit per id that the program has on this core
    std::array<uint32_t, 16> semaphore_initial{};
    std::array<tw::SemaphoreBook, 16> semaphore_books{};
    uint64_t switches = 0;
    uint32_t idle_rounds = 0;           // rounds in a row in which its fibers only spun
    uint64_t spun_in = 0;               // the scheduler's epoch in which it last did nothing but spin
    uint32_t record_sequence = 0;       // of the newest record of its processors
    std::atomic<uint32_t> arrivals{0};  // landings in its L1 from other cores, while records are made
    uint64_t effects = 0;               // CB pushes and pops, writes, atomics: what tells work from spinning

    // Tells the core's worker that its L1 has changed; called after the change.
    void wake() {
        if (turn.touch()) host->enqueue(*this);
    }
};

namespace tw {

inline Processor& processor_of(tw_ctx* ctx) {
    return *reinterpret_cast<Processor*>(ctx);
}
inline const Processor& processor_of(const tw_ctx* ctx) {
    return *reinterpret_cast<const Processor*>(ctx);
}

const char* risc_name(uint32_t risc);

// Fills in who and where, so that a problem outlives the fiber it came from.
Problem problem_at(const tw_ctx*, const tw_site*, ProblemKind, uint64_t a = 0, uint64_t b = 0, uint64_t c = 0);
// Another place of it; `role` are words that stand for good.
Also also_at(const tw_ctx*, const tw_site*, const char* role);

// Ends the launch because of this fiber. Never returns: the fiber is dropped.
[[noreturn]] void stop_fiber(tw_ctx*, Problem&&);

// A finding of this fiber that it goes on after.
[[gnu::cold, gnu::noinline]] void report(tw_ctx*, Problem&&);

constexpr uint32_t kSemaphoreStride = 16;  // bytes (docs/upstream-api.md H8.6)
constexpr uint32_t kMostSemaphores = 16;   // of a core (docs/upstream-api.md H1.2)
// What a launch writes into the semaphores that a core does not have: nothing of an earlier program may be read there.
constexpr uint32_t kUnsetSemaphore = 0x5e3a0bad;
// For a word that holds kUnsetSemaphore: a finding if it is a semaphore that the core does not have.
void refuse_unset_semaphore(tw_ctx*, const tw_core&, uint32_t address, const tw_site*, Severity = Severity::Error);

// In the seeded random schedule, sometimes gives way although it need not.
void maybe_preempt(tw_ctx*);

struct RecordFields {
    uint64_t a = 0;
    uint32_t b = 0, c = 0, d = 0, e = 0;
    uint8_t flags = 0;
};

// Out of line, so that a place that emits is a count, one test and a jump that is not taken when nobody listens.
[[gnu::noinline]] uint32_t append_record(RecordKind, tw_ctx*, const tw_site*, const RecordFields&);
[[gnu::noinline]] void append_observation(RecordKind, tw_ctx*, const tw_site*, uint64_t a, uint32_t value, uint32_t e);

inline bool is_recorded(const tw_ctx* who, RecordKind kind) {
    return __builtin_expect((who->event_mask & record_bit(kind)) != 0, 0);
}

// What a processor did, for the launch's counts and its recording. The record's sequence, or 0.
inline uint32_t emit(RecordKind kind, tw_ctx* who, const tw_site* site, const RecordFields& fields = {}) {
    ++processor_of(who).calls[static_cast<unsigned>(kind)];
    return is_recorded(who, kind) ? append_record(kind, who, site, fields) : 0;
}

// A value that the order of work decided and the kernel goes on with; tests that repeat are counted into one record.
inline void emit_observation(RecordKind kind, tw_ctx* who, const tw_site* site, uint64_t a, uint32_t value,
                             uint32_t e = 0) {
    ++processor_of(who).calls[static_cast<unsigned>(kind)];
    if (is_recorded(who, kind)) append_observation(kind, who, site, a, value, e);
}

// What has arrived in this core's L1 so far, as records tell it.
inline uint32_t arrivals_seen(const tw_ctx* who) {
    return who->core->arrivals.load(std::memory_order_relaxed);
}

// Called by each API function: the kernel is alive and its place is known.
inline void enter_call(tw_ctx* ctx, const tw_site* site) {
    ctx->site = site;
    ctx->spin = 0;
    ++processor_of(ctx).raw.epoch;
}

}  // namespace tw
