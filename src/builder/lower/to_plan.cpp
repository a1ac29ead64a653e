// A tile program as a plan: what the host names, allots and passes is read off the program and its kernels.
#include "builder/lower/lower.h"

#include "tileir/check.h"
#include "tileir/kernels.h"
#include "tileir/straight.h"
#include "tileir/text.h"
#include "tileir/walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace tw::builder {

namespace {

// The host's form of a size: the same polynomial over named sizes.
Size size_of(const ir::Size& size);

Size atom_of(const ir::Atom& atom) {
    if (atom.kind == ir::Atom::Kind::Symbol) return Size::name(atom.text);
    const Size a = size_of(*atom.a), b = size_of(*atom.b);
    switch (atom.kind) {
        case ir::Atom::Kind::Ceil: return size_of(*atom.a + *atom.b - 1) / b;
        case ir::Atom::Kind::Floor: return a / b;
        case ir::Atom::Kind::Mod: return a % b;
        case ir::Atom::Kind::Min: return Size::least(a, b);
        case ir::Atom::Kind::Max: return Size::greatest(a, b);
        case ir::Atom::Kind::Symbol: break;
    }
    return a;
}

Size size_of(const ir::Size& size) {
    std::optional<Size> sum;
    std::optional<Size> minus;
    size.each_term([&](const std::vector<ir::Atom>& atoms, int64_t coefficient) {
        std::optional<Size> term;
        const int64_t positive = std::abs(coefficient);
        if (atoms.empty() || positive != 1) term = Size(positive);
        for (const ir::Atom& atom : atoms) term = term ? *term * atom_of(atom) : atom_of(atom);
        std::optional<Size>& side = coefficient < 0 ? minus : sum;
        side = side ? *side + *term : *term;
    });
    if (!minus) return sum.value_or(Size(0));
    return sum.value_or(Size(0)) - *minus;
}

class Planner {
public:
    Planner(Plan& plan, const Lowered& from) : plan_(plan), from_(from), program_(from.program) {}

    void run(std::vector<Problem>& problems) {
        if (!check(problems)) return;
        plan_.tile_program = ir::print(program_);
        plan_.unit = from_.unit;
        plan_.unit_doc = from_.unit_doc;
        plan_.full_sync = from_.full_sync;
        if (from_.wide && !plan_.spec.schedule.fp32_dest) plan_.spec.schedule.fp32_dest = true;
        plan_.requirements.insert(plan_.requirements.end(), from_.requirements.begin(), from_.requirements.end());
        plan_sizes();
        plan_cbs();
        plan_kernels();
        plan_.units = size_of(from_.units);
    }

private:
    Plan& plan_;
    const Lowered& from_;
    const ir::Program& program_;

    bool check(std::vector<Problem>& problems) {
        const bool wide = plan_.spec.schedule.fp32_dest.value_or(from_.wide);
        ir::Bounds bounds;
        bounds.limits.registers = (wide ? 4 : 8) * (from_.full_sync ? 2 : 1);
        const std::vector<ir::Finding> found = ir::check(program_, from_.samples, bounds);
        for (const ir::Finding& f : found) {
            problem(problems, plan_.spec.math_where, "math", "unsound-program",
                    fmt::format("the tile program fails its check of {}: {}{}", ir::name_of(f.check), f.what,
                                f.statement.empty() ? "" : " (" + f.statement + ")"),
                    "a program with findings is not written out", "use --kernels stubs, and report the spec");
            break;
        }
        return found.empty();
    }

    void plan_sizes() {
        for (const ir::Symbol& s : program_.symbols) {
            if (!s.is && s.name.starts_with("has_")) continue;  // from the tensor itself
            const auto own = from_.sizes.find(s.name);
            const auto comment = from_.comments.find(s.name);
            plan_.sizes.push_back({s.name, own != from_.sizes.end() ? own->second : size_of(*s.is),
                                   comment == from_.comments.end() ? "" : comment->second});
        }
        for (const ir::Param& param : program_.params) plan_.reals.push_back({param.name, from_.reals.at(param.name)});
    }

    const TensorSpec* tensor(const std::string& name) const {
        return name == plan_.spec.output.name ? &plan_.spec.output : plan_.spec.input(name);
    }

