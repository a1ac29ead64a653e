// Shapes, tiles, memory configs and tensor specs (docs/upstream-api.md H4).
#include "bind/arguments.h"
#include "bind/bind.h"
#include "tensor/memory_config.h"
#include "tensor/tensor_spec.h"
#include "tensor/tile_spec.h"

#include <nanobind/operators.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

namespace tw::bind {
namespace {

using Extent2 = std::array<uint32_t, 2>;

nb::tuple dims_of(const Shape& shape) {
    nb::list out;
    for (uint32_t d : shape) out.append(d);
    return nb::tuple(out);
}

void bind_shape(nb::module_& m) {
    nb::class_<Shape>(m, "Shape", "The extents of a tensor, outermost first.")
        .def(
            "__init__", [](Shape* self, Words dims) { new (self) Shape(std::move(dims.values)); }, nb::arg("shape"))
        .def(
            "__init__", [](Shape* self, const Shape& other) { new (self) Shape(other); }, nb::arg("shape"))
        .def("__len__", &Shape::rank)
        .def_prop_ro("rank", &Shape::rank)
        .def("__getitem__", [](const Shape& s, int64_t i) { return s.at(i); })
        .def("__iter__", [](const Shape& s) { return nb::iter(dims_of(s)); })
        .def(
            "__eq__",
            [](const Shape& s, nb::handle other) {
                if (nb::isinstance<Shape>(other)) return s == nb::cast<const Shape&>(other);
                std::vector<uint32_t> dims;
                return read_words(other, dims) && s.dims() == dims;
            },
            nb::arg("other").none())
        .def("__hash__", [](const Shape& s) { return nb::hash(dims_of(s)); })
        .def("to_rank", &Shape::to_rank, nb::arg("rank"))
        .def("volume", &Shape::volume)
        .def("__repr__", &Shape::str)
        .def("__getstate__", [](const Shape& s) { return nb::make_tuple(dims_of(s)); })
        .def("__setstate__", [](Shape& s, nb::tuple state) {
            std::vector<uint32_t> dims;
            read_words(state[0], dims);
            new (&s) Shape(std::move(dims));
        });
    nb::implicitly_convertible<nb::list, Shape>();
    nb::implicitly_convertible<nb::tuple, Shape>();
}

void bind_tile(nb::module_& m) {
    nb::class_<Tile>(m, "Tile", "The shape of a tile.")
        .def(
            "__init__", [](Tile* self, Extent2 shape, bool transpose) { new (self) Tile(shape[0], shape[1], transpose); },
            nb::arg("tile_shape"), nb::arg("transpose_tile") = false)
        .def_prop_ro("tile_shape", [](const Tile& t) { return Extent2{t.height(), t.width()}; })
        .def_prop_ro("face_shape", [](const Tile& t) { return Extent2{t.face_height(), t.face_width()}; })
        .def_prop_ro("num_faces", &Tile::num_faces)
        .def_prop_ro("partial_face", [](const Tile& t) { return uint32_t(t.partial_face()); })
        .def_prop_ro("narrow_tile", [](const Tile& t) { return uint32_t(t.narrow_tile()); })
        .def_prop_ro("transpose_within_face", &Tile::transpose_within_face)
        .def_prop_ro("transpose_of_faces", &Tile::transpose_of_faces)
        .def(
            "get_tile_size", [](const Tile& t, DataType type) { return t.size(type); }, nb::arg("dtype"))
        .def(nb::self == nb::self)
        .def("__hash__", [](const Tile& t) { return t.height() * 64 + t.width(); })
        .def("__repr__", &Tile::str);
}

void bind_shard_specs(nb::module_& m) {
    nb::class_<ShardSpec>(m, "ShardSpec")
        .def(
            "__init__",
            [](ShardSpec* self, const CoreRangeSet& grid, Extent2 shape, ShardOrientation o) {
                new (self) ShardSpec{grid, shape, o};
            },
            nb::arg("grid"), nb::arg("shard_shape"), nb::arg("shard_orientation") = ShardOrientation::ROW_MAJOR)
        .def_prop_rw(
            "grid", [](const ShardSpec& s) { return s.grid; },
            [](ShardSpec& s, const CoreRangeSet& grid) { s.grid = grid; })
        .def_rw("shape", &ShardSpec::shape)
        .def_rw("orientation", &ShardSpec::orientation)
        .def("num_cores", &ShardSpec::num_cores)
        .def(nb::self == nb::self)
        .def(nb::self != nb::self)
        .def("__hash__", [](const ShardSpec& s) { return nb::hash(nb::cast(s.str())); })
        .def("__repr__", &ShardSpec::str);
    nb::class_<NdShardSpec>(m, "NdShardSpec")
        .def(
            "__init__",
            [](NdShardSpec* self, const Shape& shape, const CoreRangeSet& grid, ShardOrientation o,
               ShardDistributionStrategy s) { new (self) NdShardSpec{shape, grid, o, s}; },
            nb::arg("shard_shape"), nb::arg("grid"), nb::arg("orientation") = ShardOrientation::ROW_MAJOR,
            nb::arg("shard_distribution_strategy") = ShardDistributionStrategy::ROUND_ROBIN_1D)
        .def_rw("shard_shape", &NdShardSpec::shard_shape)
        .def_prop_rw(
            "grid", [](const NdShardSpec& s) { return s.grid; },
            [](NdShardSpec& s, const CoreRangeSet& grid) { s.grid = grid; })
        .def_rw("orientation", &NdShardSpec::orientation)
        .def_rw("shard_distribution_strategy", &NdShardSpec::strategy)
        .def("num_cores", &NdShardSpec::num_cores)
        .def(nb::self == nb::self)
        .def(nb::self != nb::self)
        .def("__repr__", &NdShardSpec::str);
}

void bind_memory_config(nb::module_& m) {
    nb::class_<MemoryConfig>(m, "MemoryConfig", "Which memory a tensor lies in, and how it is spread over it.")
        .def(
            "__init__",
            [](MemoryConfig* self, TensorMemoryLayout layout, BufferType type, std::optional<ShardSpec> spec) {
                new (self) MemoryConfig(layout, type, std::move(spec));
            },
            nb::arg("memory_layout") = TensorMemoryLayout::INTERLEAVED, nb::arg("buffer_type") = BufferType::DRAM,
            nb::arg("shard_spec") = nb::none())
        .def(
            "__init__",
            [](MemoryConfig* self, BufferType type, const NdShardSpec& spec) { new (self) MemoryConfig(type, spec); },
            nb::arg("buffer_type"), nb::arg("nd_shard_spec"))
        .def_prop_ro("memory_layout", &MemoryConfig::memory_layout)
        .def_prop_ro("buffer_type", &MemoryConfig::buffer_type)
        .def_prop_ro("shard_spec", [](const MemoryConfig& c) { return c.shard_spec(); })
        .def_prop_ro("nd_shard_spec", [](const MemoryConfig& c) { return c.nd_shard_spec(); })
        .def_prop_ro("interleaved", [](const MemoryConfig& c) { return !c.is_sharded(); })
        .def("is_sharded", &MemoryConfig::is_sharded)
        .def("created_with_nd_shard_spec", &MemoryConfig::created_with_nd_shard_spec)
        .def(
            "with_shard_spec",
            [](const MemoryConfig& c, std::optional<ShardSpec> spec) {
                return MemoryConfig(c.memory_layout(), c.buffer_type(), spec);
            },
            nb::arg("shard_spec").none())
        .def(nb::self == nb::self)
        .def(nb::self != nb::self)
        .def("__hash__", [](const MemoryConfig& c) { return Py_hash_t(c.hash() >> 1); })
        .def("__repr__", &MemoryConfig::str)
        .def("to_json", &MemoryConfig::json)
        .def_static("from_json", [](const std::string& text) { return MemoryConfig::from_json(text); }, nb::arg("json"));
}

void bind_spec(nb::module_& m) {
    nb::class_<TensorSpec>(m, "TensorSpec", "Everything about a tensor but its contents and its address.")
        .def(
            "__init__",
            [](TensorSpec* self, const Shape& shape, DataType type, Layout layout, BufferType buffer,
               std::optional<Tile> tile) {
                new (self) TensorSpec(shape, type, layout, MemoryConfig(TensorMemoryLayout::INTERLEAVED, buffer),
                                      tile.value_or(Tile()));
            },
            nb::arg("shape"), nb::arg("dtype"), nb::arg("layout"), nb::arg("buffer_type") = BufferType::DRAM,
            nb::arg("tile") = nb::none())
        .def(
            "__init__",
            [](TensorSpec* self, const Shape& shape, DataType type, Layout layout, TensorMemoryLayout memory_layout,
               std::optional<ShardSpec> spec, BufferType buffer, std::optional<Tile> tile) {
                new (self) TensorSpec(shape, type, layout, MemoryConfig(memory_layout, buffer, std::move(spec)),
                                      tile.value_or(Tile()));
            },
            nb::arg("shape"), nb::arg("dtype"), nb::arg("layout"), nb::arg("memory_layout"),
            nb::arg("shard_spec") = nb::none(), nb::arg("buffer_type") = BufferType::DRAM, nb::arg("tile") = nb::none())
        .def(
            "__init__",
            [](TensorSpec* self, const Shape& shape, DataType type, Layout layout, const NdShardSpec& spec,
               BufferType buffer, std::optional<Tile> tile) {
                new (self) TensorSpec(shape, type, layout, MemoryConfig(buffer, spec), tile.value_or(Tile()));
            },
            nb::arg("shape"), nb::arg("dtype"), nb::arg("layout"), nb::arg("nd_shard_spec"),
            nb::arg("buffer_type") = BufferType::DRAM, nb::arg("tile") = nb::none())
        .def(
            "__init__",
            [](TensorSpec* self, const Shape& shape, DataType type, Layout layout, const MemoryConfig& config,
               std::optional<Tile> tile) { new (self) TensorSpec(shape, type, layout, config, tile.value_or(Tile())); },
            nb::arg("shape"), nb::arg("dtype"), nb::arg("layout"), nb::arg("memory_config"), nb::arg("tile") = nb::none())
        .def_prop_ro("shape", &TensorSpec::logical_shape)
        .def_prop_ro("padded_shape", &TensorSpec::padded_shape)
        .def_prop_ro("dtype", &TensorSpec::dtype)
        .def_prop_ro("layout", &TensorSpec::layout)
        .def_prop_ro("tile", &TensorSpec::tile)
        .def_prop_ro("memory_config", &TensorSpec::memory_config)
        .def("with_memory_config", &TensorSpec::with_memory_config, nb::arg("memory_config"))
        .def("with_padded_shape", &TensorSpec::with_padded_shape, nb::arg("padded_shape"))
        .def("height_sharded", &TensorSpec::height_sharded, nb::arg("grid"),
             nb::arg("orientation") = ShardOrientation::ROW_MAJOR)
        .def("width_sharded", &TensorSpec::width_sharded, nb::arg("grid"),
             nb::arg("orientation") = ShardOrientation::ROW_MAJOR)
        .def("block_sharded", &TensorSpec::block_sharded, nb::arg("grid"),
             nb::arg("orientation") = ShardOrientation::ROW_MAJOR)
        .def(
            "block_sharded",
            [](const TensorSpec& s, const CoreRangeSet& grid, ShardOrientation o) {
                return s.block_sharded(grid.bounding_box(), o);
            },
            nb::arg("grid"), nb::arg("orientation") = ShardOrientation::ROW_MAJOR)
        .def("sharded", &TensorSpec::sharded, nb::arg("shard_shape"), nb::arg("grid"),
             nb::arg("shard_alignment") = ShardShapeAlignment::RECOMMENDED,
             nb::arg("orientation") = ShardOrientation::ROW_MAJOR,
             nb::arg("shard_distribution_strategy") = ShardDistributionStrategy::ROUND_ROBIN_1D)
        .def("sharded_across_dims", &TensorSpec::sharded_across_dims, nb::arg("dims"), nb::arg("grid"),
             nb::arg("orientation") = ShardOrientation::ROW_MAJOR)
        .def("sharded_across_dims_except", &TensorSpec::sharded_across_dims_except, nb::arg("dims"), nb::arg("grid"),
             nb::arg("orientation") = ShardOrientation::ROW_MAJOR)
        .def(nb::self == nb::self)
        .def(nb::self != nb::self)
        .def("__repr__", &TensorSpec::str);
}

}  // namespace

void bind_tensor_spec(nb::module_& m) {
    bind_shape(m);
    bind_tile(m);
    bind_shard_specs(m);
    bind_memory_config(m);
    bind_spec(m);
    m.def("tile_size", [](DataType type) { return Tile().size(type); }, nb::arg("dtype"));
    m.def("tile_size", [](DataFormat format) { return Tile().size(format); }, nb::arg("format"));
    m.def("to_data_format", &to_data_format, nb::arg("dtype"));
}

}  // namespace tw::bind
