// The golden data of the real ttnn host library (tests/golden/host_*.json), and what the tests of several files need of it.
#pragma once

#include "device/core_coord.h"
#include "device/device.h"
#include "tensor/tensor_spec.h"
#include "test_data.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <string>

namespace golden {

using nlohmann::json;

inline const json& host(const std::string& board) {
    static std::map<std::string, json> read;
    json& data = read[board];
    if (data.is_null()) std::ifstream(test_data("golden/host_" + board + ".json")) >> data;
    return data;
}

inline const char* const kBoards[] = {"n150", "p150"};

// The golden data were taken with slow dispatch.
inline std::shared_ptr<tw::Device> open(const std::string& board, tw::DeviceOptions options = {.slow_dispatch = true}) {
    return tw::Device::open(tw::find_chip(board), options);
}

inline tw::CoreRange range(const json& r) {
    return {{r[0], r[1]}, {r[2], r[3]}};
}

inline tw::CoreRangeSet range_set(const json& list) {
    std::vector<tw::CoreRange> ranges;
    for (const json& r : list) ranges.push_back(range(r));
    return tw::CoreRangeSet(std::move(ranges));
}

inline tw::DataType dtype(const std::string& name) {
    for (int i = 0; i < 10; ++i) {
        if (tw::short_name_of(tw::DataType(i)) == name) return tw::DataType(i);
    }
    throw std::runtime_error("golden data name an unknown dtype " + name);
}

}  // namespace golden
