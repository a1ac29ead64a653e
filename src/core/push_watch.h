// Which bytes of a page nobody had filled when it was pushed. Asked for only by a run that laid a pattern over circular
// buffers and came to another result by it (program/uninitialized.h): it is memory that all workers write, under a lock.
#pragma once

#include "tw/abi.h"

#include <array>
#include <cstdint>
#include <optional>

namespace tw {

struct PushWatch {
    struct Place {
        const tw_ctx* who = nullptr;
        const tw_site* site = nullptr;
    };
    // In the pages of one push, where the pattern still lies.
    struct Gap {
        Place push;
        // Who should have filled it: the transfer that ended inside of the page, or the only one of them all.
        Place fill;
        uint32_t page = 0, pages = 0;       // this one of so many
        uint32_t offset = 0, bytes = 0;     // in it
        uint32_t core = 0, page_bytes = 0;  // core: y, x
    };
    bool on = false;
    uint32_t pattern = 0;
    std::array<Place, TW_MAX_CBS> last, landed, stored;  // the last push; the last transfer; the last store by a pointer
    std::array<std::optional<Gap>, TW_MAX_CBS> gaps;     // the first one of the first core
};
extern PushWatch push_watch;

// From here on, with this pattern in the buffers.
void watch_pushes(uint32_t pattern);
void stop_watching_pushes();

// Before the write pointer moves.
[[gnu::cold, gnu::noinline]] void note_push(const tw_ctx*, uint32_t cb, uint32_t pages, const tw_site*);
// Into `core`'s L1.
[[gnu::cold, gnu::noinline]] void note_landing(const tw_ctx*, const tw_core& core, uint64_t address, uint64_t bytes,
                                               const tw_site*);
[[gnu::cold, gnu::noinline]] void note_store(const tw_ctx*, uint64_t address, const tw_site*);

}  // namespace tw
