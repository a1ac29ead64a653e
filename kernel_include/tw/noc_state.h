// What the NoC's command registers remember between calls: the `set_state` functions fill in half of a transfer, the
// `with_state` ones the rest, and a transaction id sticks until the next one is set. Kept in tw_ctx::noc_state, eight words
// a NoC, because the registers belong to one RISC of one core.
#pragma once

#include "tw/abi.h"
#include "tw/attributes.h"

#include <cstdint>

namespace tw {

struct NocState {
    uint64_t read_source;  // NoC address
    uint64_t read_bytes;
    uint64_t write_target;  // NoC address
    uint64_t write_bytes;
    uint64_t inline_target;
    uint32_t inline_value, inline_byte_enable;
    uint64_t read_trid;
    uint64_t write_trid;
};
static_assert(sizeof(NocState) == 8 * sizeof(uint64_t) && sizeof(tw_ctx::noc_state) == 2 * sizeof(NocState));

FORCE_INLINE NocState& noc_state(uint32_t noc) {
    return reinterpret_cast<NocState*>(tw_self()->noc_state)[noc & 1];
}

// Coordinates from the state, the low 32 bits of the local address from the call: a with_state call writes only that
// register.
constexpr uint64_t with_low_address(uint64_t address, uint32_t low) {
    return (address & ~uint64_t(0xffffffff)) | low;
}

FORCE_INLINE uint32_t read_trid(uint32_t noc) {
    return static_cast<uint32_t>(noc_state(noc).read_trid);
}
FORCE_INLINE uint32_t write_trid(uint32_t noc) {
    return static_cast<uint32_t>(noc_state(noc).write_trid);
}

}  // namespace tw
