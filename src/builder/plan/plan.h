// What will be built, before any text is written: tensors, the unit of work and its split, circular buffers, kernels and
// the arguments that join host and device. Entry point, descriptor, kernels, test, report and log are all emitted from one
// Plan, so they cannot disagree. `tilewright new --explain` prints it (emit/explain.cpp); two plans can be diffed as text.
//
// Nothing here is Python or C++: sizes are expressions (size.h), formats, actors and lifetimes are types. What refers to a
// CB, a tensor, a parameter or a size of the plan does so by its name, which is unique among its kind. Text is for people:
// what a CB is for, what a kernel has to do.
#pragma once

#include "builder/math/graph.h"
#include "builder/plan/size.h"
#include "builder/spec/spec.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tw::builder {

// A size that host code computes once, under a name that kernels may be given it by.
struct NamedSize {
    std::string name;
    Size value;
    std::string comment;
};

// A number that host code computes for a kernel: of parameters and sizes.
struct HostReal {
    enum class Kind { Number, Param, Size, Call };
    Kind kind = Kind::Number;
    double number = 0;
    std::string name;  // of the parameter, or of the function: + - * /, or one of Python's math
    builder::Size size;
    std::vector<HostReal> args;

    static HostReal of(double number) { return {Kind::Number, number, {}, {}, {}}; }
    static HostReal of(builder::Size size) { return {Kind::Size, 0, {}, std::move(size), {}}; }
    static HostReal param(std::string name) { return {Kind::Param, 0, std::move(name), {}, {}}; }
    static HostReal call(std::string name, std::vector<HostReal> args) {
        return {Kind::Call, 0, std::move(name), {}, std::move(args)};
    }
};

struct NamedReal {
    std::string name;
    HostReal value;
};

enum class Actor { Reader, Compute, Writer };                        // a kernel; what fills or empties a CB
enum class Lifetime { Streamed, OneBlock, OneUnit, WholeProgram };   // of what lies in a CB
enum class CbRole { Input, Output, Scaler, Tilized, Intermediate };  // Tilized: tiles of a tensor that comes as sticks

struct CbPlan {
    int index = 0;
    std::string name;  // "x", "output", "scaler", "mean": CB_X in Python, cb_x in the kernels
    CbRole role = CbRole::Intermediate;
    std::string purpose;
    Format format;
    Size page_size;  // bytes
    Size pages;      // how many it holds
    Actor producer = Actor::Compute, consumer = Actor::Compute;
    Lifetime lifetime = Lifetime::OneUnit;
    Size per_unit;          // pages pushed and popped for one unit of work
    std::string tensor;     // set when it holds the pages of a tensor
    bool resident = false;  // lies over the tensor's own shard: no copy, no reader loop
    bool optional = false;  // exists only when its tensor is given
    bool exact = false;     // float32 goes past the matrix unit's formats into DST
    bool reduced = false;   // along a dimension that a call chooses: its tiles are valid where that reduction leaves them
};

// A word that the host hands to a kernel.
struct ArgPlan {
    enum class Kind {
        CbIndex,  // of the CB `of`
        Size,     // of the plan: `of`
        IsGiven,  // 1 when the optional tensor `of` is there
        Address,  // of the tensor `of`
        Start,    // the first unit of this core
        Count,    // how many units it has
        Bits,     // the parameter or real `of` as the bits of a float32
        Whole,    // the parameter `of` as the whole number that it is
    };
    Kind kind = Kind::Size;
    std::string of;
    std::string name;  // identifier in the kernel
    std::string doc;
};

struct KernelPlan {
    Actor actor = Actor::Reader;
    std::vector<ArgPlan> compile_time;
    std::vector<std::string> accessors;  // tensors whose TensorAccessorArgs follow, in this order
    std::vector<ArgPlan> runtime;        // per core; start and count come last
    std::vector<std::string> cbs;        // names of the CBs it touches
    std::vector<std::string> steps;      // what it has to do, for the stub's comment and the design document
    std::string source;                  // of a working kernel: what follows the comment at its top
};

struct Phase {
    std::string text;                // "mean = mean(x, W)"
    std::vector<std::string> reads;  // CB names
    std::string writes;
    std::vector<int> values;  // of the graph, in order: what this phase computes
};

// What must hold for a call beyond dtype, layout and rank: `size` is a multiple of `unit`.
struct Requirement {
    Size size, unit;
    std::string message;
    std::string tensor;  // whose shape is shown to the caller; may be empty
};

// Whether DST accumulates in fp32.
struct Fp32Dest {
    enum class When { Never, Always, ByDtype };
    When when = When::Never;
    std::vector<std::string> dtypes;  // of the first input, that ask for it
};

// A test case whose number of units follows the number of cores: per_core * cores + more.
struct GrownCase {
    std::string id;
    TestCase base;
    std::string symbol;  // that grows, or empty: the outer dimensions
    int64_t unit = 1;    // elements of it for one unit of work
    int64_t per_core = 1, more = 0;

    TestCase at(int64_t cores) const;
};

struct Plan {
    Spec spec;
    Graph graph;
    std::string family, family_title;
    WorkUnit unit = WorkUnit::Tile;
    std::string unit_doc;  // one sentence
    Size units;            // how many: a size of the plan by name
    bool sharded = false;  // each core works on its shard; see shard_units
    Size shard_units;      // then: units of a shard, over the sizes shard_height and shard_width
    bool has_compute = true;
    std::vector<NamedSize> sizes;
    std::vector<NamedReal> reals;
    std::vector<CbPlan> cbs;
    std::vector<KernelPlan> kernels;
    std::vector<Phase> phases;
    std::vector<TestCase> cases;
    std::vector<GrownCase> grown_cases;
    double rtol = 0.02, atol = 0.05;
    Fp32Dest fp32_dest;
    bool full_sync = false;    // DST as one half
    std::string tile_program;  // of working kernels, printed
    std::vector<std::string> notes;
    std::vector<Requirement> requirements;

    const CbPlan* cb(std::string_view name) const;
    CbPlan* cb(std::string_view name);
    const CbPlan* cb_of(CbRole) const;  // the first
    const CbPlan& output_cb() const;    // where the writer finds the output; TW_CHECKed
    const KernelPlan* kernel(Actor) const;
    const NamedSize* size(std::string_view name) const;
};

std::string_view actor_name(Actor);        // "reader"
std::string_view lifetime_name(Lifetime);  // "whole program"
std::string unit_count_name(WorkUnit);     // "num_tiles"

// Chooses the family and plans. Empty, with problems, when no family can carry the spec out.
// `instead` fills in what the family would; where it gives false, the family does.
using PlanInstead = std::function<bool(Plan&, std::vector<Problem>&)>;
std::optional<Plan> make_plan(Spec, Graph, std::vector<Problem>&, const PlanInstead& instead = {});

// The shapes of the test (test_cases.cpp).
void choose_cases(Plan&);

}  // namespace tw::builder
