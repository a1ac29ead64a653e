// Runs a tile program as written, statement by statement, at given sizes, and sees to what holds for all programs: windows
// find their pages and their room, nothing wraps, registers are written before they are read, each page of an output is
// written once. What a page or a register holds is the business of the domain D: numbers (evaluate.cpp) or what is known of
// padding (padding.h).
//
// If the sequential run finds its pages and its room, the three threads do at any speed: they are processes that block on
// reading data and room only, a Kahn network, whose maximal runs all do the same (docs/design/tile-ir.md, "Deadlock").
#pragma once

#include "tileir/finding.h"
#include "tileir/operations.h"
#include "tileir/program.h"
#include "tileir/text.h"

#include <fmt/format.h>

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tw::tileir {

struct Limits {
    int64_t registers = 8;  // tiles of DST that a thread has: 4 in 32 bits (docs/hardware.md)
};

template <class D>
class Machine {
public:
    using Page = typename D::Page;

    Machine(const Program& program, Bindings sizes, std::map<std::string, double> params, D& domain, Limits limits,
            Findings& findings)
        : program_(program),
          values_(program.bind(std::move(sizes))),
          params_(std::move(params)),
          domain_(domain),
          limits_(limits),
          findings_(findings) {
        for (const Cb& cb : program.cbs) {
            Ring& ring = rings_[cb.name];
            ring.cb = &cb;
            ring.capacity = value(cb.pages);
        }
    }

    void run() {
        run(program_.body);
        for (auto& [name, ring] : rings_) {
            if (!ring.pages.empty()) {
                find(Check::Balance, fmt::format("{} pages are left in {} at the end", ring.pages.size(), name));
            }
        }
        for (const Tensor& tensor : program_.tensors) {
            if (tensor.role != Role::In && !tensor.optional) cover(tensor);
        }
    }

private:
    struct Ring {
        const Cb* cb = nullptr;
        int64_t capacity = 0, write = 0, read = 0;
        std::deque<std::optional<Page>> pages;
        bool pushing = false, taking = false;
    };
    struct Open {
        Ring* ring;
        bool push;
        int64_t count;
        std::vector<std::optional<Page>> fresh;  // of a push, until its end
    };

    const Program& program_;
    Bindings values_;
    std::map<std::string, double> params_;
    D& domain_;
    Limits limits_;
    Findings& findings_;
    std::map<std::string, Ring> rings_;
    std::map<std::string, Open> windows_;
    std::vector<std::optional<Page>> registers_;
    bool in_registers_ = false, packing_ = false;
    std::map<std::string, std::map<int64_t, int64_t>> written_;  // of outputs: elements of each page
    const Statement* at_ = nullptr;

    void find(Check check, const std::string& what) { findings_.add(check, at_, what); }

    int64_t value(const Size& size) {
        const auto v = size.value(values_);
        if (!v) find(Check::Arguments, fmt::format("{} has no value here", size.str()));
        return v.value_or(0);
    }

    double value(const Operand& operand) {
        if (const auto* number = std::get_if<Number>(&operand)) return number->value;
        const std::string& name = std::get<Name>(operand).name;
        if (const auto it = params_.find(name); it != params_.end()) return it->second;
        if (const auto it = values_.find(name); it != values_.end()) return static_cast<double>(it->second);
        find(Check::Arguments, fmt::format("{} is no param and no size", name));
        return 0;
    }

    void run(const Block& block) {
        for (const Statement& s : block) {
            at_ = &s;
            std::visit([&](const auto& x) { execute(x); }, s.is);
            if (findings_.full()) return;
        }
    }

    template <class Body>
    void repeat(const std::string& variable, int64_t begin, int64_t end, int64_t step, Body body) {
        const Statement* here = at_;
        if (step <= 0) return find(Check::Arguments, "a step is above 0");
        for (int64_t i = begin; i < end && !findings_.full(); i += step) {
            values_[variable] = i;
            body();
            at_ = here;
        }
        values_.erase(variable);
    }

    void execute(const For& f) {
        repeat(f.variable, value(f.begin), value(f.end), value(f.step), [&] { run(f.body); });
    }
    void execute(const Unit& u) {
        repeat(u.variable, 0, value(u.count), 1, [&] { run(u.body); });
    }
    void execute(const If& i) {
        const bool holds = !i.condition.empty() ? holds_(i.condition)
                           : i.less             ? value(i.left) < value(i.right)
                                                : value(i.left) == value(i.right);
        run(holds ? i.then : i.otherwise);
    }

    bool holds_(const std::string& condition) {
        const auto it = values_.find(condition);
        if (it == values_.end()) find(Check::Arguments, fmt::format("{} has no value here", condition));
        return it != values_.end() && it->second;
    }

    // ---- windows
    void execute(const Window& w) {
        if (!w.when.empty() && !holds_(w.when)) return run(w.body);
        const Statement* here = at_;
        Ring& ring = rings_.at(w.cb);
        const int64_t n = value(w.count);
        const bool push = w.kind == Window::Kind::Push;
        bool& busy = push ? ring.pushing : ring.taking;
        if (n < 1) return find(Check::Windows, fmt::format("a window of {} pages", n));
        if (std::exchange(busy, true)) {
            find(Check::Windows, fmt::format("{} has a window of this kind open", w.cb));
        }
        const int64_t there = static_cast<int64_t>(ring.pages.size());
        int64_t& position = push ? ring.write : ring.read;
        if (n > ring.capacity) {
            find(Check::Windows, fmt::format("a window of {} pages in {}, which has {}", n, w.cb, ring.capacity));
        } else if (push && there + n > ring.capacity) {
            find(Check::Flow,
                 fmt::format("{} has no room for {} pages: {} of {} are in use, and who would take them comes later", w.cb,
                             n, there, ring.capacity));
        } else if (!push && there < n) {
            find(Check::Flow,
                 fmt::format("{} holds {} of the {} pages, and who would push them comes later", w.cb, there, n));
        }
        if (ring.capacity && position % ring.capacity + n > ring.capacity) {
            find(Check::Windows,
                 fmt::format("the window wraps: {} pages from place {} of {}", n, position % ring.capacity, ring.capacity));
        }
        if (findings_.full()) return;
        if (!push && there < n) ring.pages.resize(static_cast<size_t>(n));
        Open open{&ring, push, n, {}};
        if (push) open.fresh.resize(static_cast<size_t>(n));
        windows_.insert_or_assign(w.name, std::move(open));
        run(w.body);
        at_ = here;
        Open& done = windows_.at(w.name);
        if (push) {
            for (size_t i = 0; i < done.fresh.size(); ++i) {
                if (!done.fresh[i]) find(Check::Windows, fmt::format("page {} is pushed and was not written", i));
                ring.pages.push_back(std::move(done.fresh[i]));
            }
        } else {
            ring.pages.erase(ring.pages.begin(), ring.pages.begin() + n);
        }
        position += n;
        busy = false;
        windows_.erase(w.name);
    }

    std::optional<Page>* page(const Place& place, bool write) {
        const auto it = windows_.find(place.window);
        const int64_t i = value(place.index);
        if (it == windows_.end()) {
            find(Check::Windows, fmt::format("the window {} is not open", place.window));
            return nullptr;
        }
        Open& open = it->second;
        if (i < 0 || i >= open.count) {
            find(Check::Windows, fmt::format("{}[{}] is outside of the window's {} pages", place.window, i, open.count));
            return nullptr;
        }
        if (open.push) return &open.fresh[static_cast<size_t>(i)];
        if (write) {
            find(Check::Windows, fmt::format("{} is taken, and written", place.window));
            return nullptr;
        }
        return &open.ring->pages[static_cast<size_t>(i)];
    }

    const Page* readable(const Place& place) {
        std::optional<Page>* p = page(place, false);
        if (!p) return nullptr;
        if (!*p) {
            find(Check::Windows, fmt::format("{} is read before it is written", print_place(place)));
            return nullptr;
        }
        return &**p;
    }

    std::string print_place(const Place& place) {
        return fmt::format("{}[{}]", place.is_register() ? "d" : place.window, value(place.index));
    }

    // ---- moves
    bool inside(const Tensor& tensor, int64_t page) {
        const int64_t pages = value(tensor.pages());
        if (page >= 0 && page < pages) return true;
        find(Check::Coverage, fmt::format("page {} of {}, which has {}", page, tensor.name, pages));
        return false;
    }

    int64_t elements_of(const Ring& ring) { return ring.cb->page_elements ? value(*ring.cb->page_elements) : 1024; }

    void execute(const Load& l) {
        const Tensor& tensor = *program_.tensor(l.tensor);
        std::optional<Page>* to = page(l.to, true);
        if (!to) return;
        const int64_t from = value(l.page), pages = value(tensor.pages());
        const int64_t elements = elements_of(*windows_.at(l.to.window).ring);
        const bool there = from >= 0 && from < pages;
        if (!there && !l.otherwise) {
            inside(tensor, from);
            return;
        }
        if (!l.to_part) {
            *to = there ? domain_.load(tensor, from, values_) : domain_.constant(elements, *l.otherwise);
            return;
        }
        const int64_t offset = value(l.to_part->offset), count = value(l.to_part->count);
        if (offset < 0 || count < 0 || offset + count > elements) {
            return find(Check::Windows, fmt::format("elements {} to {} of a page of {}", offset, offset + count, elements));
        }
        if (!*to) *to = domain_.blank(elements);
        if (there) {
            domain_.load_part(**to, tensor, from, value(*l.from_offset), offset, count, values_);
        } else {
            domain_.fill_part(**to, offset, count, *l.otherwise);
        }
    }

    void execute(const Store& s) {
        const Tensor& tensor = *program_.tensor(s.tensor);
        if (tensor.role == Role::In) return find(Check::Coverage, fmt::format("{} is an input", tensor.name));
        const Page* from = readable(s.from);
        const int64_t to = value(s.page);
        if (s.clipped && to >= value(tensor.pages())) return;
        if (!from || !inside(tensor, to)) return;
        if (!s.from_part) {
            written_[tensor.name][to] += page_elements(tensor);
            domain_.store(tensor, to, *from, values_);
            return;
        }
        const int64_t count = value(s.from_part->count);
        written_[tensor.name][to] += count;
        domain_.store_part(tensor, to, value(*s.to_offset), *from, value(s.from_part->offset), count, values_);
    }

    int64_t page_elements(const Tensor& tensor) { return tensor.layout == Layout::Tile ? 1024 : value(tensor.dims.back()); }

    void cover(const Tensor& tensor) {
        at_ = nullptr;
        const int64_t pages = value(tensor.pages()), whole = page_elements(tensor);
        const auto& written = written_[tensor.name];
        int64_t missing = 0, twice = 0, first = -1;
        for (int64_t page = 0; page < pages; ++page) {
            const auto it = written.find(page);
            const int64_t n = it == written.end() ? 0 : it->second;
            if (n == whole) continue;
            ++(n < whole ? missing : twice);
            if (first < 0) first = page;
        }
        if (missing)
            find(Check::Coverage,
                 fmt::format("{} of {} pages of {} are not written, {} the first", missing, pages, tensor.name, first));
        if (twice)
            find(Check::Coverage, fmt::format("{} of {} pages of {} are written more than once, {} the first", twice, pages,
                                              tensor.name, first));
    }

    void execute(const Fill& f) {
        std::optional<Page>* to = page(f.to, true);
        if (!to) return;
        if (f.part) {
            const int64_t elements = elements_of(*windows_.at(f.to.window).ring);
            const int64_t offset = value(f.part->offset), count = value(f.part->count);
            if (offset < 0 || count < 0 || offset + count > elements) {
                find(Check::Windows, fmt::format("elements {} to {} of a page of {}", offset, offset + count, elements));
                return;
            }
            if (!*to) *to = domain_.blank(elements);
            domain_.fill_part(**to, offset, count, f.value);
        } else {
            *to = domain_.fill(f, elements_of(*windows_.at(f.to.window).ring), value(f.h), value(f.w));
        }
    }

    void execute(const Let& l) { values_[l.name] = value(l.is); }

    void execute(const Word& w) {
        const Page* from = readable(w.from);
        values_[w.name] = from ? domain_.word(*from, value(w.bound)) : 0;  // stays for the rest of the scope and behind it
    }

    // ---- compute
    void execute(const Registers& r) {
        const int64_t n = value(r.count);
        if (in_registers_) return find(Check::Registers, "registers within registers");
        if (n < 1 || n > limits_.registers) {
            return find(Check::Registers, fmt::format("{} registers, of {} that there are", n, limits_.registers));
        }
        registers_.assign(static_cast<size_t>(n), std::nullopt);
        in_registers_ = true;
        packing_ = false;
        run(r.body);
        in_registers_ = false;
    }

    std::optional<Page>* reg(const Place& place) {
        const int64_t i = value(place.index);
        if (!in_registers_ || i < 0 || i >= static_cast<int64_t>(registers_.size())) {
            find(Check::Registers, fmt::format("there is no register d[{}] here", i));
            return nullptr;
        }
        return &registers_[static_cast<size_t>(i)];
    }

    const Page* operand(const Place& place) {
        if (!place.is_register()) return readable(place);
        std::optional<Page>* r = reg(place);
        if (!r) return nullptr;
        if (!*r) {
            find(Check::Registers, fmt::format("d[{}] is read before it is written", value(place.index)));
            return nullptr;
        }
        return &**r;
    }

    void execute(const Compute& c) {
        const Operation& operation = *find_operation(c.operation);
        std::optional<Page>* to = reg(c.to);
        if (packing_) find(Check::Registers, "math after the first pack of these registers");
        std::vector<const Page*> tiles;
        std::vector<double> numbers;
        for (const Operand& o : c.operands) {
            const auto* place = std::get_if<Place>(&o);
            if (!place) {
                numbers.push_back(value(o));
                continue;
            }
            const bool from_window = operation.shape == Shape::Reuse ? tiles.size() == 1 : operation.reads_windows();
            if (place->is_register() == from_window) {
                return find(Check::Registers, fmt::format("{} reads {} from a {}", c.operation, print_place(*place),
                                                          from_window ? "window" : "register"));
            }
            tiles.push_back(operand(*place));
        }
        if (operation.shape == Shape::Mask) {
            const int64_t d = value(std::get<Place>(c.operands[0]).index), m = value(std::get<Place>(c.operands[1]).index);
            if (m != d + 1) find(Check::Registers, fmt::format("the mask of d[{}] lies in d[{}], not d[{}]", d, d + 1, m));
        }
        if (c.accumulate && !operation.may_accumulate()) {
            find(Check::Registers, fmt::format("{} does not accumulate", c.operation));
        }
        if (!to) return;
        for (const Page* tile : tiles) {
            if (!tile) return;
        }
        if (!c.accumulate && *to && operation.always_accumulates()) {
            find(Check::Registers, fmt::format("{} adds to what d[{}] holds already", c.operation, value(c.to.index)));
        }
        domain_.at(findings_, at_);
        Page result = domain_.compute(operation, tiles, numbers, c.broadcast);
        *to = c.accumulate && *to ? domain_.accumulate(operation, **to, result) : std::move(result);
    }

    void execute(const Pack& p) {
        packing_ = true;
        const Page* from = operand(p.from);
        std::optional<Page>* to = page(p.to, true);
        if (!from || !to) return;
        domain_.at(findings_, at_);
        Page packed = domain_.pack(*from, p.relu);
        *to = p.accumulate && *to ? domain_.accumulate(*find_operation("add"), **to, packed) : std::move(packed);
    }

    void execute(const Configure&) {}

    void execute(const Relayout& r) {
        const int64_t tiles = value(r.tiles);
        std::vector<const Page*> from;
        std::vector<std::optional<Page>*> to;
        for (int64_t i = 0; i < (r.tilize ? 32 : tiles); ++i)
            from.push_back(readable({r.from.window, r.from.index + Size(i)}));
        for (int64_t i = 0; i < (r.tilize ? tiles : 32); ++i) to.push_back(page({r.to.window, r.to.index + Size(i)}, true));
        for (const Page* p : from) {
            if (!p) return;
        }
        for (auto* p : to) {
            if (!p) return;
        }
        std::vector<Page> made = r.tilize ? domain_.tilize(from, tiles) : domain_.untilize(from);
        for (size_t i = 0; i < to.size(); ++i) *to[i] = std::move(made[i]);
    }
};

}  // namespace tw::tileir
