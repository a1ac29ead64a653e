// Rules over the configuration of a compute kernel, by the table that runs are checked by: startup, inits, uninits,
// formats.
//
// The calls of kernel_main are followed in the order of the text. A loop or a branch begins with what stands in front of
// it, for that is what its first round finds; what it sets is unknown behind it. Whatever else is called, a function of the
// kernel's own or a macro, may set anything. So a finding is one that each run gives that comes to the place.
#include "lint/config_table.h"
#include "lint/kernel_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace tw::lint {
namespace {

using What = ConfigEntry::What;

constexpr std::string_view kUnknown = "?";

struct Setting {
    std::string value;  // kUnknown: nobody knows; empty: no call has set it
    std::string by;     // and in which line
};

bool is_format(std::string_view field) {
    return field == "uA" || field == "uB" || field == "mA" || field == "mB" || field == "p_out";
}

bool is_followed(std::string_view field) {
    static constexpr std::array<std::string_view, 6> kFields = {"U_op", "M_op", "U_turn", "U_mode", "P_op", "P_mask"};
    return is_format(field) || std::ranges::find(kFields, field) != kFields.end();
}

// Calls that leave the units' configuration alone.
bool leaves_alone(const std::string& base) {
    static constexpr std::array<std::string_view, 14> kBeginnings = {
        "cb_",       "tile_regs_",    "get_arg",     "get_common_arg", "get_compile_time_arg", "get_named_compile_time_arg",
        "get_tile_", "acquire_dst",   "release_dst", "get_local_cb_",  "CircularBuffer",       "kernel_main",
        "DPRINT",    "get_dataformat"};
    static const std::set<std::string_view> kNames = {
        "wait_front",    "pop_front",  "reserve_back",       "push_back",
        "min",           "max",        "uint32_t",           "int",
        "zero",          "none",       "static_cast",        "get_read_ptr",
        "get_write_ptr", "ReluConfig", "TensorAccessorArgs", "reinterpret_cast"};
    return kNames.count(base) != 0 ||
           std::ranges::any_of(kBeginnings, [&](std::string_view begin) { return base.starts_with(begin); });
}

class ConfigRules : KernelCheck {
public:
    using KernelCheck::KernelCheck;

    std::vector<Finding> run() && {
        if (kind_ == KernelKind::Compute && !kernel_.has_conditionals() && find_main()) walk();
        return std::move(*this).findings();
    }

private:
    using State = std::map<std::string, Setting, std::less<>>;
    struct Block {
        size_t end = 0;             // token of its brace
        std::set<std::string> set;  // fields that something in it has set
        bool all = false;           // likewise, any
    };

    State state_;
    bool lost_ = false;  // something has been called that may set anything
    bool started_ = false, told_startup_ = false;
    std::vector<Block> blocks_;
    size_t begin_ = 0, end_ = 0;  // kernel_main's braces
    std::vector<size_t> partner_;
    std::string section_;  // since tile_regs_acquire: "reduce", "other", ""

    const std::string& token(size_t i) const {
        static const std::string kNone;
        return i < kernel_.tokens().size() ? kernel_.tokens()[i].text : kNone;
    }

    // False where the text is not one of those that can be followed.
    bool find_main() {
        const std::vector<CppToken>& t = kernel_.tokens();
        partner_.assign(t.size(), 0);
        std::vector<size_t> open;
        for (size_t i = 0; i < t.size(); ++i) {
            if (t[i].text == "{" || t[i].text == "(" || t[i].text == "[") open.push_back(i);
            if (t[i].text != "}" && t[i].text != ")" && t[i].text != "]") continue;
            if (open.empty()) return false;
            partner_[i] = open.back();
            partner_[open.back()] = i;
            open.pop_back();
        }
        for (size_t i = 0; i + 4 < t.size(); ++i) {
            if (t[i].text != "kernel_main" || t[i + 1].text != "(" || t[i + 2].text != ")" || t[i + 3].text != "{")
                continue;
            begin_ = i + 3;
            end_ = partner_[begin_];
        }
        if (end_ == 0) return false;
        for (size_t i = begin_; i < end_; ++i) {
            static const std::set<std::string_view> kJumps = {"goto", "switch", "case",    "return",
                                                              "asm",  "break",  "continue"};
            if (kJumps.count(t[i].text) != 0) return false;
            if (t[i].text == "[" && (t[i - 1].text == "=" || t[i - 1].text == "(" || t[i - 1].text == ",")) return false;
        }
        return true;
    }

