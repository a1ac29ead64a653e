#include "tileir/configure.h"

#include "tileir/calls.h"
#include "tileir/straight.h"
#include "tileir/walk.h"

#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace tw::tileir {
namespace {

// In the order in which calls stand: an init wants the formats that its operands have (docs/upstream-api.md K7).
enum class Field : uint8_t { Mask, PackFormat, SourceA, SourceB, Operation, Vector };
constexpr std::array kFields{Field::Mask,    Field::PackFormat, Field::SourceA,
                             Field::SourceB, Field::Operation,  Field::Vector};

struct Value {
    std::string key;        // what it is; compared
    Configure call;         // what makes it so
    std::string mask = {};  // the packer's edge mask that the call puts on, too
    bool operator==(const Value& other) const { return key == other.key; }
    auto operator<=>(const Value& other) const { return key <=> other.key; }
};
using Needs = std::map<Field, Value>;
using State = std::map<Field, std::string>;  // keys; none: unknown

constexpr const char* kNoMask = "none";
constexpr const char* kRelayout = "tilize or untilize";

class Placement {
public:
    explicit Placement(const Program& program) : program_(program), straight_(straight_buffers(program)) {}

    Block run(const Block& compute) {
        Block done;
        State state = startup(compute, done);
        place(compute, state, done);
        if (state[Field::Mask] != kNoMask) done.push_back({Configure{"reduce_uninit", {}, {}}});
        return done;
    }

private:
    const Program& program_;
    const std::set<std::string> straight_;
    std::map<std::string, std::string> windows_;  // name to buffer
    std::string out_;                             // of the register scope: where it packs to

    // What a tensor brings along is some format, equal only to itself.
    std::string format_of(const std::string& cb) const {
        const Cb& c = *program_.cb(cb);
        return c.like.empty() ? name_of(c.format) : "that of " + c.like;
    }

    // To the unpacker it is another one where tiles go straight to DST.
    std::string source_format_of(const std::string& cb) const {
        return format_of(cb) + (straight_.contains(cb) ? ", straight to DST" : "");
    }

    std::vector<std::string> buffers_of(const Compute& c) const {
        std::vector<std::string> cbs;
        for (const Operand& o : c.operands) {
            if (const auto* place = std::get_if<Place>(&o))
                cbs.push_back(place->is_register() ? "" : windows_.at(place->window));
        }
        return cbs;
    }

    Needs needs_of(const Statement& s, const std::string& mask) const {
        Needs needs;
        if (const auto* c = std::get_if<Compute>(&s.is)) {
            const DeviceCall call = device_call(*c, buffers_of(*c), out_);
            const auto source = [&](Field field, const std::string& cb, const char* function) {
                if (!cb.empty()) needs[field] = {source_format_of(cb), {function, {cb}, {}}};
            };
            source(Field::SourceA, call.source_a, "reconfig_data_format_srca");
            source(Field::SourceB, call.source_b, "reconfig_data_format_srcb");
            // An init is the same for all buffers of the same formats.
            std::string key = call.init + call.init_rest;
            if (!call.vector_unit) {
                for (const std::string& cb : call.init_cbs) key += " " + source_format_of(cb);
            }
            needs[call.vector_unit ? Field::Vector : Field::Operation] = {
                key, {call.init, call.init_cbs, call.init_rest}, call.mask};
            if (!call.mask.empty() && mask != kNoMask) needs[Field::Mask] = {mask, {"reduce_uninit", {}, {}}};
        } else if (const auto* p = std::get_if<Pack>(&s.is)) {
            const std::string cb = windows_.at(p->to.window);
            needs[Field::PackFormat] = {format_of(cb), {"pack_reconfig_data_format", {cb}, {}}};
            needs[Field::Mask] = {mask, {"reduce_uninit", {}, {}}};
        } else if (const auto* r = std::get_if<Relayout>(&s.is)) {
            const std::string from = windows_.at(r->from.window), to = windows_.at(r->to.window);
            needs[Field::SourceA] = {source_format_of(from), {"reconfig_data_format_srca", {from}, {}}};
            needs[Field::PackFormat] = {format_of(to), {"pack_reconfig_data_format", {to}, {}}};
            needs[Field::Mask] = {kNoMask, {"reduce_uninit", {}, {}}};
        }
        return needs;
    }

