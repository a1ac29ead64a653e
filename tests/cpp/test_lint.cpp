// Each rule over kernels and programs: a case that it finds, and its clean twin that stays silent. The Python rules have
// theirs in tests/builder/test_lint.py.
#include "base/json.h"
#include "lint/lint.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>

using namespace tw::lint;
using tw::Json;

namespace {

bool has(const std::vector<Finding>& findings, const std::string& rule) {
    return std::any_of(findings.begin(), findings.end(), [&](const Finding& f) { return f.rule == rule; });
}

struct KernelCase {
    const char* rule;
    KernelKind kind;
    const char* bad;
    const char* clean;
};

constexpr KernelKind D = KernelKind::Dataflow, C = KernelKind::Compute;

const KernelCase kKernels[] = {
    {"L08", D, "#include \"dataflow_api.h\"\nvoid kernel_main() {}",
     "#include \"api/dataflow/dataflow_api.h\"\nvoid kernel_main() {}"},
    {"L09", C, "#include \"api/dataflow/dataflow_api.h\"\nvoid kernel_main() {}",
     "#include \"api/compute/common.h\"\nvoid kernel_main() {}"},
    {"L09", D, "void kernel_main() {}\nvoid kernel_main() {}", "void kernel_main();\nvoid kernel_main() {}"},
    {"L10", C, "namespace NAMESPACE {\nvoid MAIN {\n}\n}\n", "void kernel_main() {\n}\n"},
    {"L11", D, "#include \"ttnn/cpp/ttnn/tensor/accessor/tensor_accessor.hpp\"\nvoid kernel_main() {}",
     "#include \"api/tensor/tensor_accessor.h\"\nvoid kernel_main() {}"},
    {"L18", D, "void kernel_main() { if constexpr (flag) { constexpr auto a = TensorAccessorArgs<4>(); } }",
     "void kernel_main() { constexpr auto a = TensorAccessorArgs<flag ? 4 : 0>(); if constexpr (flag) { use(a); } }"},
    {"L23", D,
     "void kernel_main() { constexpr uint32_t a = 0, b = 1; constexpr uint32_t cb_a = 0; constexpr uint32_t cb_b = 1; "
     "cb_wait_front(cb_a, 1); cb_pop_front(cb_a, 1); cb_pop_front(cb_b, 1); }",
     "void kernel_main() { constexpr uint32_t cb_a = 0; constexpr uint32_t cb_b = 1; cb_wait_front(cb_a, 1); "
     "cb_pop_front(cb_a, 1); cb_wait_front(cb_b, 1); cb_pop_front(cb_b, 1); }"},
    {"L23", D,
     "void kernel_main() { constexpr uint32_t cb = 16; for (uint32_t i = 0; i < n; i++) { cb_wait_front(cb, 1); "
     "noc_async_write_page(i, s, get_read_ptr(cb)); noc_async_write_barrier(); } }",
     "void kernel_main() { constexpr uint32_t cb = 16; for (uint32_t i = 0; i < n; i++) { cb_wait_front(cb, 1); "
     "noc_async_write_page(i, s, get_read_ptr(cb)); noc_async_write_barrier(); cb_pop_front(cb, 1); } }"},
    {"L28", C, "void kernel_main() { copy_init(0); copy_tile(0, 0, 0); }",
     "void kernel_main() { compute_kernel_hw_startup(0, 1, 16); copy_init(0); copy_tile(0, 0, 0); }"},
    {"L29", C, "void kernel_main() { compute_kernel_hw_startup(0, 1, 16); copy_tile(0, 0, 0); }",
     "void kernel_main() { unary_op_init_common(0, 16); copy_tile(0, 0, 0); }"},
    {"L29", C,
     "void kernel_main() { compute_kernel_hw_startup(0, 1, 16); copy_init(0); for (;;) { add_tiles(0, 1, 0, 0, 0); } }",
     "void kernel_main() { compute_kernel_hw_startup(0, 1, 16); add_init(0, 1); for (;;) { add_tiles(0, 1, 0, 0, 0); } }"},
    {"L29", C, "void kernel_main() { compute_kernel_hw_startup(0, 1, 16); add_init(0, 1); mul_tiles(0, 1, 0, 0, 0); }",
     "void kernel_main() { compute_kernel_hw_startup(0, 1, 16); if (x) { add_init(0, 1); } else { mul_init(0, 1); } "
     "mul_tiles(0, 1, 0, 0, 0); }"},
    {"L29", C, "void kernel_main() { mm_init(0, 1, 16); sub_bcast_rows_init(0, 1); sub_tiles_bcast_cols(0, 1, 0, 0, 0); }",
     "void kernel_main() { mm_init(0, 1, 16); mine(0, 1); sub_tiles_bcast_cols(0, 1, 0, 0, 0); }"},
    {"L29", C,
     "void kernel_main() { compute_kernel_hw_startup(0, 1, 16); tilize_init(0, 2, 16); tilize_block(0, 2, 16); "
     "copy_init(0); "
     "copy_tile(0, 0, 0); }",
     "void kernel_main() { compute_kernel_hw_startup(0, 1, 16); tilize_init(0, 2, 16); tilize_block(0, 2, 16); "
     "tilize_uninit(0, 16); copy_init(0); copy_tile(0, 0, 0); }"},
    {"L26", C,
     "void kernel_main() { compute_kernel_hw_startup(0, 1); cb_wait_front(cb_in, 4); compute_kernel_lib::tilize<4, cb_in, "
     "cb_out>(1); }",
     "void kernel_main() { compute_kernel_hw_startup(0, 1); compute_kernel_lib::tilize<4, cb_in, cb_out>(1); }"},
    {"L27", C,
     "void kernel_main() { compute_kernel_hw_startup(0, 1); for (;;) { cb_wait_front(cb_in, 4); "
     "compute_kernel_lib::mul<P::NoWaitNoPop>(cb_in, cb_b, cb_out); } }",
     "void kernel_main() { compute_kernel_hw_startup(0, 1); for (;;) { cb_wait_front(cb_in, 4); "
     "compute_kernel_lib::mul<P::NoWaitNoPop>(cb_in, cb_b, cb_out); cb_pop_front(cb_in, 4); } }"},
    {"L28", C, "void kernel_main() { compute_kernel_lib::tilize<4, cb_in, cb_out>(1); }",
     "void kernel_main() { compute_kernel_hw_startup(cb_in, cb_out); compute_kernel_lib::tilize<4, cb_in, cb_out>(1); }"},
    {"L29", C, "void kernel_main() { copy_tile(0, 0, 0); exp_tile(0); }",
     "void kernel_main() { exp_tile_init(); copy_tile(0, 0, 0); exp_tile(0); }"},
    {"L30", C, "void kernel_main() { tile_regs_acquire(); tile_regs_commit(); tile_regs_wait(); }",
     "void kernel_main() { tile_regs_acquire(); tile_regs_commit(); tile_regs_wait(); tile_regs_release(); }"},
    {"L29", C,
     "void kernel_main() { compute_kernel_hw_startup(0, 1); compute_kernel_lib::reduce<SUM, REDUCE_ROW>(a, s, o, shape, "
     "[]() { rsqrt_tile_init(); }); }",
     "void kernel_main() { compute_kernel_hw_startup(0, 1); compute_kernel_lib::reduce<SUM, REDUCE_ROW>(a, s, o, shape, "
     "[](uint32_t dst_idx) { rsqrt_tile_init(); }); }"},
    {"L30", C, "void kernel_main() { copy_tile(cb, 0, 16); }", "void kernel_main() { copy_tile(cb, 0, 7); }"},
    {"L32", D,
     "void kernel_main() { dataflow_kernel_lib::calculate_and_prepare_reduce_scaler<cb, PoolType::SUM, "
     "ReduceDim::REDUCE_ROW>(1.0f / w); }",
     "void kernel_main() { dataflow_kernel_lib::calculate_and_prepare_reduce_scaler<cb, PoolType::AVG, "
     "ReduceDim::REDUCE_ROW>(1.0f / w); }"},
    {"L33", C,
     "void kernel_main() { reduce_tile<PoolType::SUM, ReduceDim::REDUCE_ROW>(cb_x, cb_s, 0, 0, 0); pack_tile(0, cb_sum); "
     "mul_tiles_bcast_rows(cb_x, cb_sum, 0, 0, 0); }",
     "void kernel_main() { reduce_tile<PoolType::SUM, ReduceDim::REDUCE_ROW>(cb_x, cb_s, 0, 0, 0); pack_tile(0, cb_sum); "
     "mul_tiles_bcast_cols(cb_x, cb_sum, 0, 0, 0); }"},
    {"L34", D, "void kernel_main() { noc_async_read(a, b, 32); cb_push_back(0, 1); }",
     "void kernel_main() { noc_async_read(a, b, 32); noc_async_read_barrier(); cb_push_back(0, 1); }"},
    {"L34", D, "void kernel_main() { noc_async_read(a, b, 32); cb_push_back(0, 1); noc_async_read_barrier(); }",
     "void kernel_main() { noc_async_read(a, b, 32); noc_async_read_barrier(); cb_push_back(0, 1); }"},
    {"L34", D, "void kernel_main() { noc_async_write(a, b, 32); cb_pop_front(0, 1); }",
     "void kernel_main() { noc_async_write(a, b, 32); noc_async_write_barrier(); cb_pop_front(0, 1); }"},
    {"L48", C, "void kernel_main() {\n    // STUB: nothing yet\n}",
     "void kernel_main() { tile_regs_acquire(); copy_tile(0, 0, 0); tile_regs_commit(); tile_regs_wait(); pack_tile(0, "
     "16); tile_regs_release(); }"},
    {"L49", C,
     "void kernel_main() { compute_kernel_hw_startup(0, 1); compute_kernel_lib::tilize<4, a, b>(1); mul_tiles(a, b, 0, 0, "
     "0); }",
     "void kernel_main() { compute_kernel_hw_startup(0, 1); compute_kernel_lib::tilize<4, a, b>(1); "
     "compute_kernel_lib::mul(a, b, c); }"},
};

// One reader on one core over one TILE tensor, one CB; cases change a piece of it.
Json program(const std::string& kernel = "void kernel_main() {}") {
    Json k{{"source", kernel},
           {"is_text", true},
           {"config", "ReaderConfigDescriptor"},
           {"fp32_dest", false},
           {"full_sync", false},
           {"unpack_fp32", Json::array()},
           {"cores", {{0, 0}, {0, 1}}},
           {"compile_time_args", {0, 2, 2048}},
           {"named_compile_time_args", Json::array()},
           {"common_runtime_args", 0}};
    k["runtime_args"] = {{"0,0", {70000, 0, 1}}, {"0,1", {70000, 1, 1}}};
    Json cb{{"total_size", 4096}, {"pinned", false}, {"cores", {{0, 0}, {0, 1}}}};
    cb["formats"] = Json::array({{{"index", 0}, {"format", "BFLOAT16"}, {"page_size", 2048}}});
    Json tensors = Json::array(
        {{{"address", 70000}, {"page_size", 2048}, {"dtype", "BFLOAT16"}, {"layout", "TILE"}, {"shape", {32, 32}}},
         {{"address", 80000}, {"page_size", 2048}, {"dtype", "BFLOAT16"}, {"layout", "TILE"}, {"shape", {32, 32}}}});
    Json call{{"kernels", Json::array({k})}, {"cbs", Json::array({cb})}, {"accessors", {{2, 2048}}}, {"tensors", tensors}};
    return {{"calls", Json::array({call})}, {"problems", Json::array()}, {"error", ""}};
}

std::vector<Finding> lint(const Json& facts) {
    return lint_program("op_program_descriptor.py", facts, {});
}

Json with_args(const std::string& kernel, const Json& compile_time) {
    Json facts = program(kernel);
    facts["calls"][0]["kernels"][0]["compile_time_args"] = compile_time;
    return facts;
}

Json compute(const std::string& kernel) {
    Json facts = program(kernel);
    facts["calls"][0]["kernels"][0]["config"] = "ComputeConfigDescriptor";
    return facts;
}

}  // namespace

