// ttnn.Tensor: a spec with data on the host or on a device. A cheap handle; copies are the same tensor
// (docs/upstream-api.md H5.1).
//
// Host data is kept as the device would hold it (tiles when the layout is TILE), pages packed without gaps.
#pragma once

#include "tensor/buffer.h"
#include "tensor/host_data.h"
#include "tensor/tensor_spec.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tw {

enum class StorageType : uint8_t { HOST = 0, DEVICE = 1 };

class Tensor {
public:
    Tensor() = default;  // empty handle

    // From row-major host numbers of any type. Without a device the tensor stays on the host.
    static Tensor from_host(const void* data, HostType, const TensorSpec&, std::shared_ptr<Device> = {},
                            double pad_value = 0);
    // From packed pages (spec.packed_bytes() bytes, as host_bytes() gives them).
    static Tensor from_packed(std::span<const uint8_t>, const TensorSpec&, std::shared_ptr<Device> = {});
    static Tensor empty(const TensorSpec&, std::shared_ptr<Device> = {});  // device: contents as they are; host: zeros
    static Tensor full(const TensorSpec&, double value, std::shared_ptr<Device> = {});
    // Another tensor over a buffer that exists (the result of generic_op; views).
    static Tensor over(std::shared_ptr<Buffer>, const TensorSpec&);

    explicit operator bool() const { return state_ != nullptr; }
    bool same_as(const Tensor& other) const { return state_ == other.state_; }

    const TensorSpec& spec() const;
    const Shape& logical_shape() const { return spec().logical_shape(); }
    const Shape& padded_shape() const { return spec().padded_shape(); }
    DataType dtype() const { return spec().dtype(); }
    Layout layout() const { return spec().layout(); }
    const Tile& tile() const { return spec().tile(); }
    const MemoryConfig& memory_config() const { return spec().memory_config(); }
    bool is_sharded() const { return memory_config().is_sharded(); }
    StorageType storage_type() const;
    bool is_on_device() const { return storage_type() == StorageType::DEVICE; }
    bool is_allocated() const;

    uint64_t id() const;
    void set_id(uint64_t);
    uint32_t element_size() const { return tw::element_size(dtype()); }
    uint64_t volume() const { return padded_shape().volume(); }
    uint64_t logical_volume() const { return logical_shape().volume(); }

    std::shared_ptr<Device> device() const;  // null on the host
    // Raises "StorageType::HOST doesn't support buffer_address method" and "Tensor is not allocated." (method = its name
    // there).
    const std::shared_ptr<Buffer>& buffer(std::string_view method = "buffer") const;
    uint64_t buffer_address() const { return buffer("buffer_address")->address(); }
    uint32_t buffer_page_size() const { return buffer("buffer_page_size")->page_size(); }
    uint32_t buffer_aligned_page_size() const { return buffer("buffer_aligned_page_size")->aligned_page_size(); }
    uint64_t buffer_num_pages() const { return buffer("buffer_num_pages")->num_pages(); }
    uint64_t buffer_unique_id() const { return buffer("buffer_unique_id")->unique_id(); }

    std::span<const uint8_t> host_bytes() const;  // packed pages of a host tensor

    // Logical elements, row-major, without padding, from host or device.
    void read(void* to, HostType) const;
    void read_padded(void* to, HostType) const;
    std::vector<float> to_float_vector() const;
    void write(const void* from, HostType, double pad_value = 0);  // replaces the contents in place

    Tensor to_device(std::shared_ptr<Device>, std::optional<MemoryConfig> = {}) const;  // on a device already: itself
    Tensor cpu() const;                                                                 // on the host already: itself
    // Host or device; the result is where this tensor is. ROW_MAJOR strips the padding, TILE pads with pad_value.
    Tensor to_layout(Layout, double pad_value = 0, std::optional<DataType> = {}, std::optional<MemoryConfig> = {}) const;
    Tensor to_dtype(DataType) const;
    Tensor to_memory_config(const MemoryConfig&, std::optional<DataType> = {}) const;  // device: copies into a new buffer
    Tensor clone() const;
    Tensor reshape(const Shape&) const;  // same elements in order; shares the buffer where the pages stay as they are
    // Same spec apart from memory config; raises otherwise.
    void copy_from(const Tensor&);

    // Frees the device memory for all handles. Without force only when no other tensor uses the buffer. Twice is fine.
    void deallocate(bool force = false);

    std::string str()
        const;  // "ttnn.Tensor([[ 1.0000, ...]], shape=Shape([2, 2]), dtype=DataType::FLOAT32, layout=Layout::ROW_MAJOR)"

private:
    struct State;
    const State& state() const;
    explicit Tensor(std::shared_ptr<State> state) : state_(std::move(state)) {}
    PageCursor cursor(std::string_view method) const;
    void check_readable() const;  // by the host: not while a trace is captured on its device
    void check_writable() const;

    std::shared_ptr<State> state_;
};

}  // namespace tw
