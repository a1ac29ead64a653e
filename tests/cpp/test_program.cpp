// Descriptors, and the plans made of them: placement, processors, arguments (docs/upstream-api.md H8).
#include "base/error.h"
#include "device/chip.h"
#include "program/generic_op.h"
#include "program/plan.h"
#include "program/program_cache.h"
#include "program/program_hash.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace tw;

namespace {

const CoreRangeSet kOne(CoreRange({0, 0}, {0, 0}));

KernelDescriptor nothing(const CoreRangeSet& cores, KernelDescriptor::ConfigDescriptor config = ReaderConfigDescriptor{}) {
    return {.kernel_source = "void kernel_main() {}",
            .source_type = KernelDescriptor::SourceType::SOURCE_CODE,
            .core_ranges = cores,
            .config = std::move(config)};
}

CBDescriptor cb(uint8_t index, uint32_t total, uint32_t page, const CoreRangeSet& cores,
                DataFormat format = DataFormat::Float16_b) {
    return {.total_size = total,
            .core_ranges = cores,
            .format_descriptors = {{.buffer_index = index, .data_format = format, .page_size = page}}};
}

CoreRangeSet range(CoreCoord from, CoreCoord to) {
    return CoreRangeSet(CoreRange(from, to));
}

const runtime::CoreLaunch& on(const Plan& plan, CoreCoord core) {
    auto all = plan.launches();
    auto found = std::find_if(all.begin(), all.end(), [&](const auto& l) { return l.core == core; });
    REQUIRE(found != all.end());
    return *found;
}

// The code of the error that making a plan raises; "" if there is none.
std::string code_of(Device& device, const ProgramDescriptor& program) {
    try {
        Plan plan(device, program);
        return "";
    } catch (const Error& error) {
        CHECK(error.category() == Category::HostError);
        return error.diagnostic().code;
    }
}

}  // namespace

TEST_CASE("a live list copies its elements and shares them with holders") {
    LiveList<std::string> a = {"x", "y"};
    LiveList<std::string> b = a;
    b[0] = "z";
    CHECK(a[0] == "x");
    std::shared_ptr<std::string> held = a.shared(1);
    a.push_back("w");
    *held = "v";
    CHECK(a[1] == "v");
    a.clear();
    CHECK(*held == "v");
    CHECK(b.size() == 2);
}

TEST_CASE("circular buffers are placed one after another from the L1 base, rounded up to the DRAM alignment") {
    for (const char* board : {"n150", "p150"}) {
        auto device = Device::open(find_chip(board));
        const ChipDescription& chip = device->chip();
        ProgramDescriptor program{.kernels = {nothing(range({0, 0}, {1, 0}))},
                                  .cbs = {cb(0, 30, 30, kOne), cb(1, 2048, 2048, range({0, 0}, {1, 0})),
                                          cb(2, 64, 64, kOne), cb(3, 64, 64, range({1, 0}, {1, 0}))}};
        Plan plan(*device, program);
        // docs/upstream-api.md H8.4: a 30-byte buffer, then the next at base + 32 (64 on Blackhole); the same address on
        // all cores.
        uint32_t base = (chip.l1_base + chip.dram_alignment - 1) / chip.dram_alignment * chip.dram_alignment;
        uint32_t second = base + chip.dram_alignment;
        auto first_core = on(plan, {0, 0}).cbs, second_core = on(plan, {1, 0}).cbs;
        REQUIRE(first_core.size() == 3);
        REQUIRE(second_core.size() == 2);
        CHECK(first_core[0].address == base);
        CHECK(first_core[1].address == second);
        CHECK(second_core[0].address == second);
        CHECK(first_core[2].address == second + 2048);
        CHECK(second_core[1].address == second + 2048);
    }
}

TEST_CASE("formats of one descriptor share its memory") {
    auto device = Device::open(find_chip("n150"));
    CBDescriptor shared = cb(0, 4096, 2048, kOne);
    shared.format_descriptors.push_back({.buffer_index = 7, .data_format = DataFormat::Float32, .page_size = 4096});
    Plan plan(*device, {.kernels = {nothing(kOne)}, .cbs = {shared}});
    auto cbs = on(plan, {0, 0}).cbs;
    REQUIRE(cbs.size() == 2);
    CHECK(cbs[0].address == cbs[1].address);
    CHECK(cbs[1].index == 7);
    CHECK(cbs[1].page_size == 4096);
    CHECK(cbs[1].size == 4096);
}

