// What the JIT is asked for, and what it gives back. The program layer fills a request per kernel and processor; the
// runtime runs the image. Neither side knows how the other works.
#pragma once

#include "device/chip.h"
#include "tile/data_format.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tw::jit {

// The same numbers as tw_risc in kernel_include/tw/abi.h.
enum class Processor : uint8_t { Brisc = 0, Ncrisc = 1, TriscUnpack = 2, TriscMath = 3, TriscPack = 4 };

// Format and tile shape of one circular buffer index, constexpr inside the kernel (docs/upstream-api.md K0,
// chlkc_descriptors).
struct CbFormat {
    uint8_t index = 0;
    DataFormat format = DataFormat::Float16_b;
    uint32_t page_size = 0;  // bytes
    uint32_t tile_height = 32, tile_width = 32;
    uint32_t face_height = 16;
    uint32_t tile_size = 0;  // bytes of one tile in this format
    bool unpack_to_dest_fp32 = false;
    bool operator==(const CbFormat&) const = default;
};

// Which kernels are built so that their loads and stores through pointers are told to src/raw
// (docs/design/instrumented-build.md).
enum class RawBuild : uint8_t { Never, WithPointers, Always };

struct ComputeOptions {
    MathFidelity fidelity = MathFidelity::HiFi4;
    bool approx = false;
    bool fp32_dest_acc = false;
    bool dst_full_sync = false;
    bool bfp8_pack_precise = false;
    bool operator==(const ComputeOptions&) const = default;
};

struct KernelRequest {
    std::string source;     // a path as the user wrote it, or the kernel's text
    bool is_text = false;   // SourceType::SOURCE_CODE
    std::string text_name;  // of a text in messages; empty: kTextName
    Processor processor = Processor::Brisc;
    Arch arch = Arch::WormholeB0;
    uint8_t noc_index = 0;
    uint8_t noc_mode = 0;
    RawBuild raw = RawBuild::Never;
    uint32_t num_dram_banks = 0, num_l1_banks = 0;
    std::vector<uint32_t> compile_time_args;
    std::vector<std::pair<std::string, uint32_t>> named_compile_time_args;
    std::vector<std::pair<std::string, std::string>> defines;
    std::vector<CbFormat> cbs;  // sorted by index
    ComputeOptions compute;     // also given to data-movement kernels: kernel_lib wants the flags there
    std::vector<std::filesystem::path> include_paths;
    std::string bindings;  // declarations to stand before the kernel: Metal 2.0 tokens args::, dfb::, tensor::, sem::
                           // (docs/upstream-api.md K2)
    bool operator==(const KernelRequest&) const = default;
};

struct SourceTree;

// A loaded kernel. Shared between launches; lives until the process ends (unloading code that a fiber may be in gains
// nothing).
struct KernelImage {
    using Entry = void (*)();
    Entry entry = nullptr;
    std::string name;  // as the user wrote the source, for messages
    std::filesystem::path object;
    // Mutable static data (.data and .bss) of the kernel itself; empty for nearly all kernels. On silicon each core has its
    // own copy, so the runtime swaps them when it switches between fibers of different cores (docs/kernel-jit.md,
    // "Globals").
    struct Segment {
        std::byte* address = nullptr;
        size_t bytes = 0;
    };
    std::vector<Segment> mutable_data;
    std::vector<std::byte> initial_data;        // all segments as loaded, one after the other
    std::shared_ptr<const SourceTree> sources;  // what it was built from (jit/source_tree.h); null: not by build()
    bool from_cache = false;                    // true if this process did not compile it
    double compile_seconds = 0;
};

// Compiles (or finds) every request, several at once, and loads them. Same order as given. Raises CompileError with one
// diagnostic per kernel that does not compile, HostError[kernel-not-found], Environment[no-compiler].
std::vector<std::shared_ptr<const KernelImage>> build(const std::vector<KernelRequest>&);

// What build() read for these requests, each file once: the kernels' files and all headers of the user's.
class SourceFiles {
public:
    static SourceFiles of(const std::vector<KernelRequest>&);
    bool unchanged() const;  // on disk, and still what would be found

private:
    struct File;
    std::shared_ptr<const std::vector<File>> files_;
    uint64_t search_ = 0;
};

}  // namespace tw::jit
