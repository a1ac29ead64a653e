// Settings of the compute units that are not what a call needs: which call is missing, or stale, and who set them last.
#include "compute/config.h"
#include "compute/config_values.h"
#include "diagnose/explain.h"
#include "tile/data_format.h"

#include <fmt/format.h>

namespace tw::diagnose {
namespace {

using compute::ConfigField;
using compute::ConfigKind;

const char* call_name(uint64_t call) {
    static constexpr const char* kNames[] = {
#define TW_FIELD(...)
#define TW_CALL(name, ...) #name,
#include "tw/compute_config.def"
#undef TW_CALL
    };
    return call < compute::kConfigCalls ? kNames[call] : "none";
}
std::string_view remedy_of(uint64_t call) {
    static constexpr const char* kNames[] = {
#define TW_CALL(name, remedy, ...) #remedy,
#include "tw/compute_config.def"
#undef TW_CALL
#undef TW_FIELD
    };
    return call < compute::kConfigCalls ? kNames[call] : "none";
}
const char* field_words(ConfigField field) {
    static constexpr const char* kWords[] = {
#define TW_FIELD(name, thread, words) words,
#define TW_CALL(...)
#include "tw/compute_config.def"
#undef TW_CALL
#undef TW_FIELD
    };
    return kWords[static_cast<uint32_t>(field)];
}

std::string format_words(uint32_t value) {
    std::string name = fmt::format("format {}", value & 0xffu);
#define TW_DATA_FORMAT(format, code) \
    if ((value & 0xffu) == (code)) name = #format;
#include "tw/data_formats.def"
#undef TW_DATA_FORMAT
    return value >> 8 & 1 ? name + " on its way straight to DST" : name;
}

std::string shape_words(uint32_t value) {
    return fmt::format("{} faces of {}x16", value & 7u, value >> 3 & 31u);
}

bool is_shape(ConfigField field) {
    return field == ConfigField::uA_shape || field == ConfigField::uB_shape || field == ConfigField::p_shape;
}

const char* reconfiguration(ConfigField field) {
    switch (field) {
        case ConfigField::uA:
        case ConfigField::mA: return "reconfig_data_format_srca";
        case ConfigField::uB:
        case ConfigField::mB: return "reconfig_data_format_srcb";
        case ConfigField::uA_shape: return "reconfig_full_operand_srca";
        case ConfigField::uB_shape: return "reconfig_full_operand_srcb";
        default: return "pack_reconfig_data_format";
    }
}

const char* uninit_of(std::string_view call) {
    if (call == "tilize_init") return "tilize_uninit";
    if (call == "fast_tilize_init") return "fast_tilize_uninit";
    if (call == "untilize_init") return "untilize_uninit";
    if (call == "tilizeA_B_reduce_init") return "unpack_tilizeA_B_uninit";
    if (call == "fast_untilize_init") return "fast_untilize_uninit";
    if (call.starts_with("pack_untilize")) return "pack_untilize_uninit";
    if (call == "reduce_init") return "reduce_uninit";
    return nullptr;
}

struct Stale {
    std::string call, by, where;  // the call; who set the field last ("" if nobody), and where
    ConfigField field;
    uint32_t found, wanted;

