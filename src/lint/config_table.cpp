#include "lint/config_table.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

namespace tw::lint {
namespace {

using Line = std::optional<ConfigEntry>;

std::vector<ConfigEntry> entries(std::initializer_list<Line> lines) {
    std::vector<ConfigEntry> out;
    for (const Line& line : lines)
        if (line) out.push_back(*line);
    return out;
}

const std::vector<ConfigCall>& table() {
#define SET(field, value, word) Line({ConfigEntry::What::Set, #field, #value, #word}),
#define NEED(field, value, word) Line({ConfigEntry::What::Need, #field, #value, #word}),
#define NEED_NOT(field, value, word) Line({ConfigEntry::What::NeedNot, #field, #value, #word}),
#define NEED_FROM(...)
#define SET_WH(field, value, word) Line({ConfigEntry::What::Set, #field, "?", "none"}),
#define SET_BH(field, value, word) SET_WH(field, value, word)
#define NEED_WH(...)
#define NEED_BH(...)
#define TW_LINES_(...) __VA_ARGS__
#define TW_FIELD(...)
#define TW_CALL(name, remedy, u, m, p) {#name, #remedy, entries({TW_LINES_ u TW_LINES_ m TW_LINES_ p})},
    static const std::vector<ConfigCall> rows = {
#include "tw/compute_config.def"
    };
#undef TW_CALL
#undef TW_FIELD
#undef TW_LINES_
#undef NEED_BH
#undef NEED_WH
#undef SET_BH
#undef SET_WH
#undef NEED_FROM
#undef NEED_NOT
#undef NEED
#undef SET
    return rows;
}

struct Older {
    std::string_view name;
    std::array<std::string_view, 2> calls;
};
constexpr std::string_view kStart = "compute_kernel_hw_startup";
constexpr Older kOlder[] = {
    {"copy_tile_init", {"copy_init"}},
    {"copy_tile_to_dst_init_short", {"copy_init"}},
    {"unary_op_init_common", {kStart, "copy_init"}},
    {"init_sfpu", {kStart, "copy_init"}},
    {"binary_op_init_common", {kStart}},
    {"add_tiles_init", {"add_init"}},
    {"sub_tiles_init", {"sub_init"}},
    {"mul_tiles_init", {"mul_init"}},
    {"add_bcast_rows_init_short", {"add_bcast_rows_init"}},
    {"add_bcast_cols_init_short", {"add_bcast_cols_init"}},
    {"add_bcast_scalar_init_short", {"add_bcast_scalar_init"}},
    {"sub_bcast_cols_init_short", {"sub_bcast_cols_init"}},
    {"mul_bcast_rows_init_short", {"mul_bcast_rows_init"}},
    {"mul_bcast_cols_init_short", {"mul_bcast_cols_init"}},
    {"mm_init", {kStart, "matmul_init"}},
    {"mm_init_short", {"matmul_init"}},
    {"mm_block_init", {kStart, "matmul_block_init"}},
    {"mm_block_init_short", {"matmul_block_init"}},
    {"transpose_wh_init", {kStart, "transpose_init"}},
    {"transpose_wh_init_short", {"transpose_init"}},
    {"transpose_wh_tile", {"transpose_tile"}},
};

}  // namespace

const ConfigCall* find_config_call(std::string_view name) {
    static const std::map<std::string_view, const ConfigCall*> by_name = [] {
        std::map<std::string_view, const ConfigCall*> out;
        for (const ConfigCall& call : table()) out.emplace(call.name, &call);
        return out;
    }();
    const auto found = by_name.find(name);
    return found == by_name.end() ? nullptr : found->second;
}

std::vector<std::string_view> config_calls_of(std::string_view name) {
    const auto* older = std::ranges::find(kOlder, name, &Older::name);
    std::vector<std::string_view> out;
    if (older != std::end(kOlder)) {
        for (const std::string_view call : older->calls)
            if (!call.empty()) out.push_back(call);
    } else if (find_config_call(name)) {
        out.push_back(name);
    }
    return out;
}

std::string config_identity(const ConfigCall& call, const ConfigEntry& entry) {
    std::string identity(entry.value);
    if (entry.value == "Binary" || entry.value == "Reuse") {
        for (const std::string_view operation : {"add", "sub", "mul"})
            if (call.name.starts_with(operation)) identity += operation;
    }
    if (entry.value == "Binary" || entry.value == "Operands") {
        for (const std::string_view way : {"_bcast_rows", "_bcast_cols", "_bcast_scalar"})
            if (call.name.find(way) != std::string_view::npos) identity += way;
    }
    return identity;
}

}  // namespace tw::lint
