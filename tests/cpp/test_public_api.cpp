// The public C++ headers (include/tilewright): a program written with them alone. examples/cpp is built against an
// installed library by the test installed-example; here are the cases beside its path.
#include <tilewright/tilewright.h>

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

namespace tt = tilewright;

namespace {

const tt::CoreRangeSet kOneCore{{{{0, 0}, {0, 0}}}};

// Copies pages from one tensor to another through a circular buffer, on one core, adding a word to each datum of 32 bits.
constexpr const char* kReader = R"(
    #include "api/dataflow/dataflow_api.h"
    void kernel_main() {
        const uint32_t from = get_arg_val<uint32_t>(0), pages = get_arg_val<uint32_t>(1);
        const auto tensor = TensorAccessor(TensorAccessorArgs<0>(), from);
        for (uint32_t page = 0; page < pages; page++) {
            cb_reserve_back(0, 1);
            noc_async_read(tensor.get_noc_addr(page), get_write_ptr(0), tensor.get_aligned_page_size());
            noc_async_read_barrier();
            cb_push_back(0, 1);
        }
    })";
constexpr const char* kWriter = R"(
    #include "api/dataflow/dataflow_api.h"
    void kernel_main() {
        const uint32_t to = get_arg_val<uint32_t>(0), pages = get_arg_val<uint32_t>(1), more = get_common_arg_val<uint32_t>(0);
        const auto tensor = TensorAccessor(TensorAccessorArgs<0>(), to);
        for (uint32_t page = 0; page < pages; page++) {
            cb_wait_front(0, 1);
            auto* words = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_read_ptr(0));
            for (uint32_t i = 0; i < WORDS; i++) words[i] = words[i] + more;
            noc_async_write(get_read_ptr(0), tensor.get_noc_addr(page), tensor.get_aligned_page_size());
            noc_async_write_barrier();
            cb_pop_front(0, 1);
        }
    })";

tt::ProgramDescriptor adding(const tt::Tensor& x, const tt::Tensor& y, std::uint32_t more) {
    const std::uint32_t page = x.buffer_aligned_page_size(), pages = x.buffer_num_pages();
    return {.kernels = {{.kernel_source = kReader,
                         .source_type = tt::SourceType::SOURCE_CODE,
                         .core_ranges = kOneCore,
                         .compile_time_args = x.accessor_args(),
                         .runtime_args = {{{0, 0}, {x.buffer_address(), pages}}},
                         .config = tt::ReaderConfigDescriptor{}},
                        {.kernel_source = kWriter,
                         .source_type = tt::SourceType::SOURCE_CODE,
                         .core_ranges = kOneCore,
                         .compile_time_args = y.accessor_args(),
                         .defines = {{"WORDS", std::to_string(page / 4)}},
                         .runtime_args = {{{0, 0}, {y.buffer_address(), pages}}},
                         .common_runtime_args = {more},
                         .config = tt::WriterConfigDescriptor{}}},
            .cbs = {{.total_size = 2 * page,
                     .core_ranges = kOneCore,
                     .format_descriptors = {{.buffer_index = 0, .data_format = x.dtype(), .page_size = page}}}}};
}

// The code of the first problem that f raises; "" if it raises none.
template <class F>
std::string code_of(F&& f) {
    try {
        f();
        return "";
    } catch (const tt::Error& error) {
        REQUIRE_FALSE(error.diagnostics().empty());
        CHECK(std::string(error.what()).find(error.diagnostics().front().what) != std::string::npos);
        return error.diagnostics().front().code;
    }
}

}  // namespace

TEST_CASE("public API: elements come back as they went in, for rows and tiles of odd sizes") {
    const tt::Device device = tt::Device::open({.chip = "n150"});
    for (const tt::Layout layout : {tt::Layout::ROW_MAJOR, tt::Layout::TILE}) {
        const std::vector<std::uint32_t> shape = {3, 37, 53};
        std::vector<float> floats(3 * 37 * 53);
        std::vector<std::int32_t> ints(floats.size());
        for (std::size_t i = 0; i < ints.size(); i++) {
            ints[i] = static_cast<std::int32_t>(i * 2654435761u);
            floats[i] = std::ldexp(static_cast<float>(i % 255), static_cast<int>(i % 7) - 3);  // 8 significant bits
        }
        const auto x = tt::Tensor::from_floats(device, {.shape = shape, .layout = layout}, floats);
        CHECK(x.to_floats() == floats);
        CHECK(x.shape() == shape);
        const auto n =
            tt::Tensor::from_ints(device, {.shape = shape, .dtype = tt::DataType::INT32, .layout = layout}, ints);
        CHECK(n.to_ints() == ints);
    }
}

