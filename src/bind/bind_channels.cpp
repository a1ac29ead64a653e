// Multicast channels and unified kernels (docs/upstream-api.md H8.7, H8.8). Their configs are Python's dataclasses
// (ttnn/mcast_config.py, unified_kernels.py), which arrive here field by field.
#include "bind/arguments.h"
#include "bind/bind.h"
#include "program/mcast.h"
#include "program/mcast_lines.h"
#include "program/unified_kernel.h"

#include <nanobind/stl/array.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

namespace tw::bind {
namespace {

using DevicePtr = std::shared_ptr<Device>;
using Cores = std::optional<CoreRangeSet>;

McastCoreOrder order_of(int order) {
    return order == int(McastCoreOrder::RowMajor) ? McastCoreOrder::RowMajor : McastCoreOrder::ColumnMajor;
}

McastSenders senders_of(std::optional<std::vector<CoreCoord>> listed, bool rotating, Cores cores, std::optional<int> order,
                        uint32_t index, bool staggered) {
    if (listed) return McastExplicitSenders{std::move(*listed)};
    if (!rotating) return McastFixedSender{index, staggered};
    return McastRotatingSenders{std::move(cores), order ? std::optional(order_of(*order)) : std::nullopt};
}

void bind_mcast(nb::module_& m) {
    nb::class_<Mcast>(m, "McastChannels")
        .def(
            "__init__",
            [](Mcast* self, DevicePtr device, const CoreRangeSet& receivers, int64_t group_size, int receiver_order,
               NOC noc, bool handshake, Cores handshake_cores, bool counter, bool chain,
               std::optional<std::vector<CoreCoord>> senders, bool rotating, Cores sender_cores,
               std::optional<int> sender_order, uint32_t sender_index, bool staggered) {
                new (self) Mcast(std::move(device), McastConfig{noc, handshake, std::move(handshake_cores), counter, chain},
                                 receivers, group_size,
                                 senders_of(std::move(senders), rotating, std::move(sender_cores), sender_order,
                                            sender_index, staggered),
                                 order_of(receiver_order));
            },
            nb::arg("device"), nb::arg("receivers"), nb::arg("receiver_group_size"), nb::arg("receiver_order"),
            nb::kw_only(), nb::arg("noc"), nb::arg("handshake"), nb::arg("handshake_cores").none(), nb::arg("counter"),
            nb::arg("chain"), nb::arg("senders_per_group") = nb::none(), nb::arg("rotating") = false,
            nb::arg("sender_cores") = nb::none(), nb::arg("sender_order") = nb::none(), nb::arg("sender_index") = 0,
            nb::arg("staggered") = false)
        .def("participating_cores", &Mcast::participating_cores)
        .def("sender_only_cores", &Mcast::sender_only_cores)
        .def("next_semaphore_id", &Mcast::next_semaphore_id)
        .def("attach", &Mcast::attach, nb::arg("program_descriptor"), nb::arg("prefix"), nb::arg("kernels"),
             nb::arg("first_semaphore_id") = 0);
    m.def("attach_absent_mcast", &attach_absent_mcast, nb::arg("kernel"), nb::arg("prefix"));
}

McastLinesConfig lines_config(NOC noc, bool handshake, bool counter, bool rotating, uint32_t base,
                              std::optional<Words> semaphores, std::optional<uint32_t> acks) {
    McastLinesConfig config{noc, handshake, counter, rotating, base, {}, acks};
    if (semaphores) config.semaphores = std::move(semaphores->values);
    return config;
}

void bind_mcast_lines(nb::module_& m) {
    nb::class_<McastLines>(m, "McastLines")
        .def(
            "__init__",
            [](McastLines* self, DevicePtr device, const CoreRangeSet& grid, int order, bool turns, Cores sender_grid,
               int64_t index, bool diagonal, bool bare, NOC noc, bool handshake, bool counter, bool rotating, uint32_t base,
               std::optional<Words> semaphores, std::optional<uint32_t> acks) {
                std::variant<Mcast1DFixedSender, McastSenderGrid> chosen = Mcast1DFixedSender{index, diagonal, bare};
                if (turns) chosen = McastSenderGrid{std::move(sender_grid), {}};
                new (self) McastLines(McastLines::along_lines(
                    std::move(device), grid, order_of(order), chosen,
                    lines_config(noc, handshake, counter, rotating, base, std::move(semaphores), acks)));
            },
            nb::arg("device"), nb::arg("grid"), nb::kw_only(), nb::arg("order"), nb::arg("turns") = false,
            nb::arg("sender_grid") = nb::none(), nb::arg("sender_index") = 0, nb::arg("diagonal") = false,
            nb::arg("bare") = false, nb::arg("noc"), nb::arg("handshake"), nb::arg("counter"), nb::arg("rotating_sender"),
            nb::arg("base_sem_id"), nb::arg("sem_ids").none(), nb::arg("ack_count_override").none())
        .def(
            "__init__",
            [](McastLines* self, DevicePtr device, const CoreRangeSet& rectangle, std::optional<CoreCoord> sender,
               Cores sender_grid, int order, NOC noc, bool handshake, bool counter, bool rotating, uint32_t base,
               std::optional<Words> semaphores, std::optional<uint32_t> acks) {
                std::variant<CoreCoord, McastSenderGrid> chosen = McastSenderGrid{std::move(sender_grid), order_of(order)};
                if (sender) chosen = *sender;
                new (self) McastLines(McastLines::over_rectangle(
                    std::move(device), rectangle, chosen,
                    lines_config(noc, handshake, counter, rotating, base, std::move(semaphores), acks)));
            },
            nb::arg("device"), nb::arg("mcast_rect"), nb::kw_only(), nb::arg("sender").none(),
            nb::arg("sender_grid") = nb::none(), nb::arg("sender_order") = 0, nb::arg("noc"), nb::arg("handshake"),
            nb::arg("counter"), nb::arg("rotating_sender"), nb::arg("base_sem_id"), nb::arg("sem_ids").none(),
            nb::arg("ack_count_override").none())
        .def("owned_semaphores", &McastLines::owned_semaphores)
        .def(
            "compile_time_args",
            [](const McastLines& self, std::optional<bool> handshake) { return Words{self.compile_time_args(handshake)}; },
            nb::arg("pre_handshake") = nb::none())
        .def(
            "runtime_args", [](const McastLines& self, CoreCoord core) { return Words{self.runtime_args(core)}; },
            nb::arg("core"))
        .def("is_sender", &McastLines::is_sender, nb::arg("core"))
        .def("num_receivers", &McastLines::num_receivers, nb::arg("core"))
        .def("num_active", &McastLines::ack_count)
        .def("ack_count", &McastLines::ack_count)
        .def("num_senders", &McastLines::num_senders)
        .def("num_semaphores", &McastLines::num_semaphores)
        .def("next_base_sem_id", &McastLines::next_base_semaphore)
        .def("active", &McastLines::active)
        .def("has_receivers", &McastLines::active)
        .def("sender_in_rect", &McastLines::sender_inside);
}

using CoreConstantIn = std::tuple<std::string, std::vector<std::pair<CoreRangeSet, uint32_t>>, uint32_t>;
using ArgumentsIn = std::tuple<Words, Words, KernelDescriptor::NamedCompileTimeArgs, RuntimeArgsIn>;

void bind_unified_kernels(nb::module_& m) {
    m.def(
        "unified_kernels",
        [](std::string source, const CoreRangeSet& cores, std::array<ArgumentsIn, 3> arguments,
           const ComputeConfigDescriptor& compute, std::vector<CoreConstantIn> constants, KernelDescriptor::Defines defines,
           NOC_MODE noc_mode) {
            UnifiedKernel unified{
                .source = std::move(source), .cores = cores, .compute = compute, .defines = defines, .noc_mode = noc_mode};
            for (size_t i = 0; i < arguments.size(); i++) {
                auto& [compile_time, common, named, per_core] = arguments[i];
                unified.arguments[i] = {std::move(compile_time.values), std::move(common.values), std::move(named),
                                        std::move(per_core.values)};
            }
            for (auto& [name, values, otherwise] : constants)
                unified.constants.push_back({std::move(name), std::move(values), otherwise});
            const auto groups = unified.groups();
            nb::list told;
            for (const UnifiedKernel::Group& group : groups) told.append(nb::make_tuple(group.cores, Words{group.values}));
            return nb::make_tuple(unified.kernels(groups), told);
        },
        nb::arg("kernel_source"), nb::arg("core_ranges"), nb::arg("arguments"), nb::arg("trisc_compute_config"),
        nb::arg("constants"), nb::arg("defines"), nb::arg("noc_mode"));
}

}  // namespace

void bind_channels(nb::module_& m) {
    bind_mcast(m);
    bind_mcast_lines(m);
    bind_unified_kernels(m);
}

}  // namespace tw::bind
