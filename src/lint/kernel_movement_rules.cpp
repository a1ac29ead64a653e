// Rules over transfers and circular buffers: barriers, and what is pushed and popped.
#include "lint/kernel_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace tw::lint {

namespace {

class MovementRules : KernelCheck {
public:
    using KernelCheck::KernelCheck;

    std::vector<Finding> run() && {
        transfers();
        balance();
        return std::move(*this).findings();
    }

private:
    // A transfer with no barrier of its kind anywhere in the kernel.
    void transfers() {
        if (kind_ == KernelKind::Compute || any_helper()) return;
        const auto find = [&](auto matches) -> const KernelCall* {
            for (const KernelCall& call : kernel_.calls()) {
                if (matches(call.base)) return &call;
            }
            return nullptr;
        };
        const KernelCall* read = find([](const std::string& name) {
            return name == "noc_async_read" || name == "noc_async_read_tile" || name == "noc_async_read_page" ||
                   name == "async_read";
        });
        const KernelCall* write = find([](const std::string& name) {
            return name == "noc_async_write" || name == "noc_async_write_tile" || name == "noc_async_write_page" ||
                   name == "async_write";
        });
        const auto waits = [&](const char* kind) {
            return std::any_of(kernel_.tokens().begin(), kernel_.tokens().end(), [&](const CppToken& t) {
                const bool barrier = t.text.find("barrier") != std::string::npos ||
                                     t.text.find("flushed") != std::string::npos ||
                                     t.text.find("trid") != std::string::npos;
                return barrier && (t.text.find(kind) != std::string::npos || t.text.find("full") != std::string::npos ||
                                   t.text.find("trid") != std::string::npos);
            });
        };
        if (read != nullptr && !waits("read"))
            add("L34", read->line, read->column,
                fmt::format("{} and no read barrier in this kernel: the data are there after noc_async_read_barrier()",
                            read->base));
        if (write != nullptr && !waits("write") && !handshake())
            add("L34", write->line, write->column,
                fmt::format(
                    "{} and no write barrier in this kernel: the source may be reused after noc_async_write_barrier()",
                    write->base));
        if (read == nullptr || !waits("read")) return;
        // In straight-line order: read, push, with no barrier between.
        const KernelCall* pending = nullptr;
        for (const KernelCall& call : kernel_.calls()) {
            if (call.base == "noc_async_read" || call.base == "noc_async_read_tile" || call.base == "noc_async_read_page") {
                pending = &call;
            } else if (call.base.find("barrier") != std::string::npos) {
                pending = nullptr;
            } else if (call.base == "cb_push_back" && pending != nullptr && same_block(*pending, call)) {
                add("L34", call.line, call.column,
                    fmt::format(
                        "cb_push_back after {} (line {}) without noc_async_read_barrier(): the consumer may see old data",
                        pending->base, pending->line));
                pending = nullptr;
            }
        }
    }

    // The receiver says when it has the data: then the source is free without a barrier.
    bool handshake() const {
        static constexpr std::array<std::string_view, 6> kWords = {"semaphore_wait", "wait_min", "socket_",
                                                                   "fabric",         "_remote",  "semaphore_inc"};
        return std::any_of(kernel_.tokens().begin(), kernel_.tokens().end(), [](const CppToken& t) {
            return std::any_of(kWords.begin(), kWords.end(),
                               [&](std::string_view word) { return t.text.find(word) != std::string::npos; });
        });
    }

    // No brace between two calls: they are statements of one block.
    bool same_block(const KernelCall& a, const KernelCall& b) const {
        const std::vector<CppToken>& t = kernel_.tokens();
        for (size_t i = a.end_token; i < b.token; ++i) {
            if (t[i].text == "{" || t[i].text == "}" || t[i].text == "?" || t[i].text == "if") return false;
        }
        return true;
    }

