#include "tensor/tensor.h"

#include "base/error.h"
#include "tensor/tilize.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <optional>

namespace tw {

namespace {

std::atomic<uint64_t> next_tensor_id{1};

std::string label_of(const TensorSpec& spec) {
    return fmt::format("{} tensor {} {} {}", short_name_of(spec.dtype()), spec.logical_shape().str(),
                       name_of(spec.layout()), name_of(spec.memory_config().memory_layout()));
}

std::shared_ptr<Buffer> new_buffer(const TensorSpec& spec, std::shared_ptr<Device> device) {
    return Buffer::create(std::move(device), spec.memory_config().buffer_type(), spec.page_layout(), label_of(spec));
}

// Packed pages mean the same bytes in both.
bool same_packing(const TensorSpec& a, const TensorSpec& b) {
    return a.dtype() == b.dtype() && a.layout() == b.layout() && a.padded_shape() == b.padded_shape() &&
           a.tile() == b.tile() && a.tile().transpose_within_face() == b.tile().transpose_within_face();
}

// Row pieces of sharded ROW_MAJOR tensors may be narrower than the other side's rows.
void copy_pages(PageCursor from, uint64_t from_page, PageCursor to, uint64_t to_page, uint64_t bytes) {
    if (from_page == 0 || to_page == 0) return;
    uint64_t from_at = 0, to_at = 0;
    while (bytes > 0) {
        const uint64_t n = std::min({from_page - from_at, to_page - to_at, bytes});
        std::memcpy(to.pointer() + to_at, from.pointer() + from_at, n);
        bytes -= n;
        if ((from_at += n) == from_page) from.next(), from_at = 0;
        if ((to_at += n) == to_page) to.next(), to_at = 0;
    }
}

}  // namespace

struct Tensor::State {
    TensorSpec spec;
    std::shared_ptr<uint8_t[]> host;  // packed pages; null on a device
    std::shared_ptr<Buffer> buffer;   // null on the host
    bool host_freed = false;
    uint64_t id = next_tensor_id.fetch_add(1, std::memory_order_relaxed);
};

const Tensor::State& Tensor::state() const {
    if (!state_) raise_host("no-tensor", "this tensor handle is empty");
    return *state_;
}

Tensor Tensor::empty(const TensorSpec& spec, std::shared_ptr<Device> device) {
    auto state = std::make_shared<State>(State{.spec = spec});
    if (device) {
        state->buffer = new_buffer(spec, std::move(device));
    } else {
        state->host = std::shared_ptr<uint8_t[]>(new uint8_t[spec.packed_bytes() + 1]());
    }
    return Tensor(std::move(state));
}

Tensor Tensor::from_host(const void* data, HostType type, const TensorSpec& spec, std::shared_ptr<Device> device,
                         double pad_value) {
    if (device) device->check_host_may_write();
    auto state = std::make_shared<State>(State{.spec = spec});
    if (device) {
        state->buffer = new_buffer(spec, std::move(device));
    } else {
        state->host = std::shared_ptr<uint8_t[]>(new uint8_t[spec.packed_bytes() + 1]);
    }
    Tensor tensor(std::move(state));
    tensor.write(data, type, pad_value);
    return tensor;
}

Tensor Tensor::from_packed(std::span<const uint8_t> bytes, const TensorSpec& spec, std::shared_ptr<Device> device) {
    if (bytes.size() != spec.packed_bytes()) {
        raise_host("packed-size", fmt::format("{} takes {} B of packed pages, but {} B were given", spec.str(),
                                              spec.packed_bytes(), bytes.size()));
    }
    if (device) device->check_host_may_write();
    Tensor tensor = empty(spec, std::move(device));
    if (tensor.is_on_device()) {
        tensor.state_->buffer->write(bytes);
    } else if (!bytes.empty()) {
        std::memcpy(tensor.state_->host.get(), bytes.data(), bytes.size());
    }
    return tensor;
}

Tensor Tensor::full(const TensorSpec& spec, double value, std::shared_ptr<Device> device) {
    const HostType type = natural_host_type(spec.dtype());
    const uint64_t bytes = spec.logical_shape().volume() * size_of(type);
    std::vector<uint8_t> data(bytes);
    if (bytes > 0 && value != 0) {
        uint64_t filled = size_of(type);
        convert_elements(&value, HostType::Float64, data.data(), type, 1);
        for (uint64_t n; filled < bytes; filled += n) {
            n = std::min(filled, bytes - filled);
            std::memcpy(&data[filled], data.data(), n);
        }
    }
    return from_host(data.data(), type, spec, std::move(device));
}

Tensor Tensor::over(std::shared_ptr<Buffer> buffer, const TensorSpec& spec) {
    TW_CHECK(buffer != nullptr);
    auto state = std::make_shared<State>(State{.spec = spec});
    state->buffer = std::move(buffer);
    return Tensor(std::move(state));
}

const TensorSpec& Tensor::spec() const {
    return state().spec;
}
StorageType Tensor::storage_type() const {
    return state().buffer ? StorageType::DEVICE : StorageType::HOST;
}
bool Tensor::is_allocated() const {
    return state().buffer ? state().buffer->is_allocated() : !state().host_freed;
}
uint64_t Tensor::id() const {
    return state().id;
}

void Tensor::set_id(uint64_t id) {
    state();
    state_->id = id;
}

std::shared_ptr<Device> Tensor::device() const {
    return state().buffer ? state().buffer->device_ptr() : nullptr;
}

const std::shared_ptr<Buffer>& Tensor::buffer(std::string_view method) const {
    if (!state().buffer) {
        raise_host("tensor-on-host", fmt::format("StorageType::HOST doesn't support {} method", method),
                   {.fix = "move the tensor with ttnn.to_device first"});
    }
    state().buffer->address();  // raises when freed
    return state().buffer;
}

std::span<const uint8_t> Tensor::host_bytes() const {
    if (state().buffer) raise_host("tensor-on-device", "the tensor is on a device; read it back with cpu() first");
    if (state().host_freed) raise_host("not-allocated", "Tensor is not allocated.");
    return {state().host.get(), spec().packed_bytes()};
}

PageCursor Tensor::cursor(std::string_view method) const {
    if (state().buffer) return buffer(method)->cursor();
    if (state().host_freed) raise_host("not-allocated", "Tensor is not allocated.");
    return PageCursor(state().host.get(), spec().page_size());
}

void Tensor::check_readable() const {
    if (state().buffer) state().buffer->device().check_host_may_read();
}
void Tensor::check_writable() const {
    if (state().buffer) state().buffer->device().check_host_may_write();
}

void Tensor::read(void* to, HostType type) const {
    check_readable();
    decode_pages(spec(), cursor("read"), to, type);
}
void Tensor::read_padded(void* to, HostType type) const {
    check_readable();
    decode_padded_pages(spec(), cursor("read"), to, type);
}
void Tensor::write(const void* from, HostType type, double pad_value) {
    check_writable();
    encode_pages(spec(), from, type, cursor("write"), pad_value);
}

std::vector<float> Tensor::to_float_vector() const {
    std::vector<float> values(logical_volume());
    read(values.data(), HostType::Float32);
    return values;
}

namespace {

// A tensor of another spec with the same logical elements, by way of a row-major array.
Tensor re_encode(const Tensor& tensor, const TensorSpec& spec, std::shared_ptr<Device> device, double pad_value = 0) {
    std::optional<DeviceWork> work;
    if (tensor.is_on_device()) work.emplace();
    const HostType type = natural_host_type(tensor.dtype());
    const uint64_t bytes = tensor.logical_volume() * size_of(type);
    const std::unique_ptr<uint8_t[]> array(new uint8_t[bytes + 1]);
    tensor.read(array.get(), type);
    return Tensor::from_host(array.get(), type, spec, std::move(device), pad_value);
}

}  // namespace

void Tensor::copy_from(const Tensor& source) {
    if (source.logical_shape() != logical_shape() || source.dtype() != dtype() || source.layout() != layout()) {
        raise_host("copy-mismatch", "source and destination must have the same shape, dtype and layout",
                   {.why = fmt::format("source {} {} {}, destination {} {} {}", source.logical_shape().str(),
                                       short_name_of(source.dtype()), name_of(source.layout()), logical_shape().str(),
                                       short_name_of(dtype()), name_of(layout()))});
    }
    if (!source.is_on_device()) check_writable();
    if (!is_on_device()) source.check_readable();
    const DeviceWork copying;
    if (same_packing(spec(), source.spec())) {
        copy_pages(source.cursor("copy"), source.spec().page_size(), cursor("copy"), spec().page_size(),
                   spec().packed_bytes());
        return;
    }
    const HostType type = natural_host_type(dtype());
    const std::unique_ptr<uint8_t[]> array(new uint8_t[logical_volume() * size_of(type) + 1]);
    source.read(array.get(), type);
    write(array.get(), type);
}

Tensor Tensor::to_device(std::shared_ptr<Device> device, std::optional<MemoryConfig> config) const {
    if (is_on_device()) return *this;
    if (!device) raise_host("no-device", "to_device needs a device");
    const TensorSpec target = config ? spec().with_memory_config(*config) : spec();
    if (!same_packing(spec(), target)) return re_encode(*this, target, std::move(device));
    device->check_host_may_write();
    const PageCursor from = cursor("to_device");
    Tensor result = empty(target, std::move(device));
    copy_pages(from, spec().page_size(), result.cursor("to_device"), target.page_size(), target.packed_bytes());
    return result;
}

Tensor Tensor::cpu() const {
    if (!is_on_device()) return *this;
    check_readable();
    const PageCursor from = cursor("cpu");
    auto state = std::make_shared<State>(State{.spec = spec()});
    state->host = std::shared_ptr<uint8_t[]>(new uint8_t[spec().packed_bytes() + 1]);
    Tensor result(std::move(state));
    copy_pages(from, spec().page_size(), result.cursor("cpu"), spec().page_size(), spec().packed_bytes());
    return result;
}

Tensor Tensor::to_layout(Layout layout, double pad_value, std::optional<DataType> dtype,
                         std::optional<MemoryConfig> config) const {  // NOLINT(performance-unnecessary-value-param)
    // Block floats have no rows: untilizing them gives bfloat16, as the device op does.
    const bool untilized = layout == Layout::ROW_MAJOR && is_block_float(this->dtype());
    const DataType type = dtype.value_or(untilized ? DataType::BFLOAT16 : this->dtype());
    const TensorSpec target(logical_shape(), type, layout, config.value_or(memory_config()), tile());
    if (target == spec() && same_packing(target, spec())) return *this;
    return re_encode(*this, target, device(), pad_value);
}

Tensor Tensor::to_dtype(DataType dtype) const {
    if (dtype == this->dtype()) return *this;
    const Layout layout = is_block_float(dtype) ? Layout::TILE : this->layout();
    return re_encode(*this, TensorSpec(logical_shape(), dtype, layout, memory_config(), tile()), device());
}

Tensor Tensor::to_memory_config(const MemoryConfig& config, std::optional<DataType> dtype) const {
    const TensorSpec target(logical_shape(), dtype.value_or(this->dtype()), layout(), config, tile());
    if (!same_packing(target, spec())) return re_encode(*this, target, device());
    const PageCursor from = cursor("to_memory_config");
    Tensor result = empty(target, device());
    copy_pages(from, spec().page_size(), result.cursor("to_memory_config"), target.page_size(), target.packed_bytes());
    return result;
}

Tensor Tensor::clone() const {
    return to_memory_config(memory_config());
}

Tensor Tensor::reshape(const Shape& shape) const {
    if (shape.volume() != logical_volume()) {
        raise_host("reshape-volume", fmt::format("cannot reshape {} with {} elements to {} with {}", logical_shape().str(),
                                                 logical_volume(), shape.str(), shape.volume()));
    }
    if (shape == logical_shape()) return *this;
    const TensorSpec target = spec().with_shape(shape);
    const auto extent = [](const Shape& s, int64_t i) { return int64_t(s.rank()) >= -i ? s[i] : 1u; };
    // Pages stay what they are when rows keep their length and, for tiles, no rows of padding move.
    bool view = !is_sharded() && !spec().has_extra_padding() && extent(shape, -1) == extent(logical_shape(), -1);
    if (layout() == Layout::TILE) {
        const bool same_plane = extent(shape, -2) == extent(logical_shape(), -2);
        const bool no_padding =
            extent(shape, -2) % tile().height() == 0 && extent(logical_shape(), -2) % tile().height() == 0;
        view = view && (same_plane || no_padding);
    }
    if (!view) return re_encode(*this, target, device());
    auto state = std::make_shared<State>(State{.spec = target,
                                               .host = this->state().host,
                                               .buffer = this->state().buffer,
                                               .host_freed = this->state().host_freed});
    return Tensor(std::move(state));
}

void Tensor::deallocate(bool force) {
    state();
    if (!state_->buffer) {
        state_->host.reset();
        state_->host_freed = true;
    } else if (force || state_->buffer.use_count() == 1) {
        state_->buffer->deallocate();
    }
}

}  // namespace tw
