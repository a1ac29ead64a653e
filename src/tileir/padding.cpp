#include "tileir/padding.h"

#include <algorithm>
#include <cmath>

namespace tw::tileir {
namespace {

using Kind = Pad::Kind;
constexpr int64_t kSide = 32;

bool is_constant(const Pad& pad, double value) {
    return pad.kind == Kind::Constant && pad.value == value;
}

Pad constant_or_any(double value) {
    return std::isnan(value) ? Pad{} : Pad{Kind::Constant, value};
}

bool is_finite(const Pad& pad) {
    return pad.kind == Kind::Finite || (pad.kind == Kind::Constant && std::isfinite(pad.value));
}

Pad join(const Pad& a, const Pad& b) {
    if (a == b) return a;
    return is_finite(a) && is_finite(b) ? Pad{Kind::Finite} : Pad{};
}

Pad map(const Operation& op, const Pad& x, const double* numbers) {
    if (x.kind == Kind::Constant) return constant_or_any(op.unary(x.value, numbers));
    return x.kind == Kind::Finite && op.bounded ? x : Pad{};
}

Pad map(const Operation& op, const Pad& x, const Pad& y) {
    if (x.kind == Kind::Constant && y.kind == Kind::Constant) return constant_or_any(op.binary(x.value, y.value));
    const bool multiplies = op.name.ends_with("mul");
    if (multiplies && ((is_constant(x, 0) && is_finite(y)) || (is_constant(y, 0) && is_finite(x))))
        return {Kind::Constant, 0};
    const bool stays = op.name != "d.div" && op.name != "d.pow";
    return stays && is_finite(x) && is_finite(y) ? Pad{Kind::Finite} : Pad{};
}

struct Padding {
    using Page = PaddedPage;

    Findings* findings = nullptr;
    const Statement* statement = nullptr;

    void at(Findings& f, const Statement* s) {
        findings = &f;
        statement = s;
    }
    void find(const std::string& what) const { findings->add(Check::Padding, statement, what); }

    // ---- moves
    static Page blank(int64_t elements) {
        return {.h = 1, .w = 0, .below = {}, .right = {}, .all = {}, .inside_w = elements};
    }
    static Page constant(int64_t, double value) {
        return {.h = 0, .w = 0, .below = {Kind::Constant, value}, .right = {Kind::Constant, value}, .all = value};
    }
    static Page load(const Tensor& t, int64_t page, const Bindings& sizes) {
        Page p;
        const auto number = [&](const Size& s) { return s.value(sizes).value_or(0); };
        if (t.layout == Layout::Rows) {
            p.h = 1;
            p.w = number(t.dims.back());
            return p;
        }
        const int64_t columns = number(t.dims.back()), rows = number(t.dims[t.dims.size() - 2]);
        if (columns && page % columns == columns - 1) p.w = number(t.last_w);
        if (columns && rows && page / columns % rows == rows - 1) p.h = number(t.last_h);
        p.below = t.pad_h;
        p.right = t.pad_w;
        return p;
    }
    // Parts are put beside one another from the left; what they leave out stays unknown.
    static void load_part(Page& to, const Tensor&, int64_t, int64_t, int64_t offset, int64_t count, const Bindings&) {
        if (offset == to.w) to.w += count;
    }
    static void fill_part(Page& to, int64_t offset, int64_t count, double value) {
        if (offset <= to.w && offset + count == to.inside_w) to.right = {Kind::Constant, value};
    }
    void store(const Tensor& t, int64_t page, const Page& from, const Bindings& sizes) const {
        if (t.layout == Layout::Rows || !findings) return;
        const Page wanted = load(t, page, sizes);
        if (from.all) return;
        if (from.h < wanted.h || from.w < wanted.w) {
            find(fmt::format("{}x{} elements are valid, and the output's page {} has {}x{}", from.h, from.w, page, wanted.h,
                             wanted.w));
        }
        // An output that promises nothing of its padding takes any.
        const auto kept = [](const Pad& promised, const Pad& is) {
            return promised.kind == Kind::Any || join(promised, is) == promised;
        };
        if ((wanted.h < kSide && !kept(t.pad_h, from.below)) || (wanted.w < kSide && !kept(t.pad_w, from.right))) {
            find(fmt::format("the padding of {} is not what it promises", t.name));
        }
    }
    static void store_part(const Tensor&, int64_t, int64_t, const Page&, int64_t, int64_t, const Bindings&) {}
    static Page fill(const Fill& f, int64_t, int64_t h, int64_t w) {
        Page p;
        if (f.kind == Fill::Kind::Constant) p.all = f.value;
        p.is_mask = f.kind == Fill::Kind::Mask;
        p.is_scaler = f.kind == Fill::Kind::Scaler;
        p.inside_h = h;
        p.inside_w = w;
        return p;
    }
    static int64_t word(const Page&, int64_t) { return 0; }

