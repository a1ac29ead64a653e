// Embedding: rows of a table, chosen by indices that the reader reads itself.
#include "builder/plan/family.h"
#include "builder/plan/wiring.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::builder {

namespace {

using Kind = Value::Kind;

class GatherFamily : public Family {
public:
    std::string_view name() const override { return "gather"; }
    std::string_view title() const override { return "embedding: rows of a table chosen by indices"; }
    std::string_view example() const override { return "gather(table, ids)"; }
    int particularity() const override { return 90; }
    bool matches(const Spec&, const Graph& graph) const override { return uses(graph, {Kind::Gather}); }

    void plan(Plan& plan, std::vector<Problem>& problems) const override {
        refuse_sharded(plan, problems);
        const Value& gather = plan.graph.at(plan.graph.output);
        if (gather.kind != Kind::Gather || plan.graph.at(gather.args[0]).kind != Kind::Input) {
            return problem(problems, gather.where, "math", "unimplemented-combination",
                           "gather stands alone: table and ids are inputs", "", "split it into two operations");
        }
        for (const TensorSpec& tensor : plan.spec.inputs) {
            if (!is_row_major(plan, tensor))
                problem(problems, tensor.where, "inputs." + tensor.name + ".layout", "unimplemented-layout",
                        "gather moves rows: table, ids and output are ROW_MAJOR", "", "use layout: ROW_MAJOR");
        }
        const std::string table = plan.graph.at(gather.args[0]).name, ids = plan.graph.at(gather.args[1]).name;
        set_units(plan, WorkUnit::Row, "one row of the output, which is one row of " + table);
        plan.has_compute = false;
        add_unit_count(plan, page_count(plan, plan.spec.output));
        add_size(plan, "ids_per_page", Size::extent(ids, -1));
        add_tensor_cbs(plan, std::vector<Size>(plan.spec.inputs.size(), 1), 1);
        for (CbPlan& cb : plan.cbs) {
            if (cb.name == ids) {
                cb.consumer = Actor::Reader;
                cb.purpose = fmt::format("one page of {}, read by the reader itself", ids);
                cb.pages = 1;
            }
        }
        add_kernels(plan);
        pass(plan, Actor::Reader, "ids_per_page", "indices in one page");
        plan.phases.push_back({assigned_result(plan.spec), {table}, table, {plan.graph.output}});
        kernel(plan, Actor::Reader).steps = {
            fmt::format("for each row: its index is word `row % ids_per_page` of page `row / ids_per_page` of {0}; read "
                        "that page into cb_{0} when it changes",
                        ids),
            fmt::format("reserve cb_{0}, read page `index` of {0}, barrier, push", table)};
        kernel(plan, Actor::Writer).steps = {
            fmt::format("for each row: wait for cb_{}, write it to its page of the output, barrier, pop", table)};
        plan.notes.push_back("nothing is computed: the writer takes the reader's pages, and there is no compute kernel");
    }
};

const RegisteredFamily<GatherFamily> kGather;

}  // namespace

}  // namespace tw::builder