TEST_CASE("each kernel rule finds its case and leaves the clean twin alone") {
    for (const KernelCase& c : kKernels) {
        CAPTURE(c.rule);
        CAPTURE(c.bad);
        KernelContext context;
        context.kind = c.kind;
        CHECK(has(lint_kernel(KernelText("k.cpp", c.bad), context), c.rule));
        CHECK_FALSE(has(lint_kernel(KernelText("k.cpp", c.clean), context), c.rule));
    }
}

// What real kernels do and rules once took for wrong.
const KernelCase kRight[] = {
    {"L09", KernelKind::Unknown, "", "#include <vector>\nnamespace tt { int host_code(); }\n"},
    {"L23", D, "",
     "void kernel_main() { constexpr uint32_t cb_a = 0; constexpr uint32_t cb_b = 1; cb_push_back(cb_a, 8); "
     "cb_reserve_back(cb_b, 1); cb_push_back(cb_b, 1); }"},
    {"L23", D, "",
     "void kernel_main() { constexpr uint32_t cb_a = 0; constexpr uint32_t cb_b = 1; cb_reserve_back(cb_a, 1); "
     "cb_push_back(cb_a, 1); cb_pop_front(cb_a, 1); cb_wait_front(cb_b, 1); cb_pop_front(cb_b, 1); }"},
    {"L29", C, "", "void kernel_main() { binop_with_scalar_tile_init(); copy_tile(0, 0, 0); add_binary_tile(0, 1, 0); }"},
    {"L30", C, "",
     "#include \"metal/common/pack_and_push.hpp\"\nvoid kernel_main() { tile_regs_acquire(); copy_tile(0, 0, 0); "
     "tile_regs_commit(); pack_and_push(0, 16); }"},
    {"L34", D, "",
     "void kernel_main() { for (;;) { noc_semaphore_wait(ready, 1); noc_async_write(a, b, 32); noc_semaphore_set(ready, "
     "0); "
     "} }"},
    {"L48", C, "", "void kernel_main() { rand_tile_init(7); }"},
};

