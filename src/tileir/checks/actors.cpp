// Each circular buffer has one thread that pushes and one that takes. The statements in a window say which: the reader
// moves from tensors, the writer to them, the packer and the unpacker do the rest.
#include "tileir/check.h"
#include "tileir/walk.h"

#include <fmt/format.h>

#include <map>

namespace tw::tileir {

const char* name_of(Thread thread) {
    static constexpr const char* kNames[] = {"nobody", "the reader", "the writer", "the unpacker", "math", "the packer"};
    return kNames[static_cast<size_t>(thread)];
}

Thread reader_of(const Statement& s) {
    if (std::holds_alternative<Store>(s.is)) return Thread::Writer;
    if (std::holds_alternative<Word>(s.is)) return Thread::Reader;
    if (std::holds_alternative<Compute>(s.is) || std::holds_alternative<Relayout>(s.is)) return Thread::Unpack;
    return Thread::None;
}

Thread writer_of(const Statement& s) {
    if (std::holds_alternative<Load>(s.is) || std::holds_alternative<Fill>(s.is)) return Thread::Reader;
    if (std::holds_alternative<Pack>(s.is) || std::holds_alternative<Relayout>(s.is)) return Thread::Pack;
    return Thread::None;
}

namespace {

struct Use {
    Thread thread = Thread::None;
    const Statement* first = nullptr;
};

}  // namespace

void check_actors(const Program& program, Findings& findings) {
    std::map<std::pair<std::string, bool>, Use> uses;  // by CB, pushed
    walk(program.body, [&](const Statement& s) {
        const auto* window = std::get_if<Window>(&s.is);
        if (!window) return;
        const bool push = window->kind == Window::Kind::Push;
        bool used = false;
        walk(window->body, [&](const Statement& inner) {
            each_place(inner, [&](const Place& place, bool writes) {
                if (place.window != window->name) return;
                used = true;
                const Thread thread = writes ? writer_of(inner) : reader_of(inner);
                if (writes != push) {
                    findings.add(Check::Actors, &inner,
                                 fmt::format("{} is {} and not {}", window->name, push ? "pushed" : "taken",
                                             push ? "read" : "written"));
                    return;
                }
                Use& use = uses[{window->cb, push}];
                if (use.thread == Thread::None) use = {thread, &inner};
                if (use.thread == thread) return;
                findings.add(Check::Actors, &inner,
                             fmt::format("{} {} {} here, and {} does elsewhere", name_of(thread), push ? "pushes" : "takes",
                                         window->cb, name_of(use.thread)));
            });
        });
        if (!used) findings.add(Check::Actors, &s, fmt::format("nobody uses the window {}", window->name));
    });
}

}  // namespace tw::tileir