TEST_CASE("a pinned circular buffer lies in its tensor, wherever that is at the time of the run") {
    auto device = Device::open(find_chip("n150"));
    MemoryConfig config(TensorMemoryLayout::HEIGHT_SHARDED, BufferType::L1, ShardSpec{range({0, 0}, {1, 0}), {32, 32}});
    TensorSpec spec({64, 32}, DataType::BFLOAT16, Layout::TILE, config);
    Tensor a = Tensor::empty(spec, device), b = Tensor::empty(spec, device);
    ProgramDescriptor program{.kernels = {nothing(range({0, 0}, {1, 0}))},
                              .cbs = {cb_descriptor_from_sharded_tensor(3, a)}};
    Plan plan(*device, program);
    CHECK(on(plan, {1, 0}).cbs[0].address == a.buffer_address());
    program.cbs[0].set_buffer(b.buffer());
    plan.bind(*device, program);
    CHECK(on(plan, {1, 0}).cbs[0].address == b.buffer_address());
}

TEST_CASE("kernels go to the processors and NoCs of their configs") {
    auto device = Device::open(find_chip("n150"));
    CoreRangeSet cores = range({2, 3}, {3, 4});
    ProgramDescriptor program{.kernels = {nothing(cores), nothing(cores, WriterConfigDescriptor{}),
                                          nothing(cores, ComputeConfigDescriptor{.math_fidelity = MathFidelity::LoFi})}};
    Plan plan(*device, program);
    CHECK(plan.launches().size() == 4);
    CHECK(plan.kernel_count() == 5);
    const auto& core = on(plan, {3, 4});
    for (const auto& kernel : core.kernels) CHECK(kernel.image != nullptr);
    CHECK(core.kernels[1].noc_index == 0);  // reader: NCRISC on NoC 0
    CHECK(core.kernels[0].noc_index == 1);  // writer: BRISC on NoC 1
    CHECK(core.kernels[2].image != core.kernels[3].image);
    CHECK(core.kernels[0].relative_x == 1);
    CHECK(core.kernels[0].relative_y == 1);
    CHECK(core.compute.fidelity == MathFidelity::LoFi);
}

TEST_CASE("explicit data-movement configs choose processor and NoC") {
    auto device = Device::open(find_chip("n150"));
    DataMovementConfigDescriptor config{.processor = DataMovementProcessor::RISCV_1, .noc = NOC::NOC_1};
    Plan plan(*device, {.kernels = {nothing(kOne, config)}});
    const auto& core = on(plan, {0, 0});
    CHECK(core.kernels[1].image != nullptr);
    CHECK(core.kernels[0].image == nullptr);
    CHECK(core.kernels[1].noc_index == 1);
}

TEST_CASE("cores with other circular buffer formats get a build of their own, equal ones share") {
    auto device = Device::open(find_chip("n150"));
    CoreRangeSet all = range({0, 0}, {3, 0});
    ProgramDescriptor program{
        .kernels = {nothing(all)},
        .cbs = {cb(0, 2048, 2048, range({0, 0}, {1, 0})), cb(0, 4096, 4096, range({2, 0}, {3, 0}), DataFormat::Float32)}};
    Plan plan(*device, program);
    REQUIRE(plan.requests().size() == 2);
    CHECK(plan.requests()[0].cbs[0].tile_size == 2048);
    CHECK(plan.requests()[1].cbs[0].tile_size == 4096);
    CHECK(on(plan, {0, 0}).kernels[1].image == on(plan, {1, 0}).kernels[1].image);
    CHECK(on(plan, {2, 0}).kernels[1].image == on(plan, {3, 0}).kernels[1].image);
}

TEST_CASE("binding again hands over the new arguments") {
    auto device = Device::open(find_chip("n150"));
    ProgramDescriptor program{.kernels = {nothing(range({0, 0}, {1, 0}))}};
    program.kernels[0].runtime_args.emplace_back(CoreCoord{0, 0}, CoreRuntimeArgs{1, 2});
    program.kernels[0].common_runtime_args = {9};
    Plan plan(*device, program);
    CHECK(on(plan, {0, 0}).kernels[1].args[1] == 2);
    CHECK(on(plan, {1, 0}).kernels[1].args.empty());
    program.kernels[0].runtime_args[0].second[1] = 7;
    program.kernels[0].common_runtime_args[0] = 8;
    plan.bind(*device, program);
    CHECK(on(plan, {0, 0}).kernels[1].args[1] == 7);
    CHECK(on(plan, {1, 0}).kernels[1].common_args[0] == 8);
    program.kernels[0].runtime_args[0].first = {1, 0};
    plan.bind(*device, program);
    CHECK(on(plan, {0, 0}).kernels[1].args.empty());
    CHECK(on(plan, {1, 0}).kernels[1].args[1] == 7);
}

