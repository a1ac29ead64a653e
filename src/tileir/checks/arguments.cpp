// Each name has a meaning where it is used, and each thing that is declared has a use.
#include "tileir/check.h"
#include "tileir/walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace tw::tileir {
namespace {

class Names {
public:
    Names(const Program& program, Findings& findings) : program_(program), findings_(findings) {
        for (const Symbol& s : program.symbols) {
            if (s.is) use(*s.is, nullptr, s.name + " = " + s.is->str());
            known_.insert(s.name);
        }
        for (const Tensor& t : program.tensors) {
            for (const Size& dim : t.dims) use(dim, nullptr, t.name);
            use(t.last_h, nullptr, t.name);
            use(t.last_w, nullptr, t.name);
        }
        for (const Cb& cb : program.cbs) {
            use(cb.pages, nullptr, cb.name);
            if (cb.page_elements) use(*cb.page_elements, nullptr, cb.name);
        }
        visit(program.body);
        unused();
    }

private:
    const Program& program_;
    Findings& findings_;
    std::set<std::string> known_, used_;

    void use(const Size& size, const Statement* at, const std::string& where) {
        for (const std::string& name : size.symbols()) {
            used_.insert(name);
            if (known_.contains(name)) continue;
            findings_.add(
                Check::Arguments, at,
                at ? fmt::format("{} has no value here", name) : fmt::format("{} of {} has no value", name, where));
        }
    }

    void visit(const Block& block) {
        std::set<std::string> words;
        for (const Statement& s : block) {
            visit(s);
            if (const auto* w = std::get_if<Word>(&s.is)) {
                known_.insert(w->name);
                words.insert(w->name);
            }
            if (const auto* l = std::get_if<Let>(&s.is)) {
                if (!known_.insert(l->name).second)
                    findings_.add(Check::Arguments, &s, "the name " + l->name + " is taken");
                words.insert(l->name);
            }
        }
        for (const std::string& name : words) known_.erase(name);
    }

    void visit(const Statement& s) {
        each_size(s, [&](const Size& size) { use(size, &s, {}); });
        if (const auto* l = std::get_if<Load>(&s.is)) used_.insert("tensor " + l->tensor);
        if (const auto* st = std::get_if<Store>(&s.is)) used_.insert("tensor " + st->tensor);
        if (const auto* w = std::get_if<Window>(&s.is)) used_.insert("cb " + w->cb);
        if (const auto* c = std::get_if<Compute>(&s.is)) {
            for (const Operand& o : c->operands) {
                if (const auto* name = std::get_if<Name>(&o)) number(name->name, s);
            }
        }
        if (const auto* i = std::get_if<If>(&s.is); i && !i->condition.empty()) condition(i->condition, s);
        if (const auto* w = std::get_if<Window>(&s.is); w && !w->when.empty()) condition(w->when, s);
        const auto* f = std::get_if<For>(&s.is);
        const auto* u = std::get_if<Unit>(&s.is);
        const std::string variable = f ? f->variable : u ? u->variable : "";
        if (!variable.empty() && !known_.insert(variable).second) {
            findings_.add(Check::Arguments, &s, fmt::format("the name {} is taken", variable));
        }
        each_body(s, [&](const Block& body) { visit(body); });
        if (!variable.empty()) known_.erase(variable);
    }

    void number(const std::string& name, const Statement& s) {
        used_.insert(name);
        const bool param = std::ranges::any_of(program_.params, [&](const Param& p) { return p.name == name; });
        if (!param && !known_.contains(name))
            findings_.add(Check::Arguments, &s, fmt::format("{} is no param and no size", name));
    }

    // All threads of a core and all cores must take the same branch: the condition is a constant of the kernels.
    void condition(const std::string& name, const Statement& s) {
        used_.insert(name);
        for (const Symbol& symbol : program_.symbols) {
            if (symbol.name != name) continue;
            if (symbol.phase != Phase::CompileTime) {
                findings_.add(Check::Arguments, &s, fmt::format("{} is not known at compile time", name));
            }
            return;
        }
        findings_.add(Check::Arguments, &s, fmt::format("{} is no size of the program", name));
    }

    void unused() {
        const auto want = [&](const std::string& what, const std::string& key) {
            if (!used_.contains(key)) findings_.add(Check::Arguments, nullptr, what + " is used by nobody");
        };
        for (const Symbol& s : program_.symbols) want("the size " + s.name, s.name);
        for (const Param& p : program_.params) want("the param " + p.name, p.name);
        for (const Tensor& t : program_.tensors) want("the tensor " + t.name, "tensor " + t.name);
        for (const Cb& cb : program_.cbs) want("the cb " + cb.name, "cb " + cb.name);
    }
};

}  // namespace

void check_arguments(const Program& program, Findings& findings) {
    Names(program, findings);
}

}  // namespace tw::tileir
