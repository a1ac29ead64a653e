// What is in a circular buffer: bytes of another format than the buffer's, tiles that its pages have no room for, stores
// that ran into it from below.
#include "diagnose/explain.h"
#include "tile/data_format.h"

#include <fmt/format.h>

namespace tw::diagnose {
namespace {

std::string_view format_name(uint64_t code) {
    switch (static_cast<DataFormat>(code)) {
#define TW_DATA_FORMAT(name, code) \
    case DataFormat::name: return #name;
#include "tw/data_formats.def"
#undef TW_DATA_FORMAT
    }
    return "an unknown format";
}

// As the host's program writes it.
std::string dtype_name(uint64_t code) {
    switch (static_cast<DataFormat>(code)) {
        case DataFormat::Float16_b: return "ttnn.bfloat16";
        case DataFormat::Float32: return "ttnn.float32";
        case DataFormat::Bfp8_b: return "ttnn.bfloat8_b";
        case DataFormat::Bfp4_b: return "ttnn.bfloat4_b";
        case DataFormat::UInt32: return "ttnn.uint32";
        case DataFormat::Int32: return "ttnn.int32";
        case DataFormat::UInt16: return "ttnn.uint16";
        case DataFormat::UInt8: return "ttnn.uint8";
        default: return std::string(format_name(code));
    }
}

const Rule data_format(ProblemKind::CbDataFormat, "cb-format-mismatch", [](const Problem& p, Diagnostic& d) {
    if (p.d) {
        d.what = fmt::format("tiles that were packed as {} (CB {}) are written to a tensor of {}", format_name(p.b), p.a,
                             format_name(p.c));
        d.why = "nothing converts on the way: the tensor's reader takes the bytes for its own format";
    } else {
        d.what = fmt::format(
            "tiles of CB {} are unpacked as {}, and the pages that were read into it are those of a tensor "
            "of {}",
            p.a, format_name(p.b), format_name(p.c));
        d.why = "the unpacker takes the buffer's word for what the bytes mean";
    }
    const std::string dtype = dtype_name(p.c);
    d.fix = fmt::format("give the CBFormatDescriptor of buffer {0} data_format={1} and page_size=ttnn.tile_size({1})", p.a,
                        dtype);
});

const Rule small_page(ProblemKind::CbPageTooSmall, "cb-page-too-small", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("a tile takes {} B, and a page of CB {} has {} B", p.c, p.a, p.b);
    d.why = "each tile begins a page after the one before it: they overlap, and the last one runs past the buffer's end";
    d.fix = fmt::format(
        "give the CBFormatDescriptor of buffer {} page_size={}: ttnn.tile_size(dtype) counts the exponents of "
        "block floats, too",
        p.a, p.c);
});

const Rule spoiled(ProblemKind::CbSpoiled, "cb-spoiled", [](const Problem& p, Diagnostic& d) {
    const bool known = p.b < TW_MAX_CBS;
    d.what = fmt::format("the first page of CB {} was changed after it had been pushed", p.a);
    if (known) d.what += fmt::format(": stores ran past the end of CB {}, which lies right below it", p.b);
    d.why = known ? fmt::format(
                        "between its push and the first wait for it nobody may write there, and nothing but stores "
                        "through a pointer into CB {} is so near",
                        p.b)
                  : "between its push and the first wait for it nobody may write there";
    d.fix = "check the bounds of the loops that store through a pointer; TILEWRIGHT_CHECKS=full names the store";
});

}  // namespace
}  // namespace tw::diagnose
