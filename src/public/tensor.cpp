#include "public/access.h"
#include "tensor/tensor_accessor_args.h"

#include <fmt/format.h>

namespace tilewright {
namespace {

// What programs include stands on its own; each number of it is ours, too.
#define TW_SAME(type, name) static_assert(int(type::name) == int(tw::type::name))
TW_SAME(DataType, BFLOAT16);
TW_SAME(DataType, FLOAT32);
TW_SAME(DataType, UINT32);
TW_SAME(DataType, BFLOAT8_B);
TW_SAME(DataType, BFLOAT4_B);
TW_SAME(DataType, UINT8);
TW_SAME(DataType, UINT16);
TW_SAME(DataType, INT32);
TW_SAME(DataType, FP8_E4M3);
TW_SAME(DataType, INT8);
TW_SAME(Layout, ROW_MAJOR);
TW_SAME(Layout, TILE);
TW_SAME(BufferType, DRAM);
TW_SAME(BufferType, L1);
TW_SAME(BufferType, L1_SMALL);
TW_SAME(TensorMemoryLayout, INTERLEAVED);
TW_SAME(TensorMemoryLayout, HEIGHT_SHARDED);
TW_SAME(TensorMemoryLayout, WIDTH_SHARDED);
TW_SAME(TensorMemoryLayout, BLOCK_SHARDED);
TW_SAME(ShardOrientation, ROW_MAJOR);
TW_SAME(ShardOrientation, COL_MAJOR);
#undef TW_SAME
static_assert(int(DataType::INT8) + 1 == int(tw::DataType::INVALID));  // none is missing here

template <class T>
Tensor from_elements(const Device& device, const TensorSpec& spec, std::span<const T> values, tw::HostType type) {
    return translated([&] {
        const tw::TensorSpec ours = to_ours(spec);
        if (values.size() != ours.logical_shape().volume()) {
            tw::raise_host("element-count",
                           fmt::format("{} has {} elements, but {} values were given", ours.logical_shape().str(),
                                       ours.logical_shape().volume(), values.size()));
        }
        return Access::make(tw::Tensor::from_host(values.data(), type, ours, Access::get(device)));
    });
}

template <class T>
std::vector<T> elements_of(const Tensor& tensor, tw::HostType type) {
    return translated([&] {
        const tw::Tensor& ours = Access::get(tensor);
        std::vector<T> out(ours.logical_volume());
        ours.read(out.data(), type);
        return out;
    });
}

}  // namespace

const tw::Tensor& Access::get(const Tensor& tensor) {
    if (!tensor.impl_) {
        tw::raise_host("no-tensor", "this tilewright::Tensor is empty",
                       {.fix = "use Tensor::empty() or Tensor::from_floats()"});
    }
    return tensor.impl_->tensor;
}

Tensor Access::make(tw::Tensor tensor) {
    Tensor out;
    out.impl_ = std::make_shared<Tensor::Impl>(Tensor::Impl{std::move(tensor)});
    return out;
}

tw::TensorSpec to_ours(const TensorSpec& spec) {
    const MemoryConfig& memory = spec.memory_config;
    std::optional<tw::ShardSpec> shards;
    if (memory.shard_spec) {
        shards = tw::ShardSpec{to_ours(memory.shard_spec->grid), memory.shard_spec->shape,
                               static_cast<tw::ShardOrientation>(memory.shard_spec->orientation)};
    }
    return tw::TensorSpec(tw::Shape(spec.shape), static_cast<tw::DataType>(spec.dtype),
                          static_cast<tw::Layout>(spec.layout),
                          tw::MemoryConfig(static_cast<tw::TensorMemoryLayout>(memory.memory_layout),
                                           static_cast<tw::BufferType>(memory.buffer_type), shards));
}

std::uint32_t tile_size(DataType dtype) {
    return translated([&] { return tw::tile_size(tw::to_data_format(static_cast<tw::DataType>(dtype))); });
}

Tensor Tensor::empty(const Device& device, const TensorSpec& spec) {
    return translated([&] { return Access::make(tw::Tensor::empty(to_ours(spec), Access::get(device))); });
}

Tensor Tensor::from_floats(const Device& device, const TensorSpec& spec, std::span<const float> values) {
    return from_elements(device, spec, values, tw::HostType::Float32);
}

Tensor Tensor::from_ints(const Device& device, const TensorSpec& spec, std::span<const std::int32_t> values) {
    return from_elements(device, spec, values, tw::HostType::Int32);
}

std::vector<float> Tensor::to_floats() const {
    return elements_of<float>(*this, tw::HostType::Float32);
}

std::vector<std::int32_t> Tensor::to_ints() const {
    return elements_of<std::int32_t>(*this, tw::HostType::Int32);
}

std::vector<std::uint32_t> Tensor::shape() const {
    return translated([&] { return Access::get(*this).logical_shape().dims(); });
}

std::vector<std::uint32_t> Tensor::padded_shape() const {
    return translated([&] { return Access::get(*this).padded_shape().dims(); });
}

DataType Tensor::dtype() const {
    return translated([&] { return static_cast<DataType>(Access::get(*this).dtype()); });
}

Layout Tensor::layout() const {
    return translated([&] { return static_cast<Layout>(Access::get(*this).layout()); });
}

std::uint32_t Tensor::buffer_address() const {
    return translated([&] { return static_cast<std::uint32_t>(Access::get(*this).buffer_address()); });
}

std::uint32_t Tensor::buffer_page_size() const {
    return translated([&] { return Access::get(*this).buffer_page_size(); });
}

std::uint32_t Tensor::buffer_aligned_page_size() const {
    return translated([&] { return Access::get(*this).buffer_aligned_page_size(); });
}

std::uint32_t Tensor::buffer_num_pages() const {
    return translated([&] { return static_cast<std::uint32_t>(Access::get(*this).buffer_num_pages()); });
}

std::vector<std::uint32_t> Tensor::accessor_args() const {
    return translated([&] { return tw::TensorAccessorArgs(Access::get(*this)).get_compile_time_args(); });
}

bool Tensor::is_allocated() const {
    return impl_ && impl_->tensor.is_allocated();
}

void Tensor::deallocate() {
    translated([&] {
        tw::Tensor ours = Access::get(*this);
        ours.deallocate(true);
    });
}

}  // namespace tilewright
