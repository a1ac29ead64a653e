// What a processor's kernel did last through pointers, as far as its build tells (src/raw); and where it spins.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace tw {

struct Record;

struct RawState {
    uint64_t accesses = 0;  // to L1, that the build told of

    // The last load again and again: a kernel that waits for a word on its own.
    const void* poll_code = nullptr;
    uint32_t poll_address = 0, poll_bytes = 0;
    uint64_t polls = 0;  // in a row, of this place and word

    uint64_t told_of = 0;  // a bit for each circular buffer outside of whose pages an access has been told of
    uint8_t cb = 0;        // the circular buffer that the last access lay in

    // Where a loop without a call gave way last; null: a call came since.
    const void* spin_code = nullptr;

    // The last store of some places of the code, and the circular buffer that they began in (raw/checks.cpp).
    struct Stream {
        const void* code = nullptr;
        uint32_t last = 0, bytes = 0, begin = 0, end = 0;
        uint8_t cb = 0xff;
        bool told = false;
    };
    static constexpr size_t kStreams = 64;  // loops are unrolled
    std::array<Stream, kStreams> streams{};

    // The last stores to what a write of its takes its bytes from, and whose flush has not been asked for. Whether they
    // changed anything shows at the flush.
    struct Reuse {
        const void* code = nullptr;
        uint32_t address = 0, bytes = 0;
    };
    static constexpr size_t kReuses = 4;
    std::array<Reuse, kReuses> reuses{};
    uint32_t next_reuse = 0;

    // The last store, which has not happened yet when it is told: what was there before, and its record.
    Record* store = nullptr;
    uint32_t store_address = 0, store_bytes = 0;
    std::array<std::byte, 16> before{};
};

}  // namespace tw
