// TensorAccessorArgs: what a kernel needs to find the pages of a tensor, as compile-time and common runtime words
// (docs/upstream-api.md H7, the 0.81.1 encoding with the aligned page size as second word).
#pragma once

#include "tensor/buffer.h"
#include "tensor/tensor.h"

#include <cstdint>
#include <vector>

namespace tw {

// Bits of word 0. Runtime* moves a field from the compile-time words to the common runtime words.
enum class ArgConfig : uint32_t {
    None = 0,
    Sharded = 1,
    IsDram = 2,
    RuntimeRank = 4,
    RuntimeNumBanks = 8,
    RuntimeTensorShape = 16,
    RuntimeShardShape = 32,
    RuntimeBankCoords = 64,
    RuntimePageSize = 128,
    Runtime = 4 | 8 | 16 | 32 | 64,
};
constexpr ArgConfig operator|(ArgConfig a, ArgConfig b) {
    return ArgConfig(uint32_t(a) | uint32_t(b));
}

class TensorAccessorArgs {
public:
    TensorAccessorArgs() = default;  // placeholder for an absent tensor: [IsDram, 0]
    explicit TensorAccessorArgs(const Buffer&, ArgConfig = ArgConfig::None);
    explicit TensorAccessorArgs(const Buffer*, ArgConfig = ArgConfig::None);  // null: placeholder
    explicit TensorAccessorArgs(const Tensor&, ArgConfig = ArgConfig::None);  // host or freed tensor: raises

    const std::vector<uint32_t>& get_compile_time_args() const { return compile_time_; }
    const std::vector<uint32_t>& get_common_runtime_args() const { return common_runtime_; }
    void append_to(std::vector<uint32_t>& compile_time) const;  // raises when there are common runtime words
    void append_to(std::vector<uint32_t>& compile_time, std::vector<uint32_t>& common_runtime) const;

private:
    std::vector<uint32_t> compile_time_ = {2, 0}, common_runtime_;
};

}  // namespace tw
