// The math of a phase as text, in terms of what earlier phases left in CBs: "x * rsqrt(mean_square + epsilon)".
#pragma once

#include "builder/math/graph.h"

#include <map>
#include <string>

namespace tw::builder {

class PhaseText {
public:
    explicit PhaseText(const Graph& graph) : graph_(graph) {}

    // From now on the value is in a CB of this name.
    void name(int index, const std::string& cb) { names_[index] = cb; }

    std::string whole(int index) const;    // how the value is computed
    std::string operand(int index) const;  // how others call it

private:
    const Graph& graph_;
    std::map<int, std::string> names_;

    std::string text_of(int index, bool top) const;
    // A side of an operator, in parentheses only where they matter.
    std::string side_of(int index, const Value& parent, bool right) const;
};

}  // namespace tw::builder
