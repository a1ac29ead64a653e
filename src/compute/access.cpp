#include "compute/access.h"

#include "core/cb_formats.h"

#include <fmt/format.h>

namespace tw::compute {
namespace {

// The fiber's stack is never unwound, so no string may be left on it: `what` is moved on.
Problem worded(tw_ctx* ctx, const char* code, std::string&& what, const char* why, const char* fix, const tw_site* site) {
    Problem p = problem_at(ctx, site, ProblemKind::Custom);
    p.code = code;
    p.what = std::move(what);
    p.why = why;
    p.fix = fix;
    return p;
}

void fail(tw_ctx* ctx, const char* code, std::string&& what, const char* why, const char* fix, const tw_site* site) {
    stop_fiber(ctx, worded(ctx, code, std::move(what), why, fix, site));
}

void warn_once(tw_ctx* ctx, bool& warned, const char* code, std::string&& what, const char* why, const char* fix,
               const tw_site* site) {
    if (warned) return;
    warned = true;
    ctx->core->host->warn(worded(ctx, code, std::move(what), why, fix, site));
}

}  // namespace

void warn_bcast_to_wide_dst(tw_ctx* ctx, ComputeState& s, uint32_t cb, bool rows, const tw_site* site) {
    warn_once(ctx, s.warned_bcast, "bcast-to-wide-dst",
              fmt::format("unary_bcast of a {} of 16-bit floats (CB {}) into a DST of 32 bits does not work on silicon",
                          rows ? "row" : "column", cb),
              rows ? "its moves are programmed for a 16-bit DST: Wormhole writes wrong values (here they are right)"
                   : "Blackhole never ends it (here it does)",
              "leave fp32_dest_acc_en off, unpack a Float32 buffer, or use the *_tiles_bcast functions", site);
}

void warn_turn_to_dst(tw_ctx* ctx, ComputeState& s, uint32_t cb, const tw_site* site) {
    warn_once(ctx, s.warned_turn, "transpose-to-dst",
              fmt::format("copy_init asks for faces of CB {} to be transposed, whose 32-bit data goes straight to DST", cb),
              "the unpacker transposes on its way to a source register only; for DST silicon's result is not defined "
              "(here the faces are transposed)",
              "use transpose_init and transpose_tile, or UnpackToDestMode::Default for this buffer", site);
}

void warn_half_turned(tw_ctx* ctx, ComputeState& s, const tw_site* site) {
    warn_once(ctx, s.warned_half_turn, "half-transposed",
              "a tile is packed of which copy_init has transposed only the faces' places, or only each face",
              "a transpose is both: copy_init's second argument exchanges faces, its third transposes within them",
              "use transpose_init and transpose_tile, or give copy_init both arguments", site);
}

void fail_cb_index(tw_ctx* ctx, uint32_t cb, const tw_site* site) {
    stop_fiber(ctx, problem_at(ctx, site, ProblemKind::CbUnknown, cb));
}

namespace {

Problem outside_cb_problem(tw_ctx* ctx, uint32_t cb, uint32_t tile, bool write, const tw_site* site) {
    const tw_local_cb& local = ctx->cb[cb];
    const uint32_t position = write ? local.fifo_wr_ptr : local.fifo_rd_ptr;
    return worded(
        ctx, "tile-index",
        fmt::format("tile {} of CB {} is outside the buffer: from its {} position there are {} bytes up to the end", tile,
                    cb, write ? "write" : "read", (uint64_t{local.fifo_limit} - position) << 4),
        "a tile index counts from the front of the buffer, and a window never wraps around its end",
        "use an index below the number of pages that were waited for or reserved", site);
}

Problem outside_dst_problem(tw_ctx* ctx, uint32_t d, uint32_t limit, const tw_site* site) {
    return worded(ctx, "dst-index", fmt::format("DST tile {} does not exist: this kernel has tiles 0 to {}", d, limit - 1),
                  "DST holds 16 tiles, 8 with fp32_dest_acc_en; without dst_full_sync_en half of them belong to the packer",
                  "use fewer DST tiles at a time, or set dst_full_sync_en", site);
}

}  // namespace

void fail_cb_range(tw_ctx* ctx, uint32_t cb, uint32_t tile, bool write, const tw_site* site) {
    stop_fiber(ctx, outside_cb_problem(ctx, cb, tile, write, site));
}

uint8_t* outside_cb(tw_ctx* ctx, uint32_t cb, const tw_cb_format& format, uint32_t tile, bool write, const tw_site* site) {
    const tw_local_cb& local = ctx->cb[cb];
    // A buffer that no tile of its format fits into: the index is not to blame.
    if (format.tile_bytes > uint64_t{local.fifo_size} << 4) {
        if (!write) check_read_as(ctx, cb, format.format, site);
        stop_fiber(ctx,
                   problem_at(ctx, site, ProblemKind::CbPageTooSmall, cb, local.fifo_page_size << 4, format.tile_bytes));
    }
    report(ctx, outside_cb_problem(ctx, cb, tile, write, site));
    return ctx->l1 + ((uint64_t{local.fifo_limit} - local.fifo_size) << 4);
}

void fail_dst_index(tw_ctx* ctx, uint32_t d, uint32_t limit, const tw_site* site) {
    stop_fiber(ctx, outside_dst_problem(ctx, d, limit, site));
}

uint32_t outside_dst(tw_ctx* ctx, uint32_t d, uint32_t limit, const tw_site* site) {
    report(ctx, outside_dst_problem(ctx, d, limit, site));
    return d % limit;
}

void use_dst_unasked(tw_ctx* ctx, bool pack, const tw_site* site) {
    if (pack) {
        report(ctx, worded(ctx, "dst-not-ready", "the packer reads DST before tile_regs_wait",
                           "nothing says that the math thread has finished with these registers",
                           "call tile_regs_wait() before packing", site));
        tw_dst_wait(ctx, site);
    } else {
        report(ctx, worded(ctx, "dst-not-acquired", "the math thread uses DST before tile_regs_acquire",
                           "the registers may still belong to the packer",
                           "call tile_regs_acquire() first, and tile_regs_commit() after", site));
        tw_dst_acquire(ctx, site);
    }
}

void report_dst_width(tw_ctx* ctx, const tw_site* site) {
    report(ctx, worded(ctx, "dst-width", "the width of DST changes between tile_regs_acquire and tile_regs_commit",
                       "words that are in DST would be read in the other width",
                       "change the width outside of acquire and commit", site));
}

void fail_format(tw_ctx* ctx, const char* unit, uint32_t cb, uint32_t format, const tw_site* site) {
    fail(ctx, "data-format", fmt::format("the {} does not take data format {} of CB {}", unit, format, cb),
         "this is none of the formats of the chip, or one whose tiles have no rows of their own (block floats)",
         "give the circular buffer one of these formats", site);
    __builtin_unreachable();
}

SrcBank& begin_fill(tw_ctx* ctx, SrcRegister& r, uint32_t which, const tw_site* site) {
    wait_until(ctx,
               {.kind = WaitKind::SrcFree,
                .op = WaitOp::DifferenceAtMost,
                .subject = static_cast<uint16_t>(which),
                .a = &r.filled,
                .b = &r.consumed,
                .value = 1},
               site);
    return r.banks[r.filled & 1u];
}

void end_fill(SrcRegister& r) {
    __atomic_store_n(&r.filled, r.filled + 1, __ATOMIC_RELEASE);
}

SrcBank& begin_use(tw_ctx* ctx, SrcRegister& r, uint32_t which, const tw_site* site) {
    wait_until(ctx,
               {.kind = WaitKind::SrcFull,
                .op = WaitOp::DifferenceAtLeast,
                .subject = static_cast<uint16_t>(which),
                .a = &r.filled,
                .b = &r.consumed,
                .value = 1},
               site);
    return r.banks[r.consumed & 1u];
}

void end_use(SrcRegister& r) {
    __atomic_store_n(&r.consumed, r.consumed + 1, __ATOMIC_RELEASE);
}

}  // namespace tw::compute
