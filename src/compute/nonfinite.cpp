// Where the first NaN or infinity of a core appears: in a tile that is unpacked, or in a result in DST.
#include "compute/access.h"
#include "tile/unpack.h"

#include <bit>

namespace tw::compute {
namespace {

constexpr uint32_t kExponent = 0x7f800000;

// Of the words' floats; kTileWords: all are finite.
uint32_t first_nonfinite(const uint32_t* words) {
    for (uint32_t i = 0; i < kTileWords; ++i) {
        if ((words[i] & kExponent) == kExponent) return i;
    }
    return kTileWords;
}

// DST does not say whether its words are integers; a kernel without buffers of integers has none.
bool has_integers(const tw_core& core) {
    for (uint32_t cb = 0; cb < TW_MAX_CBS; ++cb) {
        if (core.cb_pages[cb] && is_integer(static_cast<DataFormat>(core.cb_format[cb]))) return true;
    }
    return false;
}

void tell(tw_ctx* ctx, ComputeState& s, uint64_t a, uint64_t b, uint32_t element, uint32_t bits, const char* what,
          const tw_site* site) {
    s.told_nonfinite = true;
    Problem p = problem_at(ctx, site, ProblemKind::Nonfinite, a, b, element);
    p.d = bits;
    p.what = what;
    ctx->core->host->warn(std::move(p));
}

}  // namespace

void look_for_nonfinite(tw_ctx* ctx, ComputeState& s, uint32_t op, uint32_t d, const tw_site* site) {
    if (s.told_nonfinite || d >= s.tiles_per_half || has_integers(*ctx->core)) return;
    const uint32_t* words = s.read_tile(ctx->risc == TW_TRISC_PACK ? s.pack_tile(d) : s.math_tile(d));
    const uint32_t element = first_nonfinite(words);
    if (element < kTileWords) tell(ctx, s, op, d, element, words[element], "", site);
}

void look_for_nonfinite(tw_ctx* ctx, ComputeState& s, const SrcBank& bank, uint32_t cb, uint32_t tile,
                        const tw_site* site) {
    if (s.told_nonfinite || is_integer(bank.format)) return;
    const uint32_t element = first_nonfinite(bank.words);
    if (element < kTileWords) tell(ctx, s, cb, tile, element, bank.words[element], "unpacked", site);
}

}  // namespace tw::compute
