// What typing the math has to know of an operation: the names that it may use, and the statements. Documents, dtypes and
// schedules are the spec's business (spec/formula.cpp makes a Formula of a Spec).
#pragma once

#include "builder/math/dimension.h"
#include "builder/math/syntax.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tw::builder {

struct Formula {
    struct Tensor {
        std::string name;
        std::optional<Shape> shape;
        bool optional = false;
        bool integer = false;  // of an integer dtype: may be the indices of a gather
        Where where;
    };
    struct Parameter {
        std::string name;
        std::vector<double> choices;  // of an integer: then it can choose the axis of a softmax
        std::optional<double> default_value;
    };

    std::vector<Tensor> tensors;
    std::vector<Parameter> parameters;
    std::vector<std::pair<Statement, std::string>> lets;  // with their text
    Statement result;
    std::string result_text;
    std::optional<Shape> output;  // the output's, when it is given beside the math
    Where output_where;

    const Tensor* tensor(std::string_view name) const;
    const Parameter* parameter(std::string_view name) const;
};

}  // namespace tw::builder