TEST_CASE("what real kernels do is not taken for wrong") {
    for (const KernelCase& c : kRight) {
        CAPTURE(c.rule);
        CAPTURE(c.clean);
        KernelContext context;
        context.kind = c.kind;
        CHECK_FALSE(has(lint_kernel(KernelText("kernels/k.cpp", c.clean), context), c.rule));
    }
}

TEST_CASE("comments and strings are not code") {
    CHECK(lint_kernel(KernelText("k.cpp",
                                 "// namespace NAMESPACE { noc_async_read(\nvoid kernel_main() { auto s = \"#include "
                                 "\\\"dataflow_api.h\\\"\"; }"),
                      {.kind = D, .include_roots = {}, .seed = false})
              .empty());
}

TEST_CASE("a kernel is read as its compiler reads it") {
    const KernelText kernel(
        "k.cpp",
        "#include \\\n  \"api/dataflow/dataflow_api.h\"  // STUB of a header\n"
        "const char* a = R\"x(cb_wait_front(0, 1); \" /* )\" )x\"; /* two\n lines */ int b = 1'000 << 2;\n"
        "char c = '\"'; template <class T> void f(vector<vector<T>> v) { g<(1 >> 2)>(v); }\n");
    CHECK(kernel.calls().size() == 2);  // f and g: what stands in the string is no call
    CHECK(kernel.calls("g"));
    CHECK_FALSE(kernel.calls("cb_wait_front"));
    REQUIRE(kernel.includes().size() == 1);
    CHECK(kernel.includes().front().path == "api/dataflow/dataflow_api.h");
    REQUIRE(kernel.comments().size() == 2);
    CHECK(kernel.comments()[0].first == "// STUB of a header");
    CHECK(kernel.comments()[1].second == 3);
    const auto at = [&](const std::string& text) {
        return *std::find_if(kernel.tokens().begin(), kernel.tokens().end(),
                             [&](const CppToken& t) { return t.text == text; });
    };
    CHECK(at("b").line == 4);
    CHECK(at("b").column == 15);
    CHECK(at("<<").kind == CppToken::Kind::Punctuation);
    CHECK(at("1'000").kind == CppToken::Kind::Number);
    CHECK(at("g").line == 5);
}

