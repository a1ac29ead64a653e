#include "builder/plan/size.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::builder {

namespace {

constexpr int kChoiceBinds = 0, kSumBinds = 1, kProductBinds = 2, kAtomBinds = 3;

}  // namespace

Size Size::leaf(Kind kind, std::string subject, int axis) {
    Size size;
    size.kind_ = kind;
    size.subject_ = std::move(subject);
    size.axis_ = axis;
    return size;
}

Size Size::node(Kind kind, std::vector<Size> args) {
    Size size;
    size.kind_ = kind;
    size.args_ = std::move(args);
    return size;
}

Size Size::symbolic(Dim dim) {
    Size size = leaf(Kind::Symbolic, {});
    size.dim_ = std::move(dim);
    return size;
}

Size Size::chosen_extent(std::string tensor, std::string param) {
    Size size = leaf(Kind::ChosenExtent, std::move(tensor));
    size.param_ = std::move(param);
    return size;
}

Size Size::tile_bytes(Format format, std::string tensor) {
    Size size = leaf(Kind::TileBytes, std::move(tensor));
    size.format_ = std::move(format);
    return size;
}

Size Size::by_axis(std::string param, int axis, Size then, Size otherwise) {
    Size size = node(Kind::ByAxis, {std::move(then), std::move(otherwise)});
    size.param_ = std::move(param);
    size.axis_ = axis;
    return size;
}

bool Size::mentions(std::string_view name) const {
    if (kind_ == Kind::Name) return subject_ == name;
    return std::any_of(args_.begin(), args_.end(), [&](const Size& arg) { return arg.mentions(name); });
}

bool Size::mentions(Kind kind) const {
    return kind_ == kind || std::any_of(args_.begin(), args_.end(), [&](const Size& arg) { return arg.mentions(kind); });
}

int Size::precedence() const {
    switch (kind_) {
        case Kind::ExtentOrOne:
        case Kind::Either:
        case Kind::ByAxis: return kChoiceBinds;
        case Kind::Symbolic: return dim_.number() || dim_.only_symbol() ? kAtomBinds : kChoiceBinds;
        case Kind::Sum:
        case Kind::Difference: return kSumBinds;
        case Kind::Cores:
        case Kind::Product:
        case Kind::Quotient:
        case Kind::Remainder: return kProductBinds;
        default: return kAtomBinds;
    }
}

// What stands left of an operator of its own strength needs no parentheses: both languages go from left to right.
std::string Size::operand(const Words& words, int around, bool right) const {
    const std::string out = text(words);
    const bool weaker = precedence() < around || (right && precedence() == around);
    return weaker ? "(" + out + ")" : out;
}

std::string Size::text(const Words& words) const {
    const auto joined = [&](std::string_view op, bool associates) {
        const int own = precedence();
        return args_[0].operand(words, own, false) + std::string(op) + args_[1].operand(words, own, !associates);
    };
    switch (kind_) {
        case Kind::Number: return std::to_string(number_);
        // a * (b * c) is a * b * c, but a * (b / c) stays.
        case Kind::Product: return joined(" * ", args_[1].kind_ == Kind::Product);
        case Kind::Sum: return joined(" + ", true);
        case Kind::Difference: return joined(" - ", false);
        case Kind::Least: return "min(" + args_[0].text(words) + ", " + args_[1].text(words) + ")";
        case Kind::Greatest: return "max(" + args_[0].text(words) + ", " + args_[1].text(words) + ")";
        case Kind::Fits: return "int(" + args_[0].text(words) + " <= " + args_[1].text(words) + ")";
        case Kind::Either: return args_[1].text(words) + " if " + args_[0].text(words) + " else " + args_[2].text(words);
        case Kind::Divisor: {
            const std::string of = args_[0].operand(words, kProductBinds, true), most = args_[1].text(words);
            const bool number = args_[1].kind_ == Kind::Number;
            const std::string end = number ? std::to_string(args_[1].number_ + 1) : most + " + 1";
            return fmt::format("max(n for n in range(1, {}) if {} % n == 0)", end, of);
        }
        case Kind::Quotient: return joined(words.quotient, false);
        case Kind::Remainder: return joined(" % ", false);
        case Kind::ByAxis: return words.by_axis(*this, args_[0].text(words), args_[1].text(words));
        case Kind::Grouped: return "(" + args_[0].text(words) + ")";
        default: return words.leaf(*this);
    }
}

std::string Size::str() const {
    const auto leaf = [](const Size& size) -> std::string {
        switch (size.kind()) {
            case Kind::Name: return size.subject();
            case Kind::Symbolic: return size.dim().str();
            case Kind::Extent:
            case Kind::PaddedExtent:
            case Kind::ExtentOrOne: return fmt::format("size {} of {}", size.axis(), size.subject());
            case Kind::ChosenExtent: return fmt::format("size {} of {}", size.param(), size.subject());
            case Kind::Pages: return "pages of " + size.subject();
            case Kind::PageBytes: return size.subject() + "_page_size";
            case Kind::ElementBytes: return "bytes of an element of " + size.subject();
            case Kind::Elements: return "elements of " + size.subject();
            case Kind::TileBytes: return "bytes of a tile";
            case Kind::Cores: return "cores";
            case Kind::L1Budget: return "bytes of L1";
            default: return "32";
        }
    };
    const auto by_axis = [](const Size& size, const std::string& then, const std::string& otherwise) {
        return fmt::format("{} where {} is {}, else {}", then, size.param(), size.axis(), otherwise);
    };
    return text({leaf, by_axis, " / "});
}

}  // namespace tw::builder
