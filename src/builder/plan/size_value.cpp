#include "builder/plan/size_value.h"

#include "base/rounding.h"
#include "builder/plan/wiring.h"

#include <algorithm>

namespace tw::builder {

namespace {

constexpr int64_t kCores = 64;  // of a Wormhole's grid (docs/hardware.md)

int64_t bytes_of(std::string_view dtype) {
    if (fills_32_bits(dtype)) return 4;
    return dtype == "uint8" || is_block_format(dtype) ? 1 : 2;
}

// A tile in that format: block formats have an exponent for each 16 elements.
int64_t tile_bytes(std::string_view dtype) {
    constexpr int64_t elements = kTile * kTile, exponents = elements / 16;
    if (dtype == "bfloat4_b") return elements / 2 + exponents;
    return elements * bytes_of(dtype) + (is_block_format(dtype) ? exponents : 0);
}

class Evaluator {
public:
    Evaluator(const Plan& plan, const TestCase& test) : plan_(plan), test_(test) {}

    std::optional<int64_t> value(const Size& size) const {
        using Kind = Size::Kind;
        const std::string& x = size.subject();
        switch (size.kind()) {
            case Kind::Number: return size.number();
            case Kind::Name: {
                const NamedSize* named = plan_.size(x);
                return named == nullptr ? std::nullopt : value(named->value);
            }
            case Kind::Symbolic: return size.dim().value(test_.sizes);
            case Kind::Extent: return extent(x, size.axis());
            case Kind::PaddedExtent: return padded_extent(x, size.axis());
            case Kind::ExtentOrOne: {
                const auto shape = shape_of(x);
                if (!shape) return std::nullopt;
                return static_cast<int64_t>(shape->size()) >= -size.axis() ? (*shape)[shape->size() + size.axis()] : 1;
            }
            case Kind::ChosenExtent: {
                const std::optional<double> axis = default_of(size.param());
                return axis ? extent(x, static_cast<int>(*axis)) : std::nullopt;
            }
            case Kind::Pages: return pages(x);
            case Kind::PageBytes: return page_bytes(x);
            case Kind::ElementBytes: return bytes_of(dtype_of(x));
            case Kind::Elements: return elements(x);
            case Kind::TileBytes:
                return tile_bytes(size.format().tensor.empty() ? size.format().dtype : dtype_of(size.format().tensor));
            case Kind::TileSide: return kTile;
            case Kind::Cores: return kCores;
            case Kind::L1Budget: return kL1ForBuffers;
            case Kind::ByAxis: {
                const std::optional<double> axis = default_of(size.param());
                return axis ? value(size.args()[*axis == size.axis() ? 0 : 1]) : std::nullopt;
            }
            case Kind::Either: {
                const auto chosen = value(size.args()[0]);
                return chosen ? value(size.args()[*chosen != 0 ? 1 : 2]) : std::nullopt;
            }
            case Kind::Grouped: return value(size.args().front());
            default: return of_two(size.kind(), value(size.args()[0]), value(size.args()[1]));
        }
    }

    std::optional<std::vector<int64_t>> shape(const TensorSpec& tensor) const {
        std::vector<int64_t> sizes;
        if (tensor.shape->outer) sizes = test_.outer;
        for (const Dim& dim : tensor.shape->dims) {
            const auto size = dim.value(test_.sizes);
            if (!size) return std::nullopt;
            sizes.push_back(*size);
        }
        return sizes;
    }

private:
    const Plan& plan_;
    const TestCase& test_;

    static std::optional<int64_t> of_two(Size::Kind kind, std::optional<int64_t> a, std::optional<int64_t> b) {
        using Kind = Size::Kind;
        if (!a || !b) return std::nullopt;
        switch (kind) {
            case Kind::Product: return *a * *b;
            case Kind::Sum: return *a + *b;
            case Kind::Difference: return *a - *b;
            case Kind::Least: return std::min(*a, *b);
            case Kind::Greatest: return std::max(*a, *b);
            case Kind::Fits: return *a <= *b ? 1 : 0;
            case Kind::Divisor: {
                int64_t n = std::max<int64_t>(1, std::min(*a, *b));
                while (*a % n != 0) --n;
                return n;
            }
            case Kind::Quotient: return *b == 0 ? std::nullopt : std::optional(*a / *b);
            case Kind::Remainder: return *b == 0 ? std::nullopt : std::optional(*a % *b);
            default: return std::nullopt;
        }
    }

