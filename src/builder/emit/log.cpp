// What a builder's execution log says about a plan (docs/builder.md, "Reports, log, stages"), without time stamps. Only
// what is decided or measured: whether CBs balance is known when kernels have run, and until then it is null. Sizes are
// numbers, those of the test's first case, beside the expression that gives them for any call.
#include "base/json.h"
#include "builder/emit/emit.h"
#include "builder/emit/size_text.h"
#include "builder/plan/size_value.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tw::builder {

std::string log_events(const Plan& plan, const std::string& spec_name) {
    OrderedJson events = OrderedJson::array();
    events.push_back({{"event", "start"}, {"operation", plan.spec.name}, {"input_files", {spec_name}}});
    const auto parsed = [&](const std::string& field, const std::string& value, bool stated) {
        events.push_back(
            {{"event", "input_parse"}, {"field", field}, {"value", value}, {"confidence", stated ? "HIGH" : "MEDIUM"}});
    };
    parsed("op_name", plan.spec.name, true);
    parsed("math", plan.spec.result_text, true);
    parsed("family", plan.family, false);
    for (const TensorSpec& tensor : plan.spec.inputs) parsed("input." + tensor.name, tensor.shape->str(), true);
    parsed("output_shape", plan.spec.output.shape->str(), false);
    const TestCase& first = plan.cases.front();
    const auto number = [&](const Size& size) -> OrderedJson {
        const auto value = size_value(plan, first, size);
        return value ? OrderedJson(*value) : OrderedJson(nullptr);  // a shard's, which the caller chooses
    };
    const auto units = size_value(plan, first, plan.units);
    events.push_back({{"event", "work_distribution"},
                      {"grid", "8x8"},  // Wormhole's; kernels take what compute_with_storage_grid_size says
                      {"unit", unit_name(plan.unit)},
                      {"case", first.id},
                      {"total_tiles", number(plan.units)},
                      {"tiles_per_core", units ? OrderedJson((*units + 63) / 64) : OrderedJson(nullptr)},
                      {"total_units", plan.sharded ? "shard tiles" : python_text(plan, plan.units)}});
    for (const CbPlan& cb : plan.cbs)
        events.push_back({{"event", "cb_config"},
                          {"cb_id", cb.index},
                          {"page_size", number(cb.page_size)},
                          {"page_size_of", page_size_text(plan, cb)},
                          {"num_pages", number(cb.pages)},
                          {"num_pages_of", python_text(plan, cb.pages)},
                          {"purpose", cb.purpose}});
    for (const CbPlan& cb : plan.cbs) {
        events.push_back({{"event", "cb_audit"},
                          {"cb_id", cb.index},
                          {"producer", actor_name(cb.producer)},
                          {"push_count", number(cb.per_unit)},
                          {"consumer", actor_name(cb.consumer)},
                          {"pop_count", number(cb.per_unit)},
                          {"per_unit_of", python_text(plan, cb.per_unit)},
                          {"balanced", nullptr}});
    }
    events.push_back({{"event", "cb_sync_summary"}, {"total_cbs", plan.cbs.size()}, {"all_balanced", nullptr}});
    return events.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace tw::builder
