#include "mutate/kernel_mutants.h"

#include "mutate/calls.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tw::mutate {
namespace {

using cpp_text::kNoMatch;
using cpp_text::Lines;
using cpp_text::TokenList;

struct Drop {
    Family family;
    std::string_view op;
};
constexpr std::array kDrops = {
    Drop{Family::ReadBarrier, "drop-read-barrier"},
    Drop{Family::WriteBarrier, "drop-write-barrier"},
    Drop{Family::Flush, "drop-flush"},
    Drop{Family::AtomicBarrier, "drop-atomic-barrier"},
    Drop{Family::Wait, "drop-wait"},
    Drop{Family::Reserve, "drop-reserve"},
    Drop{Family::Pop, "drop-pop"},
    Drop{Family::Push, "drop-push"},
    Drop{Family::Startup, "drop-startup"},
    Drop{Family::Init, "drop-init"},
    Drop{Family::Reconfig, "drop-reconfig"},
    Drop{Family::Uninit, "drop-uninit"},
    Drop{Family::Acquire, "drop-tile-regs-acquire"},
    Drop{Family::Commit, "drop-tile-regs-commit"},
    Drop{Family::RegsWait, "drop-tile-regs-wait"},
    Drop{Family::Release, "drop-tile-regs-release"},
    Drop{Family::SemaphoreWait, "drop-semaphore-wait"},
    Drop{Family::SemaphoreSet, "drop-semaphore-set"},
    Drop{Family::SemaphoreIncrement, "drop-semaphore-inc"},
    Drop{Family::SemaphoreMulticast, "drop-semaphore-multicast"},
    Drop{Family::Read, "drop-transfer"},
    Drop{Family::Write, "drop-transfer"},
    Drop{Family::Multicast, "drop-transfer"},
    Drop{Family::Pack, "drop-pack"},
    Drop{Family::Compute, "drop-compute"},
};
constexpr std::array kDuplicates = {
    Drop{Family::Pop, "duplicate-pop"},
    Drop{Family::Push, "duplicate-push"},
    Drop{Family::SemaphoreIncrement, "duplicate-semaphore-inc"},
    Drop{Family::Release, "duplicate-tile-regs-release"},
    Drop{Family::Acquire, "duplicate-tile-regs-acquire"},
};

struct Swap {
    Family first, second;
    std::string_view op;
};
constexpr std::array kSwaps = {
    Swap{Family::ReadBarrier, Family::Push, "push-before-barrier"},
    Swap{Family::WriteBarrier, Family::Pop, "pop-before-barrier"},
    Swap{Family::Flush, Family::Pop, "pop-before-barrier"},
    Swap{Family::Read, Family::ReadBarrier, "barrier-before-transfer"},
    Swap{Family::Write, Family::WriteBarrier, "barrier-before-transfer"},
    Swap{Family::Write, Family::Flush, "barrier-before-transfer"},
    Swap{Family::Wait, Family::Write, "use-before-wait"},
    Swap{Family::Reserve, Family::Read, "use-before-reserve"},
    Swap{Family::Reserve, Family::Pack, "use-before-reserve"},
    Swap{Family::RegsWait, Family::Pack, "swap-tile-regs"},
    Swap{Family::Commit, Family::RegsWait, "swap-tile-regs"},
    Swap{Family::Pack, Family::Release, "swap-tile-regs"},
    Swap{Family::Init, Family::Compute, "call-before-init"},
    Swap{Family::WriteBarrier, Family::SemaphoreIncrement, "flag-before-barrier"},
    Swap{Family::Multicast, Family::Flush, "barrier-before-transfer"},
    Swap{Family::Multicast, Family::SemaphoreMulticast, "flag-before-data"},
    Swap{Family::SemaphoreSet, Family::SemaphoreIncrement, "flag-reset-late"},
    Swap{Family::SemaphoreWait, Family::SemaphoreSet, "flag-reset-early"},
};

bool mentions(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

class Maker {
public:
    Maker(std::string_view text, const KernelMutantOptions& options)
        : text_(text),
          options_(options),
          tokens_(cpp_text::tokenize(text, 0, text.size())),
          lines_(text),
          calls_(calls_in(tokens_)) {}

    std::vector<KernelMutant> run() {
        for (const Call& call : calls_) {
            if (call.is_statement) statement(call);
            arguments(call);
        }
        for (size_t i = 0; i < tokens_.tokens.size(); i++) control(i);
        std::stable_sort(out_.begin(), out_.end(),
                         [](const KernelMutant& a, const KernelMutant& b) { return a.begin < b.begin; });
        return std::move(out_);
    }

private:
    std::string text_of(Extent e) const { return std::string(text_.substr(e.begin, e.end - e.begin)); }

    // A loop's mutant concerns its body too.
    void add_to_loop(std::string_view op, Extent what, std::string replacement, size_t close) {
        const size_t before = out_.size();
        add(op, what, std::move(replacement));
        if (out_.size() == before) return;
        size_t last = close + 1;
        if (tokens_.is(last, "{") && tokens_.tokens[last].match != kNoMatch) {
            last = tokens_.tokens[last].match;
        } else {
            while (last + 1 < tokens_.tokens.size() && !tokens_.is(last, ";")) last++;
        }
        if (last < tokens_.tokens.size()) out_.back().last_line = lines_.at(tokens_.tokens[last].begin).line;
    }

    void add(std::string_view op, Extent what, std::string replacement, const Call* call = nullptr) {
        if (text_of(what) == replacement) return;
        KernelMutant m;
        m.op = op;
        m.begin = what.begin;
        m.end = what.end;
        m.replacement = std::move(replacement);
        m.first_line = lines_.at(call != nullptr ? std::min(call->whole.begin, what.begin) : what.begin).line;
        m.last_line = lines_.at(what.end).line;
        if (call != nullptr) {
            m.callee = call->callee;
            if (call->is_member) m.arguments.push_back(receiver(*call));
            for (const Extent& a : call->arguments) m.arguments.push_back(text_of(a));
        }
        out_.push_back(std::move(m));
    }

    std::string receiver(const Call& call) const {
        std::string before = text_of({call.whole.begin, call.name.begin});
        while (!before.empty() && (before.back() == '.' || before.back() == '>' || before.back() == '-')) before.pop_back();
        return before;
    }

    // `E` becomes `(E) + 1`.
    void adjust(std::string_view op, const Call& call, size_t argument, std::string_view how) {
        if (argument >= call.arguments.size()) return;
        const std::string was = text_of(call.arguments[argument]);
        if (was.find('{') != std::string::npos) return;
        const bool simple = was.find_first_of(" ?<>=&|+-*/%") == std::string::npos;
        add(op, call.arguments[argument], (simple ? was : "(" + was + ")") + std::string(how), &call);
    }

    void swap_arguments(std::string_view op, const Call& call, size_t a, size_t b) {
        if (b >= call.arguments.size()) return;
        const Extent x = call.arguments[a], y = call.arguments[b];
        if (text_of(x) == text_of(y)) return;
        add(op, {x.begin, y.end}, text_of(y) + text_of({x.end, y.begin}) + text_of(x), &call);
    }

    void statement(const Call& call) {
        for (const Drop& d : kDrops)
            if (d.family == call.family) add(d.op, call.statement, ";", &call);
        for (const Drop& d : kDuplicates)
            if (d.family == call.family)
                add(d.op, call.statement, text_of(call.statement) + " " + text_of(call.statement), &call);
        const Call* next = statement_at(call.next_token);
        if (next == nullptr) return;
        for (const Swap& s : kSwaps) {
            if (s.first != call.family || s.second != next->family) continue;
            const Extent both = {call.statement.begin, next->statement.end};
            add(s.op, both,
                text_of(next->statement) + text_of({call.statement.end, next->statement.begin}) + text_of(call.statement),
                &call);
        }
    }

    const Call* statement_at(size_t token) const {
        if (token >= tokens_.tokens.size()) return nullptr;
        const uint32_t begin = tokens_.tokens[token].begin;
        for (const Call& c : calls_)
            if (c.is_statement && c.statement.begin == begin) return &c;
        return nullptr;
    }

    void arguments(const Call& call) {
        switch (call.family) {
            case Family::Wait: buffer_call(call, "wait-more", "wait-fewer"); break;
            case Family::Reserve: buffer_call(call, "reserve-more", "reserve-fewer"); break;
            case Family::Pop: buffer_call(call, "pop-more", "pop-fewer"); break;
            case Family::Push: buffer_call(call, "push-more", "push-fewer"); break;
            case Family::Read:
            case Family::Write:
            case Family::Multicast: transfer(call); break;
            case Family::SemaphoreWait:
                adjust("semaphore-target-more", call, 1, " + 1");
                adjust("semaphore-target-fewer", call, 1, " - 1");
                break;
            case Family::SemaphoreSet: adjust("semaphore-set-value", call, 1, " + 1"); break;
            case Family::SemaphoreIncrement: adjust("semaphore-inc-value", call, 1, " + 1"); break;
            case Family::SemaphoreMulticast:
                adjust("multicast-count", call, 2, " + 1");
                adjust("multicast-count", call, 2, " - 1");
                break;
            case Family::Startup:
            case Family::Init:
            case Family::Reconfig:
                swap_arguments("swap-init-arguments", call, 0, 1);
                if (call.family == Family::Init) another_buffer("init-of-another-cb", call);
                other_variant(call);
                break;
            case Family::Pack:
                adjust("dst-index", call, 0, " + 1");
                if (call.arguments.size() > 1) another_buffer("pack-to-another-cb", call, 1);
                break;
            case Family::Compute: compute(call); break;
            default: other(call); break;
        }
    }

    void buffer_call(const Call& call, std::string_view more, std::string_view fewer) {
        const size_t pages = call.is_member ? 0 : 1;
        adjust(more, call, pages, " + 1");
        adjust(fewer, call, pages, " - 1");
        if (!call.is_member) another_buffer("another-cb", call);
    }

    // The first other buffer that this kernel names in a call of the protocol.
    void another_buffer(std::string_view op, const Call& call, size_t argument = 0) {
        if (argument >= call.arguments.size()) return;
        const std::string was = text_of(call.arguments[argument]);
        std::string other;
        bool passed = false;
        for (const Call& c : calls_) {
            const bool protocol = c.family == Family::Wait || c.family == Family::Reserve;
            if (!protocol || c.is_member || c.arguments.empty()) continue;
            const std::string name = text_of(c.arguments[0]);
            if (name == was) passed = true;
            if (name != was && (other.empty() || passed)) {
                other = name;
                if (passed) break;
            }
        }
        if (other.empty() && call.family == Family::Init) return;
        if (other.empty()) other = "(" + was + ") + 1";
        add(op, call.arguments[argument], other, &call);
    }

    void transfer(const Call& call) {
        if (call.is_member) {
            if (call.arguments.size() > 2) size(call, 2);
            return;
        }
        const bool page = mentions(call.callee, "_page") || mentions(call.callee, "_tile");
        const std::string one_page = " + " + std::to_string(options_.page_bytes);
        if (page) {
            adjust("page-id", call, 0, " + 1");
            adjust("address-plus-8", call, 2, " + 8");
            adjust("address-plus-page", call, 2, one_page);
            return;
        }
        for (size_t side = 0; side < 2; side++) {
            adjust("address-plus-8", call, side, " + 8");
            adjust("address-plus-page", call, side, one_page);
        }
        swap_arguments("swap-arguments", call, 0, 1);
        size(call, 2);
        if (call.family == Family::Multicast) {
            adjust("multicast-count", call, 3, " + 1");
            adjust("multicast-count", call, 3, " - 1");
        }
    }

    void size(const Call& call, size_t argument) {
        adjust("size-doubled", call, argument, " * 2");
        adjust("size-halved", call, argument, " / 2");
    }

    void compute(const Call& call) {
        const size_t n = call.arguments.size();
        if (n == 0) return;
        if (n == 1) return adjust("dst-index", call, 0, " + 1");
        other_variant(call);
        if (mentions(call.callee, "tilize")) return another_buffer("call-of-another-cb", call);
        another_buffer("call-of-another-cb", call);
        if (n >= 3) {
            adjust("dst-index", call, n - 1, " + 1");
            adjust("tile-index", call, n == 3 ? 1 : 2, " + 1");
        }
        if (n >= 5) swap_arguments("swap-arguments", call, 0, 1);
    }

    // The neighbour in a family of operations: rows for columns, sum for maximum.
    void other_variant(const Call& call) {
        static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kPairs = {{
            {"REDUCE_ROW", "REDUCE_COL"},
            {"REDUCE_COL", "REDUCE_ROW"},
            {"bcast_rows", "bcast_cols"},
            {"bcast_cols", "bcast_rows"},
            {"PoolType::SUM", "PoolType::MAX"},
            {"PoolType::MAX", "PoolType::SUM"},
            {"add_tiles", "mul_tiles"},
            {"mul_tiles", "add_tiles"},
        }};
        const std::string was = text_of(call.whole);
        for (const auto& [from, to] : kPairs) {
            const size_t at = was.find(from);
            if (at == std::string::npos) continue;
            std::string changed = was;
            add("another-operation", call.whole, changed.replace(at, from.size(), to), &call);
            return;
        }
    }

    void other(const Call& call) {
        if (call.callee == "get_arg_val" || call.callee == "get_common_arg_val") adjust("argument-index", call, 0, " + 1");
        if (call.callee == "get_semaphore") adjust("semaphore-id", call, 0, " + 1");
        if (call.callee == "get_write_ptr" || call.callee == "get_read_ptr")
            if (!call.arguments.empty()) another_buffer("pointer-of-another-cb", call);
        if (call.callee == "get_noc_addr" && !call.is_member && call.arguments.size() == 3)
            swap_arguments("swap-arguments", call, 0, 1);
        if (call.callee == "get_noc_addr" && call.is_member) adjust("page-id", call, 0, " + 1");
        if (call.callee == "get_noc_multicast_addr" && call.arguments.size() >= 4) {
            const auto& a = call.arguments;
            const std::string corners = text_of(a[2]) + ", " + text_of(a[3]) + ", " + text_of(a[0]) + ", " + text_of(a[1]);
            add("multicast-corners", {a[0].begin, a[3].end}, corners, &call);
        }
    }

    // Loops and conditions.
    void control(size_t i) {
        if (tokens_.is(i, "for") && tokens_.is(i + 1, "(")) loop(i + 1);
        if ((tokens_.is(i, "while") || tokens_.is(i, "if")) && tokens_.is(i + 1, "(") &&
            tokens_.tokens[i + 1].match != kNoMatch) {
            const size_t close = tokens_.tokens[i + 1].match;
            if (tokens_.is(i, "while")) return bound(i + 2, close, close);
            const Extent inside = {tokens_.tokens[i + 1].end, tokens_.tokens[close].begin};
            add_to_loop("condition-negated", inside, "!(" + text_of(inside) + ")", close);
        }
        // `l1 += page_bytes;` and `row++;` as statements
        if (tokens_.is_identifier(i) && (tokens_.is(i + 1, "+=") || tokens_.is(i + 1, "++")) && i > 0 &&
            (tokens_.is(i - 1, ";") || tokens_.is(i - 1, "{") || tokens_.is(i - 1, "}"))) {
            size_t end = i + 1;
            while (end < tokens_.tokens.size() && !tokens_.is(end, ";") && !tokens_.is(end, ")") && !tokens_.is(end, "{"))
                end++;
            if (tokens_.is(end, ";")) add("drop-advance", {tokens_.tokens[i].begin, tokens_.tokens[end].end}, ";");
        }
    }

    void bound(size_t first, size_t last, size_t close) {
        for (size_t at = first; at < last; at++) {
            if (tokens_.tokens[at].match != kNoMatch && tokens_.tokens[at].match > at) {
                at = tokens_.tokens[at].match;
            } else if (tokens_.is(at, "<") || tokens_.is(at, "<=") || (tokens_.is(at, ">") && !tokens_.is(at + 1, "("))) {
                const Extent limit = {tokens_.tokens[at + 1].begin, tokens_.tokens[last - 1].end};
                const bool up = !tokens_.is(at, ">");
                add_to_loop(up ? "loop-bound-more" : "loop-bound-fewer", limit, text_of(limit) + " + 1", close);
                if (up) add_to_loop("loop-bound-fewer", limit, text_of(limit) + " - 1", close);
                return;
            }
        }
    }

    void loop(size_t open) {
        const size_t close = tokens_.tokens[open].match;
        if (close == kNoMatch) return;
        std::vector<size_t> semicolons;
        for (size_t at = open + 1; at < close; at++)
            if (tokens_.is(at, ";")) semicolons.push_back(at);
        if (semicolons.size() != 2) return;
        for (size_t at = open + 1; at < semicolons[0]; at++) {
            if (!tokens_.is(at, "=") || at + 1 >= semicolons[0]) continue;
            const Extent start = {tokens_.tokens[at + 1].begin, tokens_.tokens[semicolons[0] - 1].end};
            add_to_loop("loop-start", start, text_of(start) + " + 1", close);
            break;
        }
        bound(semicolons[0] + 1, semicolons[1], close);
        const size_t step = semicolons[1] + 1;
        if (step >= close) return;
        const Extent whole = {tokens_.tokens[step].begin, tokens_.tokens[close - 1].end};
        if (tokens_.is(step + 1, "++"))
            add_to_loop("loop-step", whole, std::string(tokens_.spelling(step)) + " += 2", close);
        if (tokens_.is(step, "++"))
            add_to_loop("loop-step", whole, std::string(tokens_.spelling(step + 1)) + " += 2", close);
        if (tokens_.is(step + 1, "+=")) add_to_loop("loop-step", whole, text_of(whole) + " + 1", close);
    }

    std::string_view text_;
    KernelMutantOptions options_;
    TokenList tokens_;
    Lines lines_;
    std::vector<Call> calls_;
    std::vector<KernelMutant> out_;
};

}  // namespace

std::vector<KernelMutant> kernel_mutants(std::string_view text, const KernelMutantOptions& options) {
    return Maker(text, options).run();
}

const std::vector<std::string_view>& kernel_operators() {
    static const std::vector<std::string_view> all = [] {
        std::vector<std::string_view> out;
        const auto once = [&](std::string_view op) {
            if (std::find(out.begin(), out.end(), op) == out.end()) out.push_back(op);
        };
        for (const Drop& d : kDrops) once(d.op);
        for (const Drop& d : kDuplicates) once(d.op);
        for (const Swap& s : kSwaps) once(s.op);
        for (std::string_view op : {"wait-more",
                                    "wait-fewer",
                                    "reserve-more",
                                    "reserve-fewer",
                                    "pop-more",
                                    "pop-fewer",
                                    "push-more",
                                    "push-fewer",
                                    "another-cb",
                                    "call-of-another-cb",
                                    "init-of-another-cb",
                                    "pack-to-another-cb",
                                    "pointer-of-another-cb",
                                    "address-plus-8",
                                    "address-plus-page",
                                    "page-id",
                                    "size-doubled",
                                    "size-halved",
                                    "swap-arguments",
                                    "swap-init-arguments",
                                    "another-operation",
                                    "dst-index",
                                    "tile-index",
                                    "semaphore-target-more",
                                    "semaphore-target-fewer",
                                    "semaphore-set-value",
                                    "semaphore-inc-value",
                                    "semaphore-id",
                                    "multicast-count",
                                    "multicast-corners",
                                    "argument-index",
                                    "loop-bound-more",
                                    "loop-bound-fewer",
                                    "loop-start",
                                    "loop-step",
                                    "condition-negated",
                                    "drop-advance"})
            once(op);
        return out;
    }();
    return all;
}

}  // namespace tw::mutate