    const TensorSpec& tensor(const std::string& name) const {
        const TensorSpec* input = plan_.spec.input(name);
        return input == nullptr ? plan_.spec.output : *input;
    }
    std::string dtype_of(const std::string& name) const { return plan_.spec.dtypes_of(tensor(name)).front(); }
    std::optional<std::vector<int64_t>> shape_of(const std::string& name) const { return shape(tensor(name)); }

    std::optional<double> default_of(const std::string& name) const {
        const ParamSpec* param = plan_.spec.param(name);
        if (param == nullptr) return std::nullopt;
        return param->default_value || param->choices.empty() ? param->default_value
                                                              : std::optional(param->choices.front());
    }

    std::optional<int64_t> extent(const std::string& name, int axis) const {
        const auto shape = shape_of(name);
        if (!shape || static_cast<int64_t>(shape->size()) < -axis) return std::nullopt;
        return (*shape)[shape->size() + axis];
    }

    std::optional<int64_t> padded_extent(const std::string& name, int axis) const {
        const auto size = extent(name, axis);
        const bool tiled = axis >= -2 && !is_row_major(plan_, tensor(name));
        return size && tiled ? round_up(*size, kTile) : size;
    }

    // The product of the dimensions, the last two as they are padded.
    std::optional<int64_t> elements(const std::string& name) const {
        const auto shape = shape_of(name);
        if (!shape) return std::nullopt;
        int64_t product = 1;
        for (int axis = 1; axis <= static_cast<int>(shape->size()); ++axis)
            product *= padded_extent(name, -axis).value_or(1);
        return product;
    }

    std::optional<int64_t> pages(const std::string& name) const {
        const auto all = elements(name);
        const int64_t page = is_row_major(plan_, tensor(name)) ? extent(name, -1).value_or(1) : kTile * kTile;
        return all && page != 0 ? std::optional(*all / page) : std::nullopt;
    }

    std::optional<int64_t> page_bytes(const std::string& name) const {
        if (!is_row_major(plan_, tensor(name))) return tile_bytes(dtype_of(name));
        const auto width = extent(name, -1);
        return width ? std::optional(*width * bytes_of(dtype_of(name))) : std::nullopt;
    }
};

}  // namespace

std::optional<int64_t> size_value(const Plan& plan, const TestCase& test, const Size& size) {
    return Evaluator(plan, test).value(size);
}

std::optional<std::vector<int64_t>> shape_value(const Plan& plan, const TestCase& test, const TensorSpec& tensor) {
    return Evaluator(plan, test).shape(tensor);
}

bool accepts(const Plan& plan, const TestCase& test) {
    const auto shaped = [&](const TensorSpec& tensor) { return shape_value(plan, test, tensor).has_value(); };
    const auto holds = [&](const Requirement& requirement) {
        return size_value(plan, test, requirement.size % requirement.unit).value_or(0) == 0;
    };
    const auto obeyed = [&](const SpecRule& rule) { return value_of(rule.syntax, test.sizes).value_or(1) != 0; };
    return std::all_of(plan.spec.inputs.begin(), plan.spec.inputs.end(), shaped) && shaped(plan.spec.output) &&
           std::all_of(plan.requirements.begin(), plan.requirements.end(), holds) &&
           std::all_of(plan.spec.rules.begin(), plan.spec.rules.end(), obeyed);
}

std::optional<int64_t> l1_bytes(const Plan& plan, const TestCase& test) {
    int64_t sum = 0;
    for (const CbPlan& cb : plan.cbs) {
        if (cb.resident) continue;
        const auto pages = size_value(plan, test, cb.pages), bytes = size_value(plan, test, cb.page_size);
        if (!pages || !bytes) return std::nullopt;
        sum += *pages * *bytes;
    }
    return sum;
}

}  // namespace tw::builder
