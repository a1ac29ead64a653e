#include "builder/spec/python_expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace tw::builder {

namespace {

constexpr int kMaxDepth = 40;

// Modules of PyTorch that hold functions of tensors.
constexpr auto kModules =
    std::to_array<std::string_view>({"torch.nn.functional", "torch.special", "torch.linalg", "torch.fft", "torch"});
// Functions of `torch` itself that do something else than compute: files, settings, code.
constexpr auto kNoFunctions = std::to_array<std::string_view>(
    {"load", "save", "from_file", "compile", "seed", "manual_seed", "import_ir_module", "import_ir_module_from_buffer",
     "frombuffer", "from_dlpack", "to_dlpack", "typename", "vmap", "cond", "while_loop", "wait", "fork"});
// Members of tensors that compute or say what they are. In-place ones and those that reach files or memory are not here.
constexpr auto kMembers = std::to_array<std::string_view>({"abs",       "amax",        "amin",
                                                           "argmax",    "argmin",      "bool",
                                                           "chunk",     "clamp",       "cos",
                                                           "cumprod",   "cumsum",      "diff",
                                                           "dim",       "double",      "dtype",
                                                           "eq",        "exp",         "expand",
                                                           "expand_as", "flatten",     "flip",
                                                           "float",     "gather",      "ge",
                                                           "gt",        "half",        "index_select",
                                                           "int",       "isnan",       "item",
                                                           "le",        "log",         "long",
                                                           "lt",        "masked_fill", "matmul",
                                                           "max",       "maximum",     "mean",
                                                           "median",    "min",         "minimum",
                                                           "movedim",   "mul",         "narrow",
                                                           "ndim",      "ne",          "neg",
                                                           "norm",      "numel",       "permute",
                                                           "pow",       "prod",        "reciprocal",
                                                           "relu",      "repeat",      "repeat_interleave",
                                                           "reshape",   "roll",        "round",
                                                           "rsqrt",     "select",      "shape",
                                                           "sigmoid",   "sign",        "sin",
                                                           "size",      "softmax",     "log_softmax",
                                                           "sort",      "split",       "sqrt",
                                                           "square",    "squeeze",     "std",
                                                           "sub",       "add",         "div",
                                                           "sum",       "swapaxes",    "T",
                                                           "t",         "tanh",        "to",
                                                           "topk",      "transpose",   "tril",
                                                           "triu",      "type_as",     "unbind",
                                                           "unflatten", "unsqueeze",   "values",
                                                           "indices",   "var",         "view",
                                                           "where",     "bfloat16",    "mT"});
constexpr auto kBuiltins = std::to_array<std::string_view>({"float", "int", "abs", "min", "max", "len", "list", "tuple"});

bool among(const auto& list, std::string_view name) {
    return std::ranges::find(list, name) != std::end(list);
}

struct BadExpression {
    size_t at;
    std::string what, fix;
};

struct Piece {
    std::string text;
    int strength = kAtom;
    bool simple = true;  // a name or number: ** stands close to it

    static constexpr int kAtom = 9, kPower = 8, kSign = 7, kProduct = 6, kSum = 5, kCompare = 3, kNot = 2, kChoice = 0;
};

class Reader {
public:
    Reader(std::string_view text, const std::function<bool(std::string_view)>& known) : text_(text), known_(known) {}

    std::string run() {
        const Piece whole = choice();
        space();
        if (at_ != text_.size()) refuse(fmt::format("'{}' does not go on an expression", text_.substr(at_, 12)));
        return whole.text;
    }

private:
    std::string_view text_;
    const std::function<bool(std::string_view)>& known_;
    size_t at_ = 0;
    int depth_ = 0;

    [[noreturn]] void refuse(std::string what, std::string fix = {}) const {
        throw BadExpression{at_, std::move(what), std::move(fix)};
    }

