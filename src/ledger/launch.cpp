#include "ledger/launch.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::ledger {

const Region* CoreMap::find(uint64_t address, uint64_t bytes) const {
    const Region* first = nullptr;
    for (const Region& r : regions) {
        if (address < r.begin || address >= r.end) continue;
        if (address + bytes <= r.end) return &r;
        if (!first || r.end > first->end) first = &r;
    }
    return first;
}

const Region* CoreMap::next_after(uint64_t address) const {
    const Region* next = nullptr;
    for (const Region& r : regions)
        if (r.begin >= address && (!next || r.begin < next->begin)) next = &r;
    return next;
}

Launch::Launch(const Allocations& allocations, uint32_t l1_base, uint64_t dram_base)
    : allocations_(allocations), dram_base_(dram_base), l1_base_(l1_base) {
    for (const Memory memory : {Memory::Dram, Memory::L1}) {
        const auto m = static_cast<size_t>(memory);
        snapshots_[m] = allocations.snapshot(memory);
        tensors_[m].reserve(snapshots_[m]->size());
        for (const auto& a : *snapshots_[m]) {
            Tensor& t = tensors_[m].emplace_back();
            t.begin = a->begin;
            t.end = a->end;
            t.pages = a->pages;
            t.stride = a->stride;
            t.page_size = a->page_size;
            t.banks = a->banks;
            t.interleaved = a->is_interleaved();
            t.had_data = a->has_data.load(std::memory_order_relaxed);
            t.allocation = a;
        }
    }
}

void Launch::name_tensor(uint32_t place, uint64_t buffer, uint8_t format) {
    in_call_ = std::max(in_call_, place + 1);
    places_.resize(in_call_, {0, kNone});
    for (uint8_t m = 0; m < 2; ++m) {
        for (uint32_t i = 0; i < tensors_[m].size(); ++i) {
            Tensor& t = tensors_[m][i];
            if (t.allocation->id != buffer) continue;
            places_[place] = {m, i};
            t.format = static_cast<uint8_t>(format + 1);
            formats_ |= uint32_t{1} << (format & 31);
            t.place = t.place == kNone ? place : std::max(t.place, place);  // in place: an output above all
            if (!t.interleaved) return;
            t.derived.assign(t.pages, 0);
            t.writer.assign(t.pages, 0);
            t.reader.assign(t.pages, 0);
            t.of_core.assign(Tensor::kCoreNumbers, {});
            return;
        }
    }
}

Tensor* Launch::in_call(uint32_t place) {
    if (place >= places_.size() || places_[place].second == kNone) return nullptr;
    return &tensors_[places_[place].first][places_[place].second];
}

void Launch::add_pinned(uint32_t begin, uint32_t end) {
    for (Tensor& t : tensors(Memory::L1))
        if (t.begin < end && begin < t.end) t.pinned = true;
}

Tensor* Launch::find(Memory memory, uint64_t address) {
    std::vector<Tensor>& all = tensors(memory);
    auto after = std::ranges::upper_bound(all, address, {}, &Tensor::begin);
    if (after == all.begin()) return nullptr;
    Tensor& t = *std::prev(after);
    return address < t.end ? &t : nullptr;
}

const CoreMap* Launch::map_of(const void* key) const {
    for (const auto& [known, map] : maps_)
        if (known == key) return map.get();
    return nullptr;
}

const CoreMap* Launch::add_map(const void* key, CoreMap map) {
    return maps_.emplace_back(key, std::make_unique<const CoreMap>(std::move(map))).second.get();
}

void Launch::note_data() {
    for (const auto& all : tensors_)
        for (const Tensor& t : all)
            if (t.first_write.who || t.pinned || (t.place != kNone && t.allocation->memory == Memory::L1))
                t.allocation->has_data.store(true, std::memory_order_relaxed);
}

std::string Launch::name_of(const Tensor& t) const {
    if (t.place == kNone) return fmt::format("a {} that is not in io_tensors", t.allocation->label);
    return fmt::format("io_tensors[{}]", t.place);
}

}  // namespace tw::ledger
