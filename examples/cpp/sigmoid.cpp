// One complete TTNN operation from C++: sigmoid over 100 tiles on all cores of an emulated chip. examples/demo.py does the
// same from Python, with the same kernels. Exits with 1 if the result is wrong.
#include <tilewright/tilewright.h>

#include <cmath>
#include <cstdio>
#include <vector>

namespace tt = tilewright;

namespace {

constexpr std::uint8_t kIn = 0, kOut = 16;  // circular buffers

tt::Tensor sigmoid(const tt::Device& device, const tt::Tensor& x) {
    tt::Tensor y = tt::Tensor::empty(device, {.shape = x.shape(), .dtype = x.dtype(), .layout = x.layout()});
    const tt::WorkSplit work = tt::split_work_to_cores(device.grid(), x.buffer_num_pages());

    using Args = std::vector<std::pair<tt::CoreCoord, std::vector<std::uint32_t>>>;
    Args read_args, write_args, compute_args;
    std::uint32_t first = 0;
    for (const tt::CoreCoord core : tt::cores_of(work.all_cores)) {
        const bool in_group_1 = tt::contains(work.core_group_1, core);
        const std::uint32_t count = in_group_1 ? work.units_per_core_group_1 : work.units_per_core_group_2;
        read_args.push_back({core, {x.buffer_address(), first, count}});
        write_args.push_back({core, {y.buffer_address(), first, count}});
        compute_args.push_back({core, {count}});
        first += count;
    }

    const auto circular_buffer = [&](std::uint8_t index) {
        const std::uint32_t page = tt::tile_size(x.dtype());
        return tt::CBDescriptor{
            .total_size = 2 * page,
            .core_ranges = work.all_cores,
            .format_descriptors = {{.buffer_index = index, .data_format = x.dtype(), .page_size = page}},
        };
    };
    const tt::ProgramDescriptor program{
        .kernels = {{.kernel_source = KERNELS "read_tiles.cpp",
                     .core_ranges = work.all_cores,
                     .compile_time_args = x.accessor_args(),
                     .runtime_args = read_args,
                     .config = tt::ReaderConfigDescriptor{}},
                    {.kernel_source = KERNELS "write_tiles.cpp",
                     .core_ranges = work.all_cores,
                     .compile_time_args = y.accessor_args(),
                     .runtime_args = write_args,
                     .config = tt::WriterConfigDescriptor{}},
                    {.kernel_source = KERNELS "sigmoid.cpp",
                     .core_ranges = work.all_cores,
                     .runtime_args = compute_args,
                     .config = tt::ComputeConfigDescriptor{}}},
        .cbs = {circular_buffer(kIn), circular_buffer(kOut)},
    };
    return tt::generic_op({x, y}, program);
}

int run() {
    const tt::Device device = tt::Device::open();
    std::printf("tilewright %s, %s, %u x %u cores\n", tt::version(), device.chip().c_str(), device.grid().x,
                device.grid().y);

    std::vector<float> values(320 * 320);
    for (std::size_t i = 0; i < values.size(); i++) values[i] = 8.0f * std::sin(0.37f * static_cast<float>(i));
    const tt::Tensor x = tt::Tensor::from_floats(device, {.shape = {1, 1, 320, 320}}, values);
    const tt::Tensor y = sigmoid(device, x);

    const tt::RunSummary summary = tt::last_run();
    std::printf("%u cores, %u processors, %u kernels\n", summary.cores, summary.fibers, summary.kernels);

    const std::vector<float> inputs = x.to_floats(), results = y.to_floats();  // inputs as bfloat16 has them
    double error = 0;
    for (std::size_t i = 0; i < results.size(); i++) {
        error = std::fmax(error, std::fabs(results[i] - 1 / (1 + std::exp(-static_cast<double>(inputs[i])))));
    }
    const double limit = 1.0 / 256;  // one unit in the last place of bfloat16 just below 1
    std::printf("error %.5f against float64 (limit %.5f)\n", error, limit);
    return error <= limit ? 0 : 1;
}

}  // namespace

int main() {
    try {
        return run();
    } catch (const tt::Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
