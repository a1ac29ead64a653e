// Bitonic sorting networks of top-k: 64 values of each column, over two tiles, with their indices in the two tiles after
// them (docs/upstream-api.md K7.6). Position p is row p % 32 of tile p / 32.
//
// Values compare as signs and magnitudes, as the unit's swap instruction does. Ties have four forms: left where they are; a
// stable comparison, the lower index first in the direction of the whole sort; fused keys, whose lower 16 bits are the
// index; and keys whose lower bits are tagged with the rank that the value had before. Keys of the last two are distinct,
// so they need no rule. The bits are turned over for one of the signs, because the order of magnitudes is the other way
// below zero.
#include "tile/sfpu.h"

#include <algorithm>
#include <utility>

namespace tw::sfpu {
namespace {

constexpr uint32_t kPositions = 64;

enum Order : uint32_t { kUnstable = 0, kStableAscending = 1, kStableDescending = 2, kFused = 4 };

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
            if ((order == kStableAscending || order == kStableDescending) && x == y) {
                const bool along = largest_first == (order == kStableDescending);
                swap = along ? indices[a + c] > indices[b + c] : indices[a + c] < indices[b + c];
            }
            if (swap) {
                std::swap(values[a + c], values[b + c]);
                if (order != kFused) std::swap(indices[a + c], indices[b + c]);
            }
        }
    }
}

// One step of all sequences of `length` from `first` to `end`, whose directions alternate.
void step(uint32_t* values, uint32_t end, uint32_t length, uint32_t distance, bool largest_first, uint32_t order) {
    for (uint32_t i = 0; i < end; ++i) {
        if ((i & distance) == 0) exchange(values, i, i + distance, largest_first != (i / length % 2 == 1), order);
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

// The low bits of a key, turned over for one of the signs.
uint32_t tagged(uint32_t word, uint32_t mask, uint32_t tag, bool largest) {
    const bool turn = (word >> 31 == 0) == largest;
    return (word & ~mask) | (turn ? tag ^ mask : tag);
}

void tag_row(uint32_t* values, uint32_t position, uint32_t mask, uint32_t tag, bool largest) {
    for (uint32_t half = 0; half < 2; ++half) {
        uint32_t* row = values + at(position) + half * kFaceWords;
        for (uint32_t c = 0; c < kFaceCols; ++c) row[c] = tagged(row[c], mask, tag, largest);
    }
}

}  // namespace

// p0: 0 for decreasing; p1: phases and steps, a byte each: first phase, last phase, first step, last step; p2: Order. Phase
// n leaves sequences of 2^(n+1) values that alternate in direction. Where only one phase is asked for, its longer steps are
// those from the first down to above the last; the four shortest always follow.
void run_topk_local_sort(const SfpuCall& c) {
    const bool largest_first = c.p0 == 0;
    const uint32_t first_phase = c.p1 & 0xffu, last_phase = c.p1 >> 8 & 0xffu;
    const bool single = first_phase == last_phase;
    for (uint32_t phase = first_phase; phase <= last_phase; ++phase) {
        const uint32_t length = 2u << phase;
        uint32_t first = phase + 1, last = phase > 3 ? 4 : 0;
        if (single && phase > 3) {
            first = c.p1 >> 16 & 0xffu;
            last = c.p1 >> 24;
        }
        for (uint32_t s = first; s > last; --s)
            step(c.out, kPositions, length, std::min(1u << (s - 1), kPositions / 2), largest_first, c.p2);
        for (uint32_t s = phase > 3 ? 4 : 0; s > 0; --s)
            step(c.out, kPositions, length, 1u << (s - 1), largest_first, c.p2);
    }
}

// p0: 1 keeps the smaller ones in front; p1: k, and the iteration above 8 bits; p2: Order, and above 8 bits the mask of
// rank tags. Of each two sequences of k values the better k stay in the place of the first. Tags are given anew: ranks
// within the first, and from the end of both in the second, which runs the other way.
void run_topk_merge(const SfpuCall& c) {
    const uint32_t k = c.p1 & 0xffu, apart = std::min(k << (c.p1 >> 8), kPositions / 2), tags = c.p2 >> 8;
    const bool largest = c.p0 == 0;
    for (uint32_t first = 0; first < kPositions; first += 2 * apart) {
        for (uint32_t i = 0; i < std::min(k, apart); ++i) {
            if (tags) {
                tag_row(c.out, first + i, tags, i, largest);
                tag_row(c.out, first + i + apart, tags, 2 * k - 1 - i, largest);
            }
            exchange(c.out, first + i, first + i + apart, largest, c.p2 & 0xffu);
        }
    }
}

// p0: 0 for decreasing, bit 1: the second tile is left out; p1: k, and the iteration above 8 bits; p2: Order. Sorts what
// merging has left.
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

// Two value tiles and their index tiles into keys. p0: largest first.
void run_topk_fuse(const SfpuCall& c) {
    for (uint32_t i = 0; i < 2 * kTileWords; ++i)
        c.out[i] |= tagged(c.out[i], 0xffffu, c.out[2 * kTileWords + i] & 0xffffu, c.p0) & 0xffffu;
}
// And back, p1 tiles of them.
void run_topk_defuse(const SfpuCall& c) {
    for (uint32_t i = 0; i < c.p1 * kTileWords; ++i) {
        const uint32_t key_word = c.out[i];
        c.out[i] = key_word & 0xffff0000u;
        c.out[2 * kTileWords + i] = tagged(key_word, 0xffffu, key_word & 0xffffu, c.p0) & 0xffffu;
    }
}
// Ranks p1, p1 + 1 ... down the rows of a tile into the bits of the mask p2. Zeros of both signs become +0 first.
void run_topk_stamp(const SfpuCall& c) {
    for (uint32_t i = 0; i < kTileWords; ++i) {
        if ((c.out[i] & ~c.p2) << 1 == 0) c.out[i] = 0;
    }
    for (uint32_t row = 0; row < 32; ++row) tag_row(c.out, row, c.p2, c.p1 + row, c.p0);
}
// Keeps the bits of p0.
void run_topk_keep_bits(const SfpuCall& c) {
    for (uint32_t i = 0; i < kTileWords; ++i) c.out[i] &= c.p0;
}

// -0 of the value tiles becomes +0, so that the two compare equal.
void run_topk_no_negative_zero(const SfpuCall& c) {
    for (uint32_t i = 0; i < 2 * kTileWords; ++i) {
        if (c.out[i] == 0x80000000u) c.out[i] = 0;
    }
}

}  // namespace tw::sfpu