TEST_CASE("L19 and L39 by the chip that the program ran on") {
    Json facts = program();
    facts["calls"][0]["chip"] = "p150";
    facts["calls"][0]["cbs"][0]["formats"][0]["index"] = 40;
    CHECK_FALSE(has(lint(facts), "L19"));  // Blackhole has 64
    facts["calls"][0]["chip"] = "n150";
    CHECK(has(lint(facts), "L19"));
}

TEST_CASE("a clean program has no findings") {
    CHECK(lint(program()).empty());
}

TEST_CASE("L06: the writer writes to the last tensor of the list") {
    Json facts = program();
    facts["calls"][0]["kernels"][0]["config"] = "WriterConfigDescriptor";
    CHECK(has(lint(facts), "L06"));
    facts["calls"][0]["kernels"][0]["runtime_args"] = {{"0,0", {80000, 0, 1}}, {"0,1", {80000, 1, 1}}};
    CHECK_FALSE(has(lint(facts), "L06"));
}

TEST_CASE("L06 and L07 by what the call allocated and addressed") {
    Json facts = program();
    facts["calls"][0]["allocated"] = {80000};
    facts["calls"][0]["accessor_addresses"] = {70000, 80000};
    CHECK(lint(facts).empty());
    facts["calls"][0]["allocated"] = {70000};
    CHECK(has(lint(facts), "L06"));
    facts["calls"][0]["accessor_addresses"] = {70000, 90000};
    CHECK(has(lint(facts), "L07"));
}

