#include "program/l1_use.h"

#include "base/rounding.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw {
namespace {

constexpr size_t kMostShown = 12;

struct Row {
    L1Piece piece;
    std::string names;
};

// By address, those over the same bytes as one.
std::vector<Row> rows_of(std::vector<L1Piece>& pieces) {
    std::ranges::stable_sort(pieces, {}, &L1Piece::address);
    std::vector<Row> rows;
    for (const L1Piece& p : pieces) {
        if (!rows.empty() && rows.back().piece.address == p.address && rows.back().piece.size == p.size) {
            rows.back().names += fmt::format(", {}", p.cb);
            rows.back().piece.page_size = std::max(rows.back().piece.page_size, p.page_size);
        } else {
            rows.push_back({p, fmt::format("CB {}", p.cb)});
        }
    }
    return rows;
}

}  // namespace

std::string l1_map_text(std::vector<L1Piece> pieces, uint64_t limit, const std::string& what_is_there) {
    const std::vector<Row> rows = rows_of(pieces);
    std::string out = "L1 of one of these cores:";
    bool passed = false;
    size_t shown = 0;
    for (const Row& row : rows) {
        const uint64_t end = row.piece.address + row.piece.size;
        if (!passed && end > limit) {
            passed = true;
            out += fmt::format("\n{:>8}            {} (the limit)", limit, what_is_there);
        }
        if (++shown > kMostShown) continue;
        out += fmt::format("\n{:>8} .. {:<8}{}: {} B, {} pages of {} B{}", row.piece.address, end, row.names,
                           row.piece.size, row.piece.page_size ? row.piece.size / row.piece.page_size : 0,
                           row.piece.page_size, end > limit ? "  <- past it" : "");
    }
    if (shown > kMostShown) out += fmt::format("\n         and {} more", shown - kMostShown);
    return out;
}

std::string smallest_change(std::vector<L1Piece> pieces, uint64_t limit) {
    const std::vector<Row> rows = rows_of(pieces);
    uint64_t end = 0;
    for (const Row& row : rows) end = std::max(end, row.piece.address + row.piece.size);
    if (end <= limit) return {};
    const uint64_t over = end - limit;
    const Row* best = nullptr;
    uint64_t best_pages = 0;
    for (const Row& row : rows) {
        const L1Piece& p = row.piece;
        if (p.page_size == 0) continue;
        const uint64_t pages = ceil_div(over, p.page_size);
        if (pages + 1 > p.size / p.page_size) continue;  // one page must be left
        // Fewest bytes; of equals the buffer that has most, and so loses least of its depth.
        const bool better = !best || pages * p.page_size < best_pages * best->piece.page_size ||
                            (pages * p.page_size == best_pages * best->piece.page_size && p.size > best->piece.size);
        if (!better) continue;
        best = &row;
        best_pages = pages;
    }
    if (!best)
        return fmt::format(
            "{} B too many, and no circular buffer can give so many pages: use smaller pages, or fewer buffers", over);
    const uint64_t left = best->piece.size - best_pages * best->piece.page_size;
    return fmt::format("{} B too many: the smallest change is {} with {} pages instead of {} (total_size={})", over,
                       best->names, left / best->piece.page_size, best->piece.size / best->piece.page_size, left);
}

}  // namespace tw
