#include "tileir/text.h"

#include <fmt/format.h>

namespace tw::tileir {
namespace {

template <class... F>
struct Match : F... {
    using F::operator()...;
};

std::string number(double value) {
    return fmt::format("{}", value);
}

std::string text(const Place& place) {
    return fmt::format("{}[{}]", place.is_register() ? "d" : place.window, place.index.str());
}

std::string text(const Pad& pad) {
    return pad.kind == Pad::Kind::Any ? "any" : pad.kind == Pad::Kind::Finite ? "finite" : number(pad.value);
}

std::string text(const Operand& operand) {
    return std::visit(Match{[](const Place& p) { return text(p); }, [](const Number& n) { return number(n.value); },
                            [](const Name& n) { return n.name; }},
                      operand);
}

const char* text(Window::Kind kind) {
    return kind == Window::Kind::Push ? "push" : kind == Window::Kind::Take ? "take" : "hold";
}

const char* text(Broadcast broadcast) {
    static constexpr const char* kNames[] = {"", " bcast row", " bcast col", " bcast scalar"};
    return kNames[static_cast<size_t>(broadcast)];
}

// A statement without its body.
std::string head(const Statement& s) {
    return std::visit(
        Match{
            [](const For& f) {
                std::string line = fmt::format("for {} in {}..{}", f.variable, f.begin.str(), f.end.str());
                return f.step.is(1) ? line : line + " step " + f.step.str();
            },
            [](const Unit& u) { return fmt::format("unit {} in {}", u.variable, u.count.str()); },
            [](const If& i) {
                return i.condition.empty() ? fmt::format("if {} {} {}", i.left.str(), i.less ? "<" : "==", i.right.str())
                                           : "if " + i.condition;
            },
            [](const Let& l) { return fmt::format("let {} = {}", l.name, l.is.str()); },
            [](const Window& w) {
                return fmt::format("{} {}[{}] as {}{}", text(w.kind), w.cb, w.count.str(), w.name,
                                   w.when.empty() ? "" : " when " + w.when);
            },
            [](const Load& l) {
                std::string line = text(l.to);
                if (l.to_part) line += fmt::format(".bytes({}, {})", l.to_part->offset.str(), l.to_part->count.str());
                line += fmt::format(" <- {}[{}]", l.tensor, l.page.str());
                if (l.from_offset) line += fmt::format(".bytes({})", l.from_offset->str());
                return l.otherwise ? line + " else " + number(*l.otherwise) : line;
            },
            [](const Store& st) {
                std::string line = fmt::format("{}[{}]", st.tensor, st.page.str());
                if (st.to_offset) line += fmt::format(".bytes({})", st.to_offset->str());
                line += " <- " + text(st.from);
                if (st.from_part)
                    line += fmt::format(".bytes({}, {})", st.from_part->offset.str(), st.from_part->count.str());
                return st.clipped ? line + " clipped" : line;
            },
            [](const Fill& f) {
                const std::string by = f.kind == Fill::Kind::Constant ? fmt::format("constant({})", number(f.value))
                                       : f.kind == Fill::Kind::Scaler
                                           ? fmt::format("scaler({}, {}, {})", number(f.value), f.h.str(), f.w.str())
                                       : f.kind == Fill::Kind::Mask ? fmt::format("mask({}, {})", f.h.str(), f.w.str())
                                                                    : std::string("iota");
                const std::string part =
                    f.part ? fmt::format(".bytes({}, {})", f.part->offset.str(), f.part->count.str()) : "";
                return fmt::format("fill {}{} by {}", text(f.to), part, by);
            },
            [](const Word& w) { return fmt::format("word {} = {} below {}", w.name, text(w.from), w.bound.str()); },
            [](const Registers& r) { return fmt::format("regs({})", r.count.str()); },
            [](const Compute& c) {
                std::string line = fmt::format("{} {} {}", text(c.to), c.accumulate ? "+=" : "=", c.operation);
                const char* separator = " ";
                for (const Operand& operand : c.operands) {
                    line += separator + text(operand);
                    separator = ", ";
                }
                return line + text(c.broadcast);
            },
            [](const Configure& c) {
                std::string line = fmt::format("config \"{}\"(", c.function);
                for (const std::string& cb : c.cbs) line += (&cb == c.cbs.data() ? "" : ", ") + cb;
                return line + ")" + (c.rest.empty() ? "" : fmt::format(" \"{}\"", c.rest));
            },
            [](const Relayout& r) {
                return fmt::format("{} {} -> {} tiles {}", r.tilize ? "tilize" : "untilize", text(r.from), text(r.to),
                                   r.tiles.str());
            },
            [](const Pack& p) {
                return fmt::format("pack {} -> {}{}{}", text(p.from), text(p.to), p.relu ? " relu" : "",
                                   p.accumulate ? " l1acc" : "");
            },
        },
        s.is);
}

void put(std::string& out, const Block& block, int depth);

void put(std::string& out, const Statement& s, int depth) {
    const std::string indent(static_cast<size_t>(depth) * 2, ' ');
    out += indent + head(s);
    const auto body = [&](const Block& block) {
        out += " {\n";
        put(out, block, depth + 1);
        out += indent + "}";
    };
    std::visit(Match{[&](const For& f) { body(f.body); }, [&](const Unit& u) { body(u.body); },
                     [&](const Window& w) { body(w.body); }, [&](const Registers& r) { body(r.body); },
                     [&](const If& i) {
                         body(i.then);
                         if (i.otherwise.empty()) return;
                         out += " else";
                         body(i.otherwise);
                     },
                     [](const auto&) {}},
               s.is);
    out += '\n';
}

void put(std::string& out, const Block& block, int depth) {
    for (const Statement& s : block) put(out, s, depth);
}

}  // namespace

std::string print(const Statement& s) {
    return head(s);
}

std::string print(const Program& p) {
    std::string out = fmt::format("op {} {{\n", p.name);
    for (const Param& x : p.params) {
        out += fmt::format("  param {}: {} {}\n", x.name, x.real ? "f32" : "u32", name_of(x.phase));
    }
    for (const Symbol& x : p.symbols) {
        out += fmt::format("  sym {}{}: {}\n", x.name, x.is ? " = " + x.is->str() : "", name_of(x.phase));
    }
    for (const Tensor& t : p.tensors) {
        const char* role = t.role == Role::In ? "in" : t.role == Role::Out ? "out" : "inout";
        out += fmt::format("  tensor {}: {}{} {} {} [", t.name, role, t.optional ? "?" : "", name_of(t.format),
                           t.layout == Layout::Tile ? "tile" : "rows");
        for (const Size& dim : t.dims) out += (&dim == t.dims.data() ? "" : ", ") + dim.str();
        out += ']';
        if (!t.last_h.is(32) || !t.last_w.is(32)) out += fmt::format(" last {}, {}", t.last_h.str(), t.last_w.str());
        if (t.pad_h != Pad{} || t.pad_w != Pad{}) out += fmt::format(" pad {}, {}", text(t.pad_h), text(t.pad_w));
        out += '\n';
    }
    for (const Cb& c : p.cbs) {
        out += fmt::format("  cb {}: {} [{}]", c.name, name_of(c.format), c.pages.str());
        if (c.page_elements) out += " of " + c.page_elements->str();
        if (!c.over.empty()) out += " over " + c.over;
        if (!c.like.empty()) out += " like " + c.like;
        out += '\n';
    }
    put(out, p.body, 1);
    return out + "}\n";
}

}  // namespace tw::tileir
