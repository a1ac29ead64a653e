// Bitonic sorting networks of top-k: 64 values of each column, over two tiles, with their indices in the two tiles after
// them (kernel_api 7.6). Position p is row p % 32 of tile p / 32.
//
// Values compare as signs and magnitudes, as the unit's swap instruction does. Equal values stay where they are, or, in a
// stable sort, the lower index comes first in the direction of the whole sort.
#include "tile/sfpu.h"

#include <algorithm>
#include <utility>

namespace tw::sfpu {
namespace {

constexpr uint32_t kPositions = 64;

enum Order : uint32_t { kUnstable = 0, kStableAscending = 1, kStableDescending = 2 };

// Words of the left half of a row; the right half is a face further.
uint32_t at(uint32_t position) {
    const uint32_t row = position % 32;
    return position / 32 * kTileWords + row / 16 * 2 * kFaceWords + row % 16 * kFaceCols;
}

int32_t key(uint32_t bits) {
    const int32_t v = static_cast<int32_t>(bits);
    return v < 0 ? v ^ 0x7fffffff : v;
}

// Orders positions p and q of all columns, largest first or smallest first.
void exchange(uint32_t* values, uint32_t p, uint32_t q, bool largest_first, uint32_t order) {
    uint32_t* indices = values + 2 * kTileWords;
    for (uint32_t half = 0; half < 2; ++half) {
        const uint32_t a = at(p) + half * kFaceWords, b = at(q) + half * kFaceWords;
        for (uint32_t c = 0; c < kFaceCols; ++c) {
            const int32_t x = key(values[a + c]), y = key(values[b + c]);
            bool swap = largest_first ? x < y : y < x;
            if (order != kUnstable && x == y) {
                const bool along = largest_first == (order == kStableDescending);
                swap = along ? indices[a + c] > indices[b + c] : indices[a + c] < indices[b + c];
            }
            if (swap) {
                std::swap(values[a + c], values[b + c]);
                std::swap(indices[a + c], indices[b + c]);
            }
        }
    }
}

// Sorts a bitonic sequence.
void merge_bitonic(uint32_t* values, uint32_t first, uint32_t length, bool largest_first, uint32_t order) {
    for (uint32_t distance = length / 2; distance > 0; distance /= 2) {
        for (uint32_t i = 0; i < length; ++i) {
            if ((i & distance) == 0) exchange(values, first + i, first + i + distance, largest_first, order);
        }
    }
}

}  // namespace

// p0: 0 for decreasing; p1: first phase, and the last one above 8 bits; p2: Order. Phase n leaves sequences of 2^(n+1)
// values that alternate in direction.
void run_topk_local_sort(const SfpuCall& c) {
    const bool largest_first = c.p0 == 0;
    for (uint32_t phase = c.p1 & 0xffu; phase <= c.p1 >> 8; ++phase) {
        const uint32_t length = 2u << phase;
        for (uint32_t first = 0; first < kPositions; first += length) {
            merge_bitonic(c.out, first, length, largest_first != ((first / length) % 2 == 1), c.p2);
        }
    }
}

// p0: 1 keeps the smaller ones in front; p1: k, and the iteration above 8 bits; p2: Order. Of each two sequences of k
// values the better k stay in the place of the first.
void run_topk_merge(const SfpuCall& c) {
    const uint32_t k = c.p1 & 0xffu, apart = std::min(k << (c.p1 >> 8), kPositions / 2);
    for (uint32_t first = 0; first < kPositions; first += 2 * apart) {
        for (uint32_t i = 0; i < std::min(k, apart); ++i) exchange(c.out, first + i, first + i + apart, c.p0 == 0, c.p2);
    }
}

// p0: 0 for decreasing, bit 1: the second tile is left out; p1 and p2 as above. Sorts what merging has left.
void run_topk_rebuild(const SfpuCall& c) {
    const uint32_t k = std::min(c.p1 & 0xffu, kPositions);
    const bool skip_second = (c.p0 & 2u) != 0;
    const uint32_t end = skip_second && k < kPositions ? kPositions / 2 : kPositions;
    const uint32_t apart = std::min(2 * k << (c.p1 >> 8), std::max(k, kPositions / 2));
    bool largest_first = (c.p0 & 1u) == 0;
    for (uint32_t first = 0; first < end; first += apart) {
        merge_bitonic(c.out, first, k, largest_first, c.p2);
        largest_first = !largest_first;
    }
}

// -0 of the value tiles becomes +0, so that the two compare equal.
void run_topk_no_negative_zero(const SfpuCall& c) {
    for (uint32_t i = 0; i < 2 * kTileWords; ++i) {
        if (c.out[i] == 0x80000000u) c.out[i] = 0;
    }
}

}  // namespace tw::sfpu
