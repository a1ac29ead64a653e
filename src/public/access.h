// Between the public types (include/tilewright) and ours. Nothing here decides anything: numbers of enumerations are equal
// on both sides, handles hold ours, and our errors become theirs.
#pragma once

#include "base/error.h"
#include "device/device.h"
#include "program/descriptors.h"
#include "tensor/tensor.h"

#include <tilewright/tilewright.h>

#include <memory>
#include <type_traits>
#include <utility>

namespace tilewright {

struct Device::Impl {
    std::shared_ptr<tw::Device> device;
};
struct Tensor::Impl {
    tw::Tensor tensor;
};

struct Access {
    static const std::shared_ptr<tw::Device>& get(const Device&);  // HostError for a handle that nothing was opened with
    static const tw::Tensor& get(const Tensor&);
    static Device make(std::shared_ptr<tw::Device>);
    static Tensor make(tw::Tensor);
};

tw::CoreRangeSet to_ours(const CoreRangeSet&);
CoreRangeSet to_public(const tw::CoreRangeSet&);
tw::TensorSpec to_ours(const TensorSpec&);
tw::ProgramDescriptor to_ours(const ProgramDescriptor&);
Diagnostic to_public(const tw::Diagnostic&);

// Calls f; what it throws of ours is thrown as tilewright::Error.
[[noreturn]] void rethrow(const tw::Error&);
template <class F>
auto translated(F&& f) -> std::invoke_result_t<F> {
    try {
        return std::forward<F>(f)();
    } catch (const tw::Error& error) {
        rethrow(error);
    }
}

}  // namespace tilewright
