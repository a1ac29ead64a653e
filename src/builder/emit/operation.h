// The Python files of an operation share how they write a signature, a list of dtypes, a compute configuration.
#pragma once

#include "base/json.h"
#include "builder/emit/emit.h"
#include "builder/emit/python.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace tw::builder {

std::string python_type(const ParamSpec&);                        // "float"
std::string ttnn_dtypes(const std::vector<std::string>& dtypes);  // "ttnn.bfloat16, ttnn.float32"
Json fidelity_call(const Plan&, const std::string& name);

Json entry_point_data(const Plan&);  // entry_point.cpp
Json descriptor_data(const Plan&);   // descriptor.cpp

}  // namespace tw::builder
