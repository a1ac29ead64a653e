// The format of a circular buffer against what moves through it: the tensor whose pages were read into it, the tensor that
// its packed tiles are written to.
#pragma once

#include "core/core.h"

namespace tw {

[[gnu::cold, gnu::noinline]] void tell_format(tw_ctx*, uint32_t cb, uint32_t of_buffer, uint32_t of_tensor, bool out,
                                              const tw_site*);
[[gnu::cold, gnu::noinline]] void tell_small_page(tw_ctx*, uint32_t cb, uint32_t page, uint32_t tile, const tw_site*);

// The unpacker is about to read a tile as `format`.
inline void check_read_as(tw_ctx* ctx, uint32_t cb, uint32_t format, const tw_site* site) {
    const uint8_t as = ctx->core->cb_read_as[cb];
    if (__builtin_expect(as != 0 && as != format + 1, 0)) tell_format(ctx, cb, format, as - 1u, false, site);
}

inline void note_packed(tw_ctx* ctx, uint32_t cb, uint32_t format) {
    ctx->core->cb_packed_as[cb] = static_cast<uint8_t>(format + 1);
    ctx->core->cb_read_as[cb] = 0;
}

inline void note_read(tw_ctx* ctx, uint32_t cb, uint8_t as) {
    ctx->core->cb_read_as[cb] = as;
    ctx->core->cb_packed_as[cb] = 0;
}

// Pages of the buffer are written to a tensor.
inline void check_written_to(tw_ctx* ctx, uint32_t cb, uint8_t as, const tw_site* site) {
    const uint8_t packed = ctx->core->cb_packed_as[cb];
    if (__builtin_expect(packed != 0 && packed != as, 0)) tell_format(ctx, cb, packed - 1u, as - 1u, true, site);
}

inline void check_page(tw_ctx* ctx, uint32_t cb, uint32_t tile_bytes, const tw_site* site) {
    const uint32_t page = ctx->cb[cb].fifo_page_size << 4;
    if (__builtin_expect(tile_bytes > page && ctx->core->map, 0)) tell_small_page(ctx, cb, page, tile_bytes, site);
}

}  // namespace tw
