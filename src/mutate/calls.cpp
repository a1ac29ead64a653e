#include "mutate/calls.h"

#include <algorithm>
#include <array>

namespace tw::mutate {
namespace {

using cpp_text::kNoMatch;
using cpp_text::TokenKind;
using cpp_text::TokenList;

struct Name {
    std::string_view text;
    Family family;
};

constexpr std::array kNames = {
    Name{"noc_async_read_barrier", Family::ReadBarrier},
    Name{"async_read_barrier", Family::ReadBarrier},
    Name{"noc_async_read_barrier_with_trid", Family::ReadBarrier},
    Name{"noc_async_write_barrier", Family::WriteBarrier},
    Name{"async_write_barrier", Family::WriteBarrier},
    Name{"noc_async_write_barrier_with_trid", Family::WriteBarrier},
    Name{"noc_async_writes_flushed", Family::Flush},
    Name{"async_writes_flushed", Family::Flush},
    Name{"noc_async_posted_writes_flushed", Family::Flush},
    Name{"noc_async_atomic_barrier", Family::AtomicBarrier},
    Name{"async_atomic_barrier", Family::AtomicBarrier},
    Name{"cb_wait_front", Family::Wait},
    Name{"wait_front", Family::Wait},
    Name{"cb_reserve_back", Family::Reserve},
    Name{"reserve_back", Family::Reserve},
    Name{"cb_pop_front", Family::Pop},
    Name{"pop_front", Family::Pop},
    Name{"cb_push_back", Family::Push},
    Name{"push_back", Family::Push},
    Name{"compute_kernel_hw_startup", Family::Startup},
    Name{"binary_op_init_common", Family::Startup},
    Name{"unary_op_init_common", Family::Startup},
    Name{"init_sfpu", Family::Startup},
    Name{"mm_init", Family::Startup},
    Name{"mm_block_init", Family::Startup},
    Name{"transpose_wh_init", Family::Startup},
    Name{"tile_regs_acquire", Family::Acquire},
    Name{"acquire_dst", Family::Acquire},
    Name{"tile_regs_commit", Family::Commit},
    Name{"tile_regs_wait", Family::RegsWait},
    Name{"tile_regs_release", Family::Release},
    Name{"release_dst", Family::Release},
    Name{"noc_semaphore_wait", Family::SemaphoreWait},
    Name{"noc_semaphore_wait_min", Family::SemaphoreWait},
    Name{"noc_semaphore_set", Family::SemaphoreSet},
    Name{"noc_semaphore_inc", Family::SemaphoreIncrement},
    Name{"noc_semaphore_set_remote", Family::SemaphoreMulticast},
    Name{"noc_semaphore_set_multicast", Family::SemaphoreMulticast},
    Name{"noc_semaphore_set_multicast_loopback_src", Family::SemaphoreMulticast},
    Name{"noc_async_write_multicast", Family::Multicast},
    Name{"noc_async_write_multicast_loopback_src", Family::Multicast},
    Name{"async_write_multicast", Family::Multicast},
};

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}
bool starts(std::string_view text, std::string_view part) {
    return text.substr(0, part.size()) == part;
}
bool ends(std::string_view text, std::string_view part) {
    return text.size() >= part.size() && text.substr(text.size() - part.size()) == part;
}

// The place behind a template argument list that starts at `i` (a `<`); `i` itself if it is none.
size_t behind_template_arguments(const TokenList& t, size_t i) {
    int depth = 0;
    for (size_t at = i; at < t.tokens.size() && at < i + 60; at++) {
        if (t.is(at, "<")) depth++;
        if (t.is(at, ">") && --depth == 0) return at + 1;
        if (t.is(at, ";") || t.is(at, "{") || t.is(at, "&&") || t.is(at, "||")) return i;
    }
    return i;
}

std::vector<Extent> arguments_between(const TokenList& t, size_t open, size_t close) {
    std::vector<Extent> out;
    size_t first = open + 1;
    for (size_t at = open + 1; at <= close; at++) {
        if (at == close || t.is(at, ",")) {
            if (at > first) out.push_back({t.tokens[first].begin, t.tokens[at - 1].end});
            first = at + 1;
        } else if (t.tokens[at].match != kNoMatch && t.tokens[at].match > at) {
            at = t.tokens[at].match;
        } else if (t.is(at, "<") && at > 0 && t.is_identifier(at - 1)) {
            const size_t behind = behind_template_arguments(t, at);
            // `a < b, c > (d)` is read as a template here; kernels do not write that
            if (behind != at && behind < close && t.is(behind, "(")) at = behind - 1;
        }
    }
    return out;
}

bool starts_statement(const TokenList& t, size_t first) {
    if (first == 0) return true;
    const std::string_view before = t.spelling(first - 1);
    return before == ";" || before == "{" || before == "}" || before == ")" || before == "else" || before == ":" ||
           t.tokens[first - 1].kind == TokenKind::Directive;
}

}  // namespace

Family family_of(std::string_view callee) {
    const auto* known = std::find_if(kNames.begin(), kNames.end(), [&](const Name& n) { return n.text == callee; });
    if (known != kNames.end()) return known->family;
    if (starts(callee, "noc_async_read") || callee == "async_read") return Family::Read;
    if (starts(callee, "noc_async_write") || callee == "async_write") return Family::Write;
    if (has(callee, "uninit")) return Family::Uninit;
    if (has(callee, "reconfig")) return Family::Reconfig;
    if (ends(callee, "_init") || has(callee, "_init_") || starts(callee, "init_")) return Family::Init;
    if (starts(callee, "pack_tile") || starts(callee, "pack_untilize") || callee == "pack_block") return Family::Pack;
    if (starts(callee, "get_")) return Family::Other;  // get_tile_size
    if (ends(callee, "_tile") || has(callee, "_tiles") || has(callee, "_tile_") || ends(callee, "_block"))
        return Family::Compute;
    return Family::Other;
}

std::vector<Call> calls_in(const TokenList& t) {
    std::vector<Call> out;
    for (size_t i = 0; i < t.tokens.size(); i++) {
        if (!t.is_identifier(i)) continue;
        size_t open = i + 1;
        if (t.is(open, "<")) open = behind_template_arguments(t, open);
        if (!t.is(open, "(") || t.tokens[open].match == kNoMatch) continue;
        const size_t close = t.tokens[open].match;

        Call call;
        call.callee = t.spelling(i);
        call.family = family_of(call.callee);
        call.name = {t.tokens[i].begin, t.tokens[i].end};
        size_t first = i;
        while (first >= 2 && (t.is(first - 1, ".") || t.is(first - 1, "->") || t.is(first - 1, "::")) &&
               t.is_identifier(first - 2)) {
            call.is_member |= !t.is(first - 1, "::");
            first -= 2;
        }
        call.whole = {t.tokens[first].begin, t.tokens[close].end};
        call.arguments = arguments_between(t, open, close);
        call.is_statement = t.is(close + 1, ";") && starts_statement(t, first);
        if (call.is_statement) {
            call.statement = {t.tokens[first].begin, t.tokens[close + 1].end};
            call.next_token = close + 2;
        }
        out.push_back(std::move(call));
    }
    return out;
}

}  // namespace tw::mutate
