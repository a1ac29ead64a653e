// ProgramDescriptor and its parts (docs/upstream-api.md H8): constructors with upstream's argument names, live members.
#include "bind/argument_fit.h"
#include "bind/arguments.h"
#include "bind/bind.h"
#include "bind/live_lists.h"
#include "program/descriptors.h"
#include "program/global_circular_buffer.h"
#include "program/program_hash.h"
#include "tensor/data_type.h"
#include "tensor/tile_spec.h"

#include <nanobind/operators.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/variant.h>
#include <nanobind/stl/vector.h>

namespace tw::bind {
namespace {

using NamedArgs = KernelDescriptor::NamedCompileTimeArgs;
using Defines = KernelDescriptor::Defines;
using Config = KernelDescriptor::ConfigDescriptor;
using SourceType = KernelDescriptor::SourceType;
using AnyFormat = std::variant<DataType, DataFormat>;

// A vector member of an object that the proxy keeps alive.
template <class T>
struct VectorRef {
    std::vector<T>* vector;
};

template <class T>
void bind_vector_ref(nb::module_& m, const char* name) {
    nb::class_<VectorRef<T>> cls(m, name);
    def_value_list(cls, name, [](VectorRef<T>& self) -> std::vector<T>& { return *self.vector; });
    cls.def("extend", [](VectorRef<T>& self, const std::vector<T>& more) {
        self.vector->insert(self.vector->end(), more.begin(), more.end());
    });
}

template <class Class, class T>
void def_vector_member(nb::class_<Class>& cls, const char* name, std::vector<T> Class::* member) {
    cls.def_prop_rw(
        name, [member](Class& self) { return VectorRef<T>{&(self.*member)}; },
        [member](Class& self, std::vector<T> values) { self.*member = std::move(values); },
        nb::for_getter(nb::keep_alive<0, 1>()));
}

// A list of T, or a LiveList<T> as the getters return it.
template <class Class, class T>
void def_list_member(nb::class_<Class>& cls, const char* name, LiveList<T> Class::* member) {
    cls.def_prop_rw(
        name, [member](Class& self) -> LiveList<T>& { return self.*member; },
        [member](Class& self, ListOf<T> values) { self.*member = std::move(values.items); },
        nb::rv_policy::reference_internal);
}

DataFormat format_of(AnyFormat format) {
    if (auto* type = std::get_if<DataType>(&format)) return to_data_format(*type);
    return std::get<DataFormat>(format);
}

void bind_cb(nb::module_& m) {
    nb::class_<TileDescriptor>(m, "TileDescriptor")
        .def(nb::init<>())
        .def(
            "__init__", [](TileDescriptor* self, uint32_t h, uint32_t w, bool t) { new (self) TileDescriptor{h, w, t}; },
            nb::arg("height"), nb::arg("width"), nb::arg("transpose") = false)
        .def(
            "__init__",
            [](TileDescriptor* self, const Tile& tile) {
                new (self) TileDescriptor{tile.height(), tile.width(), tile.transpose_within_face()};
            },
            nb::arg("tile"))
        .def(
            "__init__", [](TileDescriptor* self, const TileDescriptor& o) { new (self) TileDescriptor(o); },
            nb::arg("other"))
        .def_rw("height", &TileDescriptor::height)
        .def_rw("width", &TileDescriptor::width)
        .def_rw("transpose", &TileDescriptor::transpose)
        .def(nb::self == nb::self)
        .def(nb::self != nb::self)
        .def("__repr__", [](const TileDescriptor& t) {
            return "TileDescriptor(height=" + std::to_string(t.height) + ", width=" + std::to_string(t.width) +
                   ", transpose=" + (t.transpose ? "True" : "False") + ")";
        });
    nb::implicitly_convertible<Tile, TileDescriptor>();

    nb::class_<FaceGeometry>(m, "FaceGeometry")
        .def(nb::init<>())
        .def(nb::init<uint32_t, uint32_t>(), nb::arg("face_r_dim"), nb::arg("num_faces"))
        .def_rw("face_r_dim", &FaceGeometry::face_r_dim)
        .def_rw("num_faces", &FaceGeometry::num_faces)
        .def(nb::self == nb::self)
        .def(nb::self != nb::self);

    nb::class_<CBFormatDescriptor>(m, "CBFormatDescriptor", "What one index of a circular buffer holds.")
        .def(nb::init<>())
        .def(
            "__init__",
            [](CBFormatDescriptor* self, uint8_t index, AnyFormat format, uint32_t page_size,
               std::optional<TileDescriptor> tile, std::optional<uint32_t> num_pages) {
                new (self) CBFormatDescriptor{.buffer_index = index,
                                              .data_format = format_of(format),
                                              .page_size = page_size,
                                              .tile = tile,
                                              .num_pages = num_pages};
            },
            nb::arg("buffer_index"), nb::arg("data_format"), nb::arg("page_size"), nb::arg("tile") = nb::none(),
            nb::kw_only(), nb::arg("num_pages") = nb::none())
        .def_rw("buffer_index", &CBFormatDescriptor::buffer_index)
        .def_prop_rw(
            "data_format", [](const CBFormatDescriptor& f) { return f.data_format; },
            [](CBFormatDescriptor& f, AnyFormat format) { f.data_format = format_of(format); })
        .def_prop_ro("data_format_as_uint8", [](const CBFormatDescriptor& f) { return uint8_t(f.data_format); })
        .def_rw("page_size", &CBFormatDescriptor::page_size)
        .def_prop_rw(
            "tile", [](CBFormatDescriptor& f) { return f.tile ? &*f.tile : nullptr; },
            [](CBFormatDescriptor& f, std::optional<TileDescriptor> tile) { f.tile = tile; },
            nb::rv_policy::reference_internal, nb::for_setter(nb::arg("tile").none()))
        .def_prop_rw(
            "face_geometry", [](CBFormatDescriptor& f) { return f.face_geometry ? &*f.face_geometry : nullptr; },
            [](CBFormatDescriptor& f, std::optional<FaceGeometry> g) { f.face_geometry = g; },
            nb::rv_policy::reference_internal, nb::for_setter(nb::arg("face_geometry").none()));
    bind_live_list<CBFormatDescriptor>(m, "CBFormatDescriptorList");

    nb::class_<GlobalCircularBuffer>(m, "GlobalCircularBuffer", "Memory that senders fill and receivers read.")
        .def(nb::new_([](const std::shared_ptr<Device>& device, GlobalCircularBuffer::Mapping mapping, uint32_t size,
                         BufferType type) {
                 return std::make_shared<GlobalCircularBuffer>(device, std::move(mapping), size, type);
             }),
             nb::arg("device"), nb::arg("sender_receiver_core_mapping"), nb::arg("size"),
             nb::arg("buffer_type") = BufferType::L1)
        .def("size", &GlobalCircularBuffer::size)
        .def("sender_cores", &GlobalCircularBuffer::senders)
        .def("receiver_cores", &GlobalCircularBuffer::receivers)
        .def("all_cores", &GlobalCircularBuffer::cores)
        .def("sender_receiver_core_mapping", &GlobalCircularBuffer::mapping)
        .def("buffer_address", [](const GlobalCircularBuffer& g) { return g.data()->address(); })
        .def("config_address", &GlobalCircularBuffer::config_address);

    nb::class_<CBDescriptor> cb(m, "CBDescriptor", "A region of L1 that circular buffer indices share, on a set of cores.");
    cb.def(nb::init<>())
        .def(
            "__init__",
            [](CBDescriptor* self, uint32_t total_size, const CoreRangeSet& cores, ListOf<CBFormatDescriptor> formats) {
                for (const CBFormatDescriptor& f : formats.items)
                    if (f.num_pages && uint64_t{*f.num_pages} * f.page_size != total_size &&
                        PyErr_WarnEx(PyExc_UserWarning,
                                     "CBFormatDescriptor: num_pages * page_size is not the total_size of its CBDescriptor",
                                     1) < 0)
                        throw nb::python_error();
                new (self) CBDescriptor{
                    .total_size = total_size, .core_ranges = cores, .format_descriptors = std::move(formats.items)};
            },
            nb::arg("total_size"), nb::arg("core_ranges"), nb::arg("format_descriptors"))
        .def_rw("total_size", &CBDescriptor::total_size)
        .def_prop_rw(
            "core_ranges", [](const CBDescriptor& self) { return self.core_ranges; },
            [](CBDescriptor& self, const CoreRangeSet& cores) { self.core_ranges = cores; })
        .def_rw("address_offset", &CBDescriptor::address_offset)
        .def("has_buffer", [](const CBDescriptor& self) { return self.pinned && !self.is_global; })
        .def("buffer_address", &CBDescriptor::buffer_address)
        .def(
            "set_buffer_from_cb",
            [](CBDescriptor& self, const CBDescriptor& other) { self.buffer = other.buffer, self.pinned = other.pinned; },
            nb::arg("other"))
        .def("has_global_circular_buffer", [](const CBDescriptor& self) { return self.is_global; })
        .def(
            "set_global_circular_buffer",
            [](CBDescriptor& self, const std::shared_ptr<GlobalCircularBuffer>& g) { self.set_global_circular_buffer(g); },
            nb::arg("global_circular_buffer"))
        .def(
            "set_global_circular_buffer_from_cb",
            [](CBDescriptor& self, const CBDescriptor& other) { self.set_global_circular_buffer(other.global.lock()); },
            nb::arg("other"));
    def_list_member(cb, "format_descriptors", &CBDescriptor::format_descriptors);
    def_list_member(cb, "remote_format_descriptors", &CBDescriptor::remote_format_descriptors);
    bind_live_list<CBDescriptor>(m, "CBDescriptorList");
}

void bind_semaphore(nb::module_& m) {
    nb::class_<SemaphoreDescriptor>(m, "SemaphoreDescriptor")
        .def(nb::init<>())
        .def(
            "__init__",
            [](SemaphoreDescriptor* self, uint32_t id, CoreType type, const CoreRangeSet& cores, uint32_t value) {
                new (self) SemaphoreDescriptor{id, type, cores, value};
            },
            nb::sig("def __init__(self, id: int, core_type: tilewright._core.CoreType = "
                    "tilewright._core.CoreType.WORKER, core_ranges: tilewright._core.CoreRangeSet = ..., "
                    "initial_value: int = ...) -> None"),
            nb::arg("id"), nb::arg("core_type") = CoreType::Worker, nb::arg("core_ranges"), nb::arg("initial_value"))
        .def_ro("id", &SemaphoreDescriptor::id)
        .def_rw("core_type", &SemaphoreDescriptor::core_type)
        .def_prop_rw(
            "core_ranges", [](const SemaphoreDescriptor& self) { return self.core_ranges; },
            [](SemaphoreDescriptor& self, const CoreRangeSet& cores) { self.core_ranges = cores; })
        .def_rw("initial_value", &SemaphoreDescriptor::initial_value);
    bind_live_list<SemaphoreDescriptor>(m, "SemaphoreDescriptorList");
}

void bind_configs(nb::module_& m) {
    bind_vector_ref<UnpackToDestMode>(m, "UnpackToDestModeList");
    nb::class_<ReaderConfigDescriptor>(m, "ReaderConfigDescriptor", "RISCV_1 (NCRISC) on NOC_0.").def(nb::init<>());
    nb::class_<WriterConfigDescriptor>(m, "WriterConfigDescriptor", "RISCV_0 (BRISC) on NOC_1.").def(nb::init<>());
    nb::class_<DataMovementConfigDescriptor>(m, "DataMovementConfigDescriptor")
        .def(
            "__init__",
            [](DataMovementConfigDescriptor* self, DataMovementProcessor processor, NOC noc, NOC_MODE mode) {
                new (self) DataMovementConfigDescriptor{processor, noc, mode};
            },
            nb::arg("processor") = DataMovementProcessor::RISCV_0, nb::arg("noc") = NOC::RISCV_0_default,
            nb::arg("noc_mode") = NOC_MODE::DM_DEDICATED_NOC)
        .def_rw("processor", &DataMovementConfigDescriptor::processor)
        .def_rw("noc", &DataMovementConfigDescriptor::noc)
        .def_rw("noc_mode", &DataMovementConfigDescriptor::noc_mode);
    nb::class_<ComputeConfigDescriptor> compute(m, "ComputeConfigDescriptor");
    compute
        .def(
            "__init__",
            [](ComputeConfigDescriptor* self, MathFidelity fidelity, bool approx, bool fp32, bool full_sync, bool precise) {
                new (self) ComputeConfigDescriptor{.math_fidelity = fidelity,
                                                   .fp32_dest_acc_en = fp32,
                                                   .dst_full_sync_en = full_sync,
                                                   .bfp8_pack_precise = precise,
                                                   .math_approx_mode = approx};
            },
            nb::arg("math_fidelity") = MathFidelity::HiFi4, nb::arg("math_approx_mode") = false,
            nb::arg("fp32_dest_acc_en") = false, nb::arg("dst_full_sync_en") = false, nb::arg("bfp8_pack_precise") = false)
        .def_rw("math_fidelity", &ComputeConfigDescriptor::math_fidelity)
        .def_rw("math_approx_mode", &ComputeConfigDescriptor::math_approx_mode)
        .def_rw("fp32_dest_acc_en", &ComputeConfigDescriptor::fp32_dest_acc_en)
        .def_rw("dst_full_sync_en", &ComputeConfigDescriptor::dst_full_sync_en)
        .def_rw("bfp8_pack_precise", &ComputeConfigDescriptor::bfp8_pack_precise)
        .def_rw("enable_trisc2_rvv", &ComputeConfigDescriptor::enable_trisc2_rvv);
    def_vector_member(compute, "unpack_to_dest_mode", &ComputeConfigDescriptor::unpack_to_dest_mode);
}

// The config in place, so that `kernel.config.math_fidelity = ..` takes effect.
nb::object live_config(KernelDescriptor& kernel) {
    std::shared_ptr<Config> box = kernel.config.shared();
    return std::visit(
        [&](auto& config) { return nb::cast(std::shared_ptr<std::remove_reference_t<decltype(config)>>(box, &config)); },
        *box);
}

using Named = NamedKernelArgs;

[[noreturn]] void refuse_value(const std::string& name, nb::handle value, const std::string& allowed) {
    throw nb::type_error((name + " = " + shown(value) + ", allowed: " + allowed).c_str());
}

// Values by core: a dict or pairs, of single values or of sequences.
Named::PerCore per_core_of(const std::vector<std::pair<std::string, nb::object>>& given, bool arrays) {
    Named::PerCore out;
    for (const auto& [name, by_core] : given) {
        const nb::object pairs = PyDict_Check(by_core.ptr()) ? by_core.attr("items")() : by_core;
        auto& entry = out.emplace_back(name, Named::PerCore::value_type::second_type());
        if (!PyIter_Check(pairs.ptr()) && !PyObject_HasAttrString(pairs.ptr(), "__iter__"))
            refuse_value(name, by_core, "a dict or pairs of cores and values");
        for (nb::handle pair : pairs) {
            std::pair<CoreCoord, nb::object> one;
            if (!nb::try_cast(pair, one)) refuse_value(name, pair, "a pair of a core and its value");
            Words words;
            if (!arrays) words.values.resize(1);
            if (arrays ? !nb::try_cast(one.second, words) : !nb::try_cast(one.second, words.values[0]))
                refuse_value(name, one.second, std::string(arrays ? "a sequence, each " : "") + kRangeOf<uint32_t>.str());
            entry.second.emplace_back(one.first, std::move(words.values));
        }
    }
    return out;
}

template <class Values>
nb::object listed(const Values& values, bool arrays) {
    return arrays ? nb::cast(values) : nb::cast(values.front());
}

nb::list shown_per_core(const Named::PerCore& args, bool arrays) {
    nb::list out;
    for (const auto& [name, by_core] : args) {
        nb::dict cores;
        for (const auto& [core, values] : by_core) cores[nb::cast(core)] = listed(values, arrays);
        out.append(nb::make_tuple(name, cores));
    }
    return out;
}

nb::list shown_common(const Named::Common& args, bool arrays) {
    nb::list out;
    for (const auto& [name, values] : args) out.append(nb::make_tuple(name, listed(values, arrays)));
    return out;
}

void bind_named_args(nb::class_<KernelDescriptor>& kernel) {
    using Single = std::vector<std::pair<std::string, uint32_t>>;
    using PerCoreIn = std::vector<std::pair<std::string, nb::object>>;
    kernel
        .def_prop_rw(
            "blaze_named_compile_time_args", [](const KernelDescriptor& k) { return k.named.constants; },
            [](KernelDescriptor& k, Single in) { k.named.constants = std::move(in); })
        .def_prop_rw(
            "blaze_named_common_runtime_args",
            [](const KernelDescriptor& k) { return shown_common(k.named.common, false); },
            [](KernelDescriptor& k, const Single& in) {
                k.named.common.clear();
                for (const auto& [name, value] : in) k.named.common.emplace_back(name, std::vector<uint32_t>{value});
            })
        .def_prop_rw(
            "blaze_named_common_runtime_arg_arrays",
            [](const KernelDescriptor& k) { return shown_common(k.named.common_arrays, true); },
            [](KernelDescriptor& k, std::vector<std::pair<std::string, Words>> in) {
                k.named.common_arrays.clear();
                for (auto& [name, words] : in) k.named.common_arrays.emplace_back(name, std::move(words.values));
            })
        .def_prop_rw(
            "blaze_named_per_core_runtime_args",
            [](const KernelDescriptor& k) { return shown_per_core(k.named.per_core, false); },
            [](KernelDescriptor& k, const PerCoreIn& in) { k.named.per_core = per_core_of(in, false); })
        .def_prop_rw(
            "blaze_named_per_core_runtime_arg_arrays",
            [](const KernelDescriptor& k) { return shown_per_core(k.named.per_core_arrays, true); },
            [](KernelDescriptor& k, const PerCoreIn& in) { k.named.per_core_arrays = per_core_of(in, true); });
}

void bind_kernel(nb::module_& m) {
    nb::enum_<SourceType>(m, "SourceType")
        .value("FILE_PATH", SourceType::FILE_PATH)
        .value("SOURCE_CODE", SourceType::SOURCE_CODE);
    bind_vector_ref<NamedArgs::value_type>(m, "NamedCompileTimeArgs");
    bind_vector_ref<Defines::value_type>(m, "Defines");
    nb::class_<KernelDescriptor> kernel(m, "KernelDescriptor", "A kernel, where it runs, and its arguments.");
    kernel.attr("SourceType") = m.attr("SourceType");
    kernel.def(nb::init<>())
        .def(
            "__init__",
            [](KernelDescriptor* self, std::string source, SourceType type, const CoreRangeSet& cores,
               Words compile_time_args, NamedArgs named, Defines defines, RuntimeArgsIn runtime_args, Words common,
               std::optional<KernelBuildOptLevel> opt_level, Config config, std::vector<std::filesystem::path> includes,
               NamedArgs blaze_named) {
                new (self) KernelDescriptor{.kernel_source = std::move(source),
                                            .source_type = type,
                                            .core_ranges = cores,
                                            .compile_time_args = std::move(compile_time_args.values),
                                            .named_compile_time_args = std::move(named),
                                            .defines = std::move(defines),
                                            .runtime_args = std::move(runtime_args.values),
                                            .common_runtime_args = std::move(common.values),
                                            .opt_level = opt_level,
                                            .config = std::move(config),
                                            .compiler_include_paths = std::move(includes),
                                            .named = {.constants = std::move(blaze_named)}};
            },
            nb::sig("def __init__(self, kernel_source: str, source_type: "
                    "tilewright._core.KernelDescriptor.SourceType = "
                    "tilewright._core.KernelDescriptor.SourceType.FILE_PATH, core_ranges: "
                    "tilewright._core.CoreRangeSet = ..., compile_time_args: "
                    "collections.abc.Sequence[int] = [], named_compile_time_args: "
                    "collections.abc.Sequence[tuple[str, int]] = [], defines: "
                    "collections.abc.Sequence[tuple[str, str]] = [], runtime_args: "
                    "tilewright._core.RuntimeArgs | collections.abc.Sequence[typing.Any] = [], "
                    "common_runtime_args: collections.abc.Sequence[int] = [], opt_level: "
                    "tilewright._core.KernelBuildOptLevel | None = None, config: "
                    "tilewright._core.ReaderConfigDescriptor | tilewright._core.WriterConfigDescriptor | "
                    "tilewright._core.DataMovementConfigDescriptor | "
                    "tilewright._core.ComputeConfigDescriptor = ..., compiler_include_paths: "
                    "collections.abc.Sequence[str | os.PathLike[str]] = [], *, "
                    "blaze_named_compile_time_args: collections.abc.Sequence[tuple[str, int]] = []) -> "
                    "None"),
            nb::arg("kernel_source"), nb::arg("source_type") = SourceType::FILE_PATH, nb::arg("core_ranges"),
            nb::arg("compile_time_args") = nb::list(), nb::arg("named_compile_time_args") = nb::list(),
            nb::arg("defines") = nb::list(), nb::arg("runtime_args") = nb::list(),
            nb::arg("common_runtime_args") = nb::list(), nb::arg("opt_level") = nb::none(), nb::arg("config"),
            nb::arg("compiler_include_paths") = nb::list(), nb::kw_only(),
            nb::arg("blaze_named_compile_time_args") = nb::list())
        .def_rw("kernel_source", &KernelDescriptor::kernel_source)
        .def_rw("source_type", &KernelDescriptor::source_type)
        .def_prop_rw(
            "core_ranges", [](const KernelDescriptor& self) { return self.core_ranges; },
            [](KernelDescriptor& self, const CoreRangeSet& cores) { self.core_ranges = cores; })
        .def_prop_rw(
            "compile_time_args", [](KernelDescriptor& k) -> std::vector<uint32_t>& { return k.compile_time_args; },
            [](KernelDescriptor& k, Words w) { k.compile_time_args = std::move(w.values); },
            nb::rv_policy::reference_internal)
        .def_prop_rw(
            "common_runtime_args", [](KernelDescriptor& k) -> std::vector<uint32_t>& { return k.common_runtime_args; },
            [](KernelDescriptor& k, Words w) { k.common_runtime_args = std::move(w.values); },
            nb::rv_policy::reference_internal)
        .def_prop_rw(
            "runtime_args", [](KernelDescriptor& k) -> RuntimeArgs& { return k.runtime_args; },
            [](KernelDescriptor& k, RuntimeArgsIn in) { k.runtime_args = std::move(in.values); },
            nb::rv_policy::reference_internal)
        .def_rw("opt_level", &KernelDescriptor::opt_level, nb::for_setter(nb::arg("opt_level").none()))
        .def_prop_rw("config", &live_config,
                     [](KernelDescriptor& k, Config config) { k.config = Boxed<Config>(std::move(config)); })
        .def_rw("compiler_include_paths", &KernelDescriptor::compiler_include_paths)
        .def("clear_runtime_args", &KernelDescriptor::clear_runtime_args)
        .def("append_runtime_args_from", &KernelDescriptor::append_runtime_args_from, nb::arg("other"))
        .def(
            "extend_runtime_args_uniform", [](KernelDescriptor& k, Words w) { k.extend_runtime_args_uniform(w.values); },
            nb::arg("values"))
        .def("append_common_runtime_args_from", &KernelDescriptor::append_common_runtime_args_from, nb::arg("other"))
        .def("__repr__", [](const KernelDescriptor& k) {
            return "KernelDescriptor(" + std::string(k.display_name()) + ", core_ranges=" + k.core_ranges.str() + ")";
        });
    bind_named_args(kernel);
    def_vector_member(kernel, "named_compile_time_args", &KernelDescriptor::named_compile_time_args);
    def_vector_member(kernel, "defines", &KernelDescriptor::defines);
    bind_live_list<KernelDescriptor>(m, "KernelDescriptorList");
}

void bind_program_descriptor(nb::module_& m) {
    nb::class_<ProgramDescriptor> program(m, "ProgramDescriptor",
                                          "Kernels, semaphores and circular buffers of one program.");
    program
        .def(
            "__init__",
            [](ProgramDescriptor* self, ListOf<KernelDescriptor> kernels, ListOf<SemaphoreDescriptor> semaphores,
               ListOf<CBDescriptor> cbs) {
                new (self) ProgramDescriptor{.kernels = std::move(kernels.items),
                                             .semaphores = std::move(semaphores.items),
                                             .cbs = std::move(cbs.items)};
            },
            nb::arg("kernels") = nb::list(), nb::arg("semaphores") = nb::list(), nb::arg("cbs") = nb::list())
        .def_rw("custom_program_hash", &ProgramDescriptor::custom_program_hash,
                nb::for_setter(nb::arg("custom_program_hash").none()))
        .def("find_available_semaphore_id", &ProgramDescriptor::find_available_semaphore_id, nb::arg("core"),
             nb::arg("core_type") = CoreType::Worker)
        .def("__repr__", [](const ProgramDescriptor& p) {
            return "ProgramDescriptor(" + std::to_string(p.kernels.size()) + " kernels, " +
                   std::to_string(p.semaphores.size()) + " semaphores, " + std::to_string(p.cbs.size()) + " cbs)";
        });
    def_list_member(program, "kernels", &ProgramDescriptor::kernels);
    def_list_member(program, "semaphores", &ProgramDescriptor::semaphores);
    def_list_member(program, "cbs", &ProgramDescriptor::cbs);
    m.def("compute_program_descriptor_hash", &program_hash, nb::arg("program_descriptor"));
    m.def(
        "merge_program_descriptors",
        [](ListOf<ProgramDescriptor> descriptors) {
            std::vector<const ProgramDescriptor*> parts;
            for (const ProgramDescriptor& p : descriptors.items) parts.push_back(&p);
            return merge_program_descriptors(parts);
        },
        nb::arg("descriptors"));
}

}  // namespace

void bind_descriptors(nb::module_& m) {
    bind_cb(m);
    bind_semaphore(m);
    bind_configs(m);
    bind_kernel(m);
    bind_program_descriptor(m);
}

}  // namespace tw::bind
