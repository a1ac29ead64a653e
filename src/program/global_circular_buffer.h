// A global circular buffer: memory at one L1 address on senders and receivers, and beside it on each core a config that
// tells kernels with whom it shares the buffer (kernel_include/tw/remote_cb.h). Both live as long as this object.
#pragma once

#include "device/core_coord.h"
#include "device/device.h"
#include "tensor/tensor.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace tw {

class GlobalCircularBuffer : public std::enable_shared_from_this<GlobalCircularBuffer> {
public:
    using Mapping = std::vector<std::pair<CoreCoord, CoreRangeSet>>;  // a sender and its receivers

    GlobalCircularBuffer(const std::shared_ptr<Device>&, Mapping, uint32_t size, BufferType);

    const Mapping& mapping() const { return mapping_; }
    const CoreRangeSet& senders() const { return senders_; }
    const CoreRangeSet& receivers() const { return receivers_; }
    const CoreRangeSet& cores() const { return cores_; }
    uint32_t size() const { return size_; }  // bytes on each core
    const std::shared_ptr<Buffer>& data() const { return data_.buffer(); }
    uint64_t config_address() const { return config_.buffer()->address(); }

private:
    void write_config(Device&) const;

    Mapping mapping_;
    CoreRangeSet senders_, receivers_, cores_;
    uint32_t size_ = 0, most_receivers_ = 0;
    Tensor data_, config_;
};

}  // namespace tw
