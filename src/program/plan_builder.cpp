#include "program/plan_builder.h"

#include "base/error.h"
#include "base/identifier.h"
#include "base/rounding.h"
#include "program/kernel_name.h"
#include "tensor/tile_spec.h"

#include <fmt/format.h>
#include <algorithm>
#include <map>

namespace tw {
namespace {

// Processor of a data-movement kernel and the NoC it uses by default (docs/upstream-api.md H8.5).
struct DataMovement {
    jit::Processor processor;
    uint8_t noc, noc_mode;
};

DataMovement data_movement_of(const KernelDescriptor& kernel) {
    if (std::holds_alternative<ReaderConfigDescriptor>(*kernel.config)) return {jit::Processor::Ncrisc, 0, 0};
    if (std::holds_alternative<WriterConfigDescriptor>(*kernel.config)) return {jit::Processor::Brisc, 1, 0};
    const auto& c = std::get<DataMovementConfigDescriptor>(*kernel.config);
    return {c.processor == DataMovementProcessor::RISCV_0 ? jit::Processor::Brisc : jit::Processor::Ncrisc, uint8_t(c.noc),
            uint8_t(c.noc_mode)};
}

const ComputeConfigDescriptor* compute_config_of(const KernelDescriptor& kernel) {
    return std::get_if<ComputeConfigDescriptor>(&*kernel.config);
}

jit::ComputeOptions options_of(const ComputeConfigDescriptor& c) {
    return {.fidelity = c.math_fidelity,
            .approx = c.math_approx_mode,
            .fp32_dest_acc = c.fp32_dest_acc_en,
            .dst_full_sync = c.dst_full_sync_en,
            .bfp8_pack_precise = c.bfp8_pack_precise};
}

}  // namespace

template <class Visit>
void PlanBuilder::each_core(const CoreRangeSet& set, Visit visit) {
    for (const CoreRange& range : set.ranges())
        for (uint32_t y = range.start.y; y <= range.end.y; y++)
            for (uint32_t x = range.start.x; x <= range.end.x; x++) visit(CoreCoord{x, y});
}

PlanBuilder::PlanBuilder(Plan& plan, Device& device, const ProgramDescriptor& program)
    : plan_(plan), device_(device), chip_(device.chip()), program_(program), cores_(size_t{plan.grid_.x} * plan.grid_.y) {}

// ---------------------------------------------------------------- cores

void PlanBuilder::check_cores() const {
    auto outside = [&](const CoreRangeSet& set) -> std::optional<CoreCoord> {
        for (const CoreRange& range : set.ranges())
            if (range.end.x >= plan_.grid_.x || range.end.y >= plan_.grid_.y) return range.end;
        return std::nullopt;
    };
    std::string grid = fmt::format("{}x{}", plan_.grid_.x, plan_.grid_.y);
    for (const CBDescriptor& cb : program_.cbs)
        if (auto core = outside(cb.core_ranges))
            raise_host("core-outside-grid",
                       fmt::format("Persistent L1 core {} is outside the worker grid {}", core->str(), grid),
                       {.at = {fmt::format("a circular buffer on {}", cb.core_ranges.str())}});
    for (const SemaphoreDescriptor& s : program_.semaphores)
        if (auto core = outside(s.core_ranges))
            raise_host("core-outside-grid",
                       fmt::format("No core coordinate found at location: ({}, {}, TENSIX, LOGICAL)", core->x, core->y),
                       {.at = {fmt::format("semaphore {} on {}", s.id, s.core_ranges.str())},
                        .why = fmt::format("the worker grid is {}", grid)});
    for (const KernelDescriptor& k : program_.kernels) {
        auto core = outside(k.core_ranges);
        if (!core) continue;
        Details details{.at = {fmt::format("kernel {} on {}", kernel_name(program_, k), k.core_ranges.str())},
                        .why = fmt::format("programs may use the worker grid {}", grid)};
        if (core->x < chip_.grid_x && core->y < chip_.grid_y)
            raise_host("core-outside-grid",
                       fmt::format("Illegal kernel placement for {}, Kernels cannot be placed on dispatch cores!",
                                   k.display_name()),
                       details);
        raise_host("core-outside-grid",
                   fmt::format("No core coordinate found at location: ({}, {}, TENSIX, LOGICAL)", core->x, core->y),
                   details);
    }
}

// ---------------------------------------------------------------- circular buffers (docs/upstream-api.md H8.4)

void PlanBuilder::check_cb(const CBDescriptor& cb) const {
    for (const CBFormatDescriptor& format : cb.format_descriptors) {
        Details details{.at = {fmt::format("circular buffer {} on {}", format.buffer_index, cb.core_ranges.str())}};
        if (format.buffer_index >= chip_.max_cbs)
            raise_host("cb-index",
                       fmt::format("Buffer index ({}) exceeds max number of circular buffers per core ({})",
                                   format.buffer_index, chip_.max_cbs),
                       details);
        check_format(format, details);
        if (format.page_size == 0)
            raise_host("cb-page-size", fmt::format("Circular buffer {} has page size 0 B", format.buffer_index), details);
        if (cb.total_size == 0) {
            details.fix = fmt::format("give total_size the bytes of all pages, at least {} B", format.page_size);
            raise_host("cb-size",
                       fmt::format("Circular buffer {} has total_size 0 B: it holds no page", format.buffer_index),
                       details);
        }
        if (cb.total_size % format.page_size != 0) {
            details.fix = "make total_size a whole number of pages";
            raise_host("cb-size",
                       fmt::format("Total circular buffer size {} B must be divisible by page size {} B", cb.total_size,
                                   format.page_size),
                       details);
        }
    }
    for (const CBFormatDescriptor& format : cb.remote_format_descriptors) {
        Details details{.at = {fmt::format("remote circular buffer {} on {}", format.buffer_index, cb.core_ranges.str())}};
        if (!cb.is_global)
            raise_host("remote-cb", "A remote circular buffer needs a global circular buffer",
                       {.at = details.at, .fix = "call set_global_circular_buffer() on its CBDescriptor"});
        if (format.buffer_index >= chip_.max_cbs)
            raise_host("cb-index",
                       fmt::format("Buffer index ({}) exceeds max number of circular buffers per core ({})",
                                   format.buffer_index, chip_.max_cbs),
                       details);
        check_format(format, details);
        if (format.page_size == 0 || format.page_size % chip_.l1_alignment != 0)
            raise_host("cb-page-size",
                       fmt::format("The page size of a remote circular buffer, {} B, is no multiple of {} B above 0",
                                   format.page_size, chip_.l1_alignment),
                       details);
    }
}

// Of what the index holds, local or remote.
void PlanBuilder::check_format(const CBFormatDescriptor& format, const Details& details) const {
    if (format.data_format == DataFormat::Invalid)
        raise_host("cb-data-format", fmt::format("Circular buffer {} has data format Invalid", format.buffer_index),
                   {.at = details.at, .fix = "give a ttnn.DataFormat or a dtype such as ttnn.bfloat16"});
    if (const auto& tile = format.tile) Tile(tile->height, tile->width);  // raises for tiles that do not exist
    if (const auto& faces = format.face_geometry) {
        FaceGeometry(faces->face_r_dim, faces->num_faces);  // likewise
        if (faces->num_faces > 4)
            raise_host("face-geometry", fmt::format("num_faces must be <= 4, got {}", faces->num_faces), details);
    }
}

void PlanBuilder::place_cbs() {
    for (uint32_t i = 0; i < program_.cbs.size(); i++) {
        const CBDescriptor& cb = program_.cbs[i];
        check_cb(cb);
        std::bitset<256> indices;
        const auto all_formats = [&](auto visit) {
            for (const CBFormatDescriptor& format : cb.format_descriptors) visit(format);
            for (const CBFormatDescriptor& format : cb.remote_format_descriptors) visit(format);
        };
        all_formats([&](const CBFormatDescriptor& format) { indices.set(format.buffer_index); });
        uint64_t start = device_.l1_base();
        each_core(cb.core_ranges, [&](CoreCoord core) {
            CoreState& s = state(core);
            all_formats([&](const CBFormatDescriptor& format) {
                if (s.cb_indices[format.buffer_index])
                    raise_host("cb-index-twice",
                               fmt::format("Invalid circular buffer index: Cannot add circular buffer at index {}, another "
                                           "circular buffer already exists",
                                           format.buffer_index),
                               {.at = {fmt::format("core {}", core.str())}});
            });
            s.cb_indices |= indices;
            s.cbs.push_back(i);
            start = std::max(start, s.cb_end);
        });
        if (cb.pinned) {
            plan_.cb_addresses_.push_back(0);
            continue;
        }
        // One address on all its cores, after whatever was placed on any of them before.
        start = round_up(start, chip_.dram_alignment);
        plan_.cb_addresses_.push_back(start);
        each_core(cb.core_ranges, [&](CoreCoord core) { state(core).cb_end = start + cb.total_size; });
    }
    for (const CBDescriptor& cb : program_.cbs)
        if (!cb.pinned) note_regions(cb);
    check_regions();
}

void PlanBuilder::note_regions(const CBDescriptor& cb) {
    for (const CoreRange& range : cb.core_ranges.ranges()) {
        auto known = [&](const Plan::StaticRegion& region) { return region.cores == range; };
        if (std::any_of(plan_.regions_.begin(), plan_.regions_.end(), known)) continue;
        uint64_t end = 0;
        each_core(CoreRangeSet(range), [&](CoreCoord core) { end = std::max(end, state(core).cb_end); });
        plan_.regions_.push_back({range, end});
    }
}

std::vector<L1Piece> PlanBuilder::pieces_on(CoreCoord core) const {
    std::vector<L1Piece> pieces;
    for (size_t i = 0; i < program_.cbs.size(); ++i) {
        const CBDescriptor& cb = program_.cbs[i];
        if (cb.pinned || !cb.core_ranges.contains(core)) continue;
        for (const CBFormatDescriptor& format : cb.format_descriptors)
            pieces.push_back({format.buffer_index, plan_.cb_addresses_[i], cb.total_size, format.page_size});
    }
    return pieces;
}

void PlanBuilder::check_regions() const {
    for (const Plan::StaticRegion& region : plan_.regions_)
        if (region.end > chip_.l1_size)
            raise_host(
                "cb-past-l1",
                fmt::format(
                    "Statically allocated circular buffers on core range {} grow to {} B which is beyond max L1 size "
                    "of {} B",
                    region.cores.str(), region.end, chip_.l1_size),
                {.why = l1_map_text(pieces_on(region.cores.start), chip_.l1_size, "the end of L1"),
                 .fix = smallest_change(pieces_on(region.cores.start), chip_.l1_size)});
}

// ---------------------------------------------------------------- semaphores (docs/upstream-api.md H8.6)

void PlanBuilder::place_semaphores() {
    for (uint32_t i = 0; i < program_.semaphores.size(); i++) {
        const SemaphoreDescriptor& s = program_.semaphores[i];
        if (s.id >= chip_.max_semaphores)
            raise_host("semaphore-id", fmt::format("Semaphore id {} exceeds max value {}", s.id, chip_.max_semaphores - 1));
        if (s.core_type != CoreType::Worker && s.core_type != CoreType::Tensix)
            raise(Category::Unsupported, "semaphore-core-type",
                  fmt::format("Semaphore {} is on cores that are not workers", s.id));
        each_core(s.core_ranges, [&](CoreCoord core) {
            CoreState& c = state(core);
            if (c.semaphore_ids[s.id])
                raise_host("semaphore-twice", fmt::format("Semaphore id {} already in use on core {}", s.id, core.str()));
            c.semaphore_ids.set(s.id);
            c.semaphores.push_back(i);
        });
    }
}

// ---------------------------------------------------------------- kernels (docs/upstream-api.md H8.2, H8.5)

void PlanBuilder::check_named_args(const KernelDescriptor& kernel) const {
    std::map<std::string_view, uint32_t> seen;
    for (const auto& [name, value] : kernel.named_compile_time_args) {
        if (!is_scoped_name(name))
            raise_host("named-arg", fmt::format("Named arg field: '{}' is not a valid C++ identifier", name),
                       {.at = {fmt::format("kernel {}", kernel_name(program_, kernel))}});
        auto [at, is_new] = seen.emplace(name, value);
        if (!is_new && at->second != value)
            raise_host("named-arg",
                       fmt::format("named_compile_time_arg '{}' is defined twice with conflicting values ({} vs {}).", name,
                                   at->second, value),
                       {.at = {fmt::format("kernel {}", kernel_name(program_, kernel))}});
    }
}

// Names of macros, with parameters perhaps. Upstream leaves this to the compiler, which then speaks of its own command
// line.
void PlanBuilder::check_defines(const KernelDescriptor& kernel) const {
    for (const auto& define : kernel.defines)
        if (std::string_view name = define.first; !is_identifier(name.substr(0, name.find('('))))
            raise_host("define-name", fmt::format("'{}' is not a name that can be defined", name),
                       {.at = {fmt::format("kernel {}, defines", kernel_name(program_, kernel))}});
}

void PlanBuilder::check_kernel(const KernelDescriptor& kernel) const {
    check_named_args(kernel);
    check_defines(kernel);
    Details details{.at = {fmt::format("kernel {}", kernel_name(program_, kernel))}};
    if (const auto* c = std::get_if<DataMovementConfigDescriptor>(&*kernel.config)) {
        if (c->processor > DataMovementProcessor::RISCV_1)
            raise_host(
                "dm-processor",
                "DataMovementKernel creation failure: Data movement kernels can only be created on DM0 or DM1 processors.",
                details);
    }
    if (const auto* c = compute_config_of(kernel)) {
        if (!c->unpack_to_dest_mode.empty() && c->unpack_to_dest_mode.size() < chip_.max_cbs)
            raise_host("unpack-to-dest-mode",
                       fmt::format("unpack_to_dest_mode vector must have {} elements", chip_.max_cbs), details);
        if (c->math_fidelity == MathFidelity::Invalid) raise_host("math-fidelity", "Invalid math fidelity", details);
    }
}

void PlanBuilder::place_kernels() {
    for (int32_t i = 0; i < int32_t(program_.kernels.size()); i++) {
        const KernelDescriptor& kernel = program_.kernels[size_t(i)];
        check_kernel(kernel);
        Plan::PlacedKernel placed;
        int8_t noc_mode = kNone;
        if (kernel.is_compute()) {
            placed.processors = {2, 3, 4};
        } else {
            DataMovement dm = data_movement_of(kernel);
            placed.processors = {uint8_t(dm.processor)};
            noc_mode = int8_t(dm.noc_mode);
        }
        placed.launch_of_core.assign(cores_.size(), Plan::kNowhere);
        each_core(kernel.core_ranges, [&](CoreCoord core) {
            CoreState& s = state(core);
            for (uint8_t risc : placed.processors) {
                if (s.kernel[risc] != kNone)
                    raise_host(
                        "core-overlap",
                        fmt::format("Core Overlap Between (\"{}\") and new kernel (\"{}\") at {}",
                                    program_.kernels[size_t(s.kernel[risc])].display_name(), kernel.display_name(),
                                    core.str()),
                        {.at = {fmt::format("kernel {}", kernel_name(program_, kernel)),
                                fmt::format("kernel {}", kernel_name(program_, program_.kernels[size_t(s.kernel[risc])]))},
                         .why = "a processor of a core runs one kernel of a program"});
                s.kernel[risc] = i;
            }
            if (noc_mode == kNone) return;
            if (s.noc_mode != kNone && s.noc_mode != noc_mode)
                raise_host("noc-mode", "KernelGroup must have the same noc mode for all kernels",
                           {.at = {fmt::format("core {}", core.str())}});
            s.noc_mode = noc_mode;
        });
        plan_.kernels_.push_back(std::move(placed));
    }
    make_launches();
}

uint32_t PlanBuilder::cb_set_of(const CoreState& core) {
    auto found = std::find(cb_set_members_.begin(), cb_set_members_.end(), core.cbs);
    if (found != cb_set_members_.end()) return uint32_t(found - cb_set_members_.begin());
    uint32_t set = uint32_t(cb_set_members_.size());
    cb_set_members_.push_back(core.cbs);
    auto& placements = plan_.cb_sets_.emplace_back();
    for (uint32_t i : core.cbs) {
        const CBDescriptor& cb = program_.cbs[i];
        for (const CBFormatDescriptor& format : cb.format_descriptors) {
            // The same index twice in one descriptor: the later format wins.
            std::erase_if(placements, [&](const auto& p) { return p.index == format.buffer_index; });
            placements.push_back({.index = format.buffer_index,
                                  .format = format.data_format,
                                  .address = uint32_t(plan_.cb_addresses_[i]),
                                  .size = cb.total_size,
                                  .page_size = format.page_size});
        }
    }
    for (uint32_t i : core.cbs)
        if (program_.cbs[i].pinned)
            for (const CBFormatDescriptor& format : program_.cbs[i].format_descriptors)
                for (uint32_t at = 0; at < placements.size(); at++)
                    if (placements[at].index == format.buffer_index) plan_.pinned_.push_back({i, set, at});
    auto& remotes = plan_.remote_sets_.emplace_back();
    for (uint32_t i : core.cbs) {
        const CBDescriptor& cb = program_.cbs[i];
        uint64_t locals = 0;
        for (const CBFormatDescriptor& format : cb.format_descriptors) locals |= uint64_t{1} << format.buffer_index;
        for (const CBFormatDescriptor& format : cb.remote_format_descriptors) {
            plan_.remote_.push_back({i, set, uint32_t(remotes.size())});
            remotes.push_back({.index = format.buffer_index, .page_size = format.page_size, .local_indices = locals});
        }
    }
    return set;
}

void PlanBuilder::make_launches() {
    std::map<std::vector<uint32_t>, uint32_t> semaphore_sets;
    std::vector<uint32_t> semaphore_set_of_launch;
    for (uint32_t y = 0; y < plan_.grid_.y; y++) {
        for (uint32_t x = 0; x < plan_.grid_.x; x++) {
            CoreState& s = state({x, y});
            if (std::all_of(s.kernel.begin(), s.kernel.end(), [](int32_t k) { return k == kNone; })) continue;
            s.launch = uint32_t(plan_.launches_.size());
            s.cb_set = cb_set_of(s);
            auto [at, is_new] = semaphore_sets.emplace(s.semaphores, uint32_t(plan_.semaphore_sets_.size()));
            if (is_new) {
                auto& inits = plan_.semaphore_sets_.emplace_back();
                for (uint32_t i : s.semaphores)
                    inits.push_back({program_.semaphores[i].id, program_.semaphores[i].initial_value});
            }
            semaphore_set_of_launch.push_back(at->second);
            plan_.launches_.push_back({.core = {x, y}});
            for (uint8_t risc = 0; risc < 5; risc++)
                if (s.kernel[risc] != kNone) plan_.kernels_[size_t(s.kernel[risc])].launch_of_core[slot({x, y})] = s.launch;
        }
    }
    // Only now, when neither list grows any more, may spans point into them.
    for (auto& launch : plan_.launches_) {
        const CoreState& s = state(launch.core);
        launch.cbs = plan_.cb_sets_[s.cb_set];
        launch.remote_cbs = plan_.remote_sets_[s.cb_set];
        launch.semaphores = plan_.semaphore_sets_[semaphore_set_of_launch[s.launch]];
        for (uint8_t risc = 0; risc < 5; risc++) {
            if (s.kernel[risc] == kNone) continue;
            const KernelDescriptor& kernel = program_.kernels[size_t(s.kernel[risc])];
            CoreCoord corner = kernel.core_ranges.bounding_box().start;
            auto& on_core = launch.kernels[risc];
            on_core.relative_x = uint16_t(launch.core.x - corner.x);
            on_core.relative_y = uint16_t(launch.core.y - corner.y);
            if (const auto* compute = compute_config_of(kernel))
                launch.compute = options_of(*compute);
            else
                on_core.noc_index = data_movement_of(kernel).noc;
        }
    }
}

// ---------------------------------------------------------------- what the kernel compiler is asked for

std::vector<jit::CbFormat> PlanBuilder::formats_of(const CoreState& core, const ComputeConfigDescriptor* compute) const {
    std::map<uint8_t, jit::CbFormat> by_index;
    for (uint32_t i : core.cbs) {
        const CBDescriptor& cb = program_.cbs[i];
        std::vector<const CBFormatDescriptor*> all;
        for (const CBFormatDescriptor& f : cb.format_descriptors) all.push_back(&f);
        for (const CBFormatDescriptor& f : cb.remote_format_descriptors) all.push_back(&f);
        for (const CBFormatDescriptor* each : all) {
            const CBFormatDescriptor& f = *each;
            TileDescriptor tile = f.tile.value_or(TileDescriptor{});
            Tile shape(tile.height, tile.width);
            if (f.face_geometry) {  // faces side by side as far as the tile is wide, then below each other
                const uint32_t across = std::min(f.face_geometry->num_faces, tile.width > 16 ? 2u : 1u);
                tile.width = 16 * across;
                tile.height = f.face_geometry->face_r_dim * (f.face_geometry->num_faces / across);
            }
            by_index[f.buffer_index] = {
                .index = f.buffer_index,
                .format = f.data_format,
                .page_size = f.page_size,
                .tile_height = tile.height,
                .tile_width = tile.width,
                .face_height = f.face_geometry ? f.face_geometry->face_r_dim : shape.face_height(),
                .tile_size = shape.size(f.data_format),
                .unpack_to_dest_fp32 = compute && f.buffer_index < compute->unpack_to_dest_mode.size() &&
                                       compute->unpack_to_dest_mode[f.buffer_index] == UnpackToDestMode::UnpackToDestFp32};
        }
    }
    std::vector<jit::CbFormat> formats;
    for (auto& [index, format] : by_index) formats.push_back(format);
    return formats;
}

jit::KernelRequest PlanBuilder::request_for(const KernelDescriptor& kernel, jit::Processor processor,
                                            std::vector<jit::CbFormat> cbs, const ComputeConfigDescriptor* compute) const {
    jit::KernelRequest request;
    request.source = kernel.kernel_source;
    request.is_text = kernel.source_type == KernelDescriptor::SourceType::SOURCE_CODE;
    if (request.is_text) request.text_name = kernel_name(program_, kernel);
    request.processor = processor;
    request.arch = chip_.arch;
    request.raw = plan_.raw_;
    if (!kernel.is_compute()) {
        DataMovement dm = data_movement_of(kernel);
        request.noc_index = dm.noc;
        request.noc_mode = dm.noc_mode;
    }
    request.num_dram_banks = chip_.dram_banks;
    request.num_l1_banks = device_.num_l1_banks();
    request.compile_time_args = kernel.compile_time_args;
    for (const auto& arg : kernel.named_compile_time_args)
        if (std::find(request.named_compile_time_args.begin(), request.named_compile_time_args.end(), arg) ==
            request.named_compile_time_args.end())
            request.named_compile_time_args.push_back(arg);
    for (const auto& define : kernel.defines) {  // the last definition of a name wins
        std::erase_if(request.defines, [&](const auto& d) { return d.first == define.first; });
        request.defines.push_back(define);
    }
    request.cbs = std::move(cbs);
    if (compute) request.compute = options_of(*compute);
    request.include_paths = kernel.compiler_include_paths;
    request.bindings = kernel.declarations;
    return request;
}

// A kernel's formats are constants of its code, so cores with other circular buffers, or with another compute kernel beside
// a data-movement kernel, get a build of their own.
void PlanBuilder::request_kernels() {
    using Key = std::tuple<int32_t, uint32_t, int32_t>;  // kernel, cb set, compute kernel on the same core
    std::map<Key, uint32_t> first_request;
    for (const auto& launch : plan_.launches_) {
        const CoreState& s = state(launch.core);
        int32_t compute_kernel = s.kernel[3];
        for (uint8_t risc = 0; risc < 5; risc++) {
            int32_t k = s.kernel[risc];
            if (k == kNone) continue;
            const KernelDescriptor& kernel = program_.kernels[size_t(k)];
            bool is_compute = kernel.is_compute();
            auto [at, is_new] = first_request.emplace(Key{k, s.cb_set, compute_kernel}, uint32_t(plan_.requests_.size()));
            if (is_new) {
                const ComputeConfigDescriptor* compute =
                    compute_kernel == kNone ? nullptr : compute_config_of(program_.kernels[size_t(compute_kernel)]);
                auto formats = formats_of(s, compute);
                for (uint8_t processor : plan_.kernels_[size_t(k)].processors)
                    plan_.requests_.push_back(request_for(kernel, jit::Processor(processor), formats, compute));
            }
            uint32_t request = at->second + (is_compute ? risc - 2u : 0u);
            uses_.push_back({s.launch, risc, request});
        }
    }
}

void PlanBuilder::build_kernels() {
    plan_.images_ = jit::build(plan_.requests_);
    for (const ImageUse& use : uses_)
        plan_.launches_[use.launch].kernels[use.risc].image = plan_.images_[use.request].get();
}

}  // namespace tw