    // `if (x) call();`: it may not be made.
    bool is_conditional(const KernelCall& call) const {
        size_t i = call.token;
        while (i >= 2 && (token(i - 1) == "::" || token(i - 1) == ".")) i -= 2;
        const std::string& before = token(i - 1);
        if (before == "else" || before == "?" || before == ":" || before == "&&" || before == "||") return true;
        if (before != ")") return false;
        const std::string& word = token(partner_[i - 1] - 1);
        return word == "if" || word == "for" || word == "while" || word == "constexpr";
    }

    void leave_blocks(size_t token) {
        while (!blocks_.empty() && blocks_.back().end < token) {
            const Block left = blocks_.back();
            blocks_.pop_back();
            if (left.all) forget_all();
            for (const std::string& field : left.set) forget(field);
        }
    }
    void enter_blocks(size_t from, size_t to) {
        for (size_t i = from; i < to; ++i) {
            if (token(i) != "{" || partner_[i] < to) continue;
            blocks_.push_back({.end = partner_[i]});
        }
    }
    void forget(const std::string& field) {
        state_[field] = {std::string(kUnknown), ""};
        if (!blocks_.empty()) blocks_.back().set.insert(field);
    }
    void forget_all() {
        lost_ = true;
        state_.clear();
        if (!blocks_.empty()) blocks_.back().all = true;
    }

    void walk() {
        size_t at = begin_ + 1;
        for (const KernelCall& call : kernel_.calls()) {
            if (call.token <= begin_ || call.token >= end_) continue;
            leave_blocks(call.token);
            enter_blocks(at, call.token);
            at = std::max(at, call.token);
            if (call.base == "tile_regs_acquire" || call.base == "acquire_dst") section_.clear();
            const std::vector<std::string_view> calls = config_calls_of(call.base);
            if (calls.empty()) {
                if (!leaves_alone(call.base)) forget_all();
                continue;
            }
            const bool conditional = is_conditional(call);
            for (const std::string_view name : calls) {
                const ConfigCall& row = *find_config_call(name);
                look(call, row);
                program(call, row, conditional);
            }
        }
    }

    void program(const KernelCall& call, const ConfigCall& row, bool conditional) {
        for (const ConfigEntry& entry : row.entries) {
            if (entry.what != What::Set || !is_followed(entry.field)) continue;
            const std::string field(entry.field);
            if (conditional) {
                forget(field);
                continue;
            }
            std::string value = config_identity(row, entry);
            if (is_format(field)) value = format_of(call, row, entry);
            if (field == "U_turn" && entry.word != "none") value = kUnknown;
            state_[field] = {value.empty() ? std::string(kUnknown) : value,
                             fmt::format("{} in line {}", call.base, call.line)};
            if (!blocks_.empty()) blocks_.back().set.insert(field);
        }
        if (row.name == "compute_kernel_hw_startup") started_ = true;
    }

    void look(const KernelCall& call, const ConfigCall& row) {
        note_section(row);
        const ConfigCall* remedy = find_config_call(row.remedy);
        std::set<std::string> told;
        for (const ConfigEntry& need : row.entries) {
            if (need.what == What::Set || !is_followed(need.field)) continue;
            const auto found = state_.find(need.field);
            const Setting* setting = found == state_.end() ? nullptr : &found->second;
            if (lost_ && !setting) continue;
            if (is_format(need.field)) {
                if (!setting) {
                    no_startup(call, row);
                } else if (told.insert("format").second) {
                    stale_format(call, row, need, *setting);
                }
                continue;
            }
            if (setting && setting->value == kUnknown) continue;
            if (need.what == What::NeedNot) {
                if (setting && setting->value == need.value && told.insert("init").second) wrong_init(call, row, *setting);
                continue;
            }
            std::string wanted = config_identity(row, need);
            // What its own init makes of the field says more than the call's row.
            if (remedy) {
                for (const ConfigEntry& set : remedy->entries)
                    if (set.what == What::Set && set.field == need.field && set.value == need.value)
                        wanted = config_identity(*remedy, set);
            }
            const bool operation = need.field == "U_op" || need.field == "M_op";
            if (!setting) {
                if (operation && started_ && told.insert("init").second) no_init(call, row);
                continue;
            }
            if (setting->value == wanted) continue;
            if (operation) {
                if (told.insert("init").second) wrong_init(call, row, *setting);
            } else if (told.insert("uninit").second) {
                missing_uninit(call, row, *setting);
            }
        }
        const auto mask = state_.find("P_mask");
        if (row.name == "pack_tile" && section_ == "other" && mask != state_.end() && mask->second.value == "Masked")
            missing_uninit(call, row, mask->second);
    }

