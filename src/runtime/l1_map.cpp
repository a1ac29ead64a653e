#include "runtime/l1_map.h"

#include "core/core.h"
#include "runtime/l1_layout.h"

#include <algorithm>

namespace tw::runtime {

using ledger::Region;
using ledger::RegionKind;

namespace {

// Circular buffers begin at multiples of the allocation's alignment: what lies between two of them is nobody's.
void note_neighbours(ledger::CoreMap& map) {
    constexpr uint32_t kGap = 64;
    map.above.fill(TW_MAX_CBS);
    for (const Region& r : map.regions) {
        const auto overlaps = [&](const Region& o) { return &o != &r && o.begin < r.end && r.begin < o.end; };
        if (r.pinned || r.cb >= TW_MAX_CBS || r.end - r.begin < 32 || std::ranges::any_of(map.regions, overlaps)) continue;
        map.watched |= uint64_t{1} << r.cb;
        map.begin_of[r.cb] = r.begin;
        for (const Region& next : map.regions)
            if (next.begin >= r.end && next.begin - r.end < kGap && next.cb < TW_MAX_CBS) map.above[r.cb] = next.cb;
    }
}

}  // namespace

const ledger::CoreMap* l1_map(ledger::Launch& ledger, const CoreLaunch& launch) {
    const void* key = launch.cbs.data();
    if (const ledger::CoreMap* known = ledger.map_of(key)) return known;
    ledger::CoreMap map;
    for (const CbPlacement& cb : launch.cbs) {
        // Those over a remote circular buffer lie in its memory, a tensor of the device.
        const auto over = [&](const RemoteCbPlacement& remote) { return remote.local_indices >> cb.index & 1; };
        if (std::ranges::any_of(launch.remote_cbs, over)) continue;
        const uint32_t end = cb.address + cb.size;
        const uint64_t bit = uint64_t{1} << cb.index;
        const auto same = [&](const Region& r) { return r.begin == cb.address && r.end == end; };
        if (auto known = std::ranges::find_if(map.regions, same); known != map.regions.end()) {
            known->cbs |= bit;
            known->cb = TW_MAX_CBS;
            known->page_size = known->page_size == cb.page_size ? cb.page_size : 0;
            continue;
        }
        const ledger::Tensor* tensor = ledger.find(ledger::Memory::L1, cb.address);
        if (tensor) ledger.add_pinned(cb.address, end);
        map.regions.push_back({.begin = cb.address,
                               .end = end,
                               .kind = RegionKind::CircularBuffer,
                               .pinned = tensor != nullptr,
                               .cbs = bit,
                               .cb = cb.index,
                               .format = tensor ? tensor->format : uint8_t{0},
                               .page_size = cb.page_size});
    }
    note_neighbours(map);
    const auto add = [&](uint32_t begin, uint32_t end, RegionKind kind) {
        map.regions.push_back({.begin = begin, .end = end, .kind = kind});
    };
    add(kZerosAddress, kZerosAddress + kZerosBytes, RegionKind::Zeros);
    add(kSemaphoreBase, kSemaphoreBase + kMostSemaphores * kSemaphoreStride, RegionKind::Semaphores);
    add(kArgsBase, kReservedEnd, RegionKind::Arguments);
    // Last, so that it is found only where none of these is.
    add(0, ledger.l1_base(), RegionKind::Reserved);
    return ledger.add_map(key, std::move(map));
}

}  // namespace tw::runtime
