#include "tileir/straight.h"

#include "tileir/walk.h"

#include <map>

namespace tw::tileir {

std::set<std::string> straight_buffers(const Program& program) {
    std::map<std::string, std::string> windows;
    std::set<std::string> copied, spread;
    walk(program.body, [&](const Statement& s) {
        if (const auto* w = std::get_if<Window>(&s.is)) windows[w->name] = w->cb;
        const auto* c = std::get_if<Compute>(&s.is);
        const bool copies = c != nullptr && (c->operation == "copy" || c->operation == "tcopy");
        each_place(s, [&](const Place& place, bool writes) {
            if (place.is_register() || writes) return;
            (copies ? copied : spread).insert(windows[place.window]);
        });
    });
    std::erase_if(
        copied, [&](const std::string& name) { return spread.contains(name) || program.cb(name)->format != Format::f32; });
    return copied;
}

}  // namespace tw::tileir
