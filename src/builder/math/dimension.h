// Symbolic sizes: the H, W and 2 * W of a shape.
//
// A Dim is a polynomial with rational coefficients over dimension symbols, kept in canonical form, so that equality is
// equality of values for every choice of the symbols. That is all that shape checking needs: a concat of W and W is 2 * W.
#pragma once

#include "builder/math/syntax.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tw::builder {

class Dim {
public:
    Dim() = default;  // 0
    explicit Dim(int64_t value);
    static Dim symbol(const std::string& name);
    // Raises std::overflow_error when a coefficient leaves 32 bits, std::domain_error for a division that is not by a
    // number.
    static Dim from(const Syntax&);

    Dim operator+(const Dim&) const;
    Dim operator-(const Dim&) const;
    Dim operator*(const Dim&) const;
    Dim operator/(const Dim&) const;
    bool operator==(const Dim&) const = default;

    bool is_number(int64_t value) const { return *this == Dim(value); }
    std::optional<int64_t> number() const;           // when it holds no symbol
    std::optional<std::string> only_symbol() const;  // when it is exactly one symbol
    // When it is a symbol times a whole number, as 2 * W: from such a size the symbol follows.
    std::optional<std::pair<std::string, int64_t>> scaled_symbol() const;
    std::vector<std::string> symbols() const;
    bool divides() const;     // has a half or another part of a symbol
    std::string str() const;  // "2 * W + 32"
    // The same as Python; `name` gives the text of a symbol. Division is //.
    std::string python(const std::function<std::string(const std::string&)>& name) const;
    // Empty when a symbol is missing or the value is not a whole number.
    std::optional<int64_t> value(const std::map<std::string, int64_t>& symbols) const;

private:
    struct Ratio {
        int64_t top = 0, bottom = 1;
        bool operator==(const Ratio&) const = default;
    };
    static Ratio ratio(__int128 top, __int128 bottom);
    // Monomial (its symbols, sorted) -> coefficient; zero coefficients are not kept.
    std::map<std::vector<std::string>, Ratio> terms_;
    void add_term(const std::vector<std::string>&, Ratio);
};

// A shape. `outer` stands for any number of dimensions in front: [..., H, W].
struct Shape {
    bool outer = false;
    std::vector<Dim> dims;
    bool operator==(const Shape&) const = default;
    std::string str() const;
};

}  // namespace tw::builder
