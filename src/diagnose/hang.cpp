// Kernels still run and nothing comes of it: they spin in loops of their own. A wait by a call of the API is never that (it
// is a deadlock, known at once); here a loop polls a word, or never comes to its end.
#include "diagnose/explain.h"
#include "diagnose/waits.h"
#include "jit/symbolize.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace tw::diagnose {
namespace {

constexpr size_t kMostHangsListed = 12;
// Loads of one word in a row, from when on they are a poll.
constexpr uint64_t kPolls = 64;

bool spins(const Processor& p) {
    return p.state == FiberState::Ready;
}

bool polls(const Processor& p) {
    return p.raw.polls >= kPolls;
}

std::string loop_place(const Processor& p) {
    const void* code = polls(p) ? p.raw.poll_code : p.raw.spin_code;
    const auto* byte = static_cast<const std::byte*>(code);
    if (byte < p.text_begin || byte >= p.text_end) code = nullptr;
    std::string place = code ? jit::symbolize(static_cast<const char*>(code) - 1) : "";
    if (place.empty() && p.ctx.site) place = fmt::format("{}:{}", p.ctx.site->file, p.ctx.site->line);
    return place.empty() ? p.image->name : place;
}

// "polls the 4 bytes at L1 0x60000, which are 0x0"
std::string loop_text(const Processor& p) {
    if (!polls(p)) return p.raw.spin_code ? "spins in a loop without a call" : "spins in a loop around this call";
    uint64_t value = 0;
    std::memcpy(&value, p.ctx.l1 + p.raw.poll_address, std::min<size_t>(p.raw.poll_bytes, sizeof value));
    const uint32_t from = p.raw.poll_address - p.ctx.semaphore_base;
    const std::string name = from < kMostSemaphores * kSemaphoreStride && from % kSemaphoreStride == 0
                                 ? fmt::format("semaphore {}", from / kSemaphoreStride)
                                 : fmt::format("the {} bytes at L1 {:#x}", p.raw.poll_bytes, p.raw.poll_address);
    return fmt::format("polls {}, which {} {:#x}", name, name[0] == 's' ? "is" : "are", value);
}

}  // namespace

Diagnostic explain_hang(std::span<tw_core* const> cores) {
    Diagnostic d;
    d.category = Category::KernelError;
    d.code = "hang";
    std::vector<std::string> told;
    size_t spinning = 0, waiting = 0, left_out = 0;
    const auto list = [&](const tw_core& core, const Processor& p, const std::string& place, const std::string& doing) {
        const std::string kind = place + doing;
        if (std::ranges::find(told, kind) != told.end() || d.at.size() >= kMostHangsListed) {
            ++left_out;
            return;
        }
        told.push_back(kind);
        d.at.push_back(fmt::format("{}, core ({},{}), {}{}{}", place, core.coord.x, core.coord.y, risc_name(p.ctx.risc),
                                   d.at.empty() ? "" : " ", d.at.empty() ? "" : doing));
        if (d.at.size() == 1) d.what = fmt::format("a kernel {}, for ever", doing);
    };
    bool any_poll = false, any_bare = false;
    for (const tw_core* core : cores) {
        for (const Processor& p : core->processors) {
            if (!spins(p)) continue;
            ++spinning;
            any_poll |= polls(p);
            any_bare |= !polls(p) && p.raw.spin_code;
            list(*core, p, loop_place(p), loop_text(p));
        }
    }
    for (const tw_core* core : cores) {
        for (const Processor& p : core->processors) {
            if (p.state != FiberState::Blocked) continue;
            ++waiting;
            const tw_site* site = p.ctx.site;
            list(*core, p, site ? fmt::format("{}:{}", site->file, site->line) : p.image->name, wait_text(*core, p));
        }
    }
    if (d.what.empty()) d.what = "nothing happens any more, though kernels still run";
    d.what += fmt::format(" ({} processor{} spin{}, {} wait{})", spinning, spinning == 1 ? "" : "s",
                          spinning == 1 ? "s" : "", waiting, waiting == 1 ? "s" : "");
    if (left_out) d.at.push_back(fmt::format("{} more that do the same", left_out));
    d.why = any_poll ? "nobody who still runs changes what is polled (TILEWRIGHT_HANG_SECONDS sets how long that may last)"
                     : "what the loop goes on for does not end it (TILEWRIGHT_HANG_SECONDS sets how long that may last)";
    d.fix = any_bare && !any_poll
                ? "look at the loop's condition; with TILEWRIGHT_CHECKS=full the word that it polls is named"
                : "let somebody write the word, behind the data that it stands for; or wait for what is written";
    return d;
}

}  // namespace tw::diagnose
