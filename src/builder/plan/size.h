// Sizes that the host knows when the operation is called: how many tiles a tensor is wide, how many pages a CB holds, where
// a slice begins.
//
// A Size is an expression over what can be asked of a tensor and over sizes that the plan named before, never text: plans
// compare sizes and take them apart, and each language has its own words for them (emit/size_text.h writes Python). `str`
// is the form for people, in which named sizes, numbers and operators look as they do in both languages.
#pragma once

#include "builder/math/dimension.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tw::builder {

// The number format of a CB's pages: a tensor's, or one that is fixed.
struct Format {
    std::string tensor;  // its dtype, or
    std::string dtype;   // "bfloat16"
    bool operator==(const Format&) const = default;
};

// What a working kernel's circular buffers may take of a core's L1 (Kind::L1Budget): two thirds of a Wormhole's
// (docs/hardware.md), so that tensors may lie there, too.
inline constexpr int64_t kL1ForBuffers = 1'000'000;

class Size {
public:
    enum class Kind {
        Number,
        Name,          // a size that the plan has under this name, or one that the emitted code counts with: "tile"
        Symbolic,      // of the spec's symbols: 2 * W
        Extent,        // of a tensor along `axis`
        PaddedExtent,  // the same, up to whole tiles
        ExtentOrOne,   // 1 where the tensor has no such dimension
        ChosenExtent,  // along the dimension that a parameter chooses
        Pages,         // of a tensor
        PageBytes,     // of a tensor's page
        ElementBytes,  // of a tensor's element
        Elements,      // of a tensor, with its padding
        TileBytes,     // of a tile in `format`
        TileSide,      // 32
        Cores,         // of the grid
        L1Budget,      // bytes of a core's L1 that circular buffers may take
        Product,
        Sum,
        Difference,
        Quotient,  // towards zero
        Remainder,
        ByAxis,   // args[0] where the parameter chooses `axis`, else args[1]
        Grouped,  // args[0], in parentheses for the reader
        Least,    // of args
        Greatest,
        Fits,     // 1 where args[0] is at most args[1], else 0
        Either,   // args[1] where args[0] is not 0, else args[2]
        Divisor,  // the largest divisor of args[0] that is at most args[1]
    };

    Size() = default;                          // 0
    Size(int64_t number) : number_(number) {}  // NOLINT: sizes are written as numbers where they are

    static Size name(std::string name) { return leaf(Kind::Name, std::move(name)); }
    static Size symbolic(Dim dim);
    static Size extent(std::string tensor, int axis) { return leaf(Kind::Extent, std::move(tensor), axis); }
    static Size padded_extent(std::string tensor, int axis) { return leaf(Kind::PaddedExtent, std::move(tensor), axis); }
    static Size extent_or_one(std::string tensor, int axis) { return leaf(Kind::ExtentOrOne, std::move(tensor), axis); }
    static Size chosen_extent(std::string tensor, std::string param);
    static Size pages(std::string tensor) { return leaf(Kind::Pages, std::move(tensor)); }
    static Size page_bytes(std::string tensor) { return leaf(Kind::PageBytes, std::move(tensor)); }
    static Size element_bytes(std::string tensor) { return leaf(Kind::ElementBytes, std::move(tensor)); }
    static Size elements(std::string tensor) { return leaf(Kind::Elements, std::move(tensor)); }
    // Where the API has no function for it, `tensor` is asked.
    static Size tile_bytes(Format format, std::string tensor);
    static Size tile_side() { return leaf(Kind::TileSide, {}); }
    static Size by_axis(std::string param, int axis, Size then, Size otherwise);
    static Size cores() { return leaf(Kind::Cores, {}); }
    static Size l1_budget() { return leaf(Kind::L1Budget, {}); }
    static Size least(Size a, Size b) { return node(Kind::Least, {std::move(a), std::move(b)}); }
    static Size greatest(Size a, Size b) { return node(Kind::Greatest, {std::move(a), std::move(b)}); }
    static Size clamp(Size size, Size low, Size high) {
        return greatest(std::move(low), least(std::move(high), std::move(size)));
    }
    static Size fits(Size a, Size b) { return node(Kind::Fits, {std::move(a), std::move(b)}); }
    static Size either(Size is, Size then, Size otherwise) {
        return node(Kind::Either, {std::move(is), std::move(then), std::move(otherwise)});
    }
    static Size divisor(Size of, Size most) { return node(Kind::Divisor, {std::move(of), std::move(most)}); }
    static Size grouped(Size size) { return node(Kind::Grouped, {std::move(size)}); }

    friend Size operator*(Size a, Size b) { return node(Kind::Product, {std::move(a), std::move(b)}); }
    friend Size operator+(Size a, Size b) { return node(Kind::Sum, {std::move(a), std::move(b)}); }
    friend Size operator-(Size a, Size b) { return node(Kind::Difference, {std::move(a), std::move(b)}); }
    friend Size operator/(Size a, Size b) { return node(Kind::Quotient, {std::move(a), std::move(b)}); }
    friend Size operator%(Size a, Size b) { return node(Kind::Remainder, {std::move(a), std::move(b)}); }
    bool operator==(const Size&) const = default;

    Kind kind() const { return kind_; }
    int64_t number() const { return number_; }               // Number
    const std::string& subject() const { return subject_; }  // Name; the tensor of what is asked of one
    const std::string& param() const { return param_; }      // ChosenExtent, ByAxis
    int axis() const { return axis_; }
    const Dim& dim() const { return dim_; }           // Symbolic
    const Format& format() const { return format_; }  // TileBytes
    const std::vector<Size>& args() const { return args_; }

    bool is_one() const { return *this == Size(1); }
    bool mentions(std::string_view name) const;  // a Name
    bool mentions(Kind) const;
    std::string str() const;  // "2 * width_tiles", "tile / width_tiles"

    // With the leaves in the words of `leaf`; an operand gets parentheses where it needs them.
    struct Words {
        std::function<std::string(const Size&)> leaf;
        std::function<std::string(const Size&, const std::string& then, const std::string& otherwise)> by_axis;
        std::string_view quotient;  // " / "
    };
    std::string text(const Words&) const;

private:
    Kind kind_ = Kind::Number;
    int64_t number_ = 0;
    int axis_ = 0;
    std::string subject_, param_;
    Dim dim_;
    Format format_;
    std::vector<Size> args_;

    static Size leaf(Kind, std::string subject, int axis = 0);
    static Size node(Kind, std::vector<Size> args);
    int precedence() const;
    std::string operand(const Words&, int around, bool right) const;
};

}  // namespace tw::builder
