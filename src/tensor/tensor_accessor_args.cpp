#include "tensor/tensor_accessor_args.h"

#include "base/error.h"

#include <fmt/format.h>

namespace tw {

namespace {

constexpr size_t kMaxRank = 8;                  // the device code has no more
constexpr uint32_t kContiguousFlag = 1u << 31;  // in the number of banks

bool has(uint32_t config, ArgConfig bit) {
    return (config & uint32_t(bit)) != 0;
}

// Two cores a word, the first in the low half, each x << 8 | y; L1 cores by their NoC coordinates, DRAM banks as (bank, 0).
std::vector<uint32_t> core_words(const Buffer& buffer, const std::vector<CoreCoord>& cores) {
    std::vector<uint32_t> words((cores.size() + 1) / 2, 0);
    for (size_t i = 0; i < cores.size(); ++i) {
        NocCoord at{uint8_t(cores[i].x), 0};
        if (buffer.is_l1()) at = buffer.device().worker_noc(cores[i]);
        words[i / 2] |= (uint32_t{at.x} << 8 | at.y) << (i % 2 * 16);
    }
    return words;
}

}  // namespace

TensorAccessorArgs::TensorAccessorArgs(const Buffer& buffer, ArgConfig asked) {
    buffer.address();  // raises when the buffer is gone: the words would describe nothing
    const Sharding* sharding = buffer.sharding();
    uint32_t config = uint32_t(asked) & ~(uint32_t(ArgConfig::Sharded) | uint32_t(ArgConfig::IsDram));
    config &= sharding ? ~uint32_t(ArgConfig::RuntimePageSize) : uint32_t(ArgConfig::RuntimePageSize);
    if (buffer.is_dram()) config |= uint32_t(ArgConfig::IsDram);
    if (sharding) config |= uint32_t(ArgConfig::Sharded);
    if (has(config, ArgConfig::RuntimeRank) &&
        !(has(config, ArgConfig::RuntimeTensorShape) && has(config, ArgConfig::RuntimeShardShape))) {
        raise_host("accessor-config", "If rank is runtime, tensor_shape and shard_shape must also be runtime");
    }
    if (has(config, ArgConfig::RuntimeNumBanks) && !has(config, ArgConfig::RuntimeBankCoords)) {
        raise_host("accessor-config", "If num_banks is runtime, bank_coords must also be runtime");
    }
    compile_time_ = {config};
    const auto place = [&](ArgConfig runtime_bit, const std::vector<uint32_t>& words) {
        auto& list = has(config, runtime_bit) ? common_runtime_ : compile_time_;
        list.insert(list.end(), words.begin(), words.end());
    };
    place(ArgConfig::RuntimePageSize, {buffer.aligned_page_size()});
    if (!sharding) return;

    const auto& tensor = sharding->squeezed_tensor();
    if (tensor.size() > kMaxRank) {
        raise_host("accessor-rank",
                   fmt::format("a sharded tensor of rank {} (after joining dimensions) cannot be accessed; {} is the most",
                               tensor.size(), kMaxRank));
    }
    uint32_t banks = uint32_t(sharding->cores().size());
    if (sharding->strategy() == ShardDistributionStrategy::CONTIGUOUS_1D) banks |= kContiguousFlag;
    place(ArgConfig::RuntimeRank, {uint32_t(tensor.size())});
    place(ArgConfig::RuntimeNumBanks, {banks});
    place(ArgConfig::RuntimeTensorShape, tensor);
    place(ArgConfig::RuntimeShardShape, sharding->squeezed_shard());
    place(ArgConfig::RuntimeBankCoords, core_words(buffer, sharding->cores()));
}

TensorAccessorArgs::TensorAccessorArgs(const Buffer* buffer, ArgConfig config) {
    if (buffer) *this = TensorAccessorArgs(*buffer, config);
}

TensorAccessorArgs::TensorAccessorArgs(const Tensor& tensor, ArgConfig config) {
    if (!tensor.is_on_device()) {
        raise_host("tensor-on-host", "Tensor must be on device: Expected Tensor with DeviceStorage, got StorageType::HOST",
                   {.fix = "move it with ttnn.to_device first"});
    }
    *this = TensorAccessorArgs(*tensor.buffer(), config);
}

void TensorAccessorArgs::append_to(std::vector<uint32_t>& compile_time) const {
    if (!common_runtime_.empty()) {
        raise_host("accessor-config",
                   fmt::format("Common runtime arguments are required for ArgsConfig {}", compile_time_.front()),
                   {.fix = "call append_to(compile_time_args, common_runtime_args)"});
    }
    compile_time.insert(compile_time.end(), compile_time_.begin(), compile_time_.end());
}

void TensorAccessorArgs::append_to(std::vector<uint32_t>& compile_time, std::vector<uint32_t>& common_runtime) const {
    compile_time.insert(compile_time.end(), compile_time_.begin(), compile_time_.end());
    common_runtime.insert(common_runtime.end(), common_runtime_.begin(), common_runtime_.end());
}

}  // namespace tw
