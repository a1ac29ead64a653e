// The element-wise functions of the vector and matrix units over plain arrays: what the golden ops compute with, so that an
// op and a kernel that calls the same tile function give the same bits without a program being run.
#include "bind/bind.h"
#include "tile/eltwise.h"
#include "tile/sfpu.h"
#include "tile/tile_shape.h"

#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace tw::bind {
namespace {

using Floats = nb::ndarray<const float, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Result = nb::ndarray<float, nb::numpy, nb::ndim<1>>;

uint32_t sfpu_index(const std::string& name) {
    for (uint32_t i = 0; i < kSfpuCount; ++i)
        if (name == kSfpuNames[i]) return i;
    throw nb::value_error(("the vector unit has no function " + name).c_str());
}

void check_size(const Floats& a, const std::optional<Floats>& other) {
    if (other && other->size() != a.size()) throw nb::value_error("the operands differ in size");
}

Result new_result(size_t count, float*& data) {
    data = new float[std::max<size_t>(count, 1)];
    return Result(data, {count}, nb::capsule(data, [](void* p) noexcept { delete[] static_cast<float*>(p); }));
}

// Calls `run(a, b, c, out)` on full tiles; the last one is filled up with ones.
template <class Run>
Result by_tiles(const Floats& a, const std::optional<Floats>& b, const std::optional<Floats>& c, Run run) {
    check_size(a, b);
    check_size(a, c);
    float* out = nullptr;
    Result result = new_result(a.size(), out);
    const float* sources[3] = {a.data(), b ? b->data() : nullptr, c ? c->data() : nullptr};
    nb::gil_scoped_release release;
    alignas(64) uint32_t in[3][kTileWords], words[kTileWords];
    for (uint32_t& word : in[0]) word = 0x3f800000u;
    std::memcpy(in[1], in[0], sizeof in[0]);
    std::memcpy(in[2], in[0], sizeof in[0]);
    for (size_t first = 0; first < a.size(); first += kTileWords) {
        const size_t count = std::min<size_t>(kTileWords, a.size() - first);
        for (int i = 0; i < 3; ++i)
            if (sources[i]) std::memcpy(in[i], sources[i] + first, count * sizeof(float));
        run(in[0], in[1], in[2], words);
        std::memcpy(out + first, words, count * sizeof(float));
    }
    return result;
}

Result run_sfpu(const std::string& name, const Floats& a, const std::optional<Floats>& b, const std::optional<Floats>& c,
                uint32_t p0, uint32_t p1, uint32_t p2, bool dst_is_fp32) {
    const SfpuFunction function = kSfpuFunctions[sfpu_index(name)];
    const uint32_t constants[2] = {p0, p1};
    return by_tiles(a, b, c, [&](const uint32_t* x, const uint32_t* y, const uint32_t* z, uint32_t* out) {
        std::memset(out, 0, kTileWords * sizeof *out);
        function({.out = out,
                  .a = x,
                  .b = y,
                  .c = z,
                  .p0 = p0,
                  .p1 = p1,
                  .p2 = p2,
                  .dst_is_fp32 = dst_is_fp32,
                  .constants = constants});
    });
}

Result run_fpu(const std::string& name, const Floats& a, const Floats& b, bool dst_is_fp32) {
    const bool multiply = name == "mul";
    if (!multiply && name != "add" && name != "sub")
        throw nb::value_error("the matrix unit adds, subtracts and multiplies");
    EltwiseMode mode{.dst = dst_is_fp32 ? DstKind::Fp32 : DstKind::Bf16, .subtract = name == "sub", .dst_is_zero = true};
    return by_tiles(a, b, std::nullopt, [&](const uint32_t* x, const uint32_t* y, const uint32_t*, uint32_t* out) {
        std::memset(out, 0, kTileWords * sizeof *out);
        (multiply ? eltwise_multiply : eltwise_add)(x, y, out, kTileWords, mode);
    });
}

}  // namespace

void bind_golden(nb::module_& m) {
    m.def("golden_sfpu", &run_sfpu, nb::arg("name"), nb::arg("a"), nb::arg("b") = nb::none(), nb::arg("c") = nb::none(),
          nb::arg("p0") = 0, nb::arg("p1") = 0, nb::arg("p2") = 0, nb::arg("dst_is_fp32") = false,
          "A function of the vector unit (tw/sfpu.def) over flat arrays; 16-bit results have a zero lower half.");
    m.def("golden_fpu", &run_fpu, nb::arg("name"), nb::arg("a"), nb::arg("b"), nb::arg("dst_is_fp32") = false,
          "add, sub or mul (HiFi4) of the matrix unit over flat arrays.");
}

}  // namespace tw::bind