TEST_CASE("semaphores go to their cores with their values") {
    auto device = Device::open(find_chip("n150"));
    ProgramDescriptor program{.kernels = {nothing(range({0, 0}, {1, 0}))},
                              .semaphores = {{.id = 0, .core_ranges = range({0, 0}, {1, 0}), .initial_value = 4},
                                             {.id = 1, .core_ranges = kOne, .initial_value = 5}}};
    Plan plan(*device, program);
    REQUIRE(on(plan, {0, 0}).semaphores.size() == 2);
    CHECK(on(plan, {0, 0}).semaphores[1].value == 5);
    CHECK(on(plan, {1, 0}).semaphores.size() == 1);
    CHECK(program.find_available_semaphore_id({0, 0}) == 2u);
    CHECK(program.find_available_semaphore_id({1, 0}) == 1u);
    CHECK(program.find_available_semaphore_id({5, 5}) == 0u);
}

TEST_CASE("mistakes are found before anything is compiled") {
    auto device = Device::open(find_chip("n150"));
    auto with_cb = [](CBDescriptor c) { return ProgramDescriptor{.kernels = {nothing(kOne)}, .cbs = {std::move(c)}}; };
    CHECK(code_of(*device, with_cb(cb(0, 100, 30, kOne))) == "cb-size");
    CHECK(code_of(*device, with_cb(cb(0, 100, 0, kOne))) == "cb-page-size");
    CHECK(code_of(*device, with_cb(cb(32, 100, 100, kOne))) == "cb-index");
    CHECK(code_of(*device, with_cb(cb(0, 4000000, 4000000, kOne))) == "cb-past-l1");
    CHECK(code_of(*device, with_cb(cb(0, 100, 100, range({8, 0}, {8, 0})))) == "core-outside-grid");
    CHECK(code_of(*device, {.kernels = {nothing(kOne), nothing(kOne)}}) == "core-overlap");
    ProgramDescriptor strange{.kernels = {nothing(kOne)}};
    strange.kernels[0].runtime_args.emplace_back(CoreCoord{3, 3}, CoreRuntimeArgs{1});
    CHECK(code_of(*device, strange) == "args-outside-kernel");
    strange.kernels[0].runtime_args[0].second.clear();  // "idle" cores may be anywhere
    CHECK(code_of(*device, strange) == "");
}

TEST_CASE("Blackhole has 64 circular buffers a core") {
    auto device = Device::open(find_chip("p150"));
    CHECK(code_of(*device, {.kernels = {nothing(kOne)}, .cbs = {cb(63, 64, 64, kOne)}}) == "");
    CHECK(code_of(*device, {.kernels = {nothing(kOne)}, .cbs = {cb(64, 64, 64, kOne)}}) == "cb-index");
}

TEST_CASE("the structure hash ignores values and sees everything else") {
    ProgramDescriptor base{.kernels = {nothing(kOne)}, .cbs = {cb(0, 64, 64, kOne)}};
    base.kernels[0].runtime_args.emplace_back(CoreCoord{0, 0}, CoreRuntimeArgs{1});
    uint64_t h = structure_hash(base);
    auto differs = [&](auto change) {
        ProgramDescriptor p = base;
        change(p);
        return structure_hash(p) != h;
    };
    CHECK_FALSE(differs([](auto& p) { p.kernels[0].runtime_args[0].second[0] = 5; }));
    CHECK_FALSE(differs([](auto& p) { p.cbs[0].address_offset = 16; }));
    CHECK(differs([](auto& p) { p.kernels[0].runtime_args[0].second.push_back(5); }));
    CHECK(differs([](auto& p) { p.kernels[0].compiler_include_paths.push_back("x"); }));
    CHECK(differs([](auto& p) { p.kernels[0].defines.push_back({"a", "bc"}); }));
    CHECK(differs([](auto& p) { p.kernels[0].config = WriterConfigDescriptor{}; }));
    CHECK(differs([](auto& p) { p.cbs[0].format_descriptors[0].tile = TileDescriptor{16, 32}; }));
    CHECK(differs([](auto& p) { p.cbs[0].format_descriptors[0].face_geometry = FaceGeometry(8, 2); }));
    CHECK(differs([](auto& p) { p.semaphores.push_back({.id = 1, .core_ranges = kOne}); }));
    base.custom_program_hash = 3;
    CHECK(program_hash(base) == 3);
    CHECK(structure_hash(base) == h);
}

TEST_CASE("the program cache belongs to its device") {
    auto first = Device::open(find_chip("n150")), second = Device::open(find_chip("n150"));
    CHECK(program_cache(first) == program_cache(first));
    CHECK(program_cache(first) != program_cache(second));
    ProgramDescriptor program{.kernels = {nothing(kOne)}};
    CHECK_FALSE(program_cache(first)->find_or_make(*first, program).hit);
    CHECK(program_cache(first)->find_or_make(*first, program).hit);
    CHECK_FALSE(program_cache(second)->find_or_make(*second, program).hit);
    CHECK(program_cache(first)->num_entries() == 1);
}
