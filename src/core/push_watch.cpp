#include "core/push_watch.h"

#include "core/cb_guard.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace tw {

PushWatch push_watch;

namespace {

// Fewer are what data may look like by chance.
constexpr uint32_t kFewestBytes = 16;

struct Landing {
    PushWatch::Place place;
    uint64_t begin, end;
};

std::mutex mutex;
// Of each core's buffer, since its last push.
std::map<std::pair<const tw_core*, uint32_t>, std::vector<Landing>> landings;

// The first run of the pattern: {offset, bytes}.
std::optional<std::pair<uint32_t, uint32_t>> find_pattern(const uint8_t* page, uint32_t bytes) {
    const auto is_pattern = [&](uint32_t at) {
        return at + 4 <= bytes && std::memcmp(page + at, &push_watch.pattern, 4) == 0;
    };
    for (uint32_t at = 0; at < bytes; at += 4) {
        uint32_t end = at;
        while (is_pattern(end)) end += 4;
        if (end - at >= kFewestBytes) return std::pair{at, end - at};
        at = end;
    }
    return std::nullopt;
}

PushWatch::Place who_should_fill(const std::vector<Landing>& of_push, const PushWatch::Gap& gap, uint64_t address) {
    if (gap.offset)
        for (const Landing& l : of_push)
            if (l.end == address) return l.place;
    if (of_push.empty()) return {};
    const Landing& first = of_push.front();
    const bool one = std::ranges::all_of(of_push, [&](const Landing& l) { return l.place.site == first.place.site; });
    return one ? first.place : PushWatch::Place{};
}

// Several buffers may lie over the same memory.
void for_each_buffer_at(const tw_core& core, uint64_t address, const std::function<void(uint32_t cb)>& f) {
    const auto p = std::ranges::find_if(core.processors, [](const Processor& q) { return q.image != nullptr; });
    if (p == core.processors.end()) return;
    const uint32_t shift = pointer_shift(&p->ctx);
    for (uint64_t left = core.cbs; left; left &= left - 1) {
        const auto cb = static_cast<uint32_t>(std::countr_zero(left));
        const tw_local_cb& local = p->ctx.cb[cb];
        const uint64_t end = uint64_t{local.fifo_limit} << shift;
        if (address < end && address >= end - (uint64_t{local.fifo_size} << shift)) f(cb);
    }
}

}  // namespace

void watch_pushes(uint32_t pattern) {
    push_watch = {.on = true, .pattern = pattern, .last = {}, .landed = {}, .stored = {}, .gaps = {}};
    landings.clear();
}

void stop_watching_pushes() {
    push_watch.on = false;
    landings.clear();
}

void note_push(const tw_ctx* ctx, uint32_t cb, uint32_t pages, const tw_site* site) {
    const std::scoped_lock lock(mutex);
    push_watch.last[cb] = {ctx, site};
    const auto node = landings.extract({ctx->core, cb});
    const tw_local_cb& local = ctx->cb[cb];
    const uint32_t shift = pointer_shift(ctx), page = local.fifo_page_size << shift;
    const uint64_t size = uint64_t{local.fifo_size} << shift, end = uint64_t{local.fifo_limit} << shift;
    const uint32_t core = static_cast<uint32_t>(ctx->core->coord.y) << 16 | static_cast<uint32_t>(ctx->core->coord.x);
    std::optional<PushWatch::Gap>& found = push_watch.gaps[cb];
    if (page == 0 || (found && found->core <= core)) return;
    for (uint32_t i = 0; i < pages; ++i) {
        uint64_t at = (uint64_t{local.fifo_wr_ptr} << shift) + uint64_t{i} * page;
        if (at >= end) at -= size;
        if (at + page > end) return;
        const auto run = find_pattern(ctx->l1 + at, page);
        if (!run) continue;
        PushWatch::Gap gap{.push = {ctx, site},
                           .fill = {},
                           .page = i,
                           .pages = pages,
                           .offset = run->first,
                           .bytes = run->second,
                           .core = core,
                           .page_bytes = page};
        if (node) gap.fill = who_should_fill(node.mapped(), gap, at + gap.offset);
        found = gap;
        return;
    }
}

void note_landing(const tw_ctx* ctx, const tw_core& core, uint64_t address, uint64_t bytes, const tw_site* site) {
    const std::scoped_lock lock(mutex);
    for_each_buffer_at(core, address, [&](uint32_t cb) {
        push_watch.landed[cb] = {ctx, site};
        landings[{&core, cb}].push_back({{ctx, site}, address, address + bytes});
    });
}

void note_store(const tw_ctx* ctx, uint64_t address, const tw_site* site) {
    const std::scoped_lock lock(mutex);
    for_each_buffer_at(*ctx->core, address, [&](uint32_t cb) { push_watch.stored[cb] = {ctx, site}; });
}

}  // namespace tw
