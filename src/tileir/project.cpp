#include "tileir/project.h"

#include "tileir/check.h"
#include "tileir/walk.h"

#include <optional>

namespace tw::tileir {
namespace {

Kernel kernel_of(Thread thread) {
    return thread == Thread::Reader ? Kernel::Reader : thread == Thread::Writer ? Kernel::Writer : Kernel::Compute;
}

std::optional<Kernel> owner_of(const Statement& s) {
    if (std::holds_alternative<Load>(s.is) || std::holds_alternative<Fill>(s.is) || std::holds_alternative<Word>(s.is)) {
        return Kernel::Reader;
    }
    if (std::holds_alternative<Store>(s.is)) return Kernel::Writer;
    if (const auto* w = std::get_if<Window>(&s.is)) return owner_of(*w);
    if (std::holds_alternative<For>(s.is) || std::holds_alternative<Unit>(s.is) || std::holds_alternative<If>(s.is) ||
        std::holds_alternative<Let>(s.is))
        return std::nullopt;
    return Kernel::Compute;
}

bool uses(const Block& block, size_t from, const std::string& name) {
    bool used = false;
    const Block rest(block.begin() + static_cast<std::ptrdiff_t>(from), block.end());
    walk(rest, [&](const Statement& s) { each_size(s, [&](const Size& x) { used |= x.symbols().contains(name); }); });
    return used;
}

// Names that this kernel has no use for.
void drop_names(Block& block) {
    for (size_t i = block.size(); i-- > 0;) {
        const auto* l = std::get_if<Let>(&block[i].is);
        if (l && !uses(block, i + 1, l->name)) block.erase(block.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

Block project(const Block& block, Kernel kernel) {
    Block mine;
    for (const Statement& s : block) {
        const auto owner = owner_of(s);
        if (const auto* w = std::get_if<Window>(&s.is)) {
            Block body = project(w->body, kernel);
            if (owner == kernel) {
                Window window = *w;
                window.body = std::move(body);
                mine.push_back({std::move(window), s.line});
            } else {
                for (Statement& inner : body) mine.push_back(std::move(inner));
            }
            continue;
        }
        if (const auto* r = std::get_if<Registers>(&s.is)) {
            // Tiles may come and go while registers are held.
            Block body = project(r->body, kernel);
            if (owner == kernel) {
                mine.push_back({Registers{r->count, std::move(body)}, s.line});
            } else {
                for (Statement& inner : body) mine.push_back(std::move(inner));
            }
            continue;
        }
        if (owner) {
            if (owner == kernel) mine.push_back(s);
            continue;
        }
        Statement copy = s;
        bool empty = true;
        const auto keep = [&](Block& body) {
            body = project(body, kernel);
            empty &= body.empty();
        };
        if (auto* x = std::get_if<For>(&copy.is)) keep(x->body);
        if (auto* x = std::get_if<Unit>(&copy.is)) keep(x->body);
        if (auto* x = std::get_if<If>(&copy.is)) {
            keep(x->then);
            keep(x->otherwise);
        }
        if (std::holds_alternative<Let>(s.is) || !empty) mine.push_back(std::move(copy));
    }
    drop_names(mine);
    return mine;
}

}  // namespace

const char* name_of(Kernel kernel) {
    static constexpr const char* kNames[] = {"reader", "compute", "writer"};
    return kNames[static_cast<size_t>(kernel)];
}

Kernel owner_of(const Window& window) {
    const bool push = window.kind == Window::Kind::Push;
    Thread thread = Thread::None;
    walk(window.body, [&](const Statement& s) {
        each_place(s, [&](const Place& place, bool writes) {
            if (place.window == window.name && writes == push) thread = writes ? writer_of(s) : reader_of(s);
        });
    });
    return kernel_of(thread);
}

Block project(const Program& program, Kernel kernel) {
    return project(program.body, kernel);
}

}  // namespace tw::tileir
