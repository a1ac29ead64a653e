// Which page of a tensor lies under a page of another one: broadcasting, as index arithmetic over tiles.
#pragma once

#include "builder/plan/size.h"

#include <optional>
#include <vector>

namespace tw::builder {

// How a reader finds the page of an input that belongs to a unit of output. The letter names what the input has of the
// output.
enum class PageMap { Same, Row, Column, Single, Batchless, BatchRow, BatchlessColumn, BatchSingle };

// How `input` lies under the output. `supported` becomes false when single outer dimensions are broadcast.
PageMap page_map(const Shape& output, const Shape& input, bool& supported);
// The page for output tile `tile`. The output's sizes in tiles go by the names of matmul's or of everybody else.
Size page_expression(PageMap, const Size& width = Size::name("width_tiles"),
                     const Size& height = Size::name("height_tiles"));

// The same for any broadcasting, also of single outer dimensions: then `sizes` says which dimensions of the output (-3,
// -4, ...) the expression takes as size_3, size_4, ..., and it counts with the image that a tile is of.
struct PageUnder {
    std::optional<PageMap> map;  // none: outer dimensions are broadcast one by one
    bool same = false;           // the input's pages are the output's
    bool whole = false;          // no dimension of the last two is broadcast
    Size expression;
    std::vector<int> sizes;

    std::string str() const;
};
PageUnder page_under(const Shape& output, const Shape& input);

}  // namespace tw::builder