TEST_CASE("public API: a program runs, and again with other arguments, tensors and addresses") {
    for (const char* chip : {"n150", "p150"}) {
        const tt::Device device = tt::Device::open({.chip = chip});
        const tt::TensorSpec spec{.shape = {7, 48}, .dtype = tt::DataType::INT32, .layout = tt::Layout::ROW_MAJOR};
        std::vector<std::int32_t> values(7 * 48);
        for (std::size_t i = 0; i < values.size(); i++) values[i] = static_cast<std::int32_t>(i * i);
        const auto x = tt::Tensor::from_ints(device, spec, values);
        for (const std::uint32_t more : {1u, 1000u}) {
            const auto y = tt::Tensor::empty(device, spec);
            const auto out = tt::generic_op({x, y}, adding(x, y, more));
            std::vector<std::int32_t> expected = values;
            for (std::int32_t& v : expected) v += static_cast<std::int32_t>(more);
            CHECK(out.to_ints() == expected);
            CHECK(out.buffer_address() == y.buffer_address());
        }
        CHECK(tt::last_run().kernels_compiled == 0);  // the second run compiled nothing
        CHECK(tt::last_run().cores == 1);
    }
}

TEST_CASE("public API: work is dealt as ttnn deals it") {
    const tt::WorkSplit split = tt::split_work_to_cores({8, 8}, 100);  // docs/upstream-api.md H2.2
    CHECK(split.num_cores == 64);
    CHECK(split.units_per_core_group_1 == 2);
    CHECK(split.units_per_core_group_2 == 1);
    CHECK(split.core_group_1 == tt::CoreRangeSet{{{{0, 0}, {3, 7}}, {{4, 0}, {4, 3}}}});
    CHECK(tt::cores_of(split.core_group_1).size() == 36);
    CHECK(tt::contains(split.core_group_2, {4, 4}));
    CHECK_FALSE(tt::contains(split.core_group_2, {4, 3}));
    CHECK(tt::split_work_to_cores({8, 8}, 0).num_cores == 0);
}

TEST_CASE("public API: a sharded tensor's pages lie on its cores, and a circular buffer lies over its shard") {
    const tt::Device device = tt::Device::open({.chip = "n150"});
    const tt::CoreRangeSet cores{{{{0, 0}, {1, 0}}}};
    const tt::MemoryConfig memory{tt::TensorMemoryLayout::HEIGHT_SHARDED, tt::BufferType::L1,
                                  tt::ShardSpec{cores, {2, 16}}};
    const tt::TensorSpec spec{{4, 16}, tt::DataType::INT32, tt::Layout::ROW_MAJOR, memory};
    std::vector<std::int32_t> values(4 * 16, 5);
    const auto x = tt::Tensor::from_ints(device, spec, values);
    const char* add_in_place = R"(
        #include "api/dataflow/dataflow_api.h"
        void kernel_main() {
            auto* words = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_write_ptr(3));
            for (uint32_t i = 0; i < 32; i++) words[i] = words[i] + get_absolute_logical_x();
        })";
    const tt::ProgramDescriptor program{
        .kernels = {{.kernel_source = add_in_place,
                     .source_type = tt::SourceType::SOURCE_CODE,
                     .core_ranges = cores,
                     .config = tt::DataMovementConfigDescriptor{.processor = 1, .noc = 1}}},
        .cbs = {{.total_size = 2 * 64,
                 .core_ranges = cores,
                 .format_descriptors = {{.buffer_index = 3, .data_format = tt::DataType::INT32, .page_size = 64}},
                 .tensor = x}}};
    const auto y = tt::generic_op({x, x}, program);
    for (std::size_t i = 32; i < values.size(); i++) values[i]++;
    CHECK(y.to_ints() == values);
}

