// Tensors (docs/upstream-api.md H5): numbers cross the border as numpy arrays; bfloat16 as 16-bit patterns, which the
// Python side views as what it needs (torch is not known here).
#include "bind/arguments.h"
#include "bind/bind.h"
#include "tensor/host_data.h"
#include "tensor/tensor.h"
#include "tensor/typecast.h"
#include "tensor/tensor_accessor_args.h"

#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

namespace tw::bind {
namespace {

using InArray = nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>;
using OutArray = nb::ndarray<nb::numpy>;
using DevicePtr = std::shared_ptr<Device>;

nb::dlpack::dtype dtype_of(HostType type) {
    switch (type) {
        case HostType::Float32: return nb::dtype<float>();
        case HostType::Float64: return nb::dtype<double>();
        case HostType::Float16: return {uint8_t(nb::dlpack::dtype_code::Float), 16, 1};
        case HostType::BFloat16: return nb::dtype<uint16_t>();
        case HostType::Int8: return nb::dtype<int8_t>();
        case HostType::Int16: return nb::dtype<int16_t>();
        case HostType::Int32: return nb::dtype<int32_t>();
        case HostType::Int64: return nb::dtype<int64_t>();
        case HostType::UInt8: return nb::dtype<uint8_t>();
        case HostType::UInt16: return nb::dtype<uint16_t>();
        case HostType::UInt32: return nb::dtype<uint32_t>();
        case HostType::UInt64: return nb::dtype<uint64_t>();
        case HostType::Bool: return nb::dtype<bool>();
    }
    return nb::dtype<float>();
}

void check_array(const InArray& array, HostType type, const Shape& shape) {
    if (array.itemsize() != size_of(type))
        throw nb::type_error("the array's elements do not have the size of the host type");
    if (array.size() != shape.volume())
        throw nb::value_error(("the array has " + std::to_string(array.size()) + " elements, " + shape.str() + " needs " +
                               std::to_string(shape.volume()))
                                  .c_str());
}

// A new numpy array that `fill` writes.
template <class Fill>
OutArray new_array(const Shape& shape, HostType type, Fill fill) {
    size_t bytes = shape.volume() * size_of(type);
    auto* data = new uint8_t[std::max<size_t>(bytes, 1)];
    nb::capsule owner(data, [](void* p) noexcept { delete[] static_cast<uint8_t*>(p); });
    {
        nb::gil_scoped_release release;
        fill(data);
    }
    std::vector<size_t> dims(shape.begin(), shape.end());
    return OutArray(data, dims.size(), dims.data(), owner, nullptr, dtype_of(type));
}

void bind_tensor_class(nb::module_& m) {
    nb::class_<Tensor>(m, "Tensor", nb::dynamic_attr(),
                       "A tensor on the host or on a device; copies of the handle are the same tensor.")
        .def("__init__",
             [](Tensor* self, nb::args args, nb::kwargs kwargs) {
                 nb::object made = nb::module_::import_("tilewright.ttnn.conversion").attr("make_tensor")(*args, **kwargs);
                 new (self) Tensor(nb::cast<Tensor>(made));
             })
        .def_prop_ro("shape", &Tensor::logical_shape)
        .def_prop_ro("padded_shape", &Tensor::padded_shape)
        .def_prop_ro("dtype", &Tensor::dtype)
        .def_prop_ro("layout", &Tensor::layout)
        .def_prop_ro("tile", &Tensor::tile)
        .def_prop_ro("spec", &Tensor::spec)
        .def_prop_rw("tensor_id", &Tensor::id, &Tensor::set_id)
        .def("get_dtype", &Tensor::dtype)
        .def("get_layout", &Tensor::layout)
        .def("get_tile", &Tensor::tile)
        .def("memory_config", &Tensor::memory_config)
        .def("storage_type", &Tensor::storage_type)
        .def("is_sharded", &Tensor::is_sharded)
        .def("is_allocated", &Tensor::is_allocated)
        .def("device", &Tensor::device)
        .def("same_as", &Tensor::same_as, nb::arg("other"))
        .def("buffer_address", &Tensor::buffer_address)
        .def("buffer_page_size", &Tensor::buffer_page_size)
        .def("buffer_aligned_page_size", &Tensor::buffer_aligned_page_size)
        .def("buffer_num_pages", &Tensor::buffer_num_pages)
        .def("buffer_unique_id", &Tensor::buffer_unique_id)
        .def("element_size",
             [](const Tensor& t) {
                 if (is_block_float(t.dtype())) throw nb::value_error("datum for bfp2, bfp4, bfp8 is invalid");
                 return t.element_size();
             })
        .def("volume", &Tensor::volume)
        .def("physical_volume", &Tensor::volume)
        .def("logical_volume", &Tensor::logical_volume)
        .def("deallocate", &Tensor::deallocate, nb::arg("force") = false)
        .def("__repr__", &Tensor::str);
}

void bind_data(nb::module_& m) {
    m.def(
        "tensor_from_array",
        [](InArray array, HostType type, const TensorSpec& spec, DevicePtr device, double pad_value) {
            check_array(array, type, spec.logical_shape());
            nb::gil_scoped_release release;
            return Tensor::from_host(array.data(), type, spec, std::move(device), pad_value);
        },
        nb::arg("array"), nb::arg("type"), nb::arg("spec"), nb::arg("device").none() = nb::none(),
        nb::arg("pad_value") = 0.0);
    m.def(
        "tensor_to_array",
        [](const Tensor& t, HostType type) {
            return new_array(t.logical_shape(), type, [&](void* to) { t.read(to, type); });
        },
        nb::arg("tensor"), nb::arg("type"));
    m.def(
        "tensor_to_padded_array",
        [](const Tensor& t, HostType type) {
            return new_array(t.padded_shape(), type, [&](void* to) { t.read_padded(to, type); });
        },
        nb::arg("tensor"), nb::arg("type"));
    m.def(
        "tensor_to_packed",
        [](const Tensor& t) {
            Tensor host = t.cpu();
            auto bytes = host.host_bytes();
            return nb::bytes(bytes.data(), bytes.size());
        },
        nb::arg("tensor"));
    m.def(
        "tensor_from_packed",
        [](nb::bytes data, const TensorSpec& spec, DevicePtr device) {
            return Tensor::from_packed({static_cast<const uint8_t*>(data.data()), data.size()}, spec, std::move(device));
        },
        nb::arg("data"), nb::arg("spec"), nb::arg("device").none() = nb::none());
    m.def(
        "tensor_empty", [](const TensorSpec& spec, DevicePtr device) { return Tensor::empty(spec, std::move(device)); },
        nb::arg("spec"), nb::arg("device").none() = nb::none());
    m.def(
        "tensor_full",
        [](const TensorSpec& spec, double value, DevicePtr device) { return Tensor::full(spec, value, std::move(device)); },
        nb::arg("spec"), nb::arg("value"), nb::arg("device").none() = nb::none());
    m.def(
        "tensor_to_device",
        [](const Tensor& t, DevicePtr d, std::optional<MemoryConfig> c) { return t.to_device(std::move(d), c); },
        nb::arg("tensor"), nb::arg("device"), nb::arg("memory_config") = nb::none(),
        nb::call_guard<nb::gil_scoped_release>());
    m.def(
        "tensor_cpu", [](const Tensor& t) { return t.cpu(); }, nb::arg("tensor"), nb::call_guard<nb::gil_scoped_release>());
    m.def(
        "tensor_to_layout",
        [](const Tensor& t, Layout layout, double pad, std::optional<DataType> type, std::optional<MemoryConfig> config) {
            return t.to_layout(layout, pad, type, config);
        },
        nb::arg("tensor"), nb::arg("layout"), nb::arg("pad_value") = 0.0, nb::arg("dtype") = nb::none(),
        nb::arg("memory_config") = nb::none(), nb::call_guard<nb::gil_scoped_release>());
    m.def(
        "tensor_to_dtype", [](const Tensor& t, DataType type) { return t.to_dtype(type); }, nb::arg("tensor"),
        nb::arg("dtype"), nb::call_guard<nb::gil_scoped_release>());
    m.def("tensor_typecast", typecast, nb::arg("tensor"), nb::arg("dtype"), nb::call_guard<nb::gil_scoped_release>());
    m.def(
        "tensor_to_memory_config",
        [](const Tensor& t, const MemoryConfig& config, std::optional<DataType> type) {
            return t.to_memory_config(config, type);
        },
        nb::arg("tensor"), nb::arg("memory_config"), nb::arg("dtype") = nb::none(),
        nb::call_guard<nb::gil_scoped_release>());
    m.def("tensor_clone", [](const Tensor& t) { return t.clone(); }, nb::arg("tensor"));
    m.def(
        "tensor_reshape", [](const Tensor& t, const Shape& shape) { return t.reshape(shape); }, nb::arg("tensor"),
        nb::arg("shape"));
    m.def(
        "tensor_copy", [](const Tensor& from, Tensor& to) { to.copy_from(from); }, nb::arg("source"),
        nb::arg("destination"));
    m.def("inferred_data_type", &inferred_data_type, nb::arg("type"));
    m.def("natural_host_type", &natural_host_type, nb::arg("dtype"));
    m.def(
        "element_size",
        [](DataType type) {
            if (is_block_float(type)) throw nb::value_error("datum for bfp2, bfp4, bfp8 is invalid");
            return element_size(type);
        },
        nb::arg("dtype"));
}

void bind_accessor_args(nb::module_& m) {
    nb::enum_<ArgConfig>(m, "ArgConfig", nb::is_flag())
        .value("NONE", ArgConfig::None)
        .value("Sharded", ArgConfig::Sharded)
        .value("IsDram", ArgConfig::IsDram)
        .value("RuntimeRank", ArgConfig::RuntimeRank)
        .value("RuntimeNumBanks", ArgConfig::RuntimeNumBanks)
        .value("RuntimeTensorShape", ArgConfig::RuntimeTensorShape)
        .value("RuntimeShardShape", ArgConfig::RuntimeShardShape)
        .value("RuntimeBankCoords", ArgConfig::RuntimeBankCoords)
        .value("RuntimePageSize", ArgConfig::RuntimePageSize);
    nb::class_<TensorAccessorArgs>(m, "TensorAccessorArgs", "The words by which a kernel finds a tensor's pages.")
        .def(nb::init<>())
        .def(
            "__init__", [](TensorAccessorArgs* self, const Tensor& t) { new (self) TensorAccessorArgs(t); },
            nb::arg("tensor"))
        .def(
            "__init__",
            [](TensorAccessorArgs* self, const Tensor& t, ArgConfig config) { new (self) TensorAccessorArgs(t, config); },
            nb::arg("tensor"), nb::arg("args_config"))
        .def("get_compile_time_args", [](const TensorAccessorArgs& a) { return Words{a.get_compile_time_args()}; })
        .def("get_common_runtime_args", [](const TensorAccessorArgs& a) { return Words{a.get_common_runtime_args()}; })
        .def(
            "append_to",
            [](const TensorAccessorArgs& a, nb::list list) {
                std::vector<uint32_t> words;
                a.append_to(words);
                for (uint32_t w : words) list.append(w);
            },
            nb::arg("compile_time_args"));
}

}  // namespace

void bind_tensor(nb::module_& m) {
    bind_tensor_class(m);
    bind_data(m);
    bind_accessor_args(m);
}

}  // namespace tw::bind
