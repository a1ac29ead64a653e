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

    // Where a loop without a call gave way last; null: a call came since.
    const void* spin_code = nullptr;

    uint32_t epoch = 0;  // goes on with each call of the API: what held for an access before may not hold behind it

    // The last access of some places of the code.
    struct Stream {
        const void* code = nullptr;
        bool write = false;
        uint32_t last = 0, bytes = 0;
        // A store's: the circular buffer that the place began in (raw/streams.cpp).
        uint32_t begin = 0, end = 0;
        uint8_t cb = 0xff;
        bool told = false;
        // Where nothing can be wrong with this place's accesses up to the next call (raw/checks.cpp).
        uint32_t epoch = 0, fine_from = 0, fine_to = 0;
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
