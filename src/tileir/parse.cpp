#include "tileir/operations.h"
#include "tileir/text.h"
#include "tileir/tokens.h"

#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <cmath>
#include <set>
#include <utility>

namespace tw::tileir {

namespace {

class Parser {
public:
    explicit Parser(std::string_view text) : tokens_(tokens_of(text)) {}

    Program program() {
        expect("op");
        program_.name = name();
        expect("{");
        while (peek("param") || peek("sym") || peek("tensor") || peek("cb")) declaration();
        program_.body = block();
        if (!now().text.empty()) fail("text behind the end of the program");
        return std::move(program_);
    }

private:
    std::vector<Token> tokens_;
    size_t next_ = 0;
    Program program_;
    std::set<std::string> windows_;  // that are open

    const Token& now() const { return tokens_[next_]; }
    bool peek(std::string_view text) const { return now().text == text; }
    bool accept(std::string_view text) {
        if (!peek(text)) return false;
        ++next_;
        return true;
    }
    [[noreturn]] void fail(const std::string& what) const { throw ParseError(now().line, what); }
    void expect(std::string_view text) {
        if (!accept(text)) fail(fmt::format("'{}' expected, found '{}'", text, now().text));
    }
    std::string name() {
        if (!now().is_name()) fail(fmt::format("a name expected, found '{}'", now().text));
        return tokens_[next_++].text;
    }
    std::string string() {
        if (!now().text.starts_with('"')) fail(fmt::format("a string expected, found '{}'", now().text));
        const std::string& text = tokens_[next_++].text;
        return text.substr(1, text.size() - 2);
    }
    double number() {
        const bool negative = accept("-");
        if (accept("inf")) return negative ? -HUGE_VAL : HUGE_VAL;
        if (!now().is_number()) fail(fmt::format("a number expected, found '{}'", now().text));
        const std::string& text = now().text;
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size()) fail("not a number: " + text);
        ++next_;
        return negative ? -value : value;
    }

    // ---- sizes
    Size size() {
        Size s = accept("-") ? Size(0) - term() : term();
        for (;;) {
            if (accept("+")) {
                s = s + term();
            } else if (accept("-")) {
                s = s - term();
            } else {
                return s;
            }
        }
    }
    Size term() {
        Size s = factor();
        while (accept("*")) s = s * factor();
        return s;
    }
    Size factor() {
        if (accept("(")) {
            const Size s = size();
            expect(")");
            return s;
        }
        if (accept("-")) return Size(0) - factor();
        if (now().is_number()) {
            int64_t value = 0;
            const std::string& text = now().text;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
            if (error != std::errc{} || end != text.data() + text.size()) fail("not a whole number: " + text);
            ++next_;
            return value;
        }
        const std::string word = name();
        using Call = Size (*)(const Size&, const Size&);
        static constexpr std::pair<std::string_view, Call> kCalls[] = {
            {"ceil", Size::ceil}, {"floor", Size::floor}, {"mod", Size::mod}, {"min", Size::min}, {"max", Size::max}};
        for (const auto& [call, make] : kCalls) {
            if (word != call || !peek("(")) continue;
            expect("(");
            const Size a = size();
            expect(",");
            const Size b = size();
            expect(")");
            return make(a, b);
        }
        return Size::symbol(word);
    }

    // ---- declarations
    Phase phase() {
        for (const Phase p : {Phase::CompileTime, Phase::Runtime, Phase::Host}) {
            if (accept(name_of(p))) return p;
        }
        fail(fmt::format("ct, rt or host expected, found '{}'", now().text));
    }
    Format format() {
        for (int f = 0; f <= static_cast<int>(Format::u8); ++f) {
            if (accept(name_of(static_cast<Format>(f)))) return static_cast<Format>(f);
        }
        fail(fmt::format("a format expected, found '{}'", now().text));
    }
    Pad pad() {
        if (accept("any")) return {};
        if (accept("finite")) return {Pad::Kind::Finite};
        return {Pad::Kind::Constant, number()};
    }

    void declaration() {
        if (accept("param")) {
            Param p;
            p.name = name();
            expect(":");
            p.real = accept("f32");
            if (!p.real) expect("u32");
            p.phase = phase();
            program_.params.push_back(std::move(p));
        } else if (accept("sym")) {
            Symbol s;
            s.name = name();
            if (accept("=")) s.is = size();
            expect(":");
            s.phase = phase();
            program_.symbols.push_back(std::move(s));
        } else if (accept("tensor")) {
            tensor();
        } else {
            expect("cb");
            Cb c;
            c.name = name();
            expect(":");
            c.format = format();
            expect("[");
            c.pages = size();
            expect("]");
            if (accept("of")) c.page_elements = size();
            if (accept("over")) c.over = name();
            if (accept("like")) c.like = name();
            program_.cbs.push_back(std::move(c));
        }
    }

