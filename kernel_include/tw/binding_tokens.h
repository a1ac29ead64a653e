// The types of Metal 2.0 binding tokens. The host names its bindings; generated code turns each name into a constant of one
// of these types, and the kernel hands it to the object that it describes (docs/upstream-api.md K2).
#pragma once

#include "tw/attributes.h"
#include "tw/runtime_args.h"
#include "tw/tensor_accessor_args.h"

#include <cstdint>

namespace binding_details {

// Tile format that a token may carry for the experimental operand API.
struct LLKMetadata {
    static constexpr uint8_t kNoFormat = 255;
    uint8_t format = kNoFormat;
    uint8_t face_r_dim = 16, face_c_dim = 16;
    uint8_t num_faces_r_dim = 2, num_faces_c_dim = 2;
};

}  // namespace binding_details

namespace dfb {

enum AccessPattern : uint8_t { STRIDED, ALL, BLOCKED, UNKNOWN };

}  // namespace dfb

// A circular buffer. Converts to its id, so that a token goes wherever an id does.
template <dfb::AccessPattern Pap = dfb::AccessPattern::UNKNOWN, dfb::AccessPattern Cap = dfb::AccessPattern::UNKNOWN>
struct DFBBindingToken {
    explicit constexpr DFBBindingToken(uint16_t id) noexcept : cb_(id) {}
    constexpr DFBBindingToken(uint16_t id, binding_details::LLKMetadata llk) noexcept : cb_(id), llk_(llk) {}
    constexpr operator uint32_t() const noexcept { return cb_; }
    constexpr const binding_details::LLKMetadata& llk_metadata() const { return llk_; }

private:
    uint16_t cb_;
    binding_details::LLKMetadata llk_{};
};

struct RelayDFBBindingToken {
    static constexpr uint8_t NO_PREFETCHER_PIPE = 255;
    explicit constexpr RelayDFBBindingToken(uint16_t id, uint8_t prefetcher_pipe_id = NO_PREFETCHER_PIPE) noexcept
        : cb_(id), pipe_(prefetcher_pipe_id) {}
    constexpr operator uint32_t() const noexcept { return cb_; }
    constexpr uint8_t prefetcher_pipe_id() const noexcept { return pipe_; }

private:
    uint16_t cb_;
    uint8_t pipe_;
};

namespace tensor_accessor {

// A tensor: layout in compile-time args at CTA_OFFSET, address in the common-arg word at byte ADDR_CRTA_OFFSET.
template <uint32_t CTA_OFFSET, uint32_t ADDR_CRTA_OFFSET>
struct TensorBindingToken {
    static_assert(ADDR_CRTA_OFFSET % 4 == 0, "ADDR_CRTA_OFFSET must be 4-byte aligned");
    using args_t = TensorAccessorArgs<CTA_OFFSET>;
    static constexpr args_t args{};
    static constexpr uint32_t addr_crta_offset = ADDR_CRTA_OFFSET;

    constexpr TensorBindingToken() noexcept = default;
    explicit constexpr TensorBindingToken(binding_details::LLKMetadata llk) noexcept : llk_(llk) {}
    constexpr const binding_details::LLKMetadata& llk_metadata() const { return llk_; }

private:
    binding_details::LLKMetadata llk_{};
};

// Stands for an optional tensor that the host did not bind; only pointers to it exist, and they are null.
struct NullTensorBindingToken {
    NullTensorBindingToken() = delete;
    NullTensorBindingToken(const NullTensorBindingToken&) = delete;
};

}  // namespace tensor_accessor

// Who may touch a semaphore. Only ordinary ones exist on the chips that we model.
enum class SemScope : uint8_t { LOCAL_NONATOMIC = 0, DM_LOCAL_CACHED = 1, EXTERNAL = 2, COMPUTE_ATOMIC = 3 };

struct SemaphoreBindingToken {
    uint32_t id;
    SemScope scope;
};

template <class T>
class Scratchpad;

class ScratchpadBindingToken {
public:
    constexpr ScratchpadBindingToken(uint32_t crta_offset, uint32_t size_in_bytes,
                                     binding_details::LLKMetadata llk = {}) noexcept
        : crta_offset_(crta_offset), size_in_bytes_(size_in_bytes), llk_(llk) {}

private:
    template <class T>
    friend class Scratchpad;

    uint32_t crta_offset_;  // word of the common args that holds the address
    uint32_t size_in_bytes_;
    binding_details::LLKMetadata llk_;
};

// Entry point with named parameters; the JIT writes the kernel_main() that fetches them.
#define TT_KERNEL static FORCE_INLINE

// Arguments by name. The host decides where each one travels, the kernel always says get_arg(args::name).
namespace experimental {

template <class T>
struct RtaArg {
    uint32_t byte_offset;
};
template <class T>
struct CrtaArg {
    uint32_t byte_offset;
};
template <class T>
struct CtaVal {
    T value;
};

template <class T>
FORCE_INLINE T get_arg(RtaArg<T> arg, TW_WHERE) {
    static_assert(sizeof(T) == 4, "runtime arguments are 4 bytes");
    return std::bit_cast<T>(tw::runtime_arg(arg.byte_offset / 4, TW_SITE));
}
template <class T>
FORCE_INLINE T get_arg(CrtaArg<T> arg, TW_WHERE) {
    static_assert(sizeof(T) == 4, "runtime arguments are 4 bytes");
    return std::bit_cast<T>(tw::common_arg(arg.byte_offset / 4, TW_SITE));
}
template <class T>
FORCE_INLINE constexpr T get_arg(CtaVal<T> arg) {
    return arg.value;
}

}  // namespace experimental

// Another generated form of named arguments.
namespace blaze_rt_args {

enum class Dispatch : uint8_t { COMMON, PER_CORE };

struct Arg {
    uint32_t index;
    Dispatch dispatch;
};
struct ArrayArg {
    uint32_t index;
    uint32_t length;
    Dispatch dispatch;
};

template <auto arg, class T = uint32_t>
FORCE_INLINE T get(uint32_t i = 0, TW_WHERE) {
    static_assert(sizeof(T) == 4, "runtime arguments are 4 bytes");
    const uint32_t word = arg.index + i;
    const bool per_core = arg.dispatch == Dispatch::PER_CORE;
    return std::bit_cast<T>(per_core ? tw::runtime_arg(word, TW_SITE) : tw::common_arg(word, TW_SITE));
}

}  // namespace blaze_rt_args
