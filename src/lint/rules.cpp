#include "lint/rules.h"

#include <algorithm>
#include <array>

namespace tw::lint {

namespace {

constexpr Level E = Level::Error, W = Level::Warning;

// clang-format off
constexpr auto kRules = std::to_array<Rule>({
    {"L01", E, "python",         "allocate_tensor_on_device takes its arguments by position", true, false},
    {"L02", E, "python",         "config classes end in Descriptor", true, true},
    {"L03", E, "python",         "there is no ttnn.DataFormat; formats are dtypes", false, true},
    {"L04", E, "python",         "CBFormatDescriptor has no num_pages", true, true},
    {"L05", E, "python",         "tensor.buffer_address(), not tensor.buffer().address()", true, false},
    {"L06", E, "python,program", "the output is last in generic_op's list", false, false},
    {"L07", E, "python,program", "every tensor that the program addresses is in generic_op's list", false, false},
    {"L08", E, "kernel",         "the dataflow header is api/dataflow/dataflow_api.h", true, true},
    {"L09", E, "kernel,program", "a kernel includes the API of its own kind and has one main", false, false},
    {"L10", W, "kernel",         "the entry of a compute kernel is void kernel_main()", true, true},
    {"L11", E, "kernel",         "included headers exist", false, false},
    {"L12", E, "python",         "a ttnn.Shape is not sliced", true, false},
    {"L13", E, "python",         "modules are imported from ttnn, not ttnn.ttnn", false, false},
    {"L14", E, "python,program", "every core of a kernel has runtime arguments", false, false},
    {"L15", W, "program",        "kernels are bound to the cores that have work", false, false},
    {"L16", E, "program,run",    "a kernel reads no argument that it is not given", false, false},
    {"L17", E, "program",        "TensorAccessorArgs<N> starts where the host appended that tensor", false, false},
    {"L18", E, "kernel,program", "no TensorAccessorArgs in a branch that may be dead", false, false},
    {"L19", E, "program",        "CB indices are below 32 and unique on a core", false, false},
    {"L20", E, "program",        "a CB's size is a multiple of its page size, and at least one page", false, false},
    {"L21", E, "python,program", "CB formats and page sizes follow the tensors", false, false},
    {"L22", E, "program",        "CBs of tiles have tile-sized pages", false, false},
    {"L23", E, "kernel,run",     "what is pushed into a CB is popped, by one producer and one consumer", false, false},
    {"L24", E, "program,run",    "no wait or reserve is larger than the CB, and waits divide it", false, false},
    {"L25", E, "program,run",    "blocks divide the CB, so that none wraps around its end", false, false},
    {"L26", E, "kernel",         "no CB or DST call around a helper that makes its own", false, false},
    {"L27", E, "kernel",         "after a helper that does not pop, the caller pops", false, false},
    {"L28", E, "kernel,run",     "a compute kernel starts the hardware before anything else", false, false},
    {"L29", E, "kernel,run",     "a compute call finds its init, its formats, and nothing left on", false, false},
    {"L30", E, "kernel,program,run", "DST is acquired, committed, waited for, released, and indexed within its size", false, false},
    {"L31", E, "python,program", "the scaler of a reduction is a bfloat16 tile", false, false},
    {"L32", E, "kernel",         "calculate_and_prepare_reduce_scaler uses its factor for AVG only", false, false},
    {"L33", E, "kernel",         "a reduced tile is broadcast along the dimension that was reduced", false, false},
    {"L34", E, "kernel,run",     "NoC transfers end with a barrier, at aligned addresses", false, false},
    {"L35", E, "python",         "a row-major operation converts its layout in the kernels", false, false},
    {"L36", E, "python,program", "block formats are tiled", false, false},
    {"L37", W, "program",        "fp32 DST accumulation with tilize or untilize helpers", false, false},
    {"L38", W, "program",        "UnpackToDestFp32 on a CB that feeds the matrix unit", false, false},
    {"L39", E, "program",        "the CBs of a core fit into L1", false, false},
    {"L40", E, "program",        "kernel files exist", false, false},
    {"L41", E, "python",         "tests take the device fixture and leave sys.path alone", false, false},
    {"L42", E, "python",         "tests draw random data", false, false},
    {"L43", W, "python",         "tests have four shapes or more", false, false},
    {"L44", E, "python",         "bad calls raise ValueError before the device is used", false, false},
    {"L45", E, "python",         "the signature is tensors, parameters, options by keyword", false, false},
    {"L46", E, "python",         "a registry operation declares what it supports, and validates first", false, false},
    {"L47", W, "python",         "no fixed core grid", false, false},
    {"L48", W, "kernel",         "the compute kernel is more than a stub", false, false},
    {"L49", W, "kernel",         "no raw call where the kernel uses the helper library", false, false},
    {"L50", E, "python,program", "what changes from call to call is a runtime argument", false, false},
});
// clang-format on

}  // namespace

std::span<const Rule> rules() {
    return kRules;
}

const Rule* find_rule(std::string_view id) {
    const auto found = std::find_if(kRules.begin(), kRules.end(), [&](const Rule& rule) { return rule.id == id; });
    return found == kRules.end() ? nullptr : &*found;
}

}  // namespace tw::lint