    std::string setter() const { return where.empty() ? by : fmt::format("{} ({})", by, where); }
};

void not_started(const Stale& s, Diagnostic& d) {
    d.code = "no-startup";
    d.what = fmt::format("{} runs, but no call has set {}", s.call, field_words(s.field));
    d.why = "on silicon the units hold what an earlier kernel left there";
    d.fix = "start the kernel with compute_kernel_hw_startup(in0, in1, out)";
}

void formats(const Stale& s, Diagnostic& d) {
    d.code = "stale-format";
    const bool shape = is_shape(s.field);
    d.what =
        fmt::format("{} needs {} as {}, which {} set to {}", s.call, shape ? shape_words(s.wanted) : format_words(s.wanted),
                    field_words(s.field), s.setter(), shape ? shape_words(s.found) : format_words(s.found));
    d.why = "on silicon the bytes are read or written in the format that was set last";
    d.fix = fmt::format("call {}(cb) before it", reconfiguration(s.field));
    if (s.call.starts_with("matmul")) {
        d.fix += "; matrix products take in1 into source A and in0 into source B (SrcOrder::Reverse)";
    } else if (s.call.starts_with("reduce_tile")) {
        d.fix += "; sums of rows take the scaler into source A and the data into source B";
    }
}

void operation(const Stale& s, std::string_view remedy, Diagnostic& d) {
    d.code = "wrong-init";
    if (s.by.empty()) {
        d.what = fmt::format("{} runs without an init call: {} has not been set", s.call, field_words(s.field));
    } else if (s.by == remedy) {
        d.what =
            fmt::format("{} does not suit what {} has programmed: other tiles, blocks or arguments", s.call, s.setter());
    } else {
        d.what = fmt::format("{} runs, but the last init call was {}", s.call, s.setter());
    }
    d.why = fmt::format("on silicon a call starts what was programmed last as {}, and gives its result or none",
                        field_words(s.field));
    d.fix = fmt::format("call {} before it", remedy);
}

void relu_left_on(const Stale& s, Diagnostic& d) {
    d.code = "relu-left-on";
    d.what = fmt::format("{} still applies the ReLU of {}", s.call, s.setter());
    d.why = "it stays on until pack_relu_config says otherwise: neither pack_init nor pack_reconfig_data_format ends it";
    d.fix = "call pack_relu_config(ReluConfig::none()) when what is packed next is not to have it";
}

void sums_left_on(const Stale& s, Diagnostic& d) {
    d.code = "sums-left-on";
    d.what = fmt::format("{} still adds to DST, as {} was told for the section before", s.call, s.setter());
    d.why = "acc_to_dest stays on until an init call of the matrix unit says otherwise";
    d.fix = "call the init again, without acc_to_dest; or, where both sections are to add to DST, with it";
}

void width_of_template(const Stale& s, Diagnostic& d) {
    d.code = "dst-width";
    const auto bits = [](uint32_t value) { return value == compute::config_values::Off ? 16 : 32; };
    d.what = fmt::format("the call's template argument says that DST has {}-bit words, and it has {}-bit ones",
                         bits(s.wanted), bits(s.found));
    d.why = "on silicon the words are taken in the width that the call names: values of another width, and other tiles";
    d.fix =
        "leave the argument out, or pass DST_ACCUM_MODE; fp32_dest_acc_en of the ComputeConfigDescriptor sets the width";
}

void left_on(const Stale& s, std::string_view remedy, Diagnostic& d) {
    if (s.field == ConfigField::P_relu) return relu_left_on(s, d);
    const char* uninit = uninit_of(s.by);
    if (!uninit) return operation(s, remedy, d);
    d.code = "missing-uninit";
    d.what = fmt::format("{} runs, but {} is still what {} has made it", s.call, field_words(s.field), s.setter());
    d.why = "no other init call takes that back";
    d.fix = fmt::format("call {} when that work is done", uninit);
}

void vector(const Stale& s, std::string_view remedy, Diagnostic& d) {
    d.code = "wrong-init";
    d.what = s.by.empty() ? fmt::format("{} runs, but no init call has set {}", s.call, field_words(s.field))
                          : fmt::format("{} runs, but {} is that of {}", s.call, field_words(s.field), s.setter());
    d.why = "functions of the vector unit use constants, steps and macros that their init call has loaded";
    d.fix = fmt::format("call {} before it, again after any other function's init", remedy);
}

const Rule stale_config(ProblemKind::StaleConfig, "wrong-init", [](const Problem& p, Diagnostic& d) {
    const bool setter_known = p.also.size() > p.d;  // the first is the call's, where that is told of elsewhere
    const Stale s{.call = call_name(p.a & 0xffffffffu),
                  .by = p.c < compute::kConfigCalls ? call_name(p.c) : "",
                  .where = setter_known ? fmt::format("{}:{}", p.also.back().file, p.also.back().line) : "",
                  .field = static_cast<ConfigField>(p.a >> 32),
                  .found = static_cast<uint32_t>(p.b >> 32),
                  .wanted = static_cast<uint32_t>(p.b)};
    const std::string_view remedy = remedy_of(p.a & 0xffffffffu);
    if (s.by.empty() && s.field != ConfigField::P_mask && s.field != ConfigField::M_fp32 &&
        kind_of(s.field) != ConfigKind::Operation && kind_of(s.field) != ConfigKind::Vector) {
        return not_started(s, d);
    }
    if (s.field == ConfigField::M_acc) return sums_left_on(s, d);
    if (s.field == ConfigField::M_fp32) return width_of_template(s, d);
    switch (compute::kind_of(s.field)) {
        case ConfigKind::Formats: return formats(s, d);
        case ConfigKind::Operation: return operation(s, remedy, d);
        case ConfigKind::Mode:
        case ConfigKind::Packer:
        case ConfigKind::Mask: return left_on(s, remedy, d);
        case ConfigKind::Vector: return vector(s, remedy, d);
    }
});

}  // namespace
}  // namespace tw::diagnose