    void space() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }
    bool take(std::string_view sign) {
        space();
        if (text_.compare(at_, sign.size(), sign) != 0) return false;
        at_ += sign.size();
        return true;
    }
    void expect(std::string_view sign) {
        if (!take(sign)) refuse(fmt::format("'{}' is missing here", sign));
    }
    static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }

    std::string_view peek_word() {
        space();
        size_t end = at_;
        while (end < text_.size() && (is_letter(text_[end]) || (end > at_ && is_digit(text_[end])))) ++end;
        return text_.substr(at_, end - at_);
    }
    bool take_word(std::string_view word) {
        if (peek_word() != word) return false;
        at_ += word.size();
        return true;
    }
    std::string word() {
        const std::string_view found = peek_word();
        if (found.empty()) refuse("a name is missing here");
        at_ += found.size();
        return std::string(found);
    }

    static std::string bound(const Piece& piece, int at_least) {
        return piece.strength < at_least ? "(" + piece.text + ")" : piece.text;
    }

    // a if c else b
    Piece choice() {
        if (++depth_ > kMaxDepth) refuse("this is nested too deeply");
        Piece left = logic();
        if (take_word("if")) {
            const Piece condition = logic();
            if (!take_word("else")) refuse("'else' is missing here");
            const Piece other = choice();
            left = {fmt::format("{} if {} else {}", bound(left, 1), bound(condition, 1), other.text), Piece::kChoice,
                    false};
        }
        --depth_;
        return left;
    }

    Piece logic() {
        Piece left = negation();
        for (;;) {
            const std::string_view next = peek_word();
            if (next != "and" && next != "or") return left;
            const std::string joint = word();
            const Piece right = negation();
            left = {fmt::format("{} {} {}", bound(left, 2), joint, bound(right, 2)), 1, false};
        }
    }

    Piece negation() {
        if (!take_word("not")) return comparison();
        const Piece of = negation();
        return {"not " + bound(of, Piece::kNot), Piece::kNot, false};
    }

    Piece comparison() {
        const Piece left = sum();
        if (take_word("is")) {
            const bool inverse = take_word("not");
            if (!take_word("None")) refuse("`is` goes with None only");
            return {bound(left, Piece::kSum) + (inverse ? " is not None" : " is None"), Piece::kCompare, false};
        }
        for (const std::string_view sign : {"<=", ">=", "==", "!=", "<", ">"}) {
            if (!take(sign)) continue;
            const Piece right = sum();
            return {fmt::format("{} {} {}", bound(left, Piece::kSum), sign, bound(right, Piece::kSum)), Piece::kCompare,
                    false};
        }
        return left;
    }

    Piece binary(const Piece& left, std::string_view sign, const Piece& right, int strength) {
        return {fmt::format("{} {} {}", bound(left, strength), sign, bound(right, strength + 1)), strength, false};
    }

    Piece sum() {
        Piece left = product();
        for (;;) {
            if (take("+"))
                left = binary(left, "+", product(), Piece::kSum);
            else if (take("-"))
                left = binary(left, "-", product(), Piece::kSum);
            else
                return left;
        }
    }

    Piece product() {
        Piece left = sign();
        for (;;) {
            space();
            if (text_.compare(at_, 2, "**") == 0) return left;
            std::string_view found;
            for (const std::string_view candidate : {"//", "*", "/", "%", "@"}) {
                if (found.empty() && take(candidate)) found = candidate;
            }
            if (found.empty()) return left;
            left = binary(left, found, sign(), Piece::kProduct);
        }
    }

    Piece sign() {
        if (++depth_ > kMaxDepth) refuse("this is nested too deeply");
        Piece piece;
        if (take("-")) {
            const Piece of = sign();
            piece = {"-" + bound(of, Piece::kSign), Piece::kSign, of.simple};
        } else {
            piece = power();
        }
        --depth_;
        return piece;
    }

    Piece power() {
        const Piece base = member();
        if (!take("**")) return base;
        const Piece exponent = sign();
        const bool close = base.simple && exponent.simple;
        return {bound(base, Piece::kAtom) + (close ? "**" : " ** ") + bound(exponent, Piece::kSign), Piece::kPower, false};
    }

    // An atom with what hangs on it: .name, (...), [...]
    Piece member() {
        Piece piece = atom();
        for (;;) {
            if (take("(")) {
                piece = {piece.text + "(" + arguments(")", true) + ")", Piece::kAtom, false};
            } else if (take("[")) {
                piece = {piece.text + "[" + subscript() + "]", Piece::kAtom, false};
            } else if (take(".")) {
                const size_t start = at_;
                const std::string name = word();
                if (is_digit(piece.text.front())) refuse("a number has no members");
                if (!among(kMembers, name)) {
                    at_ = start;
                    refuse(fmt::format("'.{}' is no member of tensors that a reference may use", name),
                           "use functions of torch");
                }
                piece = {bound(piece, Piece::kAtom) + "." + name, Piece::kAtom, piece.simple};
            } else {
                return piece;
            }
        }
    }

    std::string arguments(std::string_view end, bool by_name) {
        std::string out;
        bool named = false;
        while (!take(end)) {
            if (!out.empty()) {
                expect(",");
                if (take(end)) break;
                out += ", ";
            }
            const size_t start = at_;
            const std::string keyword(peek_word());
            if (!keyword.empty()) {
                at_ += keyword.size();
                space();
                const bool equals = at_ < text_.size() && text_[at_] == '=' && text_.compare(at_, 2, "==") != 0;
                if (equals && by_name) {
                    ++at_;
                    named = true;
                    out += keyword + "=" + choice().text;
                    continue;
                }
                at_ = start;
            }
            if (named) refuse("an argument by position follows one by name");
            out += choice().text;
        }
        return out;
    }

    std::string subscript() {
        std::string out;
        while (!take("]")) {
            if (!out.empty()) {
                expect(",");
                out += ", ";
            }
            if (take("...")) {
                out += "...";
                continue;
            }
            space();
            const auto at_end = [&] {
                space();
                return at_ < text_.size() && (text_[at_] == ':' || text_[at_] == ',' || text_[at_] == ']');
            };
            bool whole = true;
            std::vector<Piece> parts(1);
            if (!at_end()) parts[0] = choice();
            while (take(":")) {
                parts.emplace_back();
                if (!at_end()) parts.back() = choice();
            }
            if (parts.size() > 3 || (parts.size() == 1 && parts[0].text.empty())) refuse("this is no index");
            for (const Piece& part : parts) whole = whole && (part.simple || part.text.empty());
            std::string text = parts[0].text;
            for (size_t i = 1; i < parts.size(); ++i) {
                const bool before = !whole && !parts[i - 1].text.empty(), after = !whole && !parts[i].text.empty();
                text += std::string(before ? " " : "") + ":" + (after ? " " : "") + parts[i].text;
            }
            out += text;
        }
        if (out.empty()) refuse("an index is missing here");
        return out;
    }

    Piece atom() {
        space();
        if (at_ == text_.size()) refuse("the expression ends here");
        if (take("(")) {
            const size_t start = at_;
            const std::string inside = arguments(")", false);
            bool tuple = false;
            int depth = 0;
            for (size_t i = start; i + 1 < at_; ++i) {
                if (text_[i] == '(' || text_[i] == '[') ++depth;
                if (text_[i] == ')' || text_[i] == ']') --depth;
                tuple = tuple || (depth == 0 && text_[i] == ',');
            }
            if (inside.empty()) return {"()", Piece::kAtom, false};
            if (!tuple) return {"(" + inside + ")", Piece::kAtom, false};
            return {inside.find(", ") == std::string::npos ? "(" + inside + ",)" : "(" + inside + ")", Piece::kAtom, false};
        }
        if (take("[")) return {"[" + arguments("]", false) + "]", Piece::kAtom, false};
        const char c = text_[at_];
        if (is_digit(c) || c == '.') return number();
        if (c == '"' || c == '\'') return string(c);
        if (!is_letter(c)) refuse(fmt::format("'{}' has no meaning here", std::string(1, c)));
        const size_t start = at_;
        const std::string name = word();
        if (name == "torch") return function_of_torch();
        if (name == "True" || name == "False" || name == "None" || known_(name)) return {name, Piece::kAtom, true};
        space();
        if (among(kBuiltins, name) && at_ < text_.size() && text_[at_] == '(') return {name, Piece::kAtom, true};
        at_ = start;
        refuse(fmt::format("'{}' is not known here", name), "inputs, parameters, torch and functions of it are");
    }

    Piece function_of_torch() {
        std::string path = "torch";
        while (true) {
            expect(".");
            const size_t start = at_;
            const std::string name = word();
            const std::string longer = path + "." + name;
            const bool inner = std::ranges::any_of(
                kModules, [&](std::string_view module) { return module == longer || module.starts_with(longer + "."); });
            if (inner) {
                path = longer;
                continue;
            }
            const bool allowed = among(kModules, path) && name.front() != '_' && !name.ends_with('_') &&
                                 !among(kNoFunctions, name) && !name.starts_with("set_") && !name.starts_with("use_");
            // Modules that hold no functions of tensors begin a path that goes on.
            space();
            const bool goes_on = at_ < text_.size() && text_[at_] == '.' && path == "torch";
            if (!allowed || goes_on) {
                at_ = start;
                refuse(fmt::format("'{}' is not a function that a reference may use", longer));
            }
            return {longer, Piece::kAtom, false};
        }
    }

    Piece number() {
        const size_t start = at_;
        while (at_ < text_.size() &&
               (is_digit(text_[at_]) || text_[at_] == '.' || text_[at_] == 'e' || text_[at_] == 'E' ||
                ((text_[at_] == '-' || text_[at_] == '+') && (text_[at_ - 1] == 'e' || text_[at_ - 1] == 'E'))))
            ++at_;
        std::string text(text_.substr(start, at_ - start));
        std::ranges::replace(text, 'E', 'e');
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool octal = text.size() > 1 && text[0] == '0' && text.find_first_of(".e") == std::string::npos;
        if (error != std::errc{} || end != text.data() + text.size() || octal ||
            (at_ < text_.size() && is_letter(text_[at_]))) {
            at_ = start;
            refuse("this is not a number");
        }
        if (text.front() == '.') text.insert(0, "0");
        if (const size_t point = text.find('.');
            point != std::string::npos && (point + 1 == text.size() || text[point + 1] == 'e'))
            text.insert(point + 1, "0");
        return {text, Piece::kAtom, true};
    }

    // A word, as of approximate="tanh".
    Piece string(char quote) {
        ++at_;
        std::string out;
        while (at_ < text_.size() && text_[at_] != quote) {
            const char c = text_[at_++];
            if (!is_letter(c) && !is_digit(c) && c != '-' && c != ' ' && c != ',' && c != '>' && c != '.')
                refuse("text in a reference is made of letters, digits, '-', '>', ',', '.'");
            out += c;
        }
        expect(std::string(1, quote));
        return {"\"" + out + "\"", Piece::kAtom, false};
    }
};

}  // namespace

std::optional<std::string> python_expression(std::string_view text, Where at, const std::string& key,
                                             const std::function<bool(std::string_view)>& known,
                                             std::vector<Problem>& problems) {
    try {
        return Reader(text, known).run();
    } catch (const BadExpression& refused) {
        const Where where{at.line, at.column + static_cast<int>(refused.at)};
        problem(problems, where, key, "bad-reference", refused.what,
                "a reference is an expression over the inputs and parameters: calls of functions of torch, operators, "
                "indices, `a if c else b`",
                refused.fix);
        return std::nullopt;
    }
}

}  // namespace tw::builder
