#include "runtime/device_cores.h"

#include "tw/remote_cb.h"

#include "core/order.h"
#include "noc/transfer.h"
#include "observe/observer.h"
#include "observe/prints.h"
#include "runtime/break_point.h"
#include "runtime/l1_layout.h"
#include "runtime/l1_map.h"
#include "runtime/signals.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <optional>

namespace tw::runtime {
namespace {

void run_kernel(void* argument) {
    auto* p = static_cast<Processor*>(argument);
    emit(RecordKind::KernelStart, &p->ctx, nullptr);
    // Kernels have no exceptions; this is for one of the runtime's own.
    std::optional<Problem> problem;
    note_kernel_begins(*p);
    stop_where_asked(p->ctx);
    try {
        p->image->entry();
    } catch (const std::exception& e) {
        problem = problem_at(&p->ctx, nullptr, ProblemKind::Exception);
        problem->what = e.what();
    }
    if (problem) stop_fiber(&p->ctx, std::move(*problem));
    check_kernel_end(&p->ctx);
    // What it left in flight, by ending without a barrier, the scheduler lands when the core has nothing better to do.
    emit(RecordKind::KernelEnd, &p->ctx, nullptr);
    p->state = FiberState::Done;
    p->fiber.suspend();
}

// DPRINT costs a kernel one test unless somebody asks for it: the environment, or an observer.
bool prints_wanted(const tw_ctx& ctx) {
    static const PrintChoice choice = PrintChoice::of_environment();
    return choice.wants(ctx.logical_x, ctx.logical_y, ctx.risc) || Observers::get().prints_wanted();
}

}  // namespace

DeviceCores& DeviceCores::of(const Device& device) {
    std::shared_ptr<void>& slot = device.runtime_state();
    if (!slot) slot = std::make_shared<DeviceCores>(device);
    return *static_cast<DeviceCores*>(slot.get());
}

DeviceCores::DeviceCores(const Device& device) : device_(device), noc_map_(device), cores_(device.num_l1_banks()) {}

tw_core& DeviceCores::prepare(const CoreLaunch& launch, Numerics numerics, ComputeChecks checks, uint32_t records,
                              ledger::Launch* ledger) {
    const CoreCoord grid = device_.grid();
    TW_CHECK(launch.core.x < grid.x && launch.core.y < grid.y);
    std::unique_ptr<Kept>& slot = cores_[launch.core.y * grid.x + launch.core.x];
    if (!slot) slot = std::make_unique<Kept>();
    tw_core& core = slot->core;
    core.compute = slot->compute.get();
    core.coord = launch.core;
    core.noc_map = &noc_map_;
    core.ledger = ledger;
    core.map = ledger ? l1_map(*ledger, launch) : nullptr;
    core.guards.live = 0;
    core.unreserved = 0;
    core.cb_read_as.fill(0);
    core.cb_packed_as.fill(0);
    if (core.map) {
        for (const ledger::Region& r : core.map->regions)
            if (r.cb < TW_MAX_CBS) core.cb_read_as[r.cb] = r.format;
    }
    core.fibers_left = 0;
    core.switches = 0;
    core.idle_rounds = 0;
    core.record_sequence = 0;
    core.arrivals.store(0, std::memory_order_relaxed);
    core.spun_in = 0;
    core.cb_counters.fill({});
    core.cb_owed.fill(0);
    core.cb_pages.fill(0);
    core.cbs = 0;
    for (const CbPlacement& cb : launch.cbs) {
        core.cbs |= uint64_t{1} << cb.index;
        core.cb_pages[cb.index] = cb.page_size ? cb.size / cb.page_size : 0;
        core.cb_format[cb.index] = static_cast<uint8_t>(cb.format);
    }
    for (auto& row : core.mailboxes) row.fill({});

    uint8_t* l1 = device_.l1(launch.core);
    std::memset(l1 + kZerosAddress, 0, kZerosBytes);
    const auto semaphore = [&](uint32_t id) {
        return reinterpret_cast<uint32_t*>(l1 + kSemaphoreBase + id * kSemaphoreStride);
    };
    for (uint32_t id = 0; id < kMostSemaphores; ++id) __atomic_store_n(semaphore(id), kUnsetSemaphore, __ATOMIC_RELAXED);
    core.semaphores = 0;
    core.semaphore_initial.fill(0);
    core.semaphore_books.fill({});
    for (const SemaphoreInit& s : launch.semaphores) {
        core.semaphores |= 1u << s.id;
        core.semaphore_initial[s.id] = s.value;
        __atomic_store_n(semaphore(s.id), s.value, __ATOMIC_RELAXED);
    }
    bool computes = false;
    for (uint32_t risc = 0; risc < TW_RISC_COUNT; ++risc) {
        const KernelOnCore& kernel = launch.kernels[risc];
        core.processors[risc].state = FiberState::Idle;
        for (NocQueue& queue : core.processors[risc].noc) queue.clear();
        core.processors[risc].words.clear();
        core.processors[risc].image = kernel.image;
        if (!kernel.image) {
            for (const CbPlacement& cb : launch.cbs) core.processors[risc].books[cb.index] = {};
            continue;
        }
        start_processor(core, risc, kernel, launch, records);
        computes |= risc >= TW_TRISC_UNPACK;
    }
    for (const RemoteCbPlacement& cb : launch.remote_cbs) place_remote_cb(core, cb, align_remote_cb(cb, l1));
    if (computes) reset_compute_state(*core.compute, launch.compute, device_.chip().arch, numerics, checks);
    const NocCoord at_noc = device_.worker_noc(launch.core);
    noc_map_.at(at_noc.x, at_noc.y).core = &core;
    return core;
}

void DeviceCores::retire(tw_core& core) {
    const NocCoord at_noc = device_.worker_noc(core.coord);
    noc_map_.at(at_noc.x, at_noc.y).core = nullptr;
}

void DeviceCores::start_processor(tw_core& core, uint32_t risc, const KernelOnCore& kernel, const CoreLaunch& launch,
                                  uint32_t records) {
    Processor& p = core.processors[risc];
    p.core = &core;
    p.image = kernel.image;
    p.wait = Wait{};
    p.no_args = kernel.no_args == NoArgs::EmptyList ? Severity::Note
                : kernel.no_args == NoArgs::LeftOut ? Severity::Error
                                                    : Severity::Warning;
    p.polls = p.polled = p.waited_word = 0;
    p.waited_word_at = nullptr;
    p.raised = p.added = 0;
    p.added_at = nullptr;
    p.trail.clear();
    p.kept.clear();
    p.sent_elsewhere = p.read_elsewhere = nullptr;
    find_text(p);
    p.own_data = kernel.image->initial_data;

    tw_ctx& ctx = p.ctx;
    const NocCoord at_noc = device_.worker_noc(launch.core);
    ctx.l1 = device_.l1(launch.core);
    ctx.l1_size = device_.chip().l1_size;
    ctx.event_mask = records;
    p.records.begin();
    p.raw = {};
    p.calls.fill(0);
    p.bytes_read = p.bytes_written = p.slept = 0;
    ctx.risc = static_cast<uint8_t>(risc);
    ctx.noc_index = kernel.noc_index;
    ctx.my_x[0] = ctx.my_x[1] = at_noc.x;
    ctx.my_y[0] = ctx.my_y[1] = at_noc.y;
    ctx.logical_x = static_cast<uint16_t>(launch.core.x);
    ctx.logical_y = static_cast<uint16_t>(launch.core.y);
    ctx.relative_x = kernel.relative_x;
    ctx.relative_y = kernel.relative_y;
    ctx.semaphore_base = kSemaphoreBase;
    ctx.zeros_l1 = kZerosAddress;
    ctx.zeros_size = kZerosBytes;
    ctx.spin = 0;
    ctx.site = TW_SITE_NONE;
    std::ranges::fill(ctx.noc_state, 0);
    ctx.print_enabled = prints_wanted(ctx);
    ctx.cb_counters = core.cb_counters.data();
    ctx.core = &core;
    place_args(ctx, kernel);

    const uint32_t shift = risc >= TW_TRISC_UNPACK ? 4 : 0;  // TRISCs count 16-byte units (docs/upstream-api.md K3)
    for (const CbPlacement& cb : launch.cbs) {
        tw_local_cb& local = ctx.cb[cb.index];
        local = {};
        local.fifo_size = cb.size >> shift;
        local.fifo_page_size = cb.page_size >> shift;
        local.fifo_num_pages = cb.page_size ? cb.size / cb.page_size : 0;
        local.fifo_rd_ptr = local.fifo_wr_ptr = cb.address >> shift;
        local.fifo_limit = (cb.address + cb.size) >> shift;
        p.books[cb.index] = CbBook(local);
    }
    p.last_cb = 0;
    p.state = FiberState::Ready;
    p.fiber.reset(run_kernel, &p);
    ++core.fibers_left;
}

// What is skipped counts as sent by the sender and as taken by a receiver, on both ends. Each end's launch does its own
// part.
uint32_t DeviceCores::align_remote_cb(const RemoteCbPlacement& cb, uint8_t* l1) const {
    const auto config = [&](uint32_t offset) { return reinterpret_cast<uint32_t*>(l1 + cb.config + offset); };
    const uint32_t start = *config(kRemoteCbStart), size = *config(kRemoteCbSize), before = *config(kRemoteCbPosition);
    const uint32_t pages = (before - start + cb.page_size - 1) / cb.page_size;
    uint32_t position = start + pages * cb.page_size, skipped = position - before;
    if (position >= start + size - size % cb.page_size && before != start) {
        position = start;
        skipped = start + size - before;
    }
    if (skipped == 0) return position;
    const bool sends = *config(kRemoteCbIsSender) != 0;
    const uint32_t others = *config(kRemoteCbReceivers);
    for (uint32_t i = 0; i < others; i++) {
        const uint32_t counter = *config(kRemoteCbCounters) + i * 2 * kRemoteCbUnit + (sends ? 0 : kRemoteCbUnit);
        const auto* place = reinterpret_cast<const uint32_t*>(l1 + *config(kRemoteCbPlaces)) + 2 * i;
        for (uint8_t* memory : {l1, noc_map_.at(place[0], place[1]).base})
            *reinterpret_cast<uint32_t*>(memory + counter) += skipped / kRemoteCbUnit;
    }
    *config(kRemoteCbPosition) = position;
    return position;
}

void DeviceCores::place_remote_cb(tw_core& core, const RemoteCbPlacement& cb, uint32_t position) {
    const uint8_t* l1 = device_.l1(core.coord);
    const auto config = [&](uint32_t offset) { return *reinterpret_cast<const uint32_t*>(l1 + cb.config + offset); };
    const uint32_t start = config(kRemoteCbStart), size = config(kRemoteCbSize), counters = config(kRemoteCbCounters);
    const uint32_t whole_pages = size - size % cb.page_size;
    for (uint32_t risc = 0; risc < TW_RISC_COUNT; ++risc) {
        tw_ctx& ctx = core.processors[risc].ctx;
        RemoteSenderCBInterface view{cb.config,
                                     start,
                                     start + whole_pages,
                                     cb.page_size,
                                     position,
                                     config(kRemoteCbPlaces),
                                     counters,
                                     config(kRemoteCbReceivers) << REMOTE_CB_PACKED_COUNT_SHIFT | counters};
        if (config(kRemoteCbIsSender) == 0) {
            const auto* sender = reinterpret_cast<const uint32_t*>(l1 + config(kRemoteCbPlaces));
            view.receiver_noc_xy_ptr = sender[0] | sender[1] << 16;
            view.aligned_pages_sent_ptr = view.num_receivers_and_remote_pages_sent_ptr = counters + kRemoteCbUnit;
        }
        std::memcpy(&ctx.cb[cb.index], &view, sizeof view);
        const uint32_t shift = risc >= TW_TRISC_UNPACK ? 4 : 0;
        for (uint32_t local = 0; local < TW_MAX_CBS; ++local) {
            if (!(cb.local_indices >> local & 1)) continue;
            tw_local_cb& over = ctx.cb[local];
            over.fifo_size = whole_pages >> shift;
            over.fifo_limit = (start + whole_pages) >> shift;
            over.fifo_num_pages = over.fifo_page_size ? over.fifo_size / over.fifo_page_size : 0;
            over.fifo_rd_ptr = over.fifo_wr_ptr = position >> shift;
            core.cb_pages[local] = over.fifo_num_pages;
            core.processors[risc].books[local] = CbBook(over);
            // Kernels move these pointers along with the remote buffer's, whose own words say how much there is room for.
            core.processors[risc].books[local].moved = true;
            core.processors[risc].books[local].free = ~0u;
        }
    }
}

// Arguments live in L1, as on silicon: kernels take their address and index on from there.
void DeviceCores::place_args(tw_ctx& ctx, const KernelOnCore& kernel) {
    TW_CHECK((kernel.args.size() + kernel.common_args.size()) * 4 <= kArgsBytes);
    ctx.rt_args_l1 = args_address(ctx.risc);
    ctx.common_args_l1 = ctx.rt_args_l1 + static_cast<uint32_t>(kernel.args.size_bytes());
    std::ranges::copy(kernel.args, reinterpret_cast<uint32_t*>(ctx.l1 + ctx.rt_args_l1));
    std::ranges::copy(kernel.common_args, reinterpret_cast<uint32_t*>(ctx.l1 + ctx.common_args_l1));
    ctx.rt_args = reinterpret_cast<const uint32_t*>(ctx.l1 + ctx.rt_args_l1);
    ctx.common_args = reinterpret_cast<const uint32_t*>(ctx.l1 + ctx.common_args_l1);
    ctx.rt_arg_count = static_cast<uint32_t>(kernel.args.size());
    ctx.common_arg_count = static_cast<uint32_t>(kernel.common_args.size());
}

}  // namespace tw::runtime