TEST_CASE("L09 by the descriptor: a compute kernel with the dataflow API") {
    CHECK(has(lint(compute("#include \"api/dataflow/dataflow_api.h\"\nvoid kernel_main() {}")), "L09"));
    CHECK_FALSE(has(lint(program("#include \"api/dataflow/dataflow_api.h\"\nvoid kernel_main() {}")), "L09"));
}

TEST_CASE("L14 and L15: arguments of every core, and no cores without work") {
    Json facts = program();
    facts["calls"][0]["kernels"][0]["runtime_args"].erase("0,1");
    CHECK(has(lint(facts), "L14"));
    facts["calls"][0]["kernels"][0]["runtime_args"]["0,1"] = Json::array();
    CHECK_FALSE(has(lint(facts), "L14"));
    CHECK(has(lint(facts), "L15"));
    CHECK_FALSE(has(lint(program()), "L15"));
}

TEST_CASE("L16: arguments read are arguments given") {
    CHECK(has(lint(program("void kernel_main() { get_arg_val<uint32_t>(3); }")), "L16"));
    CHECK_FALSE(has(lint(program("void kernel_main() { get_arg_val<uint32_t>(2); }")), "L16"));
    CHECK(has(lint(program("void kernel_main() { constexpr uint32_t a = get_compile_time_arg_val(3); }")), "L16"));
    CHECK_FALSE(has(lint(program("void kernel_main() { constexpr uint32_t a = get_compile_time_arg_val(2); }")), "L16"));
    CHECK(has(lint(program("void kernel_main() { get_common_arg_val<uint32_t>(0); }")), "L16"));
}

TEST_CASE("L17 and L18: an accessor starts at its tensor's words, within the arguments") {
    CHECK_FALSE(has(lint(program("void kernel_main() { constexpr auto a = TensorAccessorArgs<1>(); }")), "L17"));
    CHECK(has(lint(program("void kernel_main() { constexpr auto a = TensorAccessorArgs<0>(); }")), "L17"));
    CHECK(has(lint(program("void kernel_main() { constexpr auto a = TensorAccessorArgs<7>(); }")), "L18"));
}

