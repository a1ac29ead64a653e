#include "tileir/calls.h"

#include "builder/math/functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace tw::tileir {
namespace {

// What the table of functions (builder/math/functions.h) has under another name, or not.
struct VectorRow {
    std::string_view operation, function;  // a name there; or, where that is empty:
    std::string_view call = {}, init = {}, header = {};
};

constexpr std::string_view kScalarInit = "binop_with_scalar_tile_init", kScalarHeader = "eltwise_unary/binop_with_scalar.h";
constexpr std::string_view kCompareHeader = "eltwise_unary/comp.h", kActivations = "eltwise_unary/activations.h";
constexpr std::array kVector{
    VectorRow{"d.add", "+"},
    VectorRow{"d.sub", "-"},
    VectorRow{"d.mul", "*"},
    VectorRow{"d.div", "/"},
    VectorRow{"d.pow", "pow"},
    VectorRow{"d.max", "maximum"},
    VectorRow{"d.min", "minimum"},
    VectorRow{"d.eq", "=="},
    VectorRow{"d.ne", "!="},
    VectorRow{"d.gt", ">"},
    VectorRow{"d.ge", ">="},
    VectorRow{"d.lt", "<"},
    VectorRow{"d.le", "<="},
    VectorRow{"d.atan2", "atan2"},
    VectorRow{"d.fmod", "fmod"},
    VectorRow{"d.remainder", "remainder"},
    VectorRow{"d.logaddexp", "logaddexp"},
    VectorRow{"d.logaddexp2", "logaddexp2"},
    VectorRow{"d.xlogy", "xlogy"},
    VectorRow{"gt_imm", "", "unary_gt_tile", "unary_gt_tile_init", kCompareHeader},
    VectorRow{"ge_imm", "", "unary_ge_tile", "unary_ge_tile_init", kCompareHeader},
    VectorRow{"lt_imm", "", "unary_lt_tile", "unary_lt_tile_init", kCompareHeader},
    VectorRow{"le_imm", "", "unary_le_tile", "unary_le_tile_init", kCompareHeader},
    VectorRow{"eq_imm", "", "unary_eq_tile", "unary_eq_tile_init", kCompareHeader},
    VectorRow{"ne_imm", "", "unary_ne_tile", "unary_ne_tile_init", kCompareHeader},
    VectorRow{"celu", "", "celu_tile", "celu_tile_init", kActivations},
    VectorRow{"selu", "", "selu_tile", "selu_tile_init", "eltwise_unary/selu.h"},
    VectorRow{"softplus", "", "softplus_tile", "softplus_tile_init", "eltwise_unary/softplus.h"},
    VectorRow{"hardshrink", "", "hardshrink_tile", "hardshrink_tile_init", kActivations},
    VectorRow{"softshrink", "", "softshrink_tile", "softshrink_tile_init", kActivations},
    VectorRow{"add_imm", "", "add_unary_tile", kScalarInit, kScalarHeader},
    VectorRow{"sub_imm", "", "sub_unary_tile", kScalarInit, kScalarHeader},
    VectorRow{"rsub_imm", "", "rsub_unary_tile", kScalarInit, kScalarHeader},
    VectorRow{"mul_imm", "", "mul_unary_tile", kScalarInit, kScalarHeader},
    VectorRow{"max_imm", "", "unary_max_tile", "unary_max_tile_init", "compute_kernel_api.h"},
    VectorRow{"min_imm", "", "unary_min_tile", "unary_min_tile_init", "compute_kernel_api.h"},
    VectorRow{"fill", "", "fill_tile_bitcast", "fill_tile_init", "eltwise_unary/fill.h"},
    VectorRow{"mask", "", "mask_tile", "mask_tile_init", "mask.h"},
    VectorRow{"cumsum", "", "cumsum_tile", "cumsum_tile_init", "cumsum.h"},
};

DeviceCall vector_call(const Operation& op) {
    const auto row = std::ranges::find(kVector, op.name, &VectorRow::operation);
    const bool own = row != kVector.end() && row->function.empty();
    const builder::Function* function =
        own ? nullptr : builder::find_function(row == kVector.end() ? op.name : row->function);
    const std::string_view name = own ? row->call : function ? function->tile : "";
    if (name.empty()) throw std::invalid_argument(fmt::format("the device has no call for {}", op.name));
    const std::string_view operands = op.shape == Shape::Binaries ? "{x}, {y}, {d}"
                                      : op.shape == Shape::Mask   ? "{x}, {y}"
                                      : op.numbers == 3           ? "{d}, {n}, {m}, {o}"
                                      : op.numbers == 2           ? "{d}, {n}, {m}"
                                      : op.numbers == 1           ? "{d}, {n}"
                                      : op.name == "round"        ? "{d}, 0"
                                                                  : "{d}";
    return {.text = fmt::format("{}({})", name, operands),
            .init = std::string(own ? row->init : function->init),
            .header = std::string(own ? row->header : function->header),
            .vector_unit = true};
}

// Rounds a 32-bit DST to what bfloat16 has; a 16-bit one holds no more.
DeviceCall round_call() {
    return {.text = "typecast_tile<kFloat32, kBfloat16>({d})",
            .init = "typecast_tile_init<kFloat32, kBfloat16>",
            .header = "eltwise_unary/typecast.h",
            .vector_unit = true};
}

// As where_tile wants it: the format of DST, not of a buffer.
DeviceCall select_call() {
    return {.text = "where_tile<kDstFormat>({x}, {y}, {z}, {d})",
            .init = "where_tile_init",
            .header = "eltwise_unary/where.h",
            .vector_unit = true};
}

DeviceCall binary_call(const Compute& c, const std::string& a, const std::string& b) {
    static constexpr std::array kSuffix{"", "_bcast_rows", "_bcast_cols", "_bcast_scalar"};
    const std::string suffix = kSuffix[static_cast<size_t>(c.broadcast)];
    DeviceCall call;
    call.text = fmt::format("{}_tiles{}({{a}}, {{b}}, {{i}}, {{j}}, {{d}})", c.operation, suffix);
    call.init = fmt::format("{}{}_init", c.operation, suffix);
    call.init_cbs = {a, b};
    if (c.accumulate && c.operation == "add") call.init_rest = ", true";
    call.header = c.broadcast == Broadcast::None ? "eltwise_binary.h" : "bcast.h";
    call.source_a = a;
    call.source_b = b;
    return call;
}

DeviceCall reduce_call(const Operation& op, const std::string& in, const std::string& scaler, const std::string& out) {
    static constexpr std::array kDims{"", "REDUCE_ROW", "REDUCE_COL", "REDUCE_SCALAR"};
    DeviceCall call;
    call.mask = fmt::format("ReduceDim::{}", kDims[static_cast<size_t>(op.along)]);
    const std::string kinds = fmt::format("<PoolType::{}, {}>", op.fold == Fold::Max ? "MAX" : "SUM", call.mask);
    call.text = "reduce_tile" + kinds + "({a}, {b}, {i}, {j}, {d})";
    call.init = "reduce_init" + kinds;
    call.init_cbs = {in, scaler, out};
    call.header = "reduce.h";
    // A sum over rows is a product with the scalers on the left (docs/upstream-api.md K7.4).
    const bool swapped = op.fold == Fold::Sum && op.along == Along::Row;
    call.source_a = swapped ? scaler : in;
    call.source_b = swapped ? in : scaler;
    return call;
}

}  // namespace

