#include "base/hash.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

namespace tw {

struct Hasher::State {
    XXH3_state_t xxh;
};

Hasher::Hasher() : state_(std::make_unique<State>()) {
    XXH3_128bits_reset(&state_->xxh);
}
Hasher::~Hasher() = default;

Hasher& Hasher::add(std::string_view bytes) {
    add(static_cast<uint64_t>(bytes.size()));
    XXH3_128bits_update(&state_->xxh, bytes.data(), bytes.size());
    return *this;
}

Hasher& Hasher::add(uint64_t value) {
    XXH3_128bits_update(&state_->xxh, &value, sizeof value);
    return *this;
}

std::string Hasher::hex() const {
    const XXH128_hash_t h = XXH3_128bits_digest(&state_->xxh);
    return fmt::format("{:016x}{:016x}", h.high64, h.low64);
}

uint64_t Hasher::low64() const {
    return XXH3_128bits_digest(&state_->xxh).low64;
}

}  // namespace tw
