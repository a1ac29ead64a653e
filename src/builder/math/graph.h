// What an operation computes: the math of a spec as a typed graph of values in single assignment.
//
// Every value knows its shape in the symbols of the spec, so that "which operand broadcasts along W" or "is this a row
// reduction" are questions to the graph, not to text. The test's PyTorch reference, the plan and (later) the kernels are
// all made from this graph, which is why it has few kinds of value: softmax stays one value because PyTorch and the device
// have a form of their own for it; everything else is a map over elements, a reduction, a scan, a contraction or a page
// map.
#pragma once

#include "builder/math/formula.h"
#include "builder/math/functions.h"

#include <string>
#include <vector>

namespace tw::builder {

struct Axis {
    int position = -1;   // from the end: -1 is the last dimension
    std::string symbol;  // the dimension's name, when it has one
    std::string param;   // chosen at run time by this parameter (softmax's dim); position is then the default
};

enum class Fold { Sum, Mean, Max, Min, Prod };
std::string_view fold_name(Fold);  // "sum"

struct Value {
    enum class Kind {
        Input,
        Param,
        Number,
        Size,  // leaves; the last three are scalars
        Map,   // function over elements, operands broadcast
        Cast,
        Optional,  // as(dtype, x); opt(tensor, neutral)
        Reduce,
        Softmax,
        Scan,
        ArgReduce,  // over axes
        Contract,   // args[0] @ args[1], see transpose_b
        Transpose,
        Permute,
        Concat,
        Slice,
        Pad,
        Repeat,
        RotateHalf,
        Gather,  // page maps
    };
    Kind kind = Kind::Number;
    const Function* function = nullptr;  // Map
    std::vector<int> args;               // earlier values
    bool scalar = false;
    Shape shape;
    std::string name;         // Input, Param; Softmax, ArgReduce: the function; Cast: the dtype
    Fold fold = Fold::Sum;    // Reduce, Scan
    bool log = false;         // Softmax: log_softmax
    double number = 0;        // Number; Optional: the neutral element; Pad: the fill value
    std::string number_text;  // as written
    Dim size;                 // Size
    std::vector<Axis> axes;
    std::vector<Dim> bounds;   // Slice: start, stop; Pad: low, high; Repeat: count
    std::vector<int> order;    // Permute
    bool transpose_b = false;  // Contract
    int uses = 0;
    std::string text;  // the piece of the spec it came from
    Where where;
};

struct Graph {
    std::vector<Value> values;
    std::vector<std::pair<std::string, int>> lets;
    int output = -1;

    const Value& at(int index) const { return values[static_cast<size_t>(index)]; }
    std::string let_name(int index) const;  // "" when no let binds the value
    // Whether a value's elements depend on the named input.
    bool depends_on(int index, std::string_view input) const;
};

// Types the math. The output's shape is that of the value `output`; one that the formula gives is checked against it.
std::optional<Graph> build_graph(const Formula&, std::vector<Problem>&);

}  // namespace tw::builder