    // ---- compute
    // Element by element: where one operand is valid and the other is not, the result is padding, unless what the other has
    // there changes nothing: sums of tiles of which the last is narrower and 0 beside its elements are valid all over.
    template <class F>
    static Page zip(const Page& a, const Page& b, F f, std::optional<double> identity = {}) {
        Page p;
        const auto side = [&](int64_t x, int64_t y, const Pad& px, const Pad& py, int64_t& valid, Pad& pad) {
            const bool same = identity && x != y && is_constant(x < y ? px : py, *identity);
            valid = same ? std::max(x, y) : std::min(x, y);
            if (valid == kSide) return;
            const Pad finite{Kind::Finite};
            if (same || x == y) {
                pad = f(px, py);
            } else {
                pad = f(x < y ? px : finite, x < y ? finite : py);
                if (std::max(x, y) < kSide) pad = join(pad, f(px, py));
            }
        };
        side(a.h, b.h, of(a, a.below), of(b, b.below), p.h, p.below);
        side(a.w, b.w, of(a, a.right), of(b, b.right), p.w, p.right);
        return p;
    }
    // x op e = e op x = x.
    static std::optional<double> identity_of(const Operation& op) {
        if (op.name.ends_with("add")) return 0;
        if (op.name.ends_with("mul")) return 1;
        if (op.name == "d.max") return -HUGE_VAL;
        if (op.name == "d.min") return HUGE_VAL;
        return std::nullopt;
    }
    static Pad of(const Page& p, const Pad& pad) { return p.all ? Pad{Kind::Constant, *p.all} : pad; }

    static Page spread(const Page& a, bool rows, bool columns) {
        Page p = a;
        p.is_mask = p.is_scaler = false;
        if (rows) p.h = kSide;
        if (columns) p.w = kSide;
        return p;
    }

    void neutral(const Operation& op, int64_t valid, const Pad& pad, int64_t inside, const char* what) const {
        if (valid == kSide) return;
        if (op.fold == Fold::Sum && inside <= valid) return;  // the scaler is 0 there
        const double wanted = op.fold == Fold::Max ? -HUGE_VAL : 0;
        if (is_constant(pad, wanted)) return;
        find(fmt::format("{} reads {} {} to 31, which hold {}; {} would be neutral", op.name, what, valid,
                         pad.kind == Kind::Any      ? "anything"
                         : pad.kind == Kind::Finite ? "some numbers"
                                                    : fmt::format("{}", pad.value),
                         wanted));
    }

    // The tile where the mask is 1, else the value.
    static Page masked(const Page& a, const Page& mask, double value) {
        Page p = a;
        const Pad constant{Kind::Constant, value};
        if (mask.inside_h < kSide && mask.inside_h <= a.h) {
            p.h = mask.inside_h;
            p.below = constant;
        }
        if (mask.inside_w < kSide && mask.inside_w <= a.w) {
            p.w = mask.inside_w;
            p.right = constant;
        }
        return p;
    }

    Page reduce(const Operation& op, const Page& a, const Page& scaler) const {
        if (!scaler.is_scaler) find("the second operand of a reduction is a tile of scalers");
        Page p = a;
        p.all.reset();
        p.is_mask = p.is_scaler = false;
        const Pad zero{Kind::Constant, 0};
        if (op.along != Along::Column) {
            neutral(op, a.w, a.right, scaler.inside_w, "columns");
            p.w = 1;
            p.right = zero;
        }
        if (op.along != Along::Row) {
            neutral(op, a.h, a.below, scaler.inside_h, "rows");
            p.h = 1;
            p.below = zero;
        }
        return p;
    }

    static Page transpose(Page p) {
        std::swap(p.h, p.w);
        std::swap(p.below, p.right);
        std::swap(p.inside_h, p.inside_w);
        return p;
    }

    Page matmul(const Page& a, const Page& b) const {
        const int64_t ka = a.w, kb = b.h;
        if (ka != kb) {
            find(fmt::format("the inner axis has {} valid columns on the left and {} valid rows on the right", ka, kb));
        } else if (ka < kSide) {
            const bool zero =
                (is_constant(a.right, 0) && is_finite(b.below)) || (is_constant(b.below, 0) && is_finite(a.right));
            if (!zero) find("the padding of the inner axis is not 0 on one side and finite on the other");
        }
        const auto outside = [](const Pad& pad) { return is_constant(pad, 0) || pad.kind == Kind::Finite ? pad : Pad{}; };
        return {.h = a.h, .w = b.w, .below = outside(a.below), .right = outside(b.right), .all = {}};
    }

