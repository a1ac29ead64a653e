#include "tileir/evaluate.h"

#include <algorithm>
#include <cmath>

namespace tw::tileir {
namespace {

struct Numbers {
    static constexpr int kSide = 32;
    using Page = std::vector<double>;

    const std::map<std::string, Pages>& inputs;
    std::map<std::string, Pages>& outputs;

    void at(Findings&, const Statement*) {}

    // ---- moves
    static Page blank(int64_t elements) { return Page(static_cast<size_t>(elements), std::nan("")); }
    static Page constant(int64_t elements, double value) { return Page(static_cast<size_t>(elements), value); }
    const Page& source(const Tensor& t, int64_t page) const {
        const auto out = outputs.find(t.name);  // inout
        const Pages& pages =
            out != outputs.end() && !out->second[static_cast<size_t>(page)].empty() ? out->second : inputs.at(t.name);
        return pages.at(static_cast<size_t>(page));
    }
    Page load(const Tensor& t, int64_t page, const Bindings&) const { return source(t, page); }
    void load_part(Page& to, const Tensor& t, int64_t page, int64_t from, int64_t offset, int64_t count,
                   const Bindings&) const {
        const Page& p = source(t, page);
        for (int64_t i = 0; i < count; ++i) to[static_cast<size_t>(offset + i)] = p.at(static_cast<size_t>(from + i));
    }
    static void fill_part(Page& to, int64_t offset, int64_t count, double value) {
        std::fill_n(to.begin() + offset, count, value);
    }
    void store(const Tensor& t, int64_t page, const Page& from, const Bindings&) {
        outputs.at(t.name)[static_cast<size_t>(page)] = from;
    }
    void store_part(const Tensor& t, int64_t page, int64_t to, const Page& from, int64_t offset, int64_t count,
                    const Bindings& sizes) {
        Page& p = outputs.at(t.name)[static_cast<size_t>(page)];
        if (p.empty()) p = blank(t.layout == Layout::Tile ? 1024 : t.dims.back().value(sizes).value_or(0));
        for (int64_t i = 0; i < count; ++i) p.at(static_cast<size_t>(to + i)) = from.at(static_cast<size_t>(offset + i));
    }
    static Page fill(const Fill& f, int64_t elements, int64_t h, int64_t w) {
        Page page = constant(elements, f.value);
        for (int64_t i = 0; i < elements; ++i) {
            double& x = page[static_cast<size_t>(i)];
            const bool inside = i / kSide < h && i % kSide < w;
            if (f.kind == Fill::Kind::Mask) x = inside;
            if (f.kind == Fill::Kind::Scaler && !inside) x = 0;
            if (f.kind == Fill::Kind::Iota) x = static_cast<double>(i);
        }
        return page;
    }
    static int64_t word(const Page& page, int64_t bound) {
        return std::clamp<int64_t>(static_cast<int64_t>(page[0]), 0, bound - 1);
    }

    // ---- compute
    static double& at(Page& p, int r, int c) { return p[static_cast<size_t>(r * kSide + c)]; }
    static double at(const Page& p, int r, int c) { return p[static_cast<size_t>(r * kSide + c)]; }
    // The matrix unit has 0 * x = 0 for infinities and NaN (docs/numerics.md).
    static double product(double a, double b) { return a == 0 || b == 0 ? 0 : a * b; }

    template <class F>
    static Page make(F f) {
        Page page(kSide * kSide);
        for (int r = 0; r < kSide; ++r) {
            for (int c = 0; c < kSide; ++c) at(page, r, c) = f(r, c);
        }
        return page;
    }

    static Page reduce(const Operation& op, const Page& a, const Page& scaler) {
        const bool row = op.along != Along::Column, column = op.along != Along::Row;
        Page page(kSide * kSide, 0.0);
        for (int r = 0; r < kSide; ++r) {
            for (int c = 0; c < kSide; ++c) {
                double x = at(a, r, c);
                double& sum = at(page, column ? 0 : r, row ? 0 : c);
                if (op.fold == Fold::Max) {
                    const bool first = (column ? r == 0 : true) && (row ? c == 0 : true);
                    sum = first || std::isnan(x) ? x : std::isnan(sum) ? sum : std::max(sum, x);
                    continue;
                }
                if (row) x = product(x, at(scaler, 0, c));
                if (column) x = product(x, at(scaler, r, 0));
                sum += x;
            }
        }
        return page;
    }

