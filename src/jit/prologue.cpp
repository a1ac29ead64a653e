#include "jit/prologue.h"

#include "base/error.h"
#include "jit/object_file.h"
#include "jit/rewrite.h"
#include "tile/tile_shape.h"
#include "tile/unpack.h"

#include <fmt/format.h>
#include <algorithm>
#include <iterator>

namespace tw::jit {
namespace {

constexpr uint32_t kDescriptors = 64;  // TW_MAX_CBS

// What the unpacker makes of a format for the source registers (docs/hardware.md 2.1).
uint8_t unpacked_format(const CbFormat& cb, const ComputeOptions& o) {
    if (cb.format != DataFormat::Float32) return static_cast<uint8_t>(cb.format);
    const DataFormat to = cb.unpack_to_dest_fp32 ? DataFormat::Float32
                          : o.fp32_dest_acc      ? DataFormat::Tf32
                                                 : DataFormat::Float16_b;
    return static_cast<uint8_t>(to);
}

// What the packer is given by DST for a circular buffer of this format.
uint8_t packer_source_format(const CbFormat& cb, const ComputeOptions& o) {
    switch (cb.format) {
        case DataFormat::Int32:
        case DataFormat::UInt32:
        case DataFormat::UInt16:
        case DataFormat::Int8:
        case DataFormat::UInt8:
        case DataFormat::Invalid: return static_cast<uint8_t>(cb.format);
        default: break;
    }
    // Block floats are rounded to 8 bits on their way out of DST, unless the host asks for one rounding only.
    const bool b_family = !has_5_bit_exponent(cb.format);
    const DataFormat half = b_family ? DataFormat::Float16_b : DataFormat::Float16;
    if (is_block_float(cb.format)) {
        const DataFormat precise = o.fp32_dest_acc ? DataFormat::Float32 : half;
        return static_cast<uint8_t>(o.bfp8_pack_precise ? precise : b_family ? DataFormat::Bfp8_b : DataFormat::Bfp8);
    }
    if (cb.format == DataFormat::Fp8_e4m3) return static_cast<uint8_t>(DataFormat::Float16);
    if (o.fp32_dest_acc) return static_cast<uint8_t>(cb.format == DataFormat::Float16 ? DataFormat::Float16_b : cb.format);
    return static_cast<uint8_t>(cb.format == DataFormat::Float32 ? DataFormat::Float16_b : cb.format);
}

// Faces are 16 wide; a tile is up to two of them in each direction.
TileShape shape_of(const CbFormat& cb) {
    const uint32_t face_rows = std::max(1u, std::min(cb.face_height, cb.tile_height));
    const uint32_t faces = std::max(1u, cb.tile_height / face_rows) * std::max(1u, cb.tile_width / kFaceCols);
    return {.faces = static_cast<uint8_t>(faces),
            .face_rows = static_cast<uint8_t>(face_rows),
            .rows = static_cast<uint8_t>(cb.tile_height),
            .cols = static_cast<uint8_t>(cb.tile_width)};
}

// An array of one field of every circular buffer, indexed by id; unused ids hold `unused`.
template <class Field>
std::string descriptor(std::string_view type, std::string_view name, const KernelRequest& r, uint32_t unused,
                       const Field& field) {
    std::string values;
    uint32_t next = 0;
    for (const CbFormat& cb : r.cbs) {
        for (; next < cb.index; next++) fmt::format_to(std::back_inserter(values), "{},", unused);
        fmt::format_to(std::back_inserter(values), "{},", static_cast<uint32_t>(field(cb)));
        next = cb.index + 1u;
    }
    // Zero is what C++ fills up with anyway.
    for (; unused != 0 && next < kDescriptors; next++) fmt::format_to(std::back_inserter(values), "{},", unused);
    return fmt::format("constexpr {} {}[{}] = {{{}}};\n", type, name, kDescriptors, values);
}

std::string descriptors(const KernelRequest& r) {
    std::string out;
    const uint32_t none = static_cast<uint32_t>(DataFormat::Invalid);
    out += descriptor("unsigned char", "unpack_src_format", r, none, [](const CbFormat& c) { return c.format; });
    out += descriptor("unsigned char", "unpack_dst_format", r, none,
                      [&](const CbFormat& c) { return unpacked_format(c, r.compute); });
    out += descriptor("unsigned char", "pack_src_format", r, none,
                      [&](const CbFormat& c) { return packer_source_format(c, r.compute); });
    out += descriptor("unsigned char", "pack_dst_format", r, none, [](const CbFormat& c) { return c.format; });
    for (const char* way : {"unpack", "pack"}) {
        const auto add = [&](std::string_view type, std::string_view field, uint32_t unused, const auto& value) {
            out += descriptor(type, fmt::format("{}_{}", way, field), r, unused, value);
        };
        add("uint8_t", "tile_num_faces", 4, [](const CbFormat& c) { return shape_of(c).faces; });
        add("uint8_t", "tile_face_r_dim", 16, [](const CbFormat& c) { return shape_of(c).face_rows; });
        add("uint8_t", "tile_r_dim", 32, [](const CbFormat& c) { return c.tile_height; });
        add("uint8_t", "tile_c_dim", 32, [](const CbFormat& c) { return c.tile_width; });
        add("uint32_t", "tile_size", 0, [](const CbFormat& c) { return c.tile_size; });
        add("uint8_t", "partial_face", 0, [](const CbFormat& c) { return shape_of(c).face_rows < 16; });
        add("uint8_t", "narrow_tile", 0, [](const CbFormat& c) { return c.tile_width < 32; });
        add("uint8_t", "num_faces_r_dim", 2, [](const CbFormat& c) { return shape_of(c).face_grid_rows(); });
        add("uint8_t", "num_faces_c_dim", 2, [](const CbFormat& c) { return shape_of(c).face_grid_cols(); });
    }
    return out;
}

std::string kernel_config(const KernelRequest& r) {
    std::string out = "template <> struct tw::KernelConfig<0> {\n";
    const auto to = std::back_inserter(out);
    fmt::format_to(to, "static constexpr std::array<uint32_t, {}> compile_time_args{{{}{}}};\n", r.compile_time_args.size(),
                   fmt::join(r.compile_time_args, "u,"), r.compile_time_args.empty() ? "" : "u");
    fmt::format_to(to, "static constexpr std::array<tw::NamedArg, {}> named_args{{{{", r.named_compile_time_args.size());
    for (const auto& [name, value] : r.named_compile_time_args) fmt::format_to(to, "{{\"{}\", {}u}},", name, value);
    out += "}};\nstatic constexpr tw_cb_format cb[64] = {";
    uint32_t next = 0;
    for (const CbFormat& cb : r.cbs) {
        for (; next < cb.index; next++) out += "{},";
        const TileShape s = shape_of(cb);
        fmt::format_to(to, "{{{},{},{},{},{},{},0,{},{}}},", static_cast<uint32_t>(cb.format), s.face_rows, s.faces, s.rows,
                       s.cols, cb.unpack_to_dest_fp32 ? 1 : 0, cb.tile_size, cb.page_size);
        next = cb.index + 1u;
    }
    fmt::format_to(
        to, "}};\nstatic constexpr bool dst_accum_mode = {}, approx = {}, dst_full_sync = {}, bfp8_pack_precise = {};\n",
        r.compute.fp32_dest_acc, r.compute.approx, r.compute.dst_full_sync, r.compute.bfp8_pack_precise);
    fmt::format_to(to, "static constexpr uint8_t math_fidelity = {}, processor = {}, noc_index = {}, noc_mode = {};\n",
                   static_cast<uint32_t>(r.compute.fidelity), static_cast<uint32_t>(r.processor), r.noc_index, r.noc_mode);
    fmt::format_to(to, "static constexpr uint32_t num_dram_banks = {}, num_l1_banks = {};\n}};\n", r.num_dram_banks,
                   r.num_l1_banks);
    return out;
}

std::string_view fidelity_name(MathFidelity f) {
    switch (f) {
        case MathFidelity::LoFi: return "LoFi";
        case MathFidelity::HiFi2: return "HiFi2";
        case MathFidelity::HiFi3: return "HiFi3";
        default: return "HiFi4";
    }
}

std::string bank_macros(std::string_view memory, uint32_t banks) {
    std::string out = fmt::format("#define NUM_{}_BANKS {}\n", memory, banks);
    if (banks != 0 && (banks & (banks - 1)) == 0) {
        out += fmt::format("#define LOG_BASE_2_OF_NUM_{}_BANKS {}\n", memory, __builtin_ctz(banks));
    } else {
        out += fmt::format("#define IS_NOT_POW2_NUM_{}_BANKS 1\n", memory);
    }
    return out;
}

// tt-metal's own names for what KernelConfig holds (docs/upstream-api.md K0).
std::string metal_names(const KernelRequest& r) {
    std::string out;
    const auto to = std::back_inserter(out);
    const ProcessorClass group = class_of(r.processor);
    if (group == ProcessorClass::DataMovement) {
        fmt::format_to(to, "#define {} 1\n", r.processor == Processor::Brisc ? "COMPILE_FOR_BRISC" : "COMPILE_FOR_NCRISC");
        out +=
            "#define NOC_INDEX " + std::to_string(r.noc_index) + "\n#define NOC_MODE " + std::to_string(r.noc_mode) + "\n";
    } else {
        const char* part = group == ProcessorClass::Unpack ? "unpack" : group == ProcessorClass::Math ? "math" : "pack";
        fmt::format_to(to, "#define NAMESPACE chlkc_{0}\n#define MAIN {0}_main()\n", part);
    }
    fmt::format_to(to, "constexpr uint8_t noc_index = {}, noc_mode = {};\n", r.noc_index, r.noc_mode);
    fmt::format_to(to, "#define PROCESSOR_INDEX {}\n", static_cast<uint32_t>(r.processor));
    out += bank_macros("DRAM", r.num_dram_banks) + bank_macros("L1", r.num_l1_banks);

    fmt::format_to(to, "#define KERNEL_COMPILE_TIME_ARGS {}\n", fmt::join(r.compile_time_args, ","));
    out += "constexpr auto kernel_compile_time_args = tw::KernelConfig<0>::compile_time_args;\n";
    if (!r.named_compile_time_args.empty()) {
        out += "#define KERNEL_COMPILE_TIME_ARG_MAP ";
        for (size_t i = 0; i < r.named_compile_time_args.size(); i++) {
            const auto& [name, value] = r.named_compile_time_args[i];
            fmt::format_to(to, "{}{{\"{}\",{}}}", i ? "," : "", name, value);
        }
        out += '\n';
    }
    fmt::format_to(to, "constexpr bool DST_ACCUM_MODE = {};\nconstexpr bool APPROX = {};\n", r.compute.fp32_dest_acc,
                   r.compute.approx);
    fmt::format_to(to, "#define DST_SYNC_MODE DstSync::Sync{}\n", r.compute.dst_full_sync ? "Full" : "Half");
    // A name of the compute headers: a constant where they are, elsewhere a macro that needs them only where it is used.
    const bool constant = group != ProcessorClass::DataMovement;
    fmt::format_to(to, "{}ckernel::MathFidelity::{}{}\n",
                   constant ? "constexpr auto MATH_FIDELITY = " : "#define MATH_FIDELITY ",
                   fidelity_name(r.compute.fidelity), constant ? ";" : "");
    return out + descriptors(r);
}

// The host's defines, the last of a name wins. Each has its own #line, so an error in one of them names it.
std::string host_defines(const KernelRequest& r) {
    std::string out;
    for (size_t i = 0; i < r.defines.size(); i++) {
        const auto& [name, value] = r.defines[i];
        const std::string_view bare = std::string_view(name).substr(0, name.find('('));
        const bool again = std::any_of(
            r.defines.begin() + static_cast<ptrdiff_t>(i) + 1, r.defines.end(),
            [&](const auto& later) { return std::string_view(later.first).substr(0, later.first.find('(')) == bare; });
        if (again || bare.empty()) continue;
        std::string one_line = rewrite_fragment(value);
        std::replace(one_line.begin(), one_line.end(), '\n', ' ');
        out += fmt::format("#undef {}\n", bare) + line_directive(1, fmt::format("define {}", name)) +
               fmt::format("#define {} {}\n", name, one_line);
    }
    return out;
}

std::string fetch_list(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& n : names) out += fmt::format("{}get_arg(args::{})", out.empty() ? "" : ", ", n);
    return out;
}

// kernel_main() for a TT_KERNEL function: each parameter is the argument of its name (docs/upstream-api.md K0).
std::string named_entry(const NamedEntry& e) {
    const std::string templates = e.template_parameters.empty() ? "" : "<" + fetch_list(e.template_parameters) + ">";
    return fmt::format("void kernel_main() {{ {}{}({}); }}\n", e.function, templates, fetch_list(e.parameters));
}

std::string epilogue(const KernelRequest& r, const SourceTree& tree) {
    std::string out = "\n#line 1 \"<end of kernel>\"\n#undef MAIN\n";
    std::string call = "kernel_main()";
    if (!tree.entries.empty() && !tree.has_kernel_main) {
        out += named_entry(tree.entries.front());
    } else if (!tree.has_kernel_main && tree.has_legacy_main) {
        const ProcessorClass group = class_of(r.processor);
        const char* part = group == ProcessorClass::Unpack ? "unpack" : group == ProcessorClass::Math ? "math" : "pack";
        call = fmt::format("chlkc_{0}::{0}_main()", part);
    } else if (!tree.has_kernel_main) {
        raise(Category::CompileError, "no-kernel-main", fmt::format("{} has no kernel_main()", tree.shown),
              {.at = {tree.shown},
               .why = "a kernel's entry is `void kernel_main()`, a function marked TT_KERNEL, or in old compute kernels "
                      "`namespace NAMESPACE { void MAIN {..} }`",
               .fix = "check that the descriptor names the kernel, not a header"});
    }
    // The entry first constructs the kernel's globals (jit/object_file.h); they are never destroyed. What crtbegin.o would
    // define comes along, as it is not linked in.
    return out + fmt::format(R"(extern "C" {{
using tw_constructor = void (*)();
extern __attribute__((visibility("hidden"), weak)) const tw_constructor __start_{0}[], __stop_{0}[];
__asm__(".pushsection .rodata\n.hidden __dso_handle\n.globl __dso_handle\n__dso_handle: .quad 0\n.popsection");
__attribute__((visibility("hidden"))) int __cxa_atexit(void (*)(void*), void*, void*) {{ return 0; }}
extern __attribute__((visibility("default"), used)) const uint32_t tw_kernel_abi = TW_ABI_VERSION;
__attribute__((visibility("default"), used)) void tw_kernel_entry() {{
    for (const tw_constructor* c = __start_{0}; c != __stop_{0}; ++c) (*c)();
    {1};
}}
}}
)",
                             kConstructorSection, call);
}

}  // namespace