    void note_section(const ConfigCall& row) {
        const bool computes = std::ranges::any_of(
            row.entries, [](const ConfigEntry& e) { return e.what == What::Need && e.field == "M_op"; });
        if (!computes) return;
        if (row.name.starts_with("reduce"))
            section_ = "reduce";
        else if (section_ != "reduce")
            section_ = "other";
    }

    void tell(const char* rule, const KernelCall& call, const char* code, const std::string& text) {
        add(rule, call.line, call.column, fmt::format("{} [{}]", text, code));
    }
    void no_startup(const KernelCall& call, const ConfigCall& row) {
        if (told_startup_ || started_) return;
        told_startup_ = true;
        tell("L28", call, "no-startup",
             fmt::format("{} before compute_kernel_hw_startup: no call has set the formats of unpacker and packer",
                         row.name));
    }
    void no_init(const KernelCall& call, const ConfigCall& row) {
        tell("L29", call, "wrong-init", fmt::format("{} without {}: no init call stands before it", row.name, row.remedy));
    }
    void wrong_init(const KernelCall& call, const ConfigCall& row, const Setting& setting) {
        tell("L29", call, "wrong-init",
             fmt::format("{} without {}: the last init is {}", row.name, row.remedy, setting.by));
    }
    void missing_uninit(const KernelCall& call, const ConfigCall& row, const Setting& setting) {
        tell("L29", call, "missing-uninit",
             fmt::format("{} while what {} has set is still on: its uninit is missing before", row.name, setting.by));
    }
    void stale_format(const KernelCall& call, const ConfigCall& row, const ConfigEntry& need, const Setting& setting) {
        const std::string wanted = format_of(call, row, need);
        if (wanted.empty() || wanted == kUnknown || setting.value == kUnknown || wanted == setting.value) return;
        tell(
            "L29", call, "stale-format",
            fmt::format("{} on a circular buffer of {}, and {} has set the {}'s format to {}: a reconfiguration is missing",
                        row.name, wanted, setting.by, need.field[0] == 'p' ? "packer" : "unpacker", setting.value));
    }

    // The format of the buffer that a field is set to, or needed for, where the program's text says it.
    std::string format_of(const KernelCall& call, const ConfigCall& row, const ConfigEntry& entry) const {
        const std::optional<size_t> argument = argument_of(call, row, entry.word.empty() ? ' ' : entry.word[0]);
        if (context_.formats.empty() || !argument || *argument >= call.args.size()) return std::string(kUnknown);
        const std::optional<long> buffer = kernel_.value(call.args[*argument]);
        const auto format = buffer ? context_.formats.find(static_cast<int>(*buffer)) : context_.formats.end();
        return format == context_.formats.end() ? std::string(kUnknown) : format->second;
    }

    // Which argument the table's word is made of.
    static std::optional<size_t> argument_of(const KernelCall& call, const ConfigCall& row, char word) {
        const std::string_view name = row.name;
        const size_t count = call.args.size();
        if (call.base != name || !call.template_args.empty()) return std::nullopt;  // older names have other orders
        if (name == "compute_kernel_hw_startup") {
            if (word == 'c') return count - 1;
            return count == 3 && word == 'b' ? 1 : 0;
        }
        if (name == "reconfig_data_format") {
            if (count == 2) return word == 'b' ? 1 : 0;
            return std::nullopt;
        }
        if (name == "reconfig_data_format_srca" || name == "reconfig_data_format_srcb" ||
            name == "pack_reconfig_data_format")
            return count == 1 ? std::optional<size_t>(0) : std::nullopt;
        if (name == "pack_tile") return 1;
        if (name == "matmul_tiles") return word == 'b' ? 0 : 1;  // in1 is source A
        if (name == "copy_tile" || name == "transpose_tile") return 0;
        if (name.starts_with("add_tiles") || name.starts_with("sub_tiles") || name.starts_with("mul_tiles"))
            return word == 'b' ? 1 : 0;
        return std::nullopt;
    }
};

}  // namespace

std::vector<Finding> lint_kernel_config(const KernelText& kernel, const KernelContext& context, KernelKind kind) {
    return ConfigRules(kernel, context, kind).run();
}

}  // namespace tw::lint
