#include "tileir/calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace tw::tileir {
namespace {

// Of the vector unit: one register, numbers behind it.
struct VectorRow {
    std::string_view operation, call, init, header;
};

constexpr std::array kVector{
    VectorRow{"abs", "abs_tile({d})", "abs_tile_init", "compute_kernel_api.h"},
    VectorRow{"neg", "negative_tile({d})", "negative_tile_init", "eltwise_unary/negative.h"},
    VectorRow{"sign", "sign_tile({d})", "sign_tile_init", "compute_kernel_api.h"},
    VectorRow{"square", "square_tile({d})", "square_tile_init", "compute_kernel_api.h"},
    VectorRow{"sqrt", "sqrt_tile({d})", "sqrt_tile_init", "eltwise_unary/sqrt.h"},
    VectorRow{"rsqrt", "rsqrt_tile({d})", "rsqrt_tile_init", "eltwise_unary/rsqrt.h"},
    VectorRow{"recip", "recip_tile({d})", "recip_tile_init", "eltwise_unary/recip.h"},
    VectorRow{"exp", "exp_tile({d})", "exp_tile_init", "eltwise_unary/exp.h"},
    VectorRow{"exp2", "exp2_tile({d})", "exp2_tile_init", "compute_kernel_api.h"},
    VectorRow{"expm1", "expm1_tile({d})", "expm1_tile_init", "compute_kernel_api.h"},
    VectorRow{"log", "log_tile({d})", "log_tile_init", "compute_kernel_api.h"},
    VectorRow{"log1p", "log1p_tile({d})", "log1p_tile_init", "eltwise_unary/log1p.h"},
    VectorRow{"sin", "sin_tile({d})", "sin_tile_init", "eltwise_unary/trigonometry.h"},
    VectorRow{"cos", "cos_tile({d})", "cos_tile_init", "eltwise_unary/trigonometry.h"},
    VectorRow{"tanh", "tanh_tile({d})", "tanh_tile_init", "compute_kernel_api.h"},
    VectorRow{"sigmoid", "sigmoid_tile({d})", "sigmoid_tile_init", "compute_kernel_api.h"},
    VectorRow{"silu", "silu_tile({d})", "silu_tile_init", "compute_kernel_api.h"},
    VectorRow{"relu", "relu_tile({d})", "relu_tile_init", "eltwise_unary/relu.h"},
    VectorRow{"gelu", "gelu_tile({d})", "gelu_tile_init", "eltwise_unary/gelu.h"},
    VectorRow{"erf", "erf_tile({d})", "erf_tile_init", "eltwise_unary/erf_erfc.h"},
    VectorRow{"floor", "floor_tile({d})", "rounding_op_tile_init", "eltwise_unary/rounding.h"},
    VectorRow{"ceil", "ceil_tile({d})", "rounding_op_tile_init", "eltwise_unary/rounding.h"},
    VectorRow{"logical_not", "eqz_tile({d})", "eqz_tile_init", "eltwise_unary/comp.h"},
    VectorRow{"add_imm", "add_unary_tile({d}, {n})", "binop_with_scalar_tile_init", "eltwise_unary/binop_with_scalar.h"},
    VectorRow{"sub_imm", "sub_unary_tile({d}, {n})", "binop_with_scalar_tile_init", "eltwise_unary/binop_with_scalar.h"},
    VectorRow{"rsub_imm", "rsub_unary_tile({d}, {n})", "binop_with_scalar_tile_init", "eltwise_unary/binop_with_scalar.h"},
    VectorRow{"mul_imm", "mul_unary_tile({d}, {n})", "binop_with_scalar_tile_init", "eltwise_unary/binop_with_scalar.h"},
    VectorRow{"max_imm", "unary_max_tile({d}, {n})", "unary_max_tile_init", "compute_kernel_api.h"},
    VectorRow{"min_imm", "unary_min_tile({d}, {n})", "unary_min_tile_init", "compute_kernel_api.h"},
    VectorRow{"clamp", "clamp_tile({d}, {n}, {m})", "clamp_tile_init", "eltwise_unary/clamp.h"},
    VectorRow{"leaky_relu", "leaky_relu_tile({d}, {n})", "leaky_relu_tile_init", "eltwise_unary/relu.h"},
    VectorRow{"fill", "fill_tile_bitcast({d}, {n})", "fill_tile_init", "eltwise_unary/fill.h"},
    VectorRow{"d.add", "add_binary_tile({x}, {y}, {d})", "add_binary_tile_init", "eltwise_binary_sfpu.h"},
    VectorRow{"d.sub", "sub_binary_tile({x}, {y}, {d})", "sub_binary_tile_init", "eltwise_binary_sfpu.h"},
    VectorRow{"d.mul", "mul_binary_tile({x}, {y}, {d})", "mul_binary_tile_init", "eltwise_binary_sfpu.h"},
    VectorRow{"d.div", "div_binary_tile({x}, {y}, {d})", "div_binary_tile_init", "eltwise_binary_sfpu.h"},
    VectorRow{"d.pow", "power_binary_tile({x}, {y}, {d})", "power_binary_tile_init", "eltwise_binary_sfpu.h"},
    VectorRow{"d.max", "binary_max_tile({x}, {y}, {d})", "binary_max_tile_init", "binary_max_min.h"},
    VectorRow{"d.min", "binary_min_tile({x}, {y}, {d})", "binary_min_tile_init", "binary_max_min.h"},
    VectorRow{"d.eq", "eq_binary_tile({x}, {y}, {d})", "eq_binary_tile_init", "eltwise_binary_sfpu.h"},
    VectorRow{"d.ne", "ne_binary_tile({x}, {y}, {d})", "ne_binary_tile_init", "eltwise_binary_sfpu.h"},
    VectorRow{"d.gt", "gt_binary_tile({x}, {y}, {d})", "gt_binary_tile_init", "eltwise_binary_sfpu.h"},
    VectorRow{"d.ge", "ge_binary_tile({x}, {y}, {d})", "ge_binary_tile_init", "eltwise_binary_sfpu.h"},
    VectorRow{"d.lt", "lt_binary_tile({x}, {y}, {d})", "lt_binary_tile_init", "eltwise_binary_sfpu.h"},
    VectorRow{"d.le", "le_binary_tile({x}, {y}, {d})", "le_binary_tile_init", "eltwise_binary_sfpu.h"},
    VectorRow{"mask", "mask_tile({x}, {y})", "mask_tile_init", "mask.h"},
    VectorRow{"cumsum", "cumsum_tile({d})", "cumsum_tile_init", "cumsum.h"},
};

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
    const auto row = std::ranges::find(kVector, op.name, &VectorRow::operation);
    if (row == kVector.end()) throw std::invalid_argument(fmt::format("the device has no call for {}", op.name));
    return {.text = std::string(row->call),
            .init = std::string(row->init),
            .header = std::string(row->header),
            .vector_unit = true};
}

}  // namespace tw::tileir
