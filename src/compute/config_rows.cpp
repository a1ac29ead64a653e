// tw/compute_config.def as arrays: for each chip and thread a row a call, its needs before what it sets.
#include "compute/config.h"
#include "compute/config_item.h"

#include <array>
#include <vector>

namespace tw::compute {
namespace {

using namespace config_values;

enum class Chip : uint8_t { Both, Wormhole, Blackhole };

struct Line {
    ConfigItem item;
    Chip chip;
};

constexpr Line line(ConfigItem::What what, ConfigField field, uint32_t value, ConfigItem::Word word, Chip chip) {
    return {{what, field, word, value}, chip};
}

constexpr auto none = ConfigItem::Word::None, a = ConfigItem::Word::A, b = ConfigItem::Word::B, c = ConfigItem::Word::C,
               a_lo = ConfigItem::Word::ALow, b_lo = ConfigItem::Word::BLow, c_lo = ConfigItem::Word::CLow,
               a_hi = ConfigItem::Word::AHigh, b_hi = ConfigItem::Word::BHigh, c_hi = ConfigItem::Word::CHigh;

#define Of(name) constants_of(#name)
#define TW_ITEM_(what, field, value, word, chip) line(ConfigItem::What::what, ConfigField::field, value, word, Chip::chip),
#define SET(field, value, word) TW_ITEM_(Set, field, value, word, Both)
#define SET_WH(field, value, word) TW_ITEM_(Set, field, value, word, Wormhole)
#define SET_BH(field, value, word) TW_ITEM_(Set, field, value, word, Blackhole)
#define NEED(field, value, word) TW_ITEM_(Need, field, value, word, Both)
#define NEED_WH(field, value, word) TW_ITEM_(Need, field, value, word, Wormhole)
#define NEED_BH(field, value, word) TW_ITEM_(Need, field, value, word, Blackhole)
#define NEED_NOT(field, value, word) TW_ITEM_(NeedNot, field, value, word, Both)
#define NEED_FROM(field, value, word) TW_ITEM_(NeedFrom, field, value, word, Both)
#define TW_LINES_(...) __VA_ARGS__

struct Rows {
    std::vector<ConfigItem> items;
    std::array<ConfigRow, kConfigCalls> rows;
};

void add(Rows& to, uint32_t call, bool is_blackhole, std::initializer_list<Line> lines) {
    const Chip chip = is_blackhole ? Chip::Blackhole : Chip::Wormhole;
    ConfigRow& row = to.rows[call];
    row = {};
    for (const bool needs : {true, false}) {
        for (const Line& l : lines) {
            if ((l.item.what != ConfigItem::What::Set) != needs) continue;
            if (l.chip != Chip::Both && l.chip != chip) continue;
            to.items.push_back(l.item);
            row.all++;
            row.needs = static_cast<uint16_t>(row.needs + needs);
        }
    }
}

Rows build(bool is_blackhole, uint32_t thread) {
    Rows made;
    uint32_t call = 0;
#define TW_FIELD(...)
#define TW_CALL(name, remedy, u, m, p)                             \
    if (thread == 0) add(made, call, is_blackhole, {TW_LINES_ u}); \
    if (thread == 1) add(made, call, is_blackhole, {TW_LINES_ m}); \
    if (thread == 2) add(made, call, is_blackhole, {TW_LINES_ p}); \
    ++call;
#include "tw/compute_config.def"
#undef TW_CALL
#undef TW_FIELD
    const ConfigItem* at = made.items.data();
    for (ConfigRow& row : made.rows) {
        row.items = at;
        at += row.all;
    }
    return made;
}

}  // namespace

const ConfigRow* config_rows(bool is_blackhole, uint32_t thread) {
    static const std::array<std::array<Rows, 3>, 2> all = {
        {{build(false, 0), build(false, 1), build(false, 2)}, {build(true, 0), build(true, 1), build(true, 2)}}};
    return all[is_blackhole][thread].rows.data();
}

ConfigKind kind_of(ConfigField field) {
    switch (field) {
        case ConfigField::uA:
        case ConfigField::uA_shape:
        case ConfigField::uB:
        case ConfigField::uB_shape:
        case ConfigField::mA:
        case ConfigField::mB:
        case ConfigField::p_out:
        case ConfigField::p_shape: return ConfigKind::Formats;
        case ConfigField::U_op:
        case ConfigField::U_turn:
        case ConfigField::M_op:
        case ConfigField::M_acc:
        case ConfigField::M_fp32: return ConfigKind::Operation;
        case ConfigField::U_mode: return ConfigKind::Mode;
        case ConfigField::P_op: return ConfigKind::Packer;
        case ConfigField::P_mask:
        case ConfigField::P_relu:
        case ConfigField::P_l1acc: return ConfigKind::Mask;
        default: return ConfigKind::Vector;
    }
}

}  // namespace tw::compute