    void plan_cbs() {
        const std::vector<int> numbers = ir::numbers_of_cbs(program_);
        std::map<std::string, std::string> windows;
        std::map<std::string, Actor> pushed, taken;
        const std::set<std::string> straight = ir::straight_buffers(program_);
        const auto actor = [](ir::Thread t) {
            return t == ir::Thread::Reader ? Actor::Reader : t == ir::Thread::Writer ? Actor::Writer : Actor::Compute;
        };
        std::map<std::string, Size> counts;
        ir::walk(program_.body, [&](const ir::Statement& s) {
            if (const auto* w = std::get_if<ir::Window>(&s.is)) {
                windows[w->name] = w->cb;
                if (w->kind == ir::Window::Kind::Push) counts[w->cb] = size_of(w->count);
            }
            ir::each_place(s, [&](const ir::Place& place, bool writes) {
                if (place.is_register()) return;
                const std::string& cb = windows[place.window];
                (writes ? pushed : taken)[cb] = actor(writes ? ir::writer_of(s) : ir::reader_of(s));
            });
        });
        for (size_t i = 0; i < program_.cbs.size(); ++i) {
            const ir::Cb& cb = program_.cbs[i];
            CbPlan made;
            made.index = numbers[i];
            made.name = cb.name;
            made.purpose = from_.purposes.at(cb.name);
            const TensorSpec* t = tensor(cb.name);
            const TensorSpec* in_tiles =
                cb.name.ends_with("_tiles") ? tensor(cb.name.substr(0, cb.name.size() - 6)) : nullptr;
            if (t != nullptr) {
                made.tensor = t->name;
                made.format.tensor = t->name;
                made.page_size = Size::page_bytes(t->name);
                made.optional = t->optional;
            } else if (!cb.like.empty()) {
                made.format.tensor = cb.like;
            } else {
                made.format.dtype = dtype_of(cb.format);
            }
            if (t == nullptr) made.page_size = Size::tile_bytes(made.format, plan_.spec.inputs.front().name);
            if (t != nullptr && cb.page_elements)
                made.page_size = size_of(*cb.page_elements) * Size::element_bytes(t->name);
            if (t == nullptr && in_tiles != nullptr) {
                made.tensor = in_tiles->name;
                made.optional = in_tiles->optional;
            }
            made.producer = pushed[cb.name];
            made.consumer = taken[cb.name];
            made.role = made.producer == Actor::Reader   ? (t != nullptr ? CbRole::Input : CbRole::Scaler)
                        : made.consumer == Actor::Writer ? CbRole::Output
                                                         : CbRole::Intermediate;
            // An optional buffer is not there at all: its pages need no factor.
            ir::Size pages = cb.pages;
            if (made.optional) {
                if (const auto without = pages.divided_by(ir::Size::symbol("has_" + made.tensor))) pages = *without;
            }
            made.pages = size_of(pages);
            made.per_unit = counts[cb.name];
            made.lifetime = Lifetime::Streamed;
            made.exact = straight.contains(cb.name) && made.consumer == Actor::Compute;
            plan_.cbs.push_back(std::move(made));
        }
    }

    static std::string dtype_of(ir::Format format) {
        switch (format) {
            case ir::Format::f32: return "float32";
            case ir::Format::bfp8: return "bfloat8_b";
            case ir::Format::bfp4: return "bfloat4_b";
            case ir::Format::i32: return "int32";
            case ir::Format::u32: return "uint32";
            case ir::Format::u16: return "uint16";
            case ir::Format::u8: return "uint8";
            case ir::Format::bf16: break;
        }
        return "bfloat16";
    }

    void plan_kernels() {
        const auto texts = ir::kernels_of(program_);
        for (const Actor actor : {Actor::Reader, Actor::Compute, Actor::Writer}) {
            const ir::KernelText& text = texts[static_cast<size_t>(actor)];
            if (actor == Actor::Compute) plan_.has_compute = !text.source.empty();
            if (text.source.empty()) continue;
            KernelPlan kernel;
            kernel.actor = actor;
            kernel.source = text.source;
            for (const std::string& name : text.constants) {
                const bool given = name.starts_with("has_") && plan_.spec.input(name.substr(4)) != nullptr;
                const auto comment = from_.comments.find(name);
                kernel.compile_time.push_back({given ? ArgPlan::Kind::IsGiven : ArgPlan::Kind::Size,
                                               given ? name.substr(4) : name, name,
                                               comment == from_.comments.end() ? name : comment->second});
            }
            kernel.accessors = text.tensors;
            for (const std::string& name : text.arguments) kernel.runtime.push_back(argument(name));
            for (const CbPlan& cb : plan_.cbs) {
                if (cb.producer == actor || cb.consumer == actor) kernel.cbs.push_back(cb.name);
            }
            kernel.steps = {"as the tile program has it (new --explain=ir)"};
            plan_.kernels.push_back(std::move(kernel));
        }
    }

    ArgPlan argument(const std::string& name) const {
        if (name.starts_with("address ")) {
            const std::string tensor = name.substr(8);
            return {ArgPlan::Kind::Address, tensor, tensor + "_address", "of " + tensor};
        }
        if (name == "first") return {ArgPlan::Kind::Start, {}, name, "the first unit of this core"};
        if (name == "count") return {ArgPlan::Kind::Count, {}, name, "units of this core"};
        if (from_.reals.contains(name)) return {ArgPlan::Kind::Bits, name, name, name + ", as the bits of a float32"};
        return {ArgPlan::Kind::Size, name, name, name};
    }
};

}  // namespace

void plan_tile_program(Plan& plan, const Lowered& lowered, std::vector<Problem>& problems) {
    Planner(plan, lowered).run(problems);
}

}  // namespace tw::builder
