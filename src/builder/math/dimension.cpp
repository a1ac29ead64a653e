#include "builder/math/dimension.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <stdexcept>

namespace tw::builder {

Dim::Ratio Dim::ratio(__int128 top, __int128 bottom) {
    if (bottom == 0) throw std::domain_error("division by zero");
    if (bottom < 0) {
        top = -top;
        bottom = -bottom;
    }
    __int128 a = top < 0 ? -top : top, b = bottom;
    while (b != 0) {
        const __int128 rest = a % b;
        a = b;
        b = rest;
    }
    if (a > 1) {
        top /= a;
        bottom /= a;
    }
    constexpr __int128 kLimit = INT32_MAX;
    if (top > kLimit || top < -kLimit || bottom > kLimit) throw std::overflow_error("a size must fit into 31 bits");
    return {static_cast<int64_t>(top), static_cast<int64_t>(bottom)};
}

Dim::Dim(int64_t value) {
    if (value != 0) terms_[{}] = ratio(value, 1);
}

Dim Dim::symbol(const std::string& name) {
    Dim dim;
    dim.terms_[{name}] = {1, 1};
    return dim;
}

void Dim::add_term(const std::vector<std::string>& monomial, Ratio coefficient) {
    Ratio& mine = terms_[monomial];
    mine =
        ratio(static_cast<__int128>(mine.top) * coefficient.bottom + static_cast<__int128>(coefficient.top) * mine.bottom,
              static_cast<__int128>(mine.bottom) * coefficient.bottom);
    if (mine.top == 0) terms_.erase(monomial);
    if (terms_.size() > 32) throw std::overflow_error("a size has more than 32 terms");
}

Dim Dim::operator+(const Dim& other) const {
    Dim sum = *this;
    for (const auto& [monomial, coefficient] : other.terms_) sum.add_term(monomial, coefficient);
    return sum;
}

Dim Dim::operator-(const Dim& other) const {
    return *this + other * Dim(-1);
}

Dim Dim::operator*(const Dim& other) const {
    Dim product;
    for (const auto& [a, ca] : terms_) {
        for (const auto& [b, cb] : other.terms_) {
            std::vector<std::string> monomial = a;
            monomial.insert(monomial.end(), b.begin(), b.end());
            std::sort(monomial.begin(), monomial.end());
            if (monomial.size() > 16) throw std::overflow_error("a size multiplies more than 16 symbols");
            product.add_term(monomial,
                             ratio(static_cast<__int128>(ca.top) * cb.top, static_cast<__int128>(ca.bottom) * cb.bottom));
        }
    }
    return product;
}

Dim Dim::operator/(const Dim& other) const {
    if (other.terms_.size() != 1 || !other.terms_.begin()->first.empty())
        throw std::domain_error("a size is divided by numbers only");
    const Ratio by = other.terms_.begin()->second;
    Dim quotient;
    quotient.terms_[{}] = ratio(by.bottom, by.top);
    return *this * quotient;
}

Dim Dim::from(const Syntax& syntax) {
    switch (syntax.kind) {
        case Syntax::Kind::Number:
            if (syntax.number != std::floor(syntax.number) || std::abs(syntax.number) > INT32_MAX) {
                throw std::domain_error(fmt::format("{} is not a size", syntax.name));
            }
            return Dim(static_cast<int64_t>(syntax.number));
        case Syntax::Kind::Name: return symbol(syntax.name);
        case Syntax::Kind::Negate: return Dim(0) - from(syntax.args[0]);
        case Syntax::Kind::Binary: {
            const Dim left = from(syntax.args[0]), right = from(syntax.args[1]);
            if (syntax.name == "+") return left + right;
            if (syntax.name == "-") return left - right;
            if (syntax.name == "*") return left * right;
            if (syntax.name == "/") return left / right;
            break;
        }
        default: break;
    }
    throw std::domain_error("a size is made of symbols, whole numbers and + - * /");
}

std::optional<int64_t> Dim::number() const {
    if (terms_.empty()) return 0;
    if (terms_.size() == 1 && terms_.begin()->first.empty() && terms_.begin()->second.bottom == 1)
        return terms_.begin()->second.top;
    return std::nullopt;
}

std::optional<std::string> Dim::only_symbol() const {
    if (terms_.size() != 1) return std::nullopt;
    const auto& [monomial, coefficient] = *terms_.begin();
    if (monomial.size() != 1 || coefficient != Ratio{1, 1}) return std::nullopt;
    return monomial.front();
}

std::optional<std::pair<std::string, int64_t>> Dim::scaled_symbol() const {
    if (terms_.size() != 1) return std::nullopt;
    const auto& [monomial, coefficient] = *terms_.begin();
    if (monomial.size() != 1 || coefficient.bottom != 1 || coefficient.top < 1) return std::nullopt;
    return std::pair{monomial.front(), coefficient.top};
}

std::vector<std::string> Dim::symbols() const {
    std::set<std::string> names;
    for (const auto& [monomial, coefficient] : terms_) names.insert(monomial.begin(), monomial.end());
    return {names.begin(), names.end()};
}

bool Dim::divides() const {
    return std::any_of(terms_.begin(), terms_.end(), [](const auto& term) { return term.second.bottom != 1; });
}

namespace {

template <class Terms, class Name>
std::string text_of(const Terms& terms, std::string_view divide, const Name& name) {
    if (terms.empty()) return "0";
    std::string out;
    // Symbols first, the plain number last.
    for (auto term = terms.rbegin(); term != terms.rend(); ++term) {
        const auto& [monomial, coefficient] = *term;
        int64_t top = coefficient.top;
        if (!out.empty()) {
            out += top < 0 ? " - " : " + ";
            top = std::abs(top);
        } else if (top < 0) {
            out += '-';
            top = -top;
        }
        std::string product;
        for (const std::string& symbol : monomial) product += (product.empty() ? "" : " * ") + name(symbol);
        if (product.empty())
            product = std::to_string(top);
        else if (top != 1)
            product = fmt::format("{} * {}", top, product);
        if (coefficient.bottom != 1) product += fmt::format(" {} {}", divide, coefficient.bottom);
        out += product;
    }
    return out;
}

}  // namespace

std::string Dim::str() const {
    return text_of(terms_, "/", [](const std::string& symbol) { return symbol; });
}

std::string Dim::python(const std::function<std::string(const std::string&)>& name) const {
    return text_of(terms_, "//", name);
}

std::optional<int64_t> Dim::value(const std::map<std::string, int64_t>& symbols) const {
    __int128 top = 0, bottom = 1;
    for (const auto& [monomial, coefficient] : terms_) {
        __int128 term = coefficient.top;
        for (const std::string& symbol : monomial) {
            const auto found = symbols.find(symbol);
            if (found == symbols.end()) return std::nullopt;
            term *= found->second;
            if (term > INT64_MAX || term < INT64_MIN) return std::nullopt;
        }
        top = top * coefficient.bottom + term * bottom;
        bottom *= coefficient.bottom;
        if (bottom > INT32_MAX || top > INT64_MAX || top < INT64_MIN) return std::nullopt;
    }
    if (top % bottom != 0) return std::nullopt;
    return static_cast<int64_t>(top / bottom);
}

std::string Shape::str() const {
    std::string out = outer ? "..." : "";
    for (const Dim& dim : dims) out += (out.empty() ? "" : ", ") + dim.str();
    return "[" + out + "]";
}

}  // namespace tw::builder