ProcessorClass class_of(Processor p) {
    switch (p) {
        case Processor::TriscUnpack: return ProcessorClass::Unpack;
        case Processor::TriscMath: return ProcessorClass::Math;
        case Processor::TriscPack: return ProcessorClass::Pack;
        default: return ProcessorClass::DataMovement;
    }
}

std::string_view class_name(ProcessorClass c) {
    constexpr std::string_view kNames[] = {"dm", "unpack", "math", "pack"};
    return kNames[static_cast<size_t>(c)];
}

std::string_view processor_name(Processor p) {
    constexpr std::string_view kNames[] = {"BRISC", "NCRISC", "TRISC0 (unpack)", "TRISC1 (math)", "TRISC2 (pack)"};
    return kNames[static_cast<size_t>(p)];
}

std::string_view prelude_header(ProcessorClass c) {
    return c == ProcessorClass::DataMovement ? "tw/prelude_dm.h" : "tw/prelude_compute.h";
}

std::vector<std::string> class_defines(ProcessorClass c, Arch arch) {
    std::vector<std::string> out = {"-DKERNEL_BUILD=1",
                                    arch == Arch::Blackhole ? "-DARCH_BLACKHOLE=1" : "-DARCH_WORMHOLE=1"};
    switch (c) {
        case ProcessorClass::DataMovement: break;
        case ProcessorClass::Unpack:
            out.insert(out.end(), {"-DCOMPILE_FOR_TRISC=0", "-DUCK_CHLKC_UNPACK=1", "-DTRISC_UNPACK=1"});
            break;
        case ProcessorClass::Math:
            out.insert(out.end(), {"-DCOMPILE_FOR_TRISC=1", "-DUCK_CHLKC_MATH=1", "-DTRISC_MATH=1"});
            break;
        case ProcessorClass::Pack:
            out.insert(out.end(), {"-DCOMPILE_FOR_TRISC=2", "-DUCK_CHLKC_PACK=1", "-DTRISC_PACK=1"});
            break;
    }
    return out;
}

std::string translation_unit(const KernelRequest& r, const SourceTree& tree) {
    std::string text = "#line 1 \"<start of kernel>\"\n";
    text += kernel_config(r);
    text += metal_names(r);
    text += host_defines(r);
    if (!r.bindings.empty()) text += "#line 1 \"<bindings>\"\n" + r.bindings + "\n";
    text += line_directive(1, tree.shown) + tree.kernel().rewritten;
    return text + epilogue(r, tree);
}

}  // namespace tw::jit