DeviceCall device_call(const Compute& c, const std::vector<std::string>& cbs, const std::string& out) {
    const Operation& op = *find_operation(c.operation);
    switch (op.shape) {
        case Shape::Move:
            return {.text = "copy_tile({a}, {i}, {d})",
                    .init = "copy_init",
                    .init_cbs = {cbs[0]},
                    .header = "tile_move_copy.h",
                    .source_a = cbs[0]};
        case Shape::Transpose:
            return {.text = "transpose_tile({a}, {i}, {d})",
                    .init = "transpose_init",
                    .init_cbs = {cbs[0]},
                    .header = "transpose.h",
                    .source_a = cbs[0]};
        case Shape::Spread: {
            static constexpr std::array kTypes{"NONE", "ROW", "COL", "SCALAR"};
            const std::string type = fmt::format("<BroadcastType::{}>", kTypes[static_cast<size_t>(op.along)]);
            return {.text = "unary_bcast" + type + "({a}, {i}, {d})",
                    .init = "unary_bcast_init" + type,
                    .init_cbs = {cbs[0]},
                    .header = "bcast.h",
                    .source_b = cbs[0]};
        }
        case Shape::Binary: return binary_call(c, cbs[0], cbs[1]);
        case Shape::Reduce: return reduce_call(op, cbs[0], cbs[1], out);
        case Shape::Matmul:
            return {.text = "matmul_tiles({a}, {b}, {i}, {j}, {d})",
                    .init = "matmul_init",
                    .init_cbs = {cbs[0], cbs[1]},
                    .init_rest = op.transposed ? ", true" : "",
                    .header = "matmul.h",
                    .source_a = cbs[1],
                    .source_b = cbs[0]};
        case Shape::Reuse: {
            // The register goes to SrcA, the buffer's tile to SrcB.
            const std::string name(op.name.substr(6));
            const std::string reuse = "<EltwiseBinaryReuseDestType::DEST_TO_SRCA>";
            return {.text = name + "_reuse_dest_tiles" + reuse + "({b}, {j}, {d})",
                    .init = name + "_reuse_dest_init" + reuse,
                    .init_cbs = {cbs[1]},
                    .header = "eltwise_binary.h",
                    .source_b = cbs[1]};
        }
        case Shape::Select: return select_call();
        default: break;
    }
    if (op.name == "to_bf16") return round_call();
    if (op.name == "d.copy") {
        return {.text = "copy_dest_values<kDstFormat>({x}, {d})",
                .init = "copy_dest_values_init",
                .header = "copy_dest_values.h",
                .vector_unit = true};
    }
    return vector_call(op);
}

}  // namespace tw::tileir