    // The mask that a register scope packs with: that of the reduction in it, if its results are all that is packed.
    std::string mask_of(const Registers& scope) const {
        std::string mask = kNoMask;
        std::set<std::string> reduced;  // registers
        walk(scope.body, [&](const Statement& s) {
            if (const auto* p = std::get_if<Pack>(&s.is); p && !reduced.contains(p->from.index.str())) mask = kNoMask;
            const auto* c = std::get_if<Compute>(&s.is);
            if (!c || find_operation(c->operation)->shape != Shape::Reduce) return;
            reduced.insert(c->to.index.str());
            mask = device_call(*c, buffers_of(*c), out_).mask;
        });
        return mask;
    }

    // What the statements of a block need, by field: all the values.
    void collect(const Block& block, const std::string& mask, std::map<Field, std::set<Value>>& all) {
        for (const Statement& s : block) {
            enter(s, [&] {
                const auto* scope = std::get_if<Registers>(&s.is);
                const std::string inner = scope ? mask_of(*scope) : mask;
                for (auto& [field, value] : needs_of(s, inner)) all[field].insert(std::move(value));
                // Its inits stand around it and leave no other operation's.
                if (std::holds_alternative<Relayout>(s.is)) all[Field::Operation].insert({kRelayout, {}});
                each_body(s, [&](const Block& body) { collect(body, inner, all); });
            });
        }
    }

    // With the statement's window open, and the buffer that its registers go to known.
    template <class F>
    void enter(const Statement& s, F f) {
        const std::string out = out_;
        if (const auto* w = std::get_if<Window>(&s.is)) windows_[w->name] = w->cb;
        if (const auto* r = std::get_if<Registers>(&s.is)) {
            walk(r->body, [&](const Statement& inner) {
                if (const auto* p = std::get_if<Pack>(&inner.is)) out_ = windows_.at(p->to.window);
            });
        }
        f();
        out_ = out;
    }

    void set(const Needs& needs, State& state, Block& done) {
        Needs missing;
        for (const Field field : kFields) {
            const auto it = needs.find(field);
            if (it != needs.end() && state[field] != it->second.key) missing.insert(*it);
        }
        // An edge mask that was taken off is put on again by the reduction's init.
        const auto mask = missing.find(Field::Mask);
        const auto operation = needs.find(Field::Operation);
        if (mask != missing.end() && mask->second.key != kNoMask && operation != needs.end()) missing.insert(*operation);
        const auto both = std::pair(missing.find(Field::SourceA), missing.find(Field::SourceB));
        for (const Field field : kFields) {
            const auto it = missing.find(field);
            if (it == missing.end()) continue;
            state[field] = it->second.key;
            if (!it->second.mask.empty()) state[Field::Mask] = it->second.mask;
            // A mask is put on by the reduction's own init; only its end is a call.
            if (field == Field::Mask && it->second.key != kNoMask) continue;
            if (field == Field::SourceB && both.first != missing.end()) continue;
            if (field == Field::SourceA && both.second != missing.end()) {
                done.push_back(
                    {Configure{"reconfig_data_format", {it->second.call.cbs[0], both.second->second.call.cbs[0]}, {}}});
                continue;
            }
            done.push_back({it->second.call});
        }
    }

    // Needs that are the same all over a scope, which are set before it.
    Needs common(const Statement& s, const std::string& mask) {
        std::map<Field, std::set<Value>> all;
        collect({s}, mask, all);
        Needs needs;
        for (auto& [field, values] : all) {
            if (values.size() == 1 && values.begin()->key != kRelayout) needs[field] = *values.begin();
        }
        // An edge mask comes with its reduction only.
        if (const auto it = needs.find(Field::Mask); it != needs.end() && it->second.key != kNoMask) {
            needs.erase(it);
        }
        // The init of an operation waits for its formats.
        const auto varies = [&](Field field) { return all.contains(field) && all[field].size() > 1; };
        if (varies(Field::SourceA) || varies(Field::SourceB)) needs.erase(Field::Operation);
        return needs;
    }

    static State meet(const State& a, const State& b) {
        State both;
        for (const auto& [field, key] : a) {
            const auto it = b.find(field);
            if (it != b.end() && it->second == key) both[field] = key;
        }
        return both;
    }

