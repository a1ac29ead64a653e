// What a user says of a program: kernels, circular buffers and semaphores on sets of cores (docs/upstream-api.md H8).
//
// Plain data. Nothing here is checked against a chip; that is done at launch (program/plan.h), as upstream does, so that a
// descriptor may be built in any order and edited until it is run. Members stand in upstream's order, because C++ programs
// fill them with designated initialisers.
#pragma once

#include "device/core_coord.h"
#include "program/live_list.h"
#include "program/named_args.h"
#include "tile/data_format.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tw {

class Buffer;

enum class CoreType : uint8_t { Arc = 0, Dram = 1, Tensix = 5, Eth = 11, Worker = 12 };
enum class DataMovementProcessor : uint8_t { RISCV_0, RISCV_1, RISCV_2, RISCV_3, RISCV_4, RISCV_5, RISCV_6, RISCV_7 };
enum class NOC : uint8_t { NOC_0 = 0, NOC_1 = 1, RISCV_0_default = 0, RISCV_1_default = 1 };
enum class NOC_MODE : uint8_t { DM_DEDICATED_NOC = 0, DM_DYNAMIC_NOC = 1 };
enum class UnpackToDestMode : uint8_t { UnpackToDestFp32 = 0, Default = 1 };
enum class KernelBuildOptLevel : uint8_t { O0, O1, O2, O3, Os, Ofast, Oz };

struct TileDescriptor {
    uint32_t height = 32, width = 32;
    bool transpose = false;
    bool operator==(const TileDescriptor&) const = default;
};

struct FaceGeometry {
    uint32_t face_r_dim = 16, num_faces = 4;
    FaceGeometry() = default;
    FaceGeometry(uint32_t face_r_dim, uint32_t num_faces);  // raises when out of range
    bool operator==(const FaceGeometry&) const = default;
};

struct CBFormatDescriptor {
    uint8_t buffer_index = 0;
    DataFormat data_format = DataFormat::Float32;
    uint32_t page_size = 0;
    std::optional<TileDescriptor> tile;
    std::optional<FaceGeometry> face_geometry;
    std::optional<uint32_t> num_pages;  // an older spelling: only compared with total_size (docs/upstream-api.md H13)
};

class GlobalCircularBuffer;

struct CBDescriptor {
    uint32_t total_size = 0;
    CoreRangeSet core_ranges;
    LiveList<CBFormatDescriptor> format_descriptors;
    LiveList<CBFormatDescriptor> remote_format_descriptors;
    // A circular buffer pinned to a tensor does not keep it alive: tensors die with their last handle (docs/upstream-api.md
    // H6.4), and a descriptor that is kept for later runs must not change what the allocator does.
    std::weak_ptr<Buffer> buffer;
    bool pinned = false;
    uint32_t address_offset = 0;

    // One that lies in a global circular buffer is pinned to its memory; like a tensor, that one is not kept alive.
    std::weak_ptr<GlobalCircularBuffer> global;
    bool is_global = false;

    void set_buffer(const std::shared_ptr<Buffer>&);
    void set_global_circular_buffer(const std::shared_ptr<GlobalCircularBuffer>&);
    std::optional<uint64_t> buffer_address() const;  // none when not pinned; raises when the tensor is gone
};

struct SemaphoreDescriptor {
    uint32_t id = 0;
    CoreType core_type = CoreType::Worker;
    CoreRangeSet core_ranges;
    uint32_t initial_value = 0;
};

struct ReaderConfigDescriptor {
    bool operator==(const ReaderConfigDescriptor&) const = default;
};
struct WriterConfigDescriptor {
    bool operator==(const WriterConfigDescriptor&) const = default;
};
struct DataMovementConfigDescriptor {
    DataMovementProcessor processor = DataMovementProcessor::RISCV_0;
    NOC noc = NOC::RISCV_0_default;
    NOC_MODE noc_mode = NOC_MODE::DM_DEDICATED_NOC;
};
struct ComputeConfigDescriptor {
    MathFidelity math_fidelity = MathFidelity::HiFi4;
    bool fp32_dest_acc_en = false;
    bool dst_full_sync_en = false;
    std::vector<UnpackToDestMode> unpack_to_dest_mode;
    bool bfp8_pack_precise = false;
    bool math_approx_mode = false;
    bool enable_trisc2_rvv = false;  // accepted, means nothing on the chips modelled
};

using CoreRuntimeArgs = std::vector<uint32_t>;
// Sparse and in the order of insertion; a core may stand twice (docs/upstream-api.md H8.3).
using RuntimeArgs = LiveList<std::pair<CoreCoord, CoreRuntimeArgs>>;

struct KernelDescriptor {
    using CompileTimeArgs = std::vector<uint32_t>;
    using NamedCompileTimeArgs = std::vector<std::pair<std::string, uint32_t>>;
    using Defines = std::vector<std::pair<std::string, std::string>>;
    using CoreRuntimeArgs = tw::CoreRuntimeArgs;
    using RuntimeArgs = tw::RuntimeArgs;
    using CommonRuntimeArgs = std::vector<uint32_t>;
    using ConfigDescriptor =
        std::variant<ReaderConfigDescriptor, WriterConfigDescriptor, DataMovementConfigDescriptor, ComputeConfigDescriptor>;
    enum class SourceType : uint8_t { FILE_PATH = 0, SOURCE_CODE = 1 };

    std::string kernel_source;
    SourceType source_type = SourceType::FILE_PATH;
    CoreRangeSet core_ranges;
    CompileTimeArgs compile_time_args;
    NamedCompileTimeArgs named_compile_time_args;
    Defines defines;
    RuntimeArgs runtime_args;
    CommonRuntimeArgs common_runtime_args;
    std::optional<KernelBuildOptLevel> opt_level;
    Boxed<ConfigDescriptor> config;
    std::vector<std::filesystem::path> compiler_include_paths;
    NamedKernelArgs named;
    std::string declarations;  // made from `named`: stands before the kernel's text

    // How messages name it: the path as written, or Kernel_Source_Code.
    std::string_view display_name() const {
        return source_type == SourceType::FILE_PATH ? std::string_view(kernel_source) : "Kernel_Source_Code";
    }
    bool is_compute() const { return std::holds_alternative<ComputeConfigDescriptor>(*config); }

    void clear_runtime_args() { runtime_args.clear(); }
    // Each core of this kernel gets other's args for it, zeros up to other's longest list; without any args of its own,
    // this kernel first gets an entry for every core of core_ranges.
    void append_runtime_args_from(const KernelDescriptor& other);
    void extend_runtime_args_uniform(const CoreRuntimeArgs& values);
    void append_common_runtime_args_from(const KernelDescriptor& other);
};

struct ProgramDescriptor {
    LiveList<KernelDescriptor> kernels;
    LiveList<SemaphoreDescriptor> semaphores;
    LiveList<CBDescriptor> cbs;
    std::optional<uint64_t> custom_program_hash;

    // The lowest id that no semaphore on that core has.
    std::optional<uint32_t> find_available_semaphore_id(CoreCoord, CoreType = CoreType::Worker) const;
};

// Concatenates; the cores of different descriptors' kernels must not meet.
ProgramDescriptor merge_program_descriptors(const std::vector<const ProgramDescriptor*>&);

// The entry for a core, or null. The last one wins if a core stands twice.
const CoreRuntimeArgs* find_runtime_args(const RuntimeArgs&, CoreCoord);
// Sets or replaces a core's args in place, so that holders of the old vector see the new values.
void set_runtime_args(RuntimeArgs&, CoreCoord, CoreRuntimeArgs);

}  // namespace tw
