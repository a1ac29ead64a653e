// Reads the golden arrays that tests/golden/atoms_and_ops.py makes of the silicon simulator's .npz files: uint32 arrays by
// name.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace tw::test {

struct GoldenArray {
    std::vector<uint32_t> shape;
    std::vector<uint32_t> data;
    uint32_t cols() const { return shape.back(); }
    uint32_t rows() const { return static_cast<uint32_t>(data.size()) / cols(); }
};

// "TWG1", count, then for each array: length and text of the name, rank, dimensions, bytes a value (2: the upper half of
// the word, 4: all of it), values.
inline std::map<std::string, GoldenArray> read_golden(const std::string& path) {
    std::FILE* file = std::fopen(path.c_str(), "rb");
    if (!file) throw std::runtime_error("no golden file " + path);
    const auto read = [&](void* to, size_t bytes) {
        if (std::fread(to, 1, bytes, file) != bytes) throw std::runtime_error("golden file is cut short: " + path);
    };
    const auto word = [&] {
        uint32_t v;
        read(&v, 4);
        return v;
    };
    char magic[4];
    read(magic, 4);
    if (std::memcmp(magic, "TWG1", 4) != 0) throw std::runtime_error("not a golden file: " + path);
    std::map<std::string, GoldenArray> out;
    for (uint32_t n = word(); n > 0; --n) {
        std::string name(word(), '\0');
        read(name.data(), name.size());
        GoldenArray& a = out[name];
        a.shape.resize(word());
        size_t count = 1;
        for (uint32_t& d : a.shape) count *= d = word();
        a.data.resize(count);
        if (word() == 4) {
            read(a.data.data(), count * 4);
        } else {
            std::vector<uint16_t> halves(count);
            read(halves.data(), count * 2);
            for (size_t i = 0; i < count; ++i) a.data[i] = uint32_t{halves[i]} << 16;
        }
    }
    std::fclose(file);
    return out;
}

}  // namespace tw::test
