#include "base/identifier.h"
#include "base/json.h"
#include "builder/emit/emit.h"
#include "builder/emit/python.h"
#include "builder/emit/template.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tw::builder {

namespace {

constexpr size_t kWidth = 78;

// SFPU calls that the math needs, for the compute stub: "exp_tile_init(), exp_tile(dst) from eltwise_unary/exp.h".
std::vector<std::string> tile_calls(const Plan& plan) {
    std::vector<std::string> calls;
    for (const Value& value : plan.graph.values) {
        if (value.kind != Value::Kind::Map || value.scalar || value.function->tile.empty()) continue;
        const bool operates = !is_identifier(value.function->name);
        const bool by_number =
            std::any_of(value.args.begin(), value.args.end(), [&](int arg) { return plan.graph.at(arg).scalar; });
        std::string text;
        if (operates && by_number) {
            text = fmt::format(
                "{}: binop_with_scalar_tile_init() and a *_unary_tile(dst, bits), "
                "api/compute/eltwise_unary/binop_with_scalar.h",
                value.function->name);
        } else {
            text = fmt::format("{}: {}() and {}(..), api/compute/{}", value.function->name, value.function->init,
                               value.function->tile, value.function->header);
        }
        if (std::find(calls.begin(), calls.end(), text) == calls.end()) calls.push_back(text);
    }
    return calls;
}

std::string startup(const Plan& plan) {
    std::string in;
    for (const CbPlan& cb : plan.cbs) {
        if (cb.consumer == Actor::Compute && !cb.optional && in.empty()) in = cb.name;
    }
    return fmt::format("compute_kernel_hw_startup(cb_{}, cb_{});", in, plan.output_cb().name);
}

// The text is the tile program's; only the comment at its top is told here.
OutputFile emit_working(const Plan& plan, const Places& places, const KernelPlan& kernel) {
    static const char* kDoes[] = {"brings the inputs from memory into circular buffers",
                                  "works on the tiles in the circular buffers",
                                  "takes the output from a circular buffer to memory"};
    const std::string role(actor_name(kernel.actor));
    const Json data = common_data(plan);
    std::string text;
    if (const std::string header = data["cpp_header"].get<std::string>(); !header.empty()) text = header + "\n//\n";
    text += wrapped(fmt::format("{} of {}: {}. The unit of work is {}.", upper_case(role.substr(0, 1)) + role.substr(1),
                                plan.spec.name, kDoes[static_cast<size_t>(kernel.actor)], plan.unit_doc),
                    "// ", "// ", kWidth);
    text += "\n" + kernel.source;
    return {fmt::format("{}/kernels/{}_{}.cpp", places.op, plan.spec.name, role), text, "kernel", role + " kernel"};
}

OutputFile emit_kernel(const Plan& plan, const Places& places, const KernelPlan& kernel) {
    static const char* kDoes[] = {"brings the inputs from memory into circular buffers",
                                  "works on the tiles in the circular buffers",
                                  "takes the output from a circular buffer to memory"};
    static const char* kResident[] = {"hands the shards that lie on the core to the compute kernel",
                                      "works on the tiles in the circular buffers",
                                      "waits until the shard of the output is complete"};
    const std::string role(actor_name(kernel.actor));
    if (!kernel.source.empty()) return emit_working(plan, places, kernel);
    const size_t which = static_cast<size_t>(kernel.actor);
    Json data = common_data(plan);
    data["comment"] =
        wrapped(fmt::format("{} of {}: {}. The unit of work is {}.", upper_case(role.substr(0, 1)) + role.substr(1),
                            plan.spec.name, plan.sharded ? kResident[which] : kDoes[which], plan.unit_doc),
                "// ", "// ", kWidth);
    data["compile_time"] = data["runtime"] = data["accessors"] = data["steps"] = Json::array();
    const auto add_args = [](Json& list, const std::vector<ArgPlan>& args, const char* type, const char* get) {
        std::vector<std::string> code;
        size_t longest = 0;
        for (size_t i = 0; i < args.size(); ++i) {
            code.push_back(fmt::format("{} {} = {}({});", type, args[i].name, get, i));
            longest = std::max(longest, code.back().size());
        }
        // Comments stand under each other, as clang-format wants them; one that would pass column 116 is cut.
        for (size_t i = 0; i < args.size(); ++i) {
            std::string doc = args[i].doc;
            const size_t room = 4 + longest + 5 < 100 ? 116 - (4 + longest + 5) : 16;
            if (doc.size() > room) doc = doc.substr(0, room - 3) + "...";
            list.push_back({{"text", fmt::format("{:<{}}  // {}", code[i], longest, doc)}});
        }
    };
    add_args(data["compile_time"], kernel.compile_time, "constexpr uint32_t", "get_compile_time_arg_val");
    add_args(data["runtime"], kernel.runtime, "const uint32_t", "get_arg_val<uint32_t>");
    std::string offset = std::to_string(kernel.compile_time.size());
    for (const std::string& tensor : kernel.accessors) {
        data["accessors"].push_back({{"name", tensor}, {"offset", offset}});
        offset = tensor + "_args.next_compile_time_args_offset()";
    }
    data["tensors"] = plan.spec.dialect != Dialect::Seed;
    const auto line = [&](const std::string& text) { data["steps"].push_back({{"text", text}}); };
    line("// STUB: nothing happens here yet, and the output keeps what its memory held.");
    if (kernel.actor == Actor::Writer && !plan.sharded) line("// tilewright: allow(output-not-written)");
    line("// TODO:");
    for (const std::string& step : kernel.steps) line(wrapped(step, "// - ", "//   ", kWidth - 4));
    if (kernel.actor == Actor::Compute) {
        const std::vector<std::string> calls = tile_calls(plan);
        if (!calls.empty()) line("// Calls that do it:");
        for (const std::string& call : calls) line(wrapped(call, "// - ", "//   ", kWidth - 4));
        data["startup"] = startup(plan);
    }
    return {fmt::format("{}/kernels/{}_{}.cpp", places.op, plan.spec.name, role), render_file(role, data), "kernel_stub",
            fmt::format("{} kernel (stub)", role)};
}

}  // namespace

std::vector<OutputFile> emit_kernels(const Plan& plan, const Places& places) {
    std::vector<OutputFile> files;
    for (const KernelPlan& kernel : plan.kernels) files.push_back(emit_kernel(plan, places, kernel));
    return files;
}

}  // namespace tw::builder
