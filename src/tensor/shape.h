// The extents of a tensor, outermost first (docs/upstream-api.md H4.1).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace tw {

class Shape {
public:
    Shape() = default;
    Shape(std::initializer_list<uint32_t> dims) : dims_(dims) {}
    explicit Shape(std::vector<uint32_t> dims) : dims_(std::move(dims)) {}

    size_t rank() const { return dims_.size(); }
    const std::vector<uint32_t>& dims() const { return dims_; }
    auto begin() const { return dims_.begin(); }
    auto end() const { return dims_.end(); }

    // Negative indices count from the end; raises "ShapeBase[] index out of range. 5 not in [-4, 3)" (upstream's own odd
    // bounds).
    uint32_t at(int64_t index) const;
    uint32_t operator[](int64_t index) const { return at(index); }
    void set(int64_t index, uint32_t value);

    uint64_t volume() const;           // 1 for rank 0
    Shape to_rank(size_t rank) const;  // ones in front, or leading ones dropped; else raises "Can't convert shape rank"
    bool operator==(const Shape&) const = default;
    std::string str() const;  // "Shape([1, 2, 3])"

private:
    size_t checked(int64_t index) const;
    std::vector<uint32_t> dims_;
};

}  // namespace tw
