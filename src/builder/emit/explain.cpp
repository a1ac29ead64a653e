// The plan itself, for people and for tools: what `tilewright new --explain` prints.
#include "base/json.h"
#include "builder/emit/emit.h"
#include "builder/emit/size_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tw::builder {

std::string plan_text(const Plan& plan) {
    std::string out = fmt::format("operation  {}{}\nfamily     {}: {}\n", plan.spec.name,
                                  plan.spec.doc.empty() ? "" : " - " + plan.spec.doc, plan.family, plan.family_title);
    out += fmt::format("unit       {}\n", plan.unit_doc);
    out += fmt::format("split      {}\n", plan.sharded ? "every core works on its own shard"
                                                       : fmt::format("{} units over the grid by ttnn.split_work_to_cores",
                                                                     python_text(plan, plan.units)));
    out += "\ntensors\n";
    auto tensor = [&](const TensorSpec& t) {
        std::string dtypes, memory;
        for (const std::string& dtype : plan.spec.dtypes_of(t)) dtypes += (dtypes.empty() ? "" : "|") + dtype;
        for (Memory m : t.memory) memory += (memory.empty() ? "" : "|") + std::string(memory_name(m));
        const std::vector<Layout> layouts = plan.spec.layouts_of(t);
        out += fmt::format("  {:<12} {:<20} {} {} {}{}\n", t.name, t.shape->str(), dtypes,
                           layouts.empty() ? "" : layout_name(layouts.front()), memory, t.optional ? " optional" : "");
    };
    for (const TensorSpec& t : plan.spec.inputs) tensor(t);
    tensor(plan.spec.output);
    if (!plan.spec.params.empty()) out += "\nparameters\n";
    for (const ParamSpec& param : plan.spec.params) {
        out += fmt::format("  {:<12} {}{}\n", param.name,
                           param.type == ParamSpec::Type::Float ? "float"
                           : param.type == ParamSpec::Type::Int ? "int"
                                                                : "bool",
                           param.default_value ? " = " + param.default_text : "");
    }
    out += "\nsizes\n";
    for (const NamedSize& size : plan.sizes)
        out += fmt::format("  {:<18} = {}\n", size.name, python_text(plan, size.value));
    out += "\ncircular buffers\n";
    for (const CbPlan& cb : plan.cbs) {
        const std::string pages = python_text(plan, cb.pages) + (cb.pages.is_one() ? " page" : " pages");
        out += fmt::format("  {:>2} {:<16} {:<20} {} -> {}, {} a unit, {}\n     {}\n", cb.index, cb.name, pages,
                           actor_name(cb.producer), actor_name(cb.consumer), python_text(plan, cb.per_unit),
                           lifetime_name(cb.lifetime), cb.purpose);
    }
    out += "\nphases\n";
    for (const Phase& phase : plan.phases) {
        std::string reads;
        for (const std::string& cb : phase.reads) reads += (reads.empty() ? "" : ", ") + cb;
        out += fmt::format("  {}   ({} -> {})\n", phase.text, reads, phase.writes);
    }
    for (const KernelPlan& kernel : plan.kernels) {
        out += fmt::format("\n{}\n", actor_name(kernel.actor));
        int index = 0;
        for (const ArgPlan& arg : kernel.compile_time)
            out += fmt::format("  ct {:>2} {:<18} {}\n", index++, arg.name, arg.doc);
        for (const std::string& accessor : kernel.accessors)
            out += fmt::format("  ct  . TensorAccessorArgs({})\n", accessor);
        index = 0;
        for (const ArgPlan& arg : kernel.runtime) out += fmt::format("  rt {:>2} {:<18} {}\n", index++, arg.name, arg.doc);
        for (const std::string& step : kernel.steps) out += fmt::format("  - {}\n", step);
    }
    if (!plan.notes.empty()) out += "\nnotes\n";
    for (const std::string& note : plan.notes) out += fmt::format("  - {}\n", note);
    out += fmt::format("\ncompute    {} fp32 DST accumulation {}, approximation {}\n", plan.spec.schedule.fidelity,
                       python_text(plan, plan.fp32_dest), plan.spec.schedule.approx ? "on" : "off");
    return out;
}

std::string plan_json(const Plan& plan) {
    OrderedJson json;
    json["operation"] = plan.spec.name;
    json["family"] = plan.family;
    json["unit"] = unit_name(plan.unit);
    json["units"] = python_text(plan, plan.units);
    json["sharded"] = plan.sharded;
    for (const NamedSize& size : plan.sizes) json["sizes"][size.name] = python_text(plan, size.value);
    for (const CbPlan& cb : plan.cbs) {
        json["cbs"].push_back(OrderedJson{{"index", cb.index},
                                          {"name", cb.name},
                                          {"purpose", cb.purpose},
                                          {"format", python_text(cb.format)},
                                          {"page_size", page_size_text(plan, cb)},
                                          {"pages", python_text(plan, cb.pages)},
                                          {"producer", actor_name(cb.producer)},
                                          {"consumer", actor_name(cb.consumer)},
                                          {"per_unit", python_text(plan, cb.per_unit)},
                                          {"lifetime", lifetime_name(cb.lifetime)}});
    }
    for (const Phase& phase : plan.phases)
        json["phases"].push_back(OrderedJson{{"text", phase.text}, {"reads", phase.reads}, {"writes", phase.writes}});
    for (const KernelPlan& kernel : plan.kernels) {
        OrderedJson k;
        k["role"] = actor_name(kernel.actor);
        for (const ArgPlan& arg : kernel.compile_time) k["compile_time"].push_back(arg.name);
        k["accessors"] = kernel.accessors;
        for (const ArgPlan& arg : kernel.runtime) k["runtime"].push_back(arg.name);
        k["steps"] = kernel.steps;
        json["kernels"].push_back(std::move(k));
    }
    json["notes"] = plan.notes;
    return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace tw::builder