    void tensor() {
        Tensor t;
        t.name = name();
        expect(":");
        t.role = accept("out") ? Role::Out : accept("inout") ? Role::InOut : Role::In;
        if (t.role == Role::In) expect("in");
        t.optional = accept("?");
        t.format = format();
        t.layout = accept("rows") ? Layout::Rows : Layout::Tile;
        if (t.layout == Layout::Tile) expect("tile");
        expect("[");
        do t.dims.push_back(size());
        while (accept(","));
        expect("]");
        if (t.dims.size() < 2) fail("a tensor has two dimensions or more");
        if (accept("last")) {
            t.last_h = size();
            expect(",");
            t.last_w = size();
        }
        if (accept("pad")) {
            t.pad_h = pad();
            expect(",");
            t.pad_w = pad();
        }
        program_.tensors.push_back(std::move(t));
    }

    // ---- statements
    Block block() {  // after its {
        Block list;
        while (!accept("}")) {
            if (now().text.empty()) fail("'}' is missing");
            const int line = now().line;
            list.push_back(statement());
            list.back().line = line;
        }
        return list;
    }
    Block braces() {
        expect("{");
        return block();
    }

    Size index() {
        expect("[");
        Size s = size();
        expect("]");
        return s;
    }
    // d[i] or d0: a register; else a tile of a window.
    Place place() {
        const std::string word = name();
        if (word == "d") return {"", index()};
        if (word.size() > 1 && word[0] == 'd' && word.find_first_not_of("0123456789", 1) == std::string::npos &&
            !peek("[")) {
            return {"", Size(std::stoll(word.substr(1)))};
        }
        if (!windows_.contains(word)) {
            --next_;
            fail(fmt::format("there is no window '{}' here", word));
        }
        return {word, index()};
    }

    Statement statement() {
        if (accept("for")) return loop();
        if (accept("unit")) {
            Unit u;
            u.variable = name();
            expect("in");
            u.count = size();
            u.body = braces();
            return {std::move(u)};
        }
        if (accept("if")) {
            If i;
            const Size left = size();
            if (peek("==") || peek("<")) {
                i.less = !accept("==");
                if (i.less) expect("<");
                i.left = left;
                i.right = size();
            } else if (left.symbols().size() != 1 || left != Size::symbol(*left.symbols().begin())) {
                fail("a name or a comparison expected");
            } else {
                i.condition = left.str();
            }
            i.then = braces();
            if (accept("else")) i.otherwise = braces();
            return {std::move(i)};
        }
        if (accept("let")) {
            Let l;
            l.name = name();
            expect("=");
            l.is = size();
            return {std::move(l)};
        }
        if (accept("push")) return window(Window::Kind::Push);
        if (accept("take")) return window(Window::Kind::Take);
        if (accept("hold")) return window(Window::Kind::Hold);
        if (accept("fill")) return fill();
        if (accept("word")) {
            Word w;
            w.name = name();
            expect("=");
            w.from = place();
            expect("below");
            w.bound = size();
            return {std::move(w)};
        }
        if (accept("regs")) {
            Registers r;
            expect("(");
            r.count = size();
            expect(")");
            r.body = braces();
            return {std::move(r)};
        }
        if (peek("tilize") || peek("untilize")) {
            Relayout r{.tilize = accept("tilize"), .from = {}, .to = {}, .tiles = {}};
            if (!r.tilize) expect("untilize");
            r.from = place();
            expect("->");
            r.to = place();
            expect("tiles");
            r.tiles = size();
            return {std::move(r)};
        }
        if (accept("config")) {
            Configure c{.function = string(), .cbs = {}, .rest = {}};
            expect("(");
            while (!accept(")")) {
                c.cbs.push_back(name());
                if (!program_.cb(c.cbs.back())) fail("there is no cb " + c.cbs.back());
                if (!peek(")")) expect(",");
            }
            if (now().text.starts_with('"')) c.rest = string();
            return {std::move(c)};
        }
        if (accept("pack")) {
            Pack p;
            p.from = place();
            expect("->");
            p.to = place();
            p.relu = accept("relu");
            p.accumulate = accept("l1acc");
            return {std::move(p)};
        }
        if (now().is_name() && !windows_.contains(now().text) && program_.tensor(now().text)) return store();
        const Place to = place();
        return to.is_register() ? compute(to) : load(to);
    }

