// Copy to DST, the functions of the vector and matrix units there, and pack, over plain arrays: what the stock operations
// compute with, so that an operation and a kernel that does the same give the same bits without a program being run.
#include "bind/bind.h"
#include "tensor/data_type.h"
#include "tile/array_ops.h"
#include "tile/eltwise.h"
#include "tile/sfpu.h"

#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include <algorithm>
#include <string>

namespace tw::bind {
namespace {

using WordArray = nb::ndarray<const uint32_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Result = nb::ndarray<uint32_t, nb::numpy, nb::ndim<1>>;

uint32_t sfpu_index(const std::string& name) {
    for (uint32_t i = 0; i < kSfpuCount; ++i)
        if (name == kSfpuNames[i]) return i;
    throw nb::value_error(("the vector unit has no function " + name).c_str());
}

void check_size(const WordArray& a, const std::optional<WordArray>& other) {
    if (other && other->size() != a.size()) throw nb::value_error("the operands differ in size");
}

Result new_result(size_t count, uint32_t*& data) {
    data = new uint32_t[std::max<size_t>(count, 1)];
    return Result(data, {count}, nb::capsule(data, [](void* p) noexcept { delete[] static_cast<uint32_t*>(p); }));
}

using Conversion = bool (*)(const uint32_t*, size_t, const DstPath&, uint32_t*);

Result convert(Conversion conversion, const WordArray& in, DataType type, DstPath path) {
    uint32_t* out = nullptr;
    Result result = new_result(in.size(), out);
    path.format = to_data_format(type);
    bool known = false;
    {
        nb::gil_scoped_release release;
        known = conversion(in.data(), in.size(), path, out);
    }
    if (!known) throw nb::value_error("the data type has no form in DST");
    return result;
}

Result run_sfpu(const std::string& name, const WordArray& a, const std::optional<WordArray>& b,
                const std::optional<WordArray>& c, uint32_t p0, uint32_t p1, uint32_t p2, bool dst_is_fp32) {
    const SfpuFunction function = kSfpuFunctions[sfpu_index(name)];
    check_size(a, b);
    check_size(a, c);
    uint32_t* out = nullptr;
    Result result = new_result(a.size(), out);
    const uint32_t constants[2] = {p0, p1};
    nb::gil_scoped_release release;
    run_on_arrays(function,
                  {.a = a.data(),
                   .b = b ? b->data() : nullptr,
                   .c = c ? c->data() : nullptr,
                   .p0 = p0,
                   .p1 = p1,
                   .p2 = p2,
                   .dst_is_fp32 = dst_is_fp32,
                   .constants = constants},
                  a.size(), out);
    return result;
}

Result run_fpu(const std::string& name, const WordArray& a, const WordArray& b, bool dst_is_fp32) {
    const bool multiply = name == "mul";
    if (!multiply && name != "add" && name != "sub")
        throw nb::value_error("the matrix unit adds, subtracts and multiplies");
    check_size(a, b);
    const EltwiseMode mode{
        .dst = dst_is_fp32 ? DstKind::Fp32 : DstKind::Bf16, .subtract = name == "sub", .dst_is_zero = true};
    uint32_t* out = nullptr;
    Result result = new_result(a.size(), out);
    nb::gil_scoped_release release;
    alignas(64) uint32_t x[kTileWords] = {}, y[kTileWords] = {}, words[kTileWords];
    for (size_t first = 0; first < a.size(); first += kTileWords) {
        const size_t count = std::min<size_t>(kTileWords, a.size() - first);
        std::copy_n(a.data() + first, count, x);
        std::copy_n(b.data() + first, count, y);
        std::fill(std::begin(words), std::end(words), 0u);
        (multiply ? eltwise_multiply : eltwise_add)(x, y, words, kTileWords, mode);
        std::copy_n(words, count, out + first);
    }
    return result;
}

}  // namespace

void bind_golden(nb::module_& m) {
    m.def("golden_sfpu", &run_sfpu, nb::arg("name"), nb::arg("a"), nb::arg("b") = nb::none(), nb::arg("c") = nb::none(),
          nb::arg("p0") = 0, nb::arg("p1") = 0, nb::arg("p2") = 0, nb::arg("dst_is_fp32") = false,
          "A function of the vector unit (tw/sfpu.def) over words of DST.");
    m.def("golden_fpu", &run_fpu, nb::arg("name"), nb::arg("a"), nb::arg("b"), nb::arg("dst_is_fp32") = false,
          "add, sub or mul (HiFi4) of the matrix unit over words of its source registers.");
    m.def(
        "golden_typecast_function",
        [](DataType from, DataType to) { return typecast_function_name(to_data_format(from), to_data_format(to)); },
        nb::arg("source"), nb::arg("target"),
        "The vector unit's function that typecast_tile calls; empty: the words are the same.");
    m.def(
        "golden_to_dst",
        [](const WordArray& values, DataType type, bool dst_is_fp32, bool to_dest_fp32) {
            return convert(words_to_dst, values, type, {.dst_is_fp32 = dst_is_fp32, .to_dest_fp32 = to_dest_fp32});
        },
        nb::arg("values"), nb::arg("dtype"), nb::arg("dst_is_fp32") = false, nb::arg("to_dest_fp32") = true,
        "The words of DST after a tile of these values (one word each) was copied there.");
    m.def(
        "golden_to_source",
        [](const WordArray& values, DataType type, bool dst_is_fp32) {
            return convert(words_to_source, values, type, {.dst_is_fp32 = dst_is_fp32});
        },
        nb::arg("values"), nb::arg("dtype"), nb::arg("dst_is_fp32") = false,
        "The words of a source register of the matrix unit after a tile of these values was unpacked.");
    m.def(
        "golden_from_dst",
        [](const WordArray& words, DataType type, bool dst_is_fp32, bool bfp8_precise) {
            return convert(words_from_dst, words, type, {.dst_is_fp32 = dst_is_fp32, .bfp8_precise = bfp8_precise});
        },
        nb::arg("words"), nb::arg("dtype"), nb::arg("dst_is_fp32") = false, nb::arg("bfp8_precise") = false,
        "The values (one word each) that a tensor holds after these words of DST were packed for it.");
}

}  // namespace tw::bind