TEST_CASE("public API: errors of every layer are tilewright::Error") {
    const tt::Device device = tt::Device::open({.chip = "n150"});
    const tt::TensorSpec spec{.shape = {1, 32}, .dtype = tt::DataType::INT32, .layout = tt::Layout::ROW_MAJOR};
    const std::vector<std::int32_t> values(32);
    CHECK(code_of([] { tt::Device::open({.chip = "n9000"}); }) == "unknown-chip");
    CHECK(code_of([&] { tt::Tensor::from_ints(device, spec, std::vector<std::int32_t>(31)); }) == "element-count");
    CHECK(code_of([&] { tt::Tensor::empty(device, {.shape = {1u << 31, 32}}); }) != "");
    CHECK(code_of([&] { tt::Tensor::empty(device, {{32, 32}, tt::DataType::BFLOAT8_B, tt::Layout::ROW_MAJOR}); }) != "");
    CHECK(code_of([&] { (void)device.worker_core_from_logical_core({20, 20}); }) != "");
    CHECK(code_of([] { tt::cores_of({{{{1, 1}, {0, 0}}}}); }) != "");
    CHECK(code_of([] { (void)tt::Tensor().to_floats(); }) == "no-tensor");
    CHECK(code_of([] { (void)tt::Device().grid(); }) == "no-device");
    CHECK(code_of([&] { tt::generic_op({}, {}); }) != "");

    auto x = tt::Tensor::from_ints(device, spec, values), y = tt::Tensor::empty(device, spec);
    tt::ProgramDescriptor wrong = adding(x, y, 1);
    wrong.cbs[0].format_descriptors[0].page_size = 100;
    CHECK(code_of([&] { tt::generic_op({x, y}, wrong); }) == "cb-size");
    wrong = adding(x, y, 1);
    wrong.kernels[0].kernel_source = "void kernel_main() { no_such_function(); }";
    CHECK(code_of([&] { tt::generic_op({x, y}, wrong); }) == "kernel-compile");
    wrong = adding(x, y, 1);
    wrong.kernels[0].runtime_args[0].second[1] = 0;  // the reader sends nothing: the writer waits for ever
    CHECK(code_of([&] { tt::generic_op({x, y}, wrong); }) == "deadlock");

    CHECK(tt::generic_op({x, y}, adding(x, y, 3)).to_ints() == std::vector<std::int32_t>(32, 3));  // the device goes on
    x.deallocate();
    x.deallocate();
    CHECK_FALSE(x.is_allocated());
    CHECK(code_of([&] { (void)x.to_ints(); }) != "");
}

TEST_CASE("public API: numbers of enumerations are those of the runtime") {
    // Float32 straight to DST: a copy keeps all 24 bits, where the way by the source registers keeps 11
    // (docs/hardware.md 2.1).
    const tt::Device device = tt::Device::open({.chip = "n150", .numerics = tt::Numerics::Exact});
    const tt::TensorSpec spec{.shape = {32, 32}, .dtype = tt::DataType::FLOAT32};
    std::vector<float> values(1024);
    for (std::size_t i = 0; i < values.size(); i++) values[i] = 1.0f + static_cast<float>(i) * 0x1p-20f;
    const auto x = tt::Tensor::from_floats(device, spec, values);
    const char* copy = R"(
        #include "api/compute/common.h"
        #include "api/compute/tile_move_copy.h"
        void kernel_main() {
            compute_kernel_hw_startup(0, 16);
            copy_init(0);
            cb_wait_front(0, 1);
            cb_reserve_back(16, 1);
            tile_regs_acquire();
            copy_tile(0, 0, 0);
            tile_regs_commit();
            tile_regs_wait();
            pack_tile(0, 16);
            tile_regs_release();
            cb_push_back(16, 1);
            cb_pop_front(0, 1);
        })";
    const char* writer = R"(
        #include "api/dataflow/dataflow_api.h"
        void kernel_main() {
            cb_wait_front(16, 1);
            noc_async_write(get_read_ptr(16), TensorAccessor(TensorAccessorArgs<0>(), get_arg_val<uint32_t>(0)).get_noc_addr(0), 4096);
            noc_async_write_barrier();
            cb_pop_front(16, 1);
        })";
    for (const bool straight : {true, false}) {
        const auto y = tt::Tensor::empty(device, spec);
        tt::ProgramDescriptor program = adding(x, y, 0);
        program.kernels[1].kernel_source = writer;
        program.kernels.push_back({.kernel_source = copy,
                                   .source_type = tt::SourceType::SOURCE_CODE,
                                   .core_ranges = kOneCore,
                                   .config = tt::ComputeConfigDescriptor{.fp32_dest_acc_en = true}});
        if (straight) std::get<tt::ComputeConfigDescriptor>(program.kernels[2].config).unpack_to_dest_fp32 = {0};
        program.cbs.push_back(program.cbs[0]);
        program.cbs[1].format_descriptors[0].buffer_index = 16;
        const std::vector<float> out = tt::generic_op({x, y}, program).to_floats();
        if (straight) {
            CHECK(out == values);
        } else {
            CHECK(out[1] == 1.0f);  // 2^-20 is below the eleventh bit
            CHECK(out[1023] == 1.0f);
        }
    }
}