    Page compute(const Operation& op, const std::vector<const Page*>& in, const std::vector<double>& numbers, Broadcast b) {
        if (op.shape == Shape::Fresh) {
            return {.h = kSide, .w = kSide, .below = {}, .right = {}, .all = numbers[0]};
        }
        const Page& a = *in[0];
        switch (op.shape) {
            case Shape::Move: return a;
            case Shape::Transpose: return transpose(a);
            case Shape::Spread: return spread(a, op.along != Along::Column, op.along != Along::Row);
            case Shape::Binary: {
                const bool rows = b == Broadcast::Row || b == Broadcast::Scalar,
                           columns = b == Broadcast::Column || b == Broadcast::Scalar;
                const Page second = spread(*in[1], rows, columns);
                return zip(a, second, [&](const Pad& x, const Pad& y) { return map(op, x, y); }, identity_of(op));
            }
            case Shape::Reuse:
            case Shape::Binaries:
                return zip(a, *in[1], [&](const Pad& x, const Pad& y) { return map(op, x, y); }, identity_of(op));
            case Shape::Reduce: return reduce(op, a, *in[1]);
            case Shape::Matmul: return matmul(a, op.transposed ? transpose(*in[1]) : *in[1]);
            case Shape::Unary: {
                Page p = a;
                p.is_mask = p.is_scaler = false;
                if (p.all) p.all = op.unary(*p.all, numbers.data());
                p.below = map(op, a.below, numbers.data());
                p.right = map(op, a.right, numbers.data());
                return p;
            }
            case Shape::Select: {
                if (a.is_mask && in[2]->all) return masked(*in[1], a, *in[2]->all);
                const Page p = zip(*in[1], *in[2], [](const Pad& x, const Pad& y) { return join(x, y); });
                return zip(p, a, [](const Pad& x, const Pad&) { return x; });
            }
            case Shape::Mask: {
                const Page& m = *in[1];
                if (!m.is_mask) find("the second operand of mask is a tile of ones and zeros");
                return masked(a, m, 0);
            }
            case Shape::Scan: {
                Page p = a;
                if (!is_constant(p.below, 0)) p.below = p.below.kind == Kind::Any ? Pad{} : Pad{Kind::Finite};
                return p;
            }
            case Shape::Fresh: break;
        }
        return a;
    }

    static Page accumulate(const Operation& op, const Page& before, const Page& result) {
        const Operation& add = *find_operation(op.fold == Fold::Max ? "d.max" : "d.add");
        return zip(before, result, [&](const Pad& x, const Pad& y) { return map(add, x, y); }, identity_of(add));
    }
    static Page pack(const Page& from, bool relu) {
        Page p = from;
        if (!relu) return p;
        for (Pad* pad : {&p.below, &p.right}) {
            if (pad->kind == Kind::Constant) pad->value = std::max(pad->value, 0.0);
        }
        return p;
    }

    static std::vector<Page> tilize(const std::vector<const Page*>& rows, int64_t tiles) {
        std::vector<Page> made;
        int64_t h = 0;
        while (h < kSide && !rows[static_cast<size_t>(h)]->all) ++h;
        for (int64_t t = 0; t < tiles; ++t) {
            Page p;
            p.h = h;
            if (h < kSide) p.below = Pad{Kind::Constant, *rows[static_cast<size_t>(h)]->all};
            if (h == 0) {
                p.all = rows[0]->all;
            } else {
                p.w = std::clamp<int64_t>(rows[0]->w - t * kSide, 0, kSide);
                p.right = rows[0]->right;
            }
            made.push_back(p);
        }
        return made;
    }
    static std::vector<Page> untilize(const std::vector<const Page*>& tiles) {
        std::vector<Page> rows;
        for (int64_t r = 0; r < kSide; ++r) {
            Page p{.h = 1, .w = 0, .below = {}, .right = tiles.back()->right, .all = {}};
            for (const Page* t : tiles) p.w += r < t->h ? t->w : 0;
            rows.push_back(p);
        }
        return rows;
    }
};

}  // namespace

void check_padding(const Program& program, const Bindings& sizes, Limits limits, Findings& findings) {
    Padding padding;
    std::map<std::string, double> params;
    for (const Param& p : program.params) params[p.name] = 0.618034;  // neutral to nothing
    Machine<Padding>(program, sizes, params, padding, limits, findings).run();
}

}  // namespace tw::tileir
