// A number that changes when any of the bytes does: how a source that a kernel overwrites through a pointer, while the NoC
// may still be reading it, is noticed without seeing the store. A write costs two of these (bench/bench_events.cpp); it is
// no hash, and needs no spread.
#pragma once

#include <cstdint>
#include <cstring>

namespace tw {

inline uint64_t digest(const uint8_t* p, uint32_t bytes) {
    using Lanes = uint64_t __attribute__((vector_size(16)));
    Lanes x[4] = {}, sum[4] = {};
    uint32_t at = 0;
    for (; at + sizeof x <= bytes; at += sizeof x) {
        for (uint32_t i = 0; i < 4; ++i) {
            Lanes v;
            std::memcpy(&v, p + at + i * sizeof v, sizeof v);
            x[i] ^= v;
            sum[i] += x[i];
        }
    }
    uint64_t result = bytes;
    for (uint32_t i = 0; i < 4; ++i) {
        for (uint32_t lane = 0; lane < 2; ++lane) result = (result ^ x[i][lane]) * 0x9e3779b97f4a7c15u + sum[i][lane];
    }
    for (; at < bytes; ++at) result = (result ^ p[at]) * 0x9e3779b97f4a7c15u;
    return result;
}

}  // namespace tw
