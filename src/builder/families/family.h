// An operation family: the specs whose work is cut and fed to the cores in one way. Adding a family is adding a file here
// and a line to the list in family.cpp; the list's order is the order of trying.
#pragma once

#include "builder/plan/plan.h"

#include <span>
#include <string_view>

namespace tw::builder {

class Family {
public:
    virtual ~Family() = default;
    virtual std::string_view name() const = 0;
    virtual std::string_view title() const = 0;    // for `new --list`
    virtual std::string_view example() const = 0;  // math of a typical member
    virtual bool matches(const Spec&, const Graph&) const = 0;
    // Fills in unit, metadata, CBs, kernels and phases.
    virtual void plan(Plan&, std::vector<Problem>&) const = 0;
};

std::span<const Family* const> families();
const Family* family_of(const Spec&, const Graph&);

void plan_lanes(Plan&, std::vector<Problem>&);  // reductions, normalizations and scans

const Family& elementwise_family();
const Family& reduction_family();
const Family& normalization_family();
const Family& scan_family();
const Family& matmul_family();
const Family& attention_family();
const Family& relayout_family();
const Family& page_map_family();
const Family& gather_family();
const Family& rotary_family();

bool uses(const Graph&, std::initializer_list<Value::Kind>);

// Building blocks that several families share.

std::string unit_count_name(const Plan&);  // "num_tiles"
// CBs that hold the pages of the inputs (0..7) and of the output (16), `pages` each.
void add_tensor_cbs(Plan&, const std::vector<std::string>& input_pages, const std::string& output_pages);
void add_scaler_cb(Plan&);
// A CB between two phases: the next free index from 24.
CbPlan& add_intermediate_cb(Plan&, const std::string& name, const std::string& purpose, const std::string& pages,
                            const std::string& per_unit, const std::string& lifetime);
// Reader, compute and writer with the arguments every family has: CB indices, accessors, addresses, start and count.
void add_kernels(Plan&);
void add_metadata(Plan&, const std::string& name, const std::string& python, const std::string& comment = {});
// Passes a metadata value to a kernel as a compile-time argument.
void pass(Plan&, KernelPlan::Role, const std::string& name, const std::string& doc);
KernelPlan& kernel(Plan&, KernelPlan::Role);
// How `input` lies under the output, and the page of it for output tile `tile`, as C++ over width_tiles and height_tiles.
PageMap page_map(const Shape& output, const Shape& input, bool& supported);
std::string page_expression(PageMap);

// The same for any broadcasting, also of single outer dimensions: then `sizes` says which dimensions of the output (-3,
// -4, ...) the expression takes as size_3, size_4, ...
struct PageUnder {
    bool same = false;   // the input's pages are the output's
    bool whole = false;  // no dimension of the last two is broadcast
    std::string expression;
    std::vector<int> sizes;
};
PageUnder page_under(const Shape& output, const Shape& input);
// Metadata and reader arguments for the sizes that the expression takes, from `of`.
void pass_sizes(Plan&, const PageUnder&, const std::string& of);

// The tensor whose shards decide on which cores a sharded operation runs.
const TensorSpec& shard_source(const Spec&);
std::string assigned_result(const Spec&);          // "output = gelu(x)"
int pages_of(const Plan&, const std::string& cb);  // schedule.cb_pages or schedule.buffering
// Python for how many pages a tensor has: tiles, or sticks.
std::string page_count(Plan&, const TensorSpec&);
bool is_row_major(const Plan&, const TensorSpec&);

}  // namespace tw::builder
