// The largest of each column and where it came from: maximum pooling with indices.
//
// Values compare as signs and magnitudes, as the unit's swap instruction does; of equal ones the first in the order of the
// unit's comparisons stays. Silicon does this with a network of swaps on four registers, and what that leaves outside of
// the result's row depends on the network; those rows are left as they were here.
#include "tile/sfpu.h"

#include <algorithm>

namespace tw::sfpu {
namespace {

int32_t key(uint32_t bits) {
    const int32_t v = static_cast<int32_t>(bits);
    return v < 0 ? v ^ 0x7fffffff : v;
}

// A row of 32 in a tile, or in a row-major block, where left and right halves alternate.
uint32_t at(bool row_major, uint32_t row, uint32_t col) {
    if (row_major) return row * 32 + col;
    return row / 16 * 2 * kFaceWords + col / 16 * kFaceWords + row % 16 * kFaceCols + col % 16;
}

struct Entry {
    uint32_t value, index;
};

Entry larger(Entry a, Entry b) {
    return key(a.value) < key(b.value) ? b : a;
}

// The order of comparisons for eight rows: within a tile, four neighbouring rows first; in a row-major block, rows two and
// four apart first.
Entry best_of_8(const Entry* e, bool row_major) {
    if (!row_major)
        return larger(larger(larger(e[0], e[1]), larger(e[2], e[3])), larger(larger(e[4], e[5]), larger(e[6], e[7])));
    const auto every_second = [&](uint32_t i) { return larger(larger(e[i], e[i + 2]), larger(e[i + 4], e[i + 6])); };
    return larger(every_second(0), every_second(1));
}

}  // namespace

// out: the values' tile and, with p2, the tile after it for the running result; b: the indices' tile, likewise. p0: rows, 9
// or 32; p1: row-major; p2: 1 keeps a running result, 2 compares with it first.
void run_max_with_indices(const SfpuCall& c) {
    auto* indices = const_cast<uint32_t*>(c.b);
    const bool row_major = c.p1 != 0;
    for (uint32_t col = 0; col < 32; ++col) {
        Entry e[32];
        for (uint32_t row = 0; row < c.p0; ++row) {
            const uint32_t i = at(row_major, row, col);
            e[row] = {c.out[i], indices[i]};
        }
        Entry best = best_of_8(e, row_major);
        if (c.p0 <= 9) {
            best = larger(best, e[8]);
        } else {
            // The later half of what is compared is in the registers, and so comes first.
            const Entry first = larger(best_of_8(e + 8, true), best);
            best = larger(larger(best_of_8(e + 24, true), best_of_8(e + 16, true)), first);
        }
        const uint32_t i = at(row_major, 0, col);
        if (c.p2) {
            if (c.p2 == 2) best = larger(best, {c.out[kTileWords + i], indices[kTileWords + i]});
            c.out[kTileWords + i] = best.value;
            indices[kTileWords + i] = best.index;
        }
        c.out[i] = best.value;
        indices[i] = best.index;
    }
}

}  // namespace tw::sfpu
