#include "builder/emit/size_text.h"

#include "builder/emit/emit.h"

#include <fmt/format.h>

namespace tw::builder {

namespace {

std::string leaf_text(const Plan& plan, const Size& size) {
    using Kind = Size::Kind;
    const std::string& x = size.subject();
    switch (size.kind()) {
        case Kind::Name: return x;
        case Kind::Symbolic: return python_size(plan.spec, size.dim());
        case Kind::Extent: return fmt::format("{}.shape[{}]", x, size.axis());
        case Kind::PaddedExtent: return fmt::format("{}.padded_shape[{}]", x, size.axis());
        case Kind::ExtentOrOne:
            return fmt::format("{0}.shape[{1}] if len({0}.shape) > {2} else 1", x, size.axis(), -size.axis() - 1);
        case Kind::ChosenExtent: return fmt::format("{}.shape[{}]", x, size.param());
        case Kind::Pages: return x + ".buffer_num_pages()";
        case Kind::PageBytes: return x + ".buffer_page_size()";
        case Kind::ElementBytes: return x + ".element_size()";
        case Kind::Elements: return x + ".volume()";
        case Kind::TileBytes: {
            const std::string format = python_text(size.format());
            return plan.spec.dialect == Dialect::Seed ? fmt::format("{}.tile.get_tile_size({})", x, format)
                                                      : fmt::format("ttnn.tile_size({})", format);
        }
        case Kind::Cores: return "grid_size.x * grid_size.y";
        case Kind::L1Budget: return "L1_FOR_BUFFERS";
        default: return "ttnn.TILE_SIZE";
    }
}

}  // namespace

std::string python_text(const Plan& plan, const Size& size) {
    const auto by_axis = [](const Size& choice, const std::string& then, const std::string& otherwise) {
        return fmt::format("{} if {} == {} else {}", then, choice.param(), choice.axis(), otherwise);
    };
    return size.text({[&](const Size& leaf) { return leaf_text(plan, leaf); }, by_axis, " // "});
}

std::string python_text(const Format& format) {
    return format.tensor.empty() ? "ttnn." + format.dtype : format.tensor + ".dtype";
}

std::string python_text(const Plan& plan, const Requirement& requirement) {
    return python_text(plan, requirement.size % requirement.unit) + " != 0";
}

std::string python_text(const Plan& plan, const Fp32Dest& fp32) {
    if (fp32.when != Fp32Dest::When::ByDtype) return fp32.when == Fp32Dest::When::Always ? "True" : "False";
    const std::string given = plan.spec.inputs.front().name + ".dtype";
    if (fp32.dtypes.size() == 1) return fmt::format("{} == ttnn.{}", given, fp32.dtypes.front());
    std::string list;
    for (const std::string& dtype : fp32.dtypes) list += (list.empty() ? "ttnn." : ", ttnn.") + dtype;
    return fmt::format("{} in ({})", given, list);
}

std::string python_text(const Plan& plan, const ArgPlan& arg) {
    switch (arg.kind) {
        case ArgPlan::Kind::CbIndex: return cb_constant(arg.of);
        case ArgPlan::Kind::Size: return arg.of;
        case ArgPlan::Kind::IsGiven: return "has_" + arg.of;
        case ArgPlan::Kind::Address: return arg.of + "_address";
        case ArgPlan::Kind::Start: return "start";
        case ArgPlan::Kind::Count: return plan.sharded ? python_text(plan, plan.units) : "units";
        case ArgPlan::Kind::Bits: return arg.of + "_bits";
        case ArgPlan::Kind::Whole: return arg.of;
    }
    return arg.of;
}

namespace {

std::string operand_text(const Plan& plan, const HostReal& real) {
    const std::string text = python_text(plan, real);
    return text.find(' ') == std::string::npos ? text : "(" + text + ")";
}

}  // namespace

std::string python_text(const Plan& plan, const HostReal& real) {
    switch (real.kind) {
        case HostReal::Kind::Number:
            return real.number == static_cast<int64_t>(real.number) ? fmt::format("{}", static_cast<int64_t>(real.number))
                                                                    : fmt::format("{}", real.number);
        case HostReal::Kind::Param: return real.name;
        case HostReal::Kind::Size: return python_text(plan, real.size);
        case HostReal::Kind::Call: break;
    }
    if (real.name == "neg") return "-" + operand_text(plan, real.args[0]);
    if (real.name.size() == 1)
        return fmt::format("{} {} {}", operand_text(plan, real.args[0]), real.name, operand_text(plan, real.args[1]));
    std::string args;
    for (const HostReal& arg : real.args) args += (args.empty() ? "" : ", ") + python_text(plan, arg);
    return fmt::format("{}({})", real.name, args);
}

std::string page_size_text(const Plan& plan, const CbPlan& cb) {
    const Size& size = cb.page_size;
    return size.kind() == Size::Kind::PageBytes ? size.subject() + "_page_size" : python_text(plan, size);
}

std::string cb_constant(const std::string& cb) {
    return "CB_" + upper_case(cb);
}

std::string python_size(const Spec& spec, const Dim& dim) {
    return dim.python([&](const std::string& symbol) {
        for (const TensorSpec& tensor : spec.inputs) {
            if (tensor.optional) continue;
            const std::vector<Dim>& dims = tensor.shape->dims;
            for (size_t i = 1; i <= dims.size(); ++i) {
                if (dims[dims.size() - i].only_symbol() == symbol) return fmt::format("{}.shape[-{}]", tensor.name, i);
            }
        }
        for (const TensorSpec& tensor : spec.inputs) {
            if (tensor.optional) continue;
            const std::vector<Dim>& dims = tensor.shape->dims;
            for (size_t i = 1; i <= dims.size(); ++i) {
                const auto scaled = dims[dims.size() - i].scaled_symbol();
                if (scaled && scaled->first == symbol)
                    return fmt::format("({}.shape[-{}] // {})", tensor.name, i, scaled->second);
            }
        }
        return symbol;
    });
}

}  // namespace tw::builder
