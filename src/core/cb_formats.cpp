#include "core/cb_formats.h"

#include "tile/data_format.h"
#include "tile/unpack.h"

namespace tw {
namespace {

bool is_whole(DataFormat f) {
    return f == DataFormat::Int32 || f == DataFormat::UInt32 || f == DataFormat::UInt16 || f == DataFormat::Int8 ||
           f == DataFormat::UInt8;
}

// Formats that mean the same bytes: integers of one width differ in what is made of their first bit, Tf32 in the bits that
// the unpacker leaves out.
bool alike(DataFormat a, DataFormat b) {
    if (tile_bytes(a, {}) != tile_bytes(b, {})) return false;
    if (is_whole(a) && is_whole(b)) return true;
    const auto wide = [](DataFormat f) { return f == DataFormat::Float32 || f == DataFormat::Tf32; };
    return wide(a) && wide(b);
}

}  // namespace

void tell_format(tw_ctx* ctx, uint32_t cb, uint32_t of_buffer, uint32_t of_tensor, bool out, const tw_site* site) {
    tw_core& core = *ctx->core;
    const auto a = static_cast<DataFormat>(of_buffer), b = static_cast<DataFormat>(of_tensor);
    // A bit cast takes the bytes of one tensor for the format of another one of the same call.
    const bool cast = is_whole(a) != is_whole(b) && tile_bytes(a, {}) == tile_bytes(b, {}) && core.ledger &&
                      core.ledger->has_format(static_cast<uint8_t>(of_buffer));
    (out ? core.cb_packed_as : core.cb_read_as)[cb] = 0;
    if (alike(a, b) || cast || !core.host->checks.has(Check::Formats)) return;
    Problem p = problem_at(ctx, site, ProblemKind::CbDataFormat, cb, of_buffer, of_tensor);
    p.d = out;
    report(ctx, std::move(p));
}

void tell_small_page(tw_ctx* ctx, uint32_t cb, uint32_t page, uint32_t tile, const tw_site* site) {
    if (ctx->core->host->checks.has(Check::Formats))
        report(ctx, problem_at(ctx, site, ProblemKind::CbPageTooSmall, cb, page, tile));
}

}  // namespace tw
