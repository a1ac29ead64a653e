// The Python files of an operation share how they write a signature, a list of dtypes, a compute configuration.
#pragma once

#include "base/json.h"
#include "builder/emit/emit.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace tw::builder {

std::string python_type(const ParamSpec&);  // "float"
// `def name(\n    a,\n    b,\n) -> result:` or on one line.
std::string definition(const std::string& name, const std::vector<std::string>& parameters, const std::string& result);
std::string ttnn_dtypes(const std::vector<std::string>& dtypes);  // "ttnn.bfloat16, ttnn.float32"
std::string fidelity_call(const Plan&, const std::string& name, size_t indent);

Json entry_point_data(const Plan&);  // entry_point.cpp
Json descriptor_data(const Plan&);   // descriptor.cpp

}  // namespace tw::builder
