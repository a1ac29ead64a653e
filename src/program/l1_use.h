// Circular buffers that do not fit, in words: a map of what lies where, and the smallest change that makes room.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tw {

struct L1Piece {
    uint32_t cb = 0;  // index of the circular buffer
    uint64_t address = 0, size = 0, page_size = 0;
};

// A line a buffer, then what stands at `limit`: "the end of L1", "a tensor".
std::string l1_map_text(std::vector<L1Piece>, uint64_t limit, const std::string& what_is_there);

// Which buffer to make smaller, by how many pages. Aliases (several indices over the same bytes) count once.
std::string smallest_change(std::vector<L1Piece>, uint64_t limit);

}  // namespace tw
