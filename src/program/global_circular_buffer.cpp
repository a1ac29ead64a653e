#include "program/global_circular_buffer.h"

#include "base/error.h"
#include "base/rounding.h"
#include "tensor/buffer.h"
#include "tw/remote_cb.h"

#include <fmt/format.h>
#include <algorithm>
#include <cstring>

namespace tw {
namespace {

CoreRangeSet together(const std::vector<CoreRange>& ranges) {
    CoreRangeSet all;
    for (const CoreRange& r : ranges) all = all.merge(CoreRangeSet(r));
    return all;
}

// The same number of words on each of the cores.
Tensor allocate(const std::shared_ptr<Device>& device, const CoreRangeSet& cores, uint32_t bytes, BufferType type) {
    const uint32_t words = bytes / 4;
    const MemoryConfig config(TensorMemoryLayout::HEIGHT_SHARDED, type,
                              ShardSpec{cores, {1, words}, ShardOrientation::ROW_MAJOR});
    return Tensor::empty(TensorSpec(Shape({cores.num_cores(), words}), DataType::UINT32, Layout::ROW_MAJOR, config),
                         device);
}

}  // namespace

GlobalCircularBuffer::GlobalCircularBuffer(const std::shared_ptr<Device>& device, Mapping mapping, uint32_t size,
                                           BufferType type)
    : mapping_(std::move(mapping)), size_(size) {
    std::vector<CoreRange> senders, receivers;
    for (const auto& [sender, its_receivers] : mapping_) {
        const Details details{.at = {fmt::format("sender {}", sender.str())}};
        if (its_receivers.empty())
            raise_host("global-cb", "A sender of a global circular buffer has no receivers", details);
        if (its_receivers.contains(sender))
            raise_host("global-cb", "A core cannot be sender and receiver of a global circular buffer", details);
        senders.emplace_back(sender, sender);
        const auto& ranges = its_receivers.ranges();
        receivers.insert(receivers.end(), ranges.begin(), ranges.end());
        most_receivers_ = std::max(most_receivers_, its_receivers.num_cores());
    }
    if (senders.empty()) raise_host("global-cb", "A global circular buffer needs at least one sender");
    if (type == BufferType::DRAM || type == BufferType::TRACE)
        raise_host("global-cb", "Global circular buffer can only be created for L1 buffer types");
    if (size == 0 || size % kRemoteCbUnit != 0)
        raise_host("global-cb", fmt::format("The size of a global circular buffer, {} B, is no multiple of {} B above 0",
                                            size, kRemoteCbUnit));
    senders_ = together(senders);
    receivers_ = together(receivers);
    cores_ = senders_.merge(receivers_);
    uint32_t told = 0;
    for (const auto& [sender, its_receivers] : mapping_) told += 1 + its_receivers.num_cores();
    if (told != cores_.num_cores()) raise_host("global-cb", "Duplicate cores found in a global circular buffer");
    data_ = allocate(device, cores_, size, type);
    const uint32_t places = uint32_t(round_up(8 * most_receivers_, kRemoteCbUnit));
    config_ = allocate(device, cores_, kRemoteCbHeader + places + 2 * kRemoteCbUnit * most_receivers_, type);
    write_config(*device);
}

void GlobalCircularBuffer::write_config(Device& device) const {
    const auto at = static_cast<uint32_t>(config_address());
    const auto start = static_cast<uint32_t>(data()->address());
    const uint32_t places = at + kRemoteCbHeader;
    const uint32_t counters = places + uint32_t(round_up(8 * most_receivers_, kRemoteCbUnit));
    const auto write = [&](CoreCoord core, bool sends, uint32_t own_counters, const std::vector<CoreCoord>& others) {
        std::vector<uint32_t> words = {
            sends, static_cast<uint32_t>(others.size()), start, size_, start, places, own_counters, 0};
        for (const CoreCoord other : others) {
            const NocCoord noc = device.worker_noc(other);
            words.insert(words.end(), {noc.x, noc.y});
        }
        uint8_t* l1 = device.l1(core);
        std::memset(l1 + at, 0, counters - at + 2 * kRemoteCbUnit * most_receivers_);
        std::memcpy(l1 + at, words.data(), words.size() * sizeof(uint32_t));
    };
    for (const auto& [sender, its_receivers] : mapping_) {
        const std::vector<CoreCoord> receivers = corerange_to_cores(its_receivers);
        write(sender, true, counters, receivers);
        for (uint32_t i = 0; i < receivers.size(); i++)
            write(receivers[i], false, counters + i * 2 * kRemoteCbUnit, {sender});
    }
}

}  // namespace tw
