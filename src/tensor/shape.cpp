#include "tensor/shape.h"

#include "base/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw {

// Upstream keeps at least four extents, the missing ones being 1 in front; hence its bounds.
uint32_t Shape::at(int64_t index) const {
    const int64_t rank = int64_t(dims_.size()), lowest = -std::max<int64_t>(rank, 4);
    if (index < lowest || index >= rank) {
        raise_host("shape-index", fmt::format("ShapeBase[] index out of range. {} not in [{}, {})", index, lowest, rank));
    }
    if (index < -rank) return 1;
    return dims_[size_t(index < 0 ? index + rank : index)];
}

void Shape::set(int64_t index, uint32_t value) {
    dims_[checked(index)] = value;
}

size_t Shape::checked(int64_t index) const {
    const int64_t rank = int64_t(dims_.size());
    if (index < -rank || index >= rank) {
        raise_host("shape-index", fmt::format("ShapeBase[] index out of range. {} not in [{}, {})", index,
                                              -std::max<int64_t>(rank, 4), rank));
    }
    return size_t(index < 0 ? index + rank : index);
}

uint64_t Shape::volume() const {
    uint64_t product = 1;
    bool overflow = false;
    for (uint32_t dim : dims_) overflow |= __builtin_mul_overflow(product, uint64_t{dim}, &product);
    if (overflow && std::find(dims_.begin(), dims_.end(), 0u) == dims_.end()) {
        raise_host("shape-too-large", fmt::format("{} has more than 2^64 elements", str()));
    }
    return product;
}

Shape Shape::to_rank(size_t rank) const {
    std::vector<uint32_t> dims = dims_;
    if (rank >= dims.size()) {
        dims.insert(dims.begin(), rank - dims.size(), 1);
        return Shape(std::move(dims));
    }
    const auto dropped = dims.begin() + std::ptrdiff_t(dims.size() - rank);
    if (!std::all_of(dims.begin(), dropped, [](uint32_t dim) { return dim == 1; })) {
        raise_host("shape-rank", "Can't convert shape rank",
                   {.why = fmt::format("{} has leading extents other than 1 and cannot become rank {}", str(), rank)});
    }
    dims.erase(dims.begin(), dropped);
    return Shape(std::move(dims));
}

std::string Shape::str() const {
    return fmt::format("Shape([{}])", fmt::join(dims_, ", "));
}

}  // namespace tw
