// What will be built, before any text is written: tensors, the unit of work and its split, circular buffers, kernels and
// the arguments that join host and device. Entry point, descriptor, kernels, test, report and log are all emitted from one
// Plan, so they cannot disagree. `tilewright new --explain` prints it (plan.cpp); two plans can be diffed as text.
//
// Expressions that go into Python are kept as Python text over the names of `metadata`; the same names are the kernels'
// arguments, and kernels read them by name.
#pragma once

#include "builder/math/graph.h"
#include "builder/spec/spec.h"

#include <optional>
#include <string>
#include <vector>

namespace tw::builder {

struct Metadata {
    std::string name;  // a local of create_program_descriptor
    std::string python;
    std::string comment;
};

// How a reader finds the page of an input that belongs to a unit of output. The letter names what the input has of the
// output.
enum class PageMap { Same, Row, Column, Single, Batchless, BatchRow, BatchlessColumn, BatchSingle };

struct CbPlan {
    int index = 0;
    std::string name;  // "x", "output", "scaler", "mean": CB_X in Python, cb_x in the kernels
    std::string purpose;
    std::string format;     // Python: a DataType
    std::string page_size;  // Python
    std::string pages;      // Python: how many pages it holds
    std::string producer, consumer;
    std::string lifetime;   // "streamed", "one unit", "whole program"
    std::string per_unit;   // pages pushed and popped for one unit of work
    std::string tensor;     // set when it holds the pages of a tensor
    bool resident = false;  // lies over the tensor's own shard: no copy, no reader loop
    bool optional = false;  // exists only when its tensor is given
};

struct ArgPlan {
    std::string name;  // identifier on both sides
    std::string python;
    std::string doc;
};

struct KernelPlan {
    enum class Role { Reader, Compute, Writer };
    Role role = Role::Reader;
    std::vector<ArgPlan> compile_time;
    std::vector<std::string> accessors;  // tensors whose TensorAccessorArgs follow, in this order
    std::vector<ArgPlan> runtime;        // per core; start and count come last
    std::vector<std::string> cbs;        // names of the CBs it touches
    std::vector<std::string> steps;      // what it has to do, for the stub's comment and the design document
};

struct Phase {
    std::string text;                // "mean = mean(x, W)"
    std::vector<std::string> reads;  // CB names
    std::string writes;
    std::vector<int> values;  // of the graph, in order: what this phase computes
};

// What must hold for a call beyond dtype, layout and rank; becomes a check of the entry point.
struct Requirement {
    std::string python;  // true when it does NOT hold
    std::string message;
    std::string got;  // piece of an f-string, may be empty
};

struct Plan {
    Spec spec;
    Graph graph;
    std::string family, family_title;
    std::string unit;      // "tile", "tile_row", ...
    std::string unit_doc;  // one sentence
    std::string units;     // Python: how many
    bool sharded = false;  // each core works on its shard; then how many units that has, over shard_height and shard_width
    std::string shard_units = "shard_height * shard_width // (ttnn.TILE_SIZE * ttnn.TILE_SIZE)";
    bool has_compute = true;
    std::vector<Metadata> metadata;
    std::vector<CbPlan> cbs;
    std::vector<KernelPlan> kernels;
    std::vector<Phase> phases;
    std::vector<TestCase> cases;
    double rtol = 0.02, atol = 0.05;
    std::string fp32_dest;  // Python
    std::vector<std::string> notes;
    std::vector<Requirement> requirements;

    const CbPlan* cb(std::string_view name) const;
    const KernelPlan& kernel(KernelPlan::Role) const;
    bool has_kernel(KernelPlan::Role) const;
};

std::string_view role_name(KernelPlan::Role);  // "reader"

// Chooses the family and plans. Empty, with problems, when no family can carry the spec out.
std::optional<Plan> make_plan(Spec, Graph, std::vector<Problem>&);

std::string plan_text(const Plan&);
std::string plan_json(const Plan&);

}  // namespace tw::builder