TEST_CASE("L19, L20, L39: indices, sizes and L1") {
    const auto changed = [](auto change) {
        Json facts = program();
        change(facts["calls"][0]["cbs"]);
        return lint(facts);
    };
    CHECK(has(changed([](Json& cbs) { cbs[0]["formats"][0]["index"] = 32; }), "L19"));
    CHECK(has(changed([](Json& cbs) { cbs.push_back(cbs[0]); }), "L19"));
    CHECK(has(changed([](Json& cbs) { cbs[0]["total_size"] = 4097; }), "L20"));
    CHECK(has(changed([](Json& cbs) { cbs[0]["total_size"] = 1024; }), "L20"));
    CHECK(has(changed([](Json& cbs) { cbs[0]["total_size"] = 2048 * 1000; }), "L39"));
    const auto clean = changed([](Json& cbs) {
        cbs.push_back(cbs[0]);
        cbs[1]["formats"][0]["index"] = 16;
    });
    for (const char* rule : {"L19", "L20", "L39"}) CHECK_FALSE(has(clean, rule));
}

TEST_CASE("L19, the convention: who uses a CB says where it belongs") {
    const auto findings = [](int index) {
        Json facts = compute(fmt::format("void kernel_main() {{ cb_push_back({0}, 1); cb_pop_front({0}, 1); }}", index));
        facts["calls"][0]["cbs"][0]["formats"][0]["index"] = index;
        return lint(facts);
    };
    REQUIRE(has(findings(16), "L19"));
    CHECK(findings(16).front().level == Level::Warning);
    CHECK_FALSE(has(findings(24), "L19"));
}

TEST_CASE("L22: tilize counts tiles on both sides") {
    const std::string kernel = "void kernel_main() { tilize_block(0, 2, 0); }";
    CHECK_FALSE(has(lint(compute(kernel)), "L22"));
    CHECK(has(lint(compute("void kernel_main() { tilize_block(0, 3, 0); }")), "L22"));
    Json sticks = compute(kernel);
    sticks["calls"][0]["cbs"][0]["formats"][0]["page_size"] = 128;
    CHECK(has(lint(sticks), "L22"));
}

TEST_CASE("L24: waits of different counts divide the CB") {
    Json facts = program("void kernel_main() { cb_wait_front(0, 1); cb_wait_front(0, 2); }");
    CHECK_FALSE(has(lint(facts), "L24"));
    facts["calls"][0]["cbs"][0]["total_size"] = 3 * 2048;
    CHECK(has(lint(facts), "L24"));
}

TEST_CASE("L30: DST is as large as the configuration says") {
    Json facts = compute("void kernel_main() { copy_tile(0, 0, 4); }");
    CHECK_FALSE(has(lint(facts), "L30"));
    facts["calls"][0]["kernels"][0]["fp32_dest"] = true;
    CHECK(has(lint(facts), "L30"));
    facts["calls"][0]["kernels"][0]["full_sync"] = true;
    CHECK_FALSE(has(lint(facts), "L30"));
}

TEST_CASE("L21 and L22: page sizes hold tiles of the format") {
    Json facts = program();
    facts["calls"][0]["cbs"][0]["formats"][0]["page_size"] = 1024;
    CHECK(has(lint(facts), "L21"));
    facts["calls"][0]["cbs"][0]["formats"][0] = {{"index", 24}, {"format", "FLOAT32"}, {"page_size", 2048}};
    CHECK(has(lint(facts), "L22"));
    facts["calls"][0]["cbs"][0]["formats"][0]["page_size"] = 4096;
    CHECK_FALSE(has(lint(facts), "L21"));
    CHECK_FALSE(has(lint(facts), "L22"));
}

