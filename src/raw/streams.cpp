// A pointer has no owner, but a loop has: whoever stores element after element began in some circular buffer, and meant to
// stay there. So each place of the code is followed from store to store; one that steps over the end of its buffer is told.
#include "raw/streams.h"

#include "core/code_site.h"

#include <bit>

namespace tw::raw {
namespace {

// Loops are unrolled and vectorised: one instruction's next store may be so far ahead and still be the loop's next one.
constexpr uint32_t kStride = 256;

// L1 offsets of a buffer's memory; sizes of the compute threads are in units of 16 bytes.
struct Extent {
    uint32_t begin = 0, end = 0;
    bool holds(uint32_t address) const { return address >= begin && address < end; }
};

Extent extent_of(const tw_ctx* ctx, uint32_t cb) {
    const tw_local_cb& local = ctx->cb[cb];
    const uint32_t shift = ctx->risc >= TW_TRISC_UNPACK ? 4 : 0;
    return {(local.fifo_limit - local.fifo_size) << shift, local.fifo_limit << shift};
}

constexpr uint8_t kNoBuffer = 0xff;

// Buffers may lie over one another: of those that hold the address, the one that goes on for longest.
uint8_t buffer_at(const tw_ctx* ctx, uint32_t address) {
    uint8_t found = kNoBuffer;
    uint32_t end = 0;
    for (uint64_t left = ctx->core->cbs; left; left &= left - 1) {
        const auto cb = static_cast<uint32_t>(std::countr_zero(left));
        const Extent extent = extent_of(ctx, cb);
        if (!extent.holds(address) || extent.end <= end) continue;
        found = static_cast<uint8_t>(cb);
        end = extent.end;
    }
    return found;
}

bool is_at_pointer(const tw_ctx* ctx, uint8_t cb, uint32_t address) {
    const tw_local_cb& local = ctx->cb[cb];
    const uint32_t shift = ctx->risc >= TW_TRISC_UNPACK ? 4 : 0;
    return address == local.fifo_wr_ptr << shift || address == local.fifo_rd_ptr << shift;
}

// From where one small buffer stands to where the next one stands: a loop over buffers, not over one's elements.
bool is_hop(const tw_ctx* ctx, const RawState::Stream& s, const Access& a) {
    const uint8_t cb = buffer_at(ctx, a.address);
    return cb != kNoBuffer && is_at_pointer(ctx, cb, a.address) && is_at_pointer(ctx, s.cb, s.last);
}

void tell_overrun(tw_ctx* ctx, const Access& a, uint8_t cb) {
    const Extent extent = extent_of(ctx, cb);
    Problem p = problem_at(ctx, code_site(a.code), ProblemKind::RawPastBuffer, cb, a.address, a.bytes);
    p.d = extent.end;
    const uint8_t other = buffer_at(ctx, a.address >= extent.end ? a.address : extent.end);
    p.what = other == kNoBuffer ? "" : std::to_string(other);
    p.file = code_site(a.code)->file;
    p.line = 0;
    report(ctx, std::move(p));
}

}  // namespace

bool check_stream(tw_ctx* ctx, RawState::Stream& s, const Access& a) {
    bool goes_on = s.code == a.code && s.write && a.address >= s.last && a.address - s.last <= kStride + s.bytes;
    if (goes_on && s.cb != kNoBuffer && uint64_t{a.address} + a.bytes > s.end) {
        if (!s.told && !is_hop(ctx, s, a)) {
            s.told = true;
            tell_overrun(ctx, a, s.cb);
        }
        goes_on = s.told;
    }
    if (!goes_on) {
        s.told = false;
        s.cb = buffer_at(ctx, a.address);
        if (s.cb != kNoBuffer) {
            const Extent extent = extent_of(ctx, s.cb);
            s.begin = extent.begin;
            s.end = extent.end;
            if (uint64_t{a.address} + a.bytes > s.end) {
                s.told = true;
                tell_overrun(ctx, a, s.cb);
            }
        }
    }
    return s.told;
}

}  // namespace tw::raw
