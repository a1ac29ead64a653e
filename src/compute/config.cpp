// The calls' rows against what the thread's units hold.
#include "compute/config.h"
#include "compute/access.h"
#include "compute/config_item.h"

using namespace tw;
using namespace tw::compute;

namespace {

// What a call says of its buffers and numbers. That copies of a buffer go straight to DST is nothing to the packer, which
// fills it the same way.
struct Words {
    uint32_t all[4];
    uint32_t format;  // bits of a buffer's word that say its format to this thread

    Words(const tw_ctx* ctx, uint32_t a, uint32_t b, uint32_t c)
        : all{0, a, b, c}, format(ctx->risc == TW_TRISC_PACK ? 0xfeffu : 0xffffu) {}
};

uint32_t word_of(ConfigItem::Word word, const Words& words) {
    const auto number = static_cast<uint32_t>(word);
    const uint32_t w = words.all[number & 3u];
    return number < 4 ? w : number < 8 ? w & words.format : w >> 16;
}

bool holds(const ConfigItem& item, uint32_t found, uint32_t wanted) {
    if (found == config_values::Any) return true;
    switch (item.what) {
        case ConfigItem::What::NeedNot: return found != wanted;
        case ConfigItem::What::NeedFrom: return found >= wanted;
        default: return found == wanted;
    }
}

// Unknown everywhere: no startup at all, which is one finding for the core's three threads.
bool nothing_was_configured(const ThreadConfig& t, ConfigField field) {
    const ConfigKind kind = kind_of(field);
    return (kind == ConfigKind::Formats || kind == ConfigKind::Mode || kind == ConfigKind::Packer) &&
           t.by[static_cast<uint32_t>(field)].call == kConfigCalls;
}

[[gnu::cold, gnu::noinline]] void stale(tw_ctx* ctx, ComputeState& s, ThreadConfig& t, uint32_t call, const ConfigRow& row,
                                        const Words& words, const tw_site* site) {
    uint32_t told = 0;          // a bit a kind: settings of one kind are one finding
    bool loads_nothing = true;  // of the vector unit; a constant that is missing says more than an init that is
    for (uint32_t i = 0; i < row.needs; ++i) {
        const ConfigItem& item = row.items[i];
        if (item.field == ConfigField::S_init || kind_of(item.field) != ConfigKind::Vector) continue;
        const uint32_t found = t.value[static_cast<uint32_t>(item.field)];
        loads_nothing &= holds(item, found, item.value + word_of(item.word, words));
    }
    for (uint32_t i = 0; i < row.needs; ++i) {
        const ConfigItem& item = row.items[i];
        const auto field = static_cast<uint32_t>(item.field);
        const uint32_t wanted = item.value + word_of(item.word, words);
        if (holds(item, t.value[field], wanted)) continue;
        const uint32_t kind = 1u << static_cast<uint32_t>(kind_of(item.field));
        const bool unstarted = nothing_was_configured(t, item.field);
        if (item.field == ConfigField::S_init && !loads_nothing) {
            t.value[field] = config_values::Any;
            continue;
        }
        if (!(told & kind) && !(unstarted && s.startup_missed) && !s.told_already(call, kind, site)) {
            report_stale(ctx, call, item.field, t.value[field], wanted, t.by[field], site);
        }
        told |= kind;
        if (unstarted) s.startup_missed = true;
        if (s.stale_poison) {
            t.poison = true;
        } else if (item.what != ConfigItem::What::NeedNot) {
            t.value[field] = wanted;  // what follows is told of for its own sake
        } else {
            t.value[field] = config_values::Any;
        }
    }
}

// An init of the packer, or a reconfiguration that changes nothing: made where the ReLU was to end.
bool is_instead_of_relu(const ThreadConfig& t, uint32_t call, const Words& words) {
    return call == static_cast<uint32_t>(ConfigCall::pack_init) ||
           (call == static_cast<uint32_t>(ConfigCall::pack_reconfig_data_format) &&
            t.value[static_cast<uint32_t>(ConfigField::p_out)] == word_of(ConfigItem::Word::ALow, words));
}

}  // namespace

extern "C" void tw_config(tw_ctx* ctx, uint32_t call, uint32_t a, uint32_t b, uint32_t c, const tw_site* site) {
    ComputeState& s = compute_state(ctx);
    ThreadConfig& t = s.config[ctx->risc - TW_TRISC_UNPACK];
    if (!t.rows) return;
    const ConfigRow& row = t.rows[call];
    const Words words(ctx, a, b, c);
    t.poison = false;
    bool right = true;
    if (t.calls++ == 0) t.first = site;
    const auto reserves = static_cast<uint32_t>(processor_of(ctx).calls[static_cast<unsigned>(RecordKind::CbReserve)]);
    uint32_t i = 0;
    for (; i < row.needs; ++i) {
        const ConfigItem& item = row.items[i];
        right &= holds(item, t.value[static_cast<uint32_t>(item.field)], item.value + word_of(item.word, words));
    }
    if (__builtin_expect(!right, 0)) stale(ctx, s, t, call, row, words, site);
    if (s.relu_used && s.pack_relu && is_instead_of_relu(t, call, words)) s.relu_kept = true;
    for (; i < row.all; ++i) {
        const ConfigItem& item = row.items[i];
        t.value[static_cast<uint32_t>(item.field)] = item.value + word_of(item.word, words);
        t.by[static_cast<uint32_t>(item.field)] = {site, call, t.calls, reserves};
    }
    if (row.needs) t.ran[call] = {site, t.calls};
}