TEST_CASE("L23, L24, L25: CBs are described, waits fit, blocks divide") {
    CHECK(has(lint(program("void kernel_main() { cb_wait_front(5, 1); }")), "L23"));
    CHECK(has(lint(program("void kernel_main() { cb_reserve_back(0, 3); }")), "L24"));
    CHECK(
        has(lint(with_args(
                "void kernel_main() { constexpr uint32_t cb = get_compile_time_arg_val(0); cb_wait_front(cb, 3); }", {0})),
            "L24"));
    Json facts = program("void kernel_main() { cb_reserve_back(0, 2); cb_push_back(0, 2); }");
    CHECK_FALSE(has(lint(facts), "L24"));
    CHECK_FALSE(has(lint(facts), "L25"));
    facts["calls"][0]["cbs"][0]["total_size"] = 3 * 2048;
    CHECK(has(lint(facts), "L25"));
}

TEST_CASE("L31: the scaler of a reduction is bfloat16") {
    Json facts = compute("void kernel_main() { reduce_tile<A, B>(0, 0, 0, 0, 0); }");
    CHECK_FALSE(has(lint(facts), "L31"));
    facts["calls"][0]["cbs"][0]["formats"][0] = {{"index", 0}, {"format", "FLOAT32"}, {"page_size", 4096}};
    CHECK(has(lint(facts), "L31"));
}

TEST_CASE("L36: a block format is tiled") {
    Json facts = program();
    facts["calls"][0]["tensors"][0]["dtype"] = "BFLOAT8_B";
    CHECK_FALSE(has(lint(facts), "L36"));
    facts["calls"][0]["tensors"][0]["layout"] = "ROW_MAJOR";
    CHECK(has(lint(facts), "L36"));
}

TEST_CASE("L37 and L38: fp32 with tilize, and unpacking past the matrix unit") {
    Json facts = compute("void kernel_main() { tilize_block(0, 1, 1, 0, 0); matmul_tiles(0, 1, 0, 0, 0); }");
    CHECK_FALSE(has(lint(facts), "L37"));
    CHECK_FALSE(has(lint(facts), "L38"));
    facts["calls"][0]["kernels"][0]["fp32_dest"] = true;
    facts["calls"][0]["kernels"][0]["unpack_fp32"] = {0};
    CHECK(has(lint(facts), "L37"));
    CHECK(has(lint(facts), "L38"));
}

TEST_CASE("L40: kernel files exist") {
    Json facts = program("no/such/kernel.cpp");
    facts["calls"][0]["kernels"][0]["is_text"] = false;
    CHECK(has(lint(facts), "L40"));
    CHECK_FALSE(has(lint(program()), "L40"));
}

TEST_CASE("L50: addresses are runtime arguments") {
    CHECK(has(lint(with_args("void kernel_main() {}", {0, 70000})), "L50"));
    Json facts = program();
    facts["calls"].push_back(facts["calls"][0]);
    CHECK_FALSE(has(lint(facts), "L50"));
    facts["calls"][1]["kernels"][0]["compile_time_args"][0] = 9;
    CHECK(has(lint(facts), "L50"));
}

TEST_CASE("what the emulator saw counts for the rule it breaks") {
    Json facts = program();
    facts["problems"] = {"KernelError[deadlock]: no core can go on", "KernelError[dst-index]: tile 9"};
    CHECK(has(lint(facts), "L23"));
    CHECK(has(lint(facts), "L30"));
}

TEST_CASE("in a seed operation its spellings are notes") {
    std::vector<Finding> findings = lint_kernel(KernelText("k.cpp", "namespace NAMESPACE {\nvoid MAIN {\n}\n}\n"),
                                                {.kind = C, .include_roots = {}, .seed = false});
    settle(findings, true);
    REQUIRE(has(findings, "L10"));
    CHECK(findings.front().level == Level::Note);
}

TEST_CASE("there are fifty rules, and SARIF lists them") {
    CHECK(rules().size() == 50);
    const Json sarif = Json::parse(
        findings_sarif(lint_kernel(KernelText("k.cpp", kKernels[0].bad), {.kind = D, .include_roots = {}, .seed = false})));
    CHECK(sarif["version"] == "2.1.0");
    CHECK(sarif["runs"][0]["tool"]["driver"]["rules"].size() == 50);
    CHECK(sarif["runs"][0]["results"][0]["ruleId"] == "L08");
    CHECK(sarif["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"] ==
          "api/dataflow/dataflow_api.h");
}
