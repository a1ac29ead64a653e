#include "tileir/size.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::tileir {
namespace {

int64_t divide(Atom::Kind kind, int64_t a, int64_t b) {
    const int64_t down = a / b - (a % b != 0 && (a < 0) != (b < 0));
    return kind == Atom::Kind::Floor ? down : kind == Atom::Kind::Mod ? a - down * b : down + (down * b != a);
}

std::optional<int64_t> apply(Atom::Kind kind, int64_t a, int64_t b) {
    switch (kind) {
        case Atom::Kind::Min: return std::min(a, b);
        case Atom::Kind::Max: return std::max(a, b);
        case Atom::Kind::Symbol: return std::nullopt;
        default: return b == 0 ? std::nullopt : std::optional(divide(kind, a, b));
    }
}

}  // namespace

Size::Size(int64_t number) {
    add({}, number);
}

void Size::add(const Monomial& monomial, int64_t coefficient) {
    if (coefficient == 0) return;
    const auto [it, fresh] = terms_.try_emplace(monomial, coefficient);
    if (!fresh && (it->second += coefficient) == 0) terms_.erase(it);
}

Size Size::symbol(std::string name) {
    Size s;
    s.add({Atom{.kind = Atom::Kind::Symbol, .text = std::move(name)}}, 1);
    return s;
}

Size Size::call(Atom::Kind kind, const char* name, const Size& a, const Size& b) {
    if (const auto x = a.number(), y = b.number(); x && y) {
        if (const auto value = apply(kind, *x, *y)) return *value;
    }
    Size s;
    s.add({Atom{kind, fmt::format("{}({}, {})", name, a.str(), b.str()), std::make_shared<Size>(a),
                std::make_shared<Size>(b)}},
          1);
    return s;
}

Size Size::ceil(const Size& a, const Size& b) {
    if (const auto q = a.divided_by(b)) return *q;
    return call(Atom::Kind::Ceil, "ceil", a, b);
}

Size Size::floor(const Size& a, const Size& b) {
    if (const auto q = a.divided_by(b)) return *q;
    return call(Atom::Kind::Floor, "floor", a, b);
}

Size Size::mod(const Size& a, const Size& b) {
    if (a.divided_by(b)) return 0;
    return call(Atom::Kind::Mod, "mod", a, b);
}

Size Size::min(const Size& a, const Size& b) {
    return a == b ? a : call(Atom::Kind::Min, "min", a, b);
}

Size Size::max(const Size& a, const Size& b) {
    return a == b ? a : call(Atom::Kind::Max, "max", a, b);
}

Size operator+(const Size& a, const Size& b) {
    Size s = a;
    for (const auto& [monomial, c] : b.terms_) s.add(monomial, c);
    return s;
}

Size operator-(const Size& a, const Size& b) {
    Size s = a;
    for (const auto& [monomial, c] : b.terms_) s.add(monomial, -c);
    return s;
}

Size operator*(const Size& a, const Size& b) {
    Size s;
    for (const auto& [x, c] : a.terms_) {
        for (const auto& [y, d] : b.terms_) {
            Size::Monomial both;
            std::merge(x.begin(), x.end(), y.begin(), y.end(), std::back_inserter(both));
            s.add(both, c * d);
        }
    }
    return s;
}

std::optional<int64_t> Size::number() const {
    if (terms_.empty()) return 0;
    if (terms_.size() == 1 && terms_.begin()->first.empty()) return terms_.begin()->second;
    return std::nullopt;
}

std::optional<Size> Size::divided_by(const Size& divisor) const {
    if (divisor.terms_.size() != 1) return std::nullopt;
    const auto& [atoms, coefficient] = *divisor.terms_.begin();
    Size quotient;
    for (const auto& [monomial, c] : terms_) {
        if (c % coefficient != 0 || !std::includes(monomial.begin(), monomial.end(), atoms.begin(), atoms.end())) {
            return std::nullopt;
        }
        Monomial rest;
        std::set_difference(monomial.begin(), monomial.end(), atoms.begin(), atoms.end(), std::back_inserter(rest));
        quotient.add(rest, c / coefficient);
    }
    return quotient;
}

std::set<std::string> Size::symbols() const {
    std::set<std::string> names;
    for (const auto& [monomial, c] : terms_) {
        for (const Atom& atom : monomial) {
            if (atom.kind == Atom::Kind::Symbol) {
                names.insert(atom.text);
            } else {
                names.merge(atom.a->symbols());
                names.merge(atom.b->symbols());
            }
        }
    }
    return names;
}