    // L23: in straight-line code, pushes without reserve and pops without wait of the same CB.
    void balance() {
        if (kernel_.has_conditionals() || any_helper()) return;
        std::map<std::string, const KernelCall*> pushes, pops;  // the first of each
        std::set<std::string> reserved, waited, written;
        for (const KernelCall& call : kernel_.calls()) {
            if (call.args.empty()) continue;
            const std::string& cb = call.args.front();
            if (call.base == "cb_push_back") pushes.try_emplace(cb, &call);
            if (call.base == "cb_pop_front") pops.try_emplace(cb, &call);
            if (call.base == "cb_reserve_back") reserved.insert(cb);
            if (call.base == "cb_wait_front") waited.insert(cb);
            if (call.base == "get_write_ptr") written.insert(cb);
        }
        // Only where the CB is a plain name that is handled nowhere else.
        const auto plain = [&](const std::string& cb) {
            return !cb.empty() && cb.find_first_of("[(.") == std::string::npos && kernel_.constants().count(cb) != 0;
        };
        for (const auto& [cb, first] : pops) {
            // What the kernel itself pushed needs no wait.
            if (!waited.empty() && waited.count(cb) == 0 && pushes.count(cb) == 0 && plain(cb) &&
                !mentioned_elsewhere(cb)) {
                add("L23", first->line, first->column,
                    fmt::format("cb_pop_front({0}) and no cb_wait_front({0}): what is popped was never waited for", cb));
            }
        }
        for (const auto& [cb, call] : unpopped(pops)) {
            if (plain(cb) && !mentioned_elsewhere(cb))
                add("L23", call->line, call->column,
                    fmt::format(
                        "cb_wait_front({0}) in a loop whose pages are written, and no cb_pop_front({0}): each round "
                        "sends the same page, and the producer waits for room for ever",
                        cb));
        }
        for (const auto& [cb, first] : pushes) {
            // A CB that lies over a shard is pushed as it is: nobody writes it.
            if (reserved.count(cb) == 0 && written.count(cb) != 0 && plain(cb) && !mentioned_elsewhere(cb)) {
                add("L23", first->line, first->column,
                    fmt::format("cb_push_back({0}) and no cb_reserve_back({0}): the room was never reserved", cb));
            }
        }
    }

    // Waits in a loop of a kernel that writes from the buffer's read pointer, and never pops it. One for more pages each
    // time is another thing.
    std::map<std::string, const KernelCall*> unpopped(const std::map<std::string, const KernelCall*>& pops) const {
        std::map<std::string, const KernelCall*> out;
        std::set<std::string> read, pushed;
        bool writes = false;
        for (const KernelCall& call : kernel_.calls()) {
            if (call.base == "get_read_ptr" && call.args.size() == 1 && in_loop(call)) read.insert(call.args.front());
            if (call.base == "cb_push_back" && !call.args.empty()) pushed.insert(call.args.front());
            writes = writes || (call.base.starts_with("noc_async_write") && in_loop(call));
        }
        if (kind_ == KernelKind::Compute || !writes) return out;
        for (const KernelCall& call : kernel_.calls()) {
            if (call.base != "cb_wait_front" || call.args.size() != 2 || !in_loop(call)) continue;
            const std::string& cb = call.args.front();
            const bool same_count = kernel_.value(call.args.back()).has_value();
            if (same_count && pops.count(cb) == 0 && read.count(cb) != 0 && pushed.count(cb) == 0)
                out.try_emplace(cb, &call);
        }
        return out;
    }

    // Within the braces of a `for` or `while`.
    bool in_loop(const KernelCall& call) const {
        const std::vector<CppToken>& t = kernel_.tokens();
        int depth = 0;
        for (size_t i = call.token; i-- > 0;) {
            if (t[i].text == "}") ++depth;
            if (t[i].text != "{" || depth-- > 0) continue;
            depth = 0;
            int round = 0;
            size_t j = i;
            while (j-- > 0) {
                if (t[j].text == ")") ++round;
                if (t[j].text == "(" && --round == 0) break;
                if (round == 0) break;
            }
            if (j > 0 && j < t.size() && (t[j - 1].text == "for" || t[j - 1].text == "while")) return true;
        }
        return false;
    }

    bool mentioned_elsewhere(const std::string& cb) const {
        static const std::set<std::string> kPlain = {"cb_push_back",  "cb_pop_front", "cb_reserve_back",
                                                     "cb_wait_front", "pack_tile",    "copy_tile",
                                                     "get_write_ptr", "get_read_ptr", "get_tile_size"};
        for (const KernelCall& call : kernel_.calls()) {
            if (kPlain.count(call.base) != 0) continue;
            for (const std::string& arg : call.args) {
                if (arg == cb) return true;
            }
            for (const std::string& arg : call.template_args) {
                if (arg == cb) return true;
            }
        }
        return false;
    }
};

}  // namespace

std::vector<Finding> lint_kernel_movement(const KernelText& kernel, const KernelContext& context, KernelKind kind) {
    return MovementRules(kernel, context, kind).run();
}

}  // namespace tw::lint
