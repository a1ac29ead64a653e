// What runs: kernels, circular buffers and semaphores on sets of cores, in ttnn's terms and member order, so that they can
// be written with designated initialisers. Plain data; nothing is checked before the program runs.
#pragma once

#include <tilewright/cores.h>
#include <tilewright/tensor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tilewright {

/// One index of a circular buffer. `page_size` is in bytes and divides the buffer's `total_size`.
struct CBFormatDescriptor {
    std::uint8_t buffer_index = 0;  ///< 0 to 31 on Wormhole, 0 to 63 on Blackhole; once on a core
    DataType data_format = DataType::BFLOAT16;
    std::uint32_t page_size = 0;
};

/// L1 on each of `core_ranges`, `total_size` bytes, seen through one index or several. With a tensor (L1, sharded) it lies
/// over the tensor's shard, `address_offset` bytes (a multiple of 16) into it, else the runtime finds a place.
struct CBDescriptor {
    std::uint32_t total_size = 0;
    CoreRangeSet core_ranges;
    std::vector<CBFormatDescriptor> format_descriptors;
    std::optional<Tensor> tensor = {};
    std::uint32_t address_offset = 0;
};

/// A word in L1 of each core, 0 to 15 by `id`, set to `initial_value` before each run.
struct SemaphoreDescriptor {
    std::uint32_t id = 0;
    CoreRangeSet core_ranges;
    std::uint32_t initial_value = 0;
};

struct ReaderConfigDescriptor {};  ///< data movement on NCRISC and NoC 0
struct WriterConfigDescriptor {};  ///< data movement on BRISC and NoC 1
/// Data movement on a processor (0 BRISC, 1 NCRISC) and NoC (0, 1) of choice.
struct DataMovementConfigDescriptor {
    std::uint8_t processor = 0, noc = 0;
};
enum class MathFidelity : std::uint8_t { LoFi = 0, HiFi2 = 2, HiFi3 = 3, HiFi4 = 4 };
/// Computation on the three compute threads. `fp32_dest_acc_en`: DST is 32 bits wide and has half as many tiles.
struct ComputeConfigDescriptor {
    MathFidelity math_fidelity = MathFidelity::HiFi4;
    bool fp32_dest_acc_en = false;
    bool dst_full_sync_en = false;
    std::vector<std::uint8_t> unpack_to_dest_fp32 = {};  ///< circular buffers whose Float32 goes to DST unchanged
    bool math_approx_mode = false;
};

enum class SourceType : std::uint8_t { FILE_PATH = 0, SOURCE_CODE = 1 };

/// A kernel on a set of cores: a C++ file (looked for as docs/kernel-jit.md says) or its text.
struct KernelDescriptor {
    std::string kernel_source;
    SourceType source_type = SourceType::FILE_PATH;
    CoreRangeSet core_ranges;
    std::vector<std::uint32_t> compile_time_args = {};
    std::vector<std::pair<std::string, std::uint32_t>> named_compile_time_args = {};
    std::vector<std::pair<std::string, std::string>> defines = {};
    std::vector<std::pair<CoreCoord, std::vector<std::uint32_t>>> runtime_args =
        {};  ///< at most 4094 words with the common ones
    std::vector<std::uint32_t> common_runtime_args = {};
    std::variant<ReaderConfigDescriptor, WriterConfigDescriptor, DataMovementConfigDescriptor, ComputeConfigDescriptor>
        config = {};
    std::vector<std::string> compiler_include_paths = {};
};

struct ProgramDescriptor {
    std::vector<KernelDescriptor> kernels;
    std::vector<SemaphoreDescriptor> semaphores = {};
    std::vector<CBDescriptor> cbs = {};
};

}  // namespace tilewright
