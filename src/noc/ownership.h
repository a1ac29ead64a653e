// Whether a transfer may touch the bytes that it names: both of its ends are held against the ledger of the launch
// (ledger/launch.h). Called only where the core has one.
//
// An address that an accessor made is judged against the accessor's tensor, also when it lies in another live one. Others
// are judged by what they hit, and by what the same processor's accessors were asked for.
#pragma once

#include "core/core.h"
#include "ledger/launch.h"
#include "noc/noc_map.h"

#include <cstdint>

namespace tw::ownership {

enum class Way : uint8_t { Read, Write };

// How many of the bytes may be moved; what is wrong with the others has been reported.
uint32_t check_far(tw_ctx*, const NocTarget&, uint64_t noc_address, uint32_t bytes, Way, const tw_site*);
// Of each core that a multicast reaches; of cores alike one is asked.
uint32_t check_multicast(tw_ctx*, uint64_t rectangle, uint32_t bytes, const tw_site*);
// This core's side of a transfer: where a read puts its bytes, or where a write takes them from.
uint32_t check_near(tw_ctx*, uint32_t l1, uint32_t bytes, Way of_transfer, const tw_site*);

// A load or store through a pointer of this core's kernel; `code` is its place. Whose memory it is, from where to where;
// empty: nobody's, or something is wrong with it.
struct Extent {
    uint32_t begin = 0, end = 0;
};
Extent check_pointer(tw_ctx*, uint32_t l1, uint32_t bytes, bool store, const void* code);

// Both ends have been looked at: what is known of the circular buffer's data from now on.
void note_formats(tw_ctx*, Way of_transfer, const tw_site*);

// An address generator made the address of a page. `local` includes the offset into the page.
void note_page(tw_ctx*, bool is_dram, uint32_t page, uint32_t bank, uint32_t base, uint32_t stride, uint64_t local,
               uint64_t noc_address);

}  // namespace tw::ownership
