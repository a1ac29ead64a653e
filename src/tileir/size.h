// Sizes of a tile program: counts of tiles, page numbers, trip counts.
//
// A Size is a polynomial with whole coefficients over atoms: symbols (`Wt`, a loop's `i`) and the calls ceil, floor, mod,
// min and max of other sizes. It is kept in canonical form, so that two sizes are equal when they are the same for all
// values of their symbols as far as the calls are taken for unknowns. That is what the balance of a circular buffer needs:
// pushed and taken counts are compared as polynomials, not at some values.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tw::tileir {

class Size;
using Bindings = std::map<std::string, int64_t>;  // values of symbols

// An unknown of the polynomial.
struct Atom {
    enum class Kind : uint8_t { Symbol, Ceil, Floor, Mod, Min, Max };
    Kind kind = Kind::Symbol;
    std::string text;                  // the canonical form, by which atoms are ordered
    std::shared_ptr<const Size> a, b;  // operands of a call
    friend bool operator==(const Atom& x, const Atom& y) { return x.text == y.text; }
    friend std::strong_ordering operator<=>(const Atom& x, const Atom& y) { return x.text <=> y.text; }
};

class Size {
public:
    Size() = default;      // 0
    Size(int64_t number);  // NOLINT: sizes are written as numbers where they are
    static Size symbol(std::string name);
    static Size ceil(const Size& a, const Size& b);   // ceil(a / b)
    static Size floor(const Size& a, const Size& b);  // a / b, of numbers that are not negative
    static Size mod(const Size& a, const Size& b);
    static Size min(const Size& a, const Size& b);
    static Size max(const Size& a, const Size& b);

    friend Size operator+(const Size& a, const Size& b);
    friend Size operator-(const Size& a, const Size& b);
    friend Size operator*(const Size& a, const Size& b);
    bool operator==(const Size&) const = default;

    std::optional<int64_t> number() const;  // when no symbol is in it
    bool is(int64_t n) const { return *this == Size(n); }
    // q with q * divisor == *this, when there is such a polynomial and the divisor is a single term.
    std::optional<Size> divided_by(const Size& divisor) const;
    std::set<std::string> symbols() const;
    Size with(const std::string& symbol, const Size& value) const;  // the symbol replaced
    // The sum of this over symbol = begin, begin + step, ... below end; none where it is no polynomial in the symbol of
    // degree 0 or 1, or the step does not divide the range.
    std::optional<Size> summed(const std::string& symbol, const Size& begin, const Size& end, const Size& step) const;
    // None when a symbol has no value, or a call divides by zero.
    std::optional<int64_t> value(const Bindings&) const;
    // f(atoms, coefficient) for each term, in the order of str().
    template <class F>
    void each_term(F f) const {
        for (const auto& [monomial, coefficient] : ordered()) f(*monomial, coefficient);
    }
    std::string str() const;  // "2 * Wt + i"; tileir/parse.cpp reads it back

private:
    using Monomial = std::vector<Atom>;  // sorted
    std::map<Monomial, int64_t> terms_;  // without zeros
    void add(const Monomial&, int64_t coefficient);
    std::vector<std::pair<const Monomial*, int64_t>> ordered() const;
    static Size call(Atom::Kind, const char* name, const Size& a, const Size& b);
};

}  // namespace tw::tileir