Size Size::with(const std::string& name, const Size& value) const {
    Size result;
    for (const auto& [monomial, c] : terms_) {
        Size term(c);
        for (const Atom& atom : monomial) {
            if (atom.kind == Atom::Kind::Symbol) {
                term = term * (atom.text == name ? value : symbol(atom.text));
                continue;
            }
            const Size a = atom.a->with(name, value), b = atom.b->with(name, value);
            switch (atom.kind) {
                case Atom::Kind::Ceil: term = term * ceil(a, b); break;
                case Atom::Kind::Floor: term = term * floor(a, b); break;
                case Atom::Kind::Mod: term = term * mod(a, b); break;
                case Atom::Kind::Min: term = term * min(a, b); break;
                default: term = term * max(a, b); break;
            }
        }
        result = result + term;
    }
    return result;
}

std::optional<Size> Size::summed(const std::string& name, const Size& begin, const Size& end, const Size& step) const {
    // constant + slope * symbol; anything else in the symbol stays unknown.
    Size constant, slope;
    for (const auto& [monomial, c] : terms_) {
        Monomial rest;
        int degree = 0;
        for (const Atom& atom : monomial) {
            if (atom.kind == Atom::Kind::Symbol && atom.text == name) {
                ++degree;
                continue;
            }
            if (atom.kind != Atom::Kind::Symbol && (atom.a->symbols().contains(name) || atom.b->symbols().contains(name))) {
                return std::nullopt;
            }
            rest.push_back(atom);
        }
        if (degree > 1) return std::nullopt;
        (degree ? slope : constant).add(rest, c);
    }
    const Size range = end - begin;
    if (slope.is(0)) {
        // A range that the step does not divide has a shorter last round, which counts as well.
        const auto turns = range.divided_by(step);
        return constant * (turns ? *turns : ceil(range, step));
    }
    const auto turns = range.divided_by(step);
    if (!turns) return std::nullopt;
    // slope * (begin + begin + step + ...) = slope * (turns * begin + step * turns * (turns - 1) / 2)
    const auto half = (step * *turns * (*turns - 1)).divided_by(2);
    if (!half) return std::nullopt;
    return constant * *turns + slope * (*turns * begin + *half);
}

std::optional<int64_t> Size::value(const Bindings& bindings) const {
    int64_t sum = 0;
    for (const auto& [monomial, c] : terms_) {
        int64_t product = c;
        for (const Atom& atom : monomial) {
            if (atom.kind == Atom::Kind::Symbol) {
                const auto it = bindings.find(atom.text);
                if (it == bindings.end()) return std::nullopt;
                product *= it->second;
                continue;
            }
            const auto a = atom.a->value(bindings), b = atom.b->value(bindings);
            if (!a || !b) return std::nullopt;
            const auto v = apply(atom.kind, *a, *b);
            if (!v) return std::nullopt;
            product *= *v;
        }
        sum += product;
    }
    return sum;
}

// Numbers last: "Wt - 1"; positive terms first, so that none begins with a minus where there is a choice.
std::vector<std::pair<const Size::Monomial*, int64_t>> Size::ordered() const {
    std::vector<std::pair<const Monomial*, int64_t>> order;
    for (const auto& [monomial, c] : terms_) order.emplace_back(&monomial, c);
    std::sort(order.begin(), order.end(), [](const auto& x, const auto& y) {
        if (x.first->empty() != y.first->empty()) return y.first->empty();
        if ((x.second > 0) != (y.second > 0)) return x.second > 0;
        return *x.first < *y.first;
    });
    return order;
}

std::string Size::str() const {
    if (terms_.empty()) return "0";
    std::string text;
    for (const auto& [monomial, c] : ordered()) {
        const int64_t size = text.empty() ? c : std::abs(c);
        if (!text.empty()) text += c < 0 ? " - " : " + ";
        std::string term;
        if (monomial->empty() || (size != 1 && size != -1)) term = fmt::format("{}", size);
        if (!monomial->empty() && size == -1) term = "-1";
        for (const Atom& atom : *monomial) {
            if (!term.empty()) term += " * ";
            term += atom.text;
        }
        text += term;
    }
    return text;
}

}  // namespace tw::tileir
