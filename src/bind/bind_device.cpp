// Devices, work split and what is asked of a chip (docs/upstream-api.md H1, H2.2).
#include "bind/bind.h"
#include "bind/checks_choice.h"
#include "bind/numerics_choice.h"
#include "bind/stale_config_choice.h"
#include "device/allocator.h"
#include "device/chip.h"
#include "device/device.h"
#include "device/work_split.h"
#include "program/program_cache.h"

#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/variant.h>
#include <nanobind/stl/vector.h>

namespace tw::bind {
namespace {

using DevicePtr = std::shared_ptr<Device>;

CoreCoord as_core(NocCoord c) {
    return {c.x, c.y};
}
NocCoord as_noc(CoreCoord c) {
    return {uint8_t(std::min(c.x, 255u)), uint8_t(std::min(c.y, 255u))};
}

nb::tuple as_tuple(const WorkSplit& s) {
    return nb::make_tuple(s.num_cores, s.all_cores, s.core_group_1, s.core_group_2, s.units_per_core_group_1,
                          s.units_per_core_group_2);
}

void bind_chip(nb::module_& m) {
    nb::class_<ChipDescription>(m, "ChipDescription")
        .def_ro("name", &ChipDescription::name)
        .def_ro("arch_name", &ChipDescription::arch_name)
        .def_ro("arch", &ChipDescription::arch)
        .def_ro("grid_x", &ChipDescription::grid_x)
        .def_ro("grid_y", &ChipDescription::grid_y)
        .def_ro("l1_size", &ChipDescription::l1_size)
        .def_ro("l1_base", &ChipDescription::l1_base)
        .def_ro("dram_banks", &ChipDescription::dram_banks)
        .def_ro("dram_bank_size", &ChipDescription::dram_bank_size)
        .def_ro("dram_base", &ChipDescription::dram_base)
        .def_ro("l1_alignment", &ChipDescription::l1_alignment)
        .def_ro("dram_alignment", &ChipDescription::dram_alignment)
        .def_ro("max_cbs", &ChipDescription::max_cbs)
        .def_ro("max_semaphores", &ChipDescription::max_semaphores)
        .def_prop_ro("dram_noc", [](const ChipDescription& c) {
            std::vector<CoreCoord> out;
            for (NocCoord n : c.dram_noc) out.push_back(as_core(n));
            return out;
        });
    m.def("find_chip", &find_chip, nb::arg("name"), nb::rv_policy::reference);
    m.def("default_chip", &default_chip, nb::rv_policy::reference);
}

void bind_memory_view(nb::module_& m) {
    nb::class_<MemoryBlock>(m, "MemoryBlock")
        .def_ro("address", &MemoryBlock::address)
        .def_ro("size", &MemoryBlock::size)
        .def_ro("allocated", &MemoryBlock::allocated)
        .def_ro("label", &MemoryBlock::label);
    nb::class_<MemoryView>(m, "MemoryView")
        .def_ro("num_banks", &MemoryView::num_banks)
        .def_ro("total_bytes_per_bank", &MemoryView::total_bytes_per_bank)
        .def_ro("total_bytes_allocated_per_bank", &MemoryView::total_bytes_allocated_per_bank)
        .def_ro("total_bytes_free_per_bank", &MemoryView::total_bytes_free_per_bank)
        .def_ro("largest_contiguous_bytes_free_per_bank", &MemoryView::largest_contiguous_bytes_free_per_bank)
        .def_prop_ro("block_table", [](const MemoryView& v) {
            nb::list out;
            for (const MemoryBlock& b : v.block_table) {
                nb::dict row;
                row["address"] = b.address;
                row["size"] = b.size;
                row["allocated"] = b.allocated;
                row["label"] = b.label;
                out.append(row);
            }
            return out;
        });
}

void bind_work_split(nb::module_& m) {
    m.def(
        "split_work_to_cores",
        [](CoreCoord grid, uint64_t units, bool row_wise) { return as_tuple(split_work_to_cores(grid, units, row_wise)); },
        nb::arg("grid_size"), nb::arg("units_to_divide"), nb::arg("row_wise") = false);
    m.def(
        "split_work_to_cores",
        [](const CoreRangeSet& grid, uint64_t units, bool row_wise) {
            return as_tuple(split_work_to_cores(grid, units, row_wise));
        },
        nb::arg("core_grid"), nb::arg("units_to_divide"), nb::arg("row_wise") = false);
    m.def(
        "num_cores_to_corerangeset",
        [](uint32_t n, CoreCoord grid, bool row_wise) { return num_cores_to_corerangeset(n, grid, row_wise); },
        nb::arg("target_num_cores"), nb::arg("grid_size"), nb::arg("row_wise") = false);
    m.def("num_cores_to_corerangeset_in_subcoregrids", &num_cores_to_corerangeset_in_subcoregrids, nb::arg("start_core"),
          nb::arg("target_num_cores"), nb::arg("sub_core_grids"), nb::arg("row_wise") = false);
    m.def("corerange_to_cores", &corerange_to_cores, nb::arg("core_range_set"), nb::arg("max_cores") = nb::none(),
          nb::arg("row_wise") = false);
    m.def(
        "grid_to_cores", [](uint32_t n, uint32_t x, uint32_t y, bool row_wise) { return grid_to_cores(n, x, y, row_wise); },
        nb::arg("num_cores"), nb::arg("grid_size_x"), nb::arg("grid_size_y"), nb::arg("row_wise") = false);
    m.def(
        "grid_to_cores", [](CoreCoord start, CoreCoord end, bool row_wise) { return grid_to_cores(start, end, row_wise); },
        nb::arg("start"), nb::arg("end"), nb::arg("row_wise") = false);
}

void bind_device_class(nb::module_& m) {
    nb::class_<Device>(m, "Device", nb::dynamic_attr(), "An open device: one emulated chip, a mesh of 1x1.")
        .def("arch", [](const Device& d) { return d.chip().arch; })
        .def(
            "chip", [](const Device& d) -> const ChipDescription& { return d.chip(); }, nb::rv_policy::reference)
        .def("device_id", [](const Device& d) { return d.options().device_id; })
        .def_prop_rw(
            "numerics", [](const Device& d) { return d.options().numerics; },
            [](Device& d, const NumericsChoice& choice) { d.set_numerics(chosen_numerics(choice)); },
            nb::arg("value").none())
        .def_prop_rw(
            "checks", [](const Device& d) { return text_of(d.options().checks); },
            [](Device& d, const std::optional<std::string>& text) { d.set_checks(chosen_checks(text)); },
            nb::arg("value").none())
        .def_prop_rw(
            "stale_config", [](const Device& d) { return name_of(d.options().stale_config); },
            [](Device& d, const StaleConfigChoice& name) { d.set_stale_config(chosen_stale_config(name)); },
            nb::arg("value").none())
        .def("is_open", &Device::is_open)
        .def_prop_rw("capturing", &Device::is_capturing, &Device::set_capturing)
        .def("close", &Device::close, nb::call_guard<nb::gil_scoped_release>())
        .def("deallocate_buffers", &Device::deallocate_buffers)
        .def("compute_with_storage_grid_size", &Device::grid)
        .def_prop_ro("core_grid", [](const Device& d) { return CoreGrid{d.grid().x, d.grid().y}; })
        .def("dram_grid_size", [](const Device& d) { return CoreCoord{d.chip().dram_banks, 1}; })
        .def(
            "worker_core_from_logical_core", [](const Device& d, CoreCoord c) { return as_core(d.worker_noc(c)); },
            nb::arg("logical_core"))
        .def(
            "logical_core_from_worker_core", [](const Device& d, CoreCoord c) { return d.logical_from_noc(as_noc(c)); },
            nb::arg("worker_core"))
        .def("enable_program_cache", [](const DevicePtr& d) { program_cache(d)->enable(); })
        .def("disable_and_clear_program_cache", [](const DevicePtr& d) { program_cache(d)->disable_and_clear(); })
        .def("clear_program_cache", [](const DevicePtr& d) { program_cache(d)->clear(); })
        .def("num_program_cache_entries", [](const DevicePtr& d) { return program_cache(d)->num_entries(); })
        .def(
            "set_program_cache_misses_allowed",
            [](const DevicePtr& d, bool on) { program_cache(d)->set_misses_allowed(on); }, nb::arg("allowed"))
        .def(
            "memory_view", [](const Device& d, BufferType t) { return d.allocator(t).view(); }, nb::arg("buffer_type"))
        .def(
            "memory_text", [](const Device& d, BufferType t) { return d.allocator(t).text(); }, nb::arg("buffer_type"))
        .def(
            "allocator_base_address", [](const Device& d, BufferType t) { return d.allocator(t).base(); },
            nb::arg("buffer_type"))
        .def("__repr__", [](const Device&) { return "MeshDevice(1x1 grid, 1 devices)"; });
    m.def("begin_device_work", &DeviceWork::begin);
    m.def("end_device_work", &DeviceWork::end);
    m.def(
        "open_device",
        [](const ChipDescription& chip, uint32_t id, uint64_t l1_small, uint64_t trace, uint64_t worker_l1,
           bool slow_dispatch) {
            return Device::open(chip, {.device_id = id,
                                       .l1_small_size = l1_small,
                                       .trace_region_size = trace,
                                       .worker_l1_size = worker_l1,
                                       .slow_dispatch = slow_dispatch});
        },
        nb::arg("chip"), nb::arg("device_id") = 0, nb::arg("l1_small_size") = 0, nb::arg("trace_region_size") = 0,
        nb::arg("worker_l1_size") = 0, nb::arg("slow_dispatch") = false);
}

}  // namespace

void bind_device(nb::module_& m) {
    bind_chip(m);
    bind_memory_view(m);
    bind_work_split(m);
    bind_device_class(m);
}

}  // namespace tw::bind
