#include "builder/plan/pages.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::builder {

namespace {

Dim dim_from_end(const Shape& shape, size_t from_end) {
    return shape.dims.size() >= from_end ? shape.dims[shape.dims.size() - from_end] : Dim(1);
}

}  // namespace

PageMap page_map(const Shape& output, const Shape& input, bool& supported) {
    const auto same = [&](size_t i) { return dim_from_end(input, i) == dim_from_end(output, i); };
    const auto one = [&](size_t i) { return dim_from_end(input, i).is_number(1); };
    const bool width = same(1), height = same(2);
    bool outer_same = input.outer == output.outer, outer_one = !input.outer;
    for (size_t i = 3; i <= std::max(input.dims.size(), output.dims.size()); ++i) {
        outer_same = outer_same && same(i);
        outer_one = outer_one && one(i);
    }
    supported = supported && (width || one(1)) && (height || one(2)) && (outer_same || outer_one);
    if (outer_same && (output.outer || output.dims.size() > 2 || (width && height))) {
        return width ? (height ? PageMap::Same : PageMap::BatchRow) : (height ? PageMap::Column : PageMap::BatchSingle);
    }
    if (!output.outer && output.dims.size() <= 2)
        return width ? PageMap::Row : (height ? PageMap::Column : PageMap::Single);
    return width ? (height ? PageMap::Batchless : PageMap::Row) : (height ? PageMap::BatchlessColumn : PageMap::Single);
}

Size page_expression(PageMap map, const Size& width, const Size& height) {
    const Size tile = Size::name("tile"), image = height * width;
    switch (map) {
        case PageMap::Same: return tile;
        case PageMap::Row: return tile % width;
        case PageMap::Column: return tile / width;
        case PageMap::Single: return 0;
        case PageMap::Batchless: return tile % image;
        case PageMap::BatchRow: return tile / image * width + tile % width;
        case PageMap::BatchlessColumn: return tile / width % height;
        case PageMap::BatchSingle: return tile / image;
    }
    return tile;
}

PageUnder page_under(const Shape& output, const Shape& input) {
    bool supported = true;
    const PageMap map = page_map(output, input, supported);
    if (supported)
        return {map, map == PageMap::Same, map == PageMap::Same || map == PageMap::Batchless, page_expression(map), {}};
    const auto same = [&](size_t i) { return dim_from_end(input, i) == dim_from_end(output, i); };
    const bool width = same(1), height = same(2);
    // From the innermost outer dimension outwards: which image of the input lies under image `tile / (height * width)`.
    PageUnder under{{}, false, width && height, {}, {}};
    std::optional<Size> image, inner_output, inner_input;
    const auto times = [](const std::optional<Size>& a, const Size& b) { return a ? *a * b : b; };
    for (size_t i = 3; i <= output.dims.size(); ++i) {
        const Size size = Size::name(fmt::format("size_{}", i));
        const bool outermost = i == output.dims.size() && !output.outer;
        if (same(i) && !dim_from_end(input, i).is_number(1)) {
            Size index = Size::name("image");
            if (inner_output) index = index / *inner_output;
            if (!outermost) index = index % size;
            if (inner_input) index = index * *inner_input;
            image = image ? index + *image : index;
            inner_input = times(inner_input, size);
        }
        under.sizes.push_back(static_cast<int>(i));
        inner_output = times(inner_output, size);
    }
    if (input.outer) {
        Size index = Size::name("image") / Size::grouped(inner_output.value_or(Size(1)));
        if (inner_input) index = index * *inner_input;
        image = image ? index + *image : index;
    }
    const Size tile = Size::name("tile"), wide = Size::name("width_tiles"), high = Size::name("height_tiles");
    under.expression = image.value_or(Size(0));
    if (!width && !height) return under;
    const Size pages = width ? (height ? high * wide : wide) : high;
    const Size inside = width ? (height ? tile % (high * wide) : tile % wide) : tile / wide % high;
    under.expression = Size::grouped(under.expression) * pages + inside;
    return under;
}

std::string PageUnder::str() const {
    return expression.str() + (map ? "" : ", where image = tile / (height_tiles * width_tiles)");
}

}  // namespace tw::builder
