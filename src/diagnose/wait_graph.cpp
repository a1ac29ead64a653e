#include "diagnose/wait_graph.h"

#include "jit/host_calls.h"
#include "noc/address.h"

#include <algorithm>
#include <map>
#include <utility>

namespace tw::diagnose {
namespace {

bool in_rectangle(const NocAddress& a, uint32_t x, uint32_t y) {
    return x >= std::min(a.x, a.start_x) && x <= std::max(a.x, a.start_x) && y >= std::min(a.y, a.start_y) &&
           y <= std::max(a.y, a.start_y);
}

bool writes(const WordUse& use, const tw_core& core, uint32_t address) {
    const NocAddress a(use.address);
    const tw_ctx& ctx = core.processors[0].ctx;
    if (a.local != address) return false;
    return use.multicast ? in_rectangle(a, ctx.my_x[0], ctx.my_y[0]) : a.x == ctx.my_x[0] && a.y == ctx.my_y[0];
}

bool waits_for(const Processor& p, WaitKind kind, uint32_t cb) {
    return p.state == FiberState::Blocked && p.wait.kind == kind && p.wait.subject == cb;
}

}  // namespace

uint32_t local_of(const WordUse& use) {
    return static_cast<uint32_t>(NocAddress(use.address).local);
}

bool same_kernel(Party a, Party b) {
    const auto computes = [](Party p) { return p.p->ctx.risc >= TW_TRISC_UNPACK; };
    return a.core == b.core && (a.p == b.p || (computes(a) && computes(b)));
}

uint32_t word_of(const Processor& p) {
    if (p.state == FiberState::Blocked && p.wait.kind == WaitKind::Word) return p.wait.subject_address;
    if (p.state == FiberState::Ready) return p.polled;
    return 0;
}

bool calls_any(const Processor& p, std::span<const char* const> symbols) {
    if (!p.image || p.image->object.empty()) return true;                          // not known
    static std::map<std::pair<const jit::KernelImage*, std::string>, bool> known;  // a launch at a time asks
    return std::ranges::any_of(symbols, [&](const char* symbol) {
        const auto [found, is_new] = known.try_emplace({p.image, symbol}, false);
        if (is_new) found->second = !jit::call_sites(*p.image, symbol, nullptr).empty();
        return found->second;
    });
}

WaitGraph::WaitGraph(std::span<tw_core* const> cores) : cores_(cores) {
    for (const tw_core* core : cores_) {
        for (const Processor& p : core->processors) {
            const Party party{core, &p};
            if (p.image && party.waits()) nodes_.push_back({.party = party, .next = {}, .givers = {}});
        }
    }
    for (Node& node : nodes_) {
        node.givers = givers(node.party);
        for (const Party& giver : node.givers) {
            const auto at = std::ranges::find(nodes_, giver, &Node::party);
            if (at != nodes_.end()) node.next.push_back(static_cast<size_t>(at - nodes_.begin()));
        }
    }
    find_roots();
}

std::vector<Writer> WaitGraph::writers(const tw_core& target, uint32_t address) const {
    std::vector<Writer> out;
    for (const tw_core* core : cores_) {
        for (const Processor& p : core->processors) {
            if (!p.image) continue;
            for (const WordUse& use : p.words.uses()) {
                if (writes(use, target, address)) out.push_back({{core, &p}, &use});
            }
        }
    }
    return out;
}

std::vector<Party> WaitGraph::givers(Party w) const {
    std::vector<Party> out;
    const Wait& wait = w.p->wait;
    const auto add_risc = [&](uint32_t risc) {
        const Processor& p = w.core->processors[risc];
        if (p.image) out.push_back({w.core, &p});
    };
    if (const uint32_t address = word_of(*w.p)) {
        for (const Writer& writer : writers(*w.core, address)) {
            if (writer.party.p != w.p && std::ranges::find(out, writer.party) == out.end()) out.push_back(writer.party);
        }
        if (!out.empty()) return out;
        // Nobody did so far: whoever waits and may write words still.
        for (const tw_core* core : cores_) {
            for (const Processor& p : core->processors) {
                const Party party{core, &p};
                if (!p.image || &p == w.p || !party.waits() || p.image == w.p->image) continue;
                if (core == w.core ? calls_any(p, kWordWriters) : calls_any(p, kRemoteWriters)) out.push_back(party);
            }
        }
        return out;
    }
    if (w.p->state != FiberState::Blocked) return out;
    const auto of_cb = [&](bool pages) {
        const uint32_t cb = wait.subject;
        for (const Processor& p : w.core->processors) {
            if (!p.image || &p == w.p) continue;
            const CbBook& book = p.books[cb];
            if (pages ? book.produces() || waits_for(p, WaitKind::CbSpace, cb)
                      : book.consumes() || waits_for(p, WaitKind::CbPages, cb))
                out.push_back({w.core, &p});
        }
        if (!out.empty()) return;
        // One that does so on other cores, and had nothing to do here.
        for (const Processor& p : w.core->processors)
            if (p.image && &p != w.p && sibling({w.core, &p}, cb, pages).p) out.push_back({w.core, &p});
        if (!out.empty()) return;
        static constexpr const char* kPush[] = {"tw_cb_push_back"};
        static constexpr const char* kPop[] = {"tw_cb_pop_front"};
        for (const Processor& p : w.core->processors) {
            const Party party{w.core, &p};
            if (p.image && &p != w.p && party.waits() && calls_any(p, pages ? kPush : kPop)) out.push_back(party);
        }
    };
    switch (wait.kind) {
        case WaitKind::CbPages: of_cb(true); break;
        case WaitKind::CbSpace: of_cb(false); break;
        case WaitKind::SrcFull: add_risc(TW_TRISC_UNPACK); break;
        case WaitKind::SrcFree:
        case WaitKind::DstReady: add_risc(TW_TRISC_MATH); break;
        case WaitKind::DstFree: add_risc(TW_TRISC_PACK); break;
        case WaitKind::MailboxFull:
        case WaitKind::MailboxFree: add_risc(wait.subject); break;
        default: break;
    }
    return out;
}

Party WaitGraph::sibling(Party of, uint32_t cb, bool pushes) const {
    for (const tw_core* core : cores_) {
        const Processor& p = core->processors[of.p->ctx.risc];
        if (core == of.core || p.image != of.p->image) continue;
        if (pushes ? p.books[cb].push != nullptr : p.books[cb].pop != nullptr) return {core, &p};
    }
    return {};
}

std::vector<Party> WaitGraph::waiting(const tw_core& core) const {
    std::vector<Party> out;
    for (const Node& n : nodes_)
        if (n.party.core == &core) out.push_back(n.party);
    return out;
}

void WaitGraph::find_roots() {
    // Which nodes each one leads to. Grids wait alike, so the graph is wide and shallow.
    std::vector<std::vector<bool>> reaches(nodes_.size(), std::vector<bool>(nodes_.size()));
    for (size_t from = 0; from < nodes_.size(); ++from) {
        std::vector<size_t> todo{from};
        while (!todo.empty()) {
            const size_t at = todo.back();
            todo.pop_back();
            for (size_t next : nodes_[at].next) {
                if (reaches[from][next]) continue;
                reaches[from][next] = true;
                todo.push_back(next);
            }
        }
    }
    for (size_t i = 0; i < nodes_.size(); ++i) {
        const bool circular = reaches[i][i];
        // A circle that also waits for somebody outside of it is no root.
        bool leads_out = false;
        std::vector<Party> circle;
        for (size_t j = 0; j < nodes_.size(); ++j) {
            if (!reaches[i][j]) continue;
            if (circular && reaches[j][i]) {
                circle.push_back(nodes_[j].party);
            } else {
                leads_out = true;
            }
        }
        if (leads_out || (circular && circle.front() != nodes_[i].party)) continue;
        Root root{.waiter = nodes_[i].party, .givers = nodes_[i].givers, .circle = std::move(circle)};
        for (size_t j = 0; j < nodes_.size(); ++j)
            root.dependents += reaches[j][i] && !same_kernel(nodes_[j].party, nodes_[i].party);
        roots_.push_back(std::move(root));
    }
    std::ranges::stable_sort(roots_, [](const Root& r, const Root& s) { return r.dependents > s.dependents; });
}

}  // namespace tw::diagnose