    Statement loop() {
        For f;
        f.variable = name();
        expect("in");
        f.begin = size();
        expect("..");
        f.end = size();
        if (accept("step")) f.step = size();
        f.body = braces();
        return {std::move(f)};
    }

    Statement window(Window::Kind kind) {
        Window w{.kind = kind, .cb = name(), .count = index(), .name = {}, .when = {}, .body = {}};
        if (!program_.cb(w.cb)) fail("there is no cb " + w.cb);
        expect("as");
        w.name = name();
        if (accept("when")) w.when = name();
        // Of windows that are there at different times, one may bear the name of the other around it.
        const bool fresh = windows_.insert(w.name).second;
        if (w.name == "d" || (!fresh && w.when.empty())) fail(fmt::format("the window name {} is taken", w.name));
        w.body = braces();
        if (fresh) windows_.erase(w.name);
        return {std::move(w)};
    }

    Bytes part() {
        expect("(");
        Bytes b{.offset = size(), .count = {}};
        expect(",");
        b.count = size();
        expect(")");
        return b;
    }
    Size offset() {
        expect("(");
        Size s = size();
        expect(")");
        return s;
    }
    bool bytes() {
        if (!peek(".")) return false;
        ++next_;
        expect("bytes");
        return true;
    }

    Statement load(const Place& to) {
        Load l;
        l.to = to;
        if (bytes()) l.to_part = part();
        expect("<-");
        l.tensor = name();
        if (!program_.tensor(l.tensor)) fail("there is no tensor " + l.tensor);
        l.page = index();
        if (bytes()) l.from_offset = offset();
        if (l.to_part.has_value() != l.from_offset.has_value()) fail("bytes stand on both sides or on none");
        if (accept("else")) l.otherwise = number();
        return {std::move(l)};
    }

    Statement store() {
        Store s;
        s.tensor = name();
        s.page = index();
        if (bytes()) s.to_offset = offset();
        expect("<-");
        s.from = place();
        if (s.from.is_register()) fail("a register is packed into a window, not stored");
        if (bytes()) s.from_part = part();
        if (s.from_part.has_value() != s.to_offset.has_value()) fail("bytes stand on both sides or on none");
        s.clipped = accept("clipped");
        return {std::move(s)};
    }

    Statement fill() {
        Fill f;
        f.to = place();
        if (bytes()) f.part = part();
        expect("by");
        if (accept("iota")) {
            f.kind = Fill::Kind::Iota;
            return {std::move(f)};
        }
        if (f.part && !peek("constant")) fail("a part is filled with a constant");
        const bool constant = accept("constant"), scaler = !constant && accept("scaler");
        if (!constant && !scaler) expect("mask");
        f.kind = constant ? Fill::Kind::Constant : scaler ? Fill::Kind::Scaler : Fill::Kind::Mask;
        expect("(");
        if (constant || scaler) f.value = number();
        if (!constant) {
            if (scaler) expect(",");
            f.h = size();
            expect(",");
            f.w = size();
        }
        expect(")");
        return {std::move(f)};
    }

    Operand operand() {
        if (now().is_number() || peek("-") || peek("inf")) return Number{number()};
        if (tokens_[next_ + 1].text != "[" &&
            !(now().text[0] == 'd' && windows_.count(now().text) == 0 && now().text.size() > 1 &&
              now().text.find_first_not_of("0123456789", 1) == std::string::npos)) {
            return Name{name()};
        }
        return place();
    }

    Statement compute(const Place& to) {
        Compute c;
        c.to = to;
        c.accumulate = accept("+=");
        if (!c.accumulate) expect("=");
        c.operation = name();
        const Operation* operation = find_operation(c.operation);
        if (!operation) {
            --next_;
            fail("there is no operation " + c.operation);
        }
        for (int i = 0; i < operation->tiles() + operation->numbers; ++i) {
            if (i) expect(",");
            c.operands.push_back(operand());
            const bool tile = std::holds_alternative<Place>(c.operands.back());
            if (tile != (i < operation->tiles()))
                fail(
                    fmt::format("{} takes {} tiles, then {} numbers", c.operation, operation->tiles(), operation->numbers));
        }
        if (accept("bcast")) {
            c.broadcast = accept("row") ? Broadcast::Row : accept("col") ? Broadcast::Column : Broadcast::Scalar;
            if (c.broadcast == Broadcast::Scalar) expect("scalar");
        }
        return {std::move(c)};
    }
};

}  // namespace

Program parse(std::string_view text) {
    return Parser(text).program();
}

}  // namespace tw::tileir