    void place(const Block& block, State& state, Block& done, const std::string& mask = kNoMask) {
        for (const Statement& s : block) {
            enter(s, [&] { place(s, state, done, mask); });
        }
    }

    void place(const Statement& s, State& state, Block& done, const std::string& mask) {
        Statement copy = s;
        if (auto* w = std::get_if<Window>(&copy.is)) {
            w->body.clear();
            place(std::get<Window>(s.is).body, state, w->body, mask);
        } else if (auto* r = std::get_if<Registers>(&copy.is)) {
            const std::string inner = mask_of(*r);
            set(common(s, inner), state, done);
            r->body.clear();
            place(std::get<Registers>(s.is).body, state, r->body, inner);
        } else if (auto* f = std::get_if<For>(&copy.is)) {
            loop(s, std::get<For>(s.is).body, f->body, state, done, mask);
        } else if (auto* u = std::get_if<Unit>(&copy.is)) {
            loop(s, std::get<Unit>(s.is).body, u->body, state, done, mask);
        } else if (auto* i = std::get_if<If>(&copy.is)) {
            const If& whole = std::get<If>(s.is);
            State otherwise = state;
            i->then.clear();
            i->otherwise.clear();
            place(whole.then, state, i->then, mask);
            place(whole.otherwise, otherwise, i->otherwise, mask);
            state = meet(state, otherwise);
        } else {
            set(needs_of(s, mask), state, done);
            if (std::holds_alternative<Relayout>(s.is)) state[Field::Operation] = kRelayout;
        }
        done.push_back(std::move(copy));
    }

    void loop(const Statement& s, const Block& whole, Block& body, State& state, Block& done, const std::string& mask) {
        set(common(s, mask), state, done);
        // Twice, since the end depends on the entry; the second time nothing changes any more: a field that the two
        // disagree on is unknown at the head, so that the body sets it.
        for (int round = 0; round < 2; ++round) {
            State end = state;
            body.clear();
            place(whole, end, body, mask);
            state = round == 0 ? meet(state, end) : end;
        }
    }

    // The first operation's formats and the first pack's, in one call that stands before all others.
    State startup(const Block& compute, Block& done) {
        State state{{Field::Mask, kNoMask}};
        std::string a, b, out;
        bool reversed = false;
        // Under a condition, a buffer may not be there; what always runs comes first.
        bool conditions = false;
        const auto find = [&](auto&& self, const Block& block) -> void {
            for (const Statement& s : block) {
                if (std::holds_alternative<If>(s.is) && !conditions) continue;
                enter(s, [&] {
                    if (const auto* c = std::get_if<Compute>(&s.is); c && a.empty()) {
                        const DeviceCall call = device_call(*c, buffers_of(*c), out_);
                        a = call.source_a.empty() ? call.source_b : call.source_a;
                        b = call.source_b.empty() ? a : call.source_b;
                        reversed = !a.empty() && find_operation(c->operation)->shape == Shape::Matmul;
                    }
                    if (const auto* r = std::get_if<Relayout>(&s.is); r && a.empty()) a = b = windows_.at(r->from.window);
                    if (const auto* r = std::get_if<Relayout>(&s.is); r && out.empty()) out = windows_.at(r->to.window);
                    if (const auto* p = std::get_if<Pack>(&s.is); p && out.empty()) out = windows_.at(p->to.window);
                    each_body(s, [&](const Block& body) { self(self, body); });
                });
            }
        };
        find(find, compute);
        conditions = true;
        if (a.empty() || out.empty()) find(find, compute);
        if (a.empty() || out.empty()) return state;
        // Operands stand in the order of the operation; the matrix product's first one goes to SrcB.
        done.push_back({reversed ? Configure{"compute_kernel_hw_startup<SrcOrder::Reverse>", {b, a, out}, {}}
                                 : Configure{"compute_kernel_hw_startup", {a, b, out}, {}}});
        state[Field::SourceA] = source_format_of(a);
        state[Field::SourceB] = source_format_of(b);
        state[Field::PackFormat] = format_of(out);
        return state;
    }
};

}  // namespace

Block configure(const Program& program, const Block& compute) {
    return Placement(program).run(compute);
}

}  // namespace tw::tileir
