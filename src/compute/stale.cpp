// Where a setting that is stale is told of. The call that finds it is the victim; what is missing has its place before it:
// a reconfiguration beside the init or the reserve with which the new operation begins, an uninit behind the last use of
// what it takes back, a startup before all else.
#include "compute/access.h"
#include "compute/config.h"

#include <algorithm>
#include <string_view>

namespace tw::compute {
namespace {

constexpr std::string_view kNames[] = {
#define TW_FIELD(...)
#define TW_CALL(name, remedy, u, m, p) #name,
#include "tw/compute_config.def"
#undef TW_CALL
};
constexpr std::string_view kRemedies[] = {
#define TW_CALL(name, remedy, u, m, p) #remedy,
#include "tw/compute_config.def"
#undef TW_CALL
#undef TW_FIELD
};

struct Place {
    const tw_site* site = nullptr;
    uint32_t risc = 0;
};

bool is_before(const tw_site* site, const tw_site* other) {
    return site && other && site->line < other->line && std::string_view(site->file) == other->file;
}

// The first of the thread's calls that are known and stand before this one in its file.
Place first_call(const tw_ctx* ctx, const ThreadConfig& t, const tw_site* site) {
    const tw_site* first = is_before(t.first, site) ? t.first : site;
    for (const CbBook& book : processor_of(ctx).books) {
        for (const tw_site* call : {book.wait, book.reserve})
            if (is_before(call, first)) first = call;
    }
    return {first, ctx->risc};
}

// Where the operation began whose operands, or output, have another format than the one before.
Place beginning(const tw_ctx* ctx, const ThreadConfig& t, const ConfigSetter& by, const tw_site* site) {
    if (ctx->risc != TW_TRISC_PACK) {
        const auto op = ctx->risc == TW_TRISC_MATH ? ConfigField::M_op : ConfigField::U_op;
        const ConfigSetter& init = t.by[static_cast<uint32_t>(op)];
        // Formats that were set for this operation, with nothing computed in between: the call names another buffer.
        const bool of_former = std::ranges::any_of(
            t.ran, [&](const ThreadConfig::Ran& ran) { return ran.site && ran.at > by.at && ran.at < init.at; });
        return {init.site && of_former ? init.site : site, ctx->risc};
    }
    const CbBook* last = nullptr;
    for (const CbBook& book : processor_of(ctx).books) {
        if (book.reserve && book.reserve_number > by.reserves && (!last || book.reserve_number > last->reserve_number))
            last = &book;
    }
    return {last ? last->reserve : site, ctx->risc};
}

// Where that was used last which an uninit should have taken back.
Place last_use(const ComputeState& s, const tw_ctx* ctx, const ThreadConfig& t, ConfigField field, const ConfigSetter& by,
               const tw_site* site) {
    if (field == ConfigField::P_mask) {
        const tw_site* reduced = s.config[1].ran[static_cast<uint32_t>(ConfigCall::reduce_tile)].site;
        const tw_site* packed = s.packed_masked;
        // A function that packs stands before its callers; the reduction is nearer to what is missing then.
        if (packed && (!reduced || packed->line > reduced->line)) return {packed, TW_TRISC_PACK};
        if (reduced) return {reduced, TW_TRISC_MATH};
        return {site, ctx->risc};
    }
    const std::string_view init = kNames[by.call];
    if (!init.starts_with("tilize") && !init.starts_with("untilize") && !init.starts_with("fast_") &&
        !init.starts_with("pack_untilize"))
        return {site, ctx->risc};
    const ThreadConfig::Ran* last = nullptr;
    for (uint32_t call = 0; call < kConfigCalls; ++call) {
        if (kRemedies[call] == init && t.ran[call].at > by.at && (!last || t.ran[call].at > last->at)) last = &t.ran[call];
    }
    return {last ? last->site : by.site, ctx->risc};
}

Place place_of(const tw_ctx* ctx, const ComputeState& s, ConfigField field, const ConfigSetter& by, const tw_site* site) {
    const ThreadConfig& t = s.config[ctx->risc - TW_TRISC_UNPACK];
    const ConfigKind kind = kind_of(field);
    const bool unset = by.call == kConfigCalls;
    switch (kind) {
        case ConfigKind::Formats: return unset ? first_call(ctx, t, site) : beginning(ctx, t, by, site);
        case ConfigKind::Mode:
        case ConfigKind::Packer:
            if (unset) return first_call(ctx, t, site);
            if (field == ConfigField::P_relu) break;
            return last_use(s, ctx, t, field, by, site);
        case ConfigKind::Mask:
            if (!unset) return last_use(s, ctx, t, field, by, site);
            break;
        default: break;
    }
    return {site, ctx->risc};
}

}  // namespace

void report_stale(tw_ctx* ctx, uint32_t call, ConfigField field, uint32_t found, uint32_t wanted, const ConfigSetter& by,
                  const tw_site* site) {
    const ComputeState& s = compute_state(ctx);
    const Place place = place_of(ctx, s, field, by, site);
    Problem p = problem_at(ctx, place.site, ProblemKind::StaleConfig, call | uint64_t{static_cast<uint32_t>(field)} << 32,
                           uint64_t{found} << 32 | wanted, by.call);
    p.risc = static_cast<uint8_t>(place.risc);
    // Wrong on silicon, but for what a core that nobody has used may do as well; with poison the result is to be seen.
    const bool tolerated = field == ConfigField::S_init || field == ConfigField::P_relu || field == ConfigField::M_acc;
    p.severity = tolerated || s.stale_poison ? Severity::Warning : Severity::Error;
    if (place.site != site && site) {
        p.d = 1;
        p.also.push_back(also_at(ctx, site, "needed by"));
    }
    if (by.site) p.also.push_back(also_at(ctx, by.site, "set by"));
    report(ctx, std::move(p));
}

}  // namespace tw::compute