    static Page compute(const Operation& op, const std::vector<const Page*>& in, const std::vector<double>& numbers,
                        Broadcast b) {
        if (op.shape == Shape::Fresh) return constant(kSide * kSide, numbers[0]);
        const Page& a = *in[0];
        switch (op.shape) {
            case Shape::Move: return a;
            case Shape::Transpose: return make([&](int r, int c) { return at(a, c, r); });
            case Shape::Spread:
                return make(
                    [&](int r, int c) { return at(a, op.along != Along::Column ? 0 : r, op.along != Along::Row ? 0 : c); });
            case Shape::Binary:
                return make([&](int r, int c) {
                    const bool one_row = b == Broadcast::Row || b == Broadcast::Scalar;
                    const bool one_column = b == Broadcast::Column || b == Broadcast::Scalar;
                    return op.binary(at(a, r, c), at(*in[1], one_row ? 0 : r, one_column ? 0 : c));
                });
            case Shape::Reuse:
            case Shape::Binaries: return make([&](int r, int c) { return op.binary(at(a, r, c), at(*in[1], r, c)); });
            case Shape::Reduce: return reduce(op, a, *in[1]);
            case Shape::Matmul:
                return make([&](int r, int c) {
                    double sum = 0;
                    for (int k = 0; k < kSide; ++k)
                        sum += product(at(a, r, k), op.transposed ? at(*in[1], c, k) : at(*in[1], k, c));
                    return sum;
                });
            case Shape::Unary: return make([&](int r, int c) { return op.unary(at(a, r, c), numbers.data()); });
            case Shape::Select:
                return make([&](int r, int c) { return at(a, r, c) != 0 ? at(*in[1], r, c) : at(*in[2], r, c); });
            case Shape::Mask: return make([&](int r, int c) { return at(*in[1], r, c) == 0 ? 0 : at(a, r, c); });
            case Shape::Scan: {
                Page page = a;
                for (int r = 1; r < kSide; ++r) {
                    for (int c = 0; c < kSide; ++c) at(page, r, c) += at(page, r - 1, c);
                }
                return page;
            }
            case Shape::Fresh: break;
        }
        return a;
    }

    static Page accumulate(const Operation& op, const Page& before, const Page& result) {
        const bool max = op.fold == Fold::Max;
        return make([&](int r, int c) {
            const double x = at(before, r, c), y = at(result, r, c);
            return max ? (std::isnan(x) || x > y ? x : y) : x + y;
        });
    }

    static Page pack(const Page& from, bool relu) {
        return relu ? make([&](int r, int c) { return std::max(at(from, r, c), 0.0); }) : from;
    }

    static std::vector<Page> tilize(const std::vector<const Page*>& rows, int64_t tiles) {
        std::vector<Page> made;
        for (int64_t t = 0; t < tiles; ++t) {
            made.push_back(
                make([&](int r, int c) { return rows[static_cast<size_t>(r)]->at(static_cast<size_t>(t * kSide + c)); }));
        }
        return made;
    }
    static std::vector<Page> untilize(const std::vector<const Page*>& tiles) {
        std::vector<Page> rows(kSide);
        for (int r = 0; r < kSide; ++r) {
            for (const Page* tile : tiles) {
                for (int c = 0; c < kSide; ++c) rows[static_cast<size_t>(r)].push_back(at(*tile, r, c));
            }
        }
        return rows;
    }
};

}  // namespace

std::map<std::string, Pages> evaluate(const Program& program, const Bindings& sizes,
                                      const std::map<std::string, double>& params,
                                      const std::map<std::string, Pages>& inputs, Limits limits, Findings& findings) {
    std::map<std::string, Pages> outputs;
    const Bindings values = program.bind(sizes);
    for (const Tensor& t : program.tensors) {
        if (t.role != Role::In) outputs[t.name].resize(static_cast<size_t>(t.pages().value(values).value_or(0)));
    }
    Numbers numbers{inputs, outputs};
    Machine<Numbers>(program, sizes, params, numbers, limits, findings).run();
    return outputs;
}

}  // namespace tw::tileir
