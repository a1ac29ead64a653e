// Tensor::str: the values as torch would show them, then shape, dtype and layout.
#include "base/error.h"
#include "tensor/tensor.h"

#include <fmt/format.h>

#include <cmath>

namespace tw {

namespace {

constexpr uint32_t kEdge = 3;               // values shown at each end of a long dimension
constexpr uint64_t kSummariseAbove = 1000;  // elements

class Printer {
public:
    Printer(const Tensor& tensor, size_t indent)
        : dims_(tensor.logical_shape().dims()),
          indent_(indent),
          integral_(!is_float(tensor.dtype())),
          values_(tensor.logical_volume()),
          summarise_(values_.size() > kSummariseAbove) {
        tensor.read(values_.data(), HostType::Float64);
    }

    std::string text() {
        if (dims_.empty()) return value(0);
        append(0, 0);
        return std::move(out_);
    }

private:
    std::string value(uint64_t at) const {
        const double v = values_[at];
        return integral_          ? fmt::format("{:>5.0f}", v)
               : std::isfinite(v) ? fmt::format("{:>7.4f}", v)
                                  : fmt::format("{:>7}", v);
    }

    void append(size_t depth, uint64_t offset) {
        out_ += '[';
        uint64_t stride = 1;
        for (size_t i = depth + 1; i < dims_.size(); ++i) stride *= dims_[i];
        const bool last = depth + 1 == dims_.size();
        for (uint32_t i = 0; i < dims_[depth]; ++i) {
            if (i > 0) out_ += last ? ", " : ",\n" + std::string(indent_ + depth + 1, ' ');
            if (summarise_ && dims_[depth] > 2 * kEdge && i == kEdge) {
                out_ += last ? "..., " : "...,\n" + std::string(indent_ + depth + 1, ' ');
                i = dims_[depth] - kEdge;
            }
            if (last) {
                out_ += value(offset + i);
            } else {
                append(depth + 1, offset + i * stride);
            }
        }
        out_ += ']';
    }

    std::vector<uint32_t> dims_;
    size_t indent_;
    bool integral_;
    std::vector<double> values_;
    bool summarise_;
    std::string out_;
};

}  // namespace

std::string Tensor::str() const {
    constexpr std::string_view kOpen = "ttnn.Tensor(";
    const std::string what = fmt::format("shape={}, dtype=DataType::{}, layout=Layout::{})", logical_shape().str(),
                                         name_of(dtype()), name_of(layout()));
    if (!is_allocated()) return fmt::format("{}<buffer is not allocated>, {}", kOpen, what);
    return fmt::format("{}{}, {}", kOpen, Printer(*this, kOpen.size()).text(), what);
}

}  // namespace tw
