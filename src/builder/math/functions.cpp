#include "builder/math/functions.h"

#include <algorithm>
#include <array>

namespace tw::builder {

namespace {

using enum Domain;

// clang-format off
constexpr auto kFunctions = std::to_array<Function>({
    // one tensor
    {"abs",         1, 0, "torch.abs({0})",                            "abs_tile",         "abs_tile_init",         "compute_kernel_api.h"},
    {"acos",        1, 0, "torch.acos({0})",                           "acos_tile",        "acos_tile_init",        "eltwise_unary/trigonometry.h", Unit},
    {"acosh",       1, 0, "torch.acosh({0})",                          "acosh_tile",       "acosh_tile_init",       "eltwise_unary/trigonometry.h", AboveOne},
    {"asin",        1, 0, "torch.asin({0})",                           "asin_tile",        "asin_tile_init",        "eltwise_unary/trigonometry.h", Unit},
    {"asinh",       1, 0, "torch.asinh({0})",                          "asinh_tile",       "asinh_tile_init",       "eltwise_unary/trigonometry.h"},
    {"atan",        1, 0, "torch.atan({0})",                           "atan_tile",        "atan_tile_init",        "eltwise_unary/trigonometry.h"},
    {"atanh",       1, 0, "torch.atanh({0})",                          "atanh_tile",       "atanh_tile_init",       "eltwise_unary/trigonometry.h", Unit},
    {"cbrt",        1, 0, "torch.sign({0}) * torch.abs({0}) ** (1 / 3)", "cbrt_tile",      "cbrt_tile_init",        "eltwise_unary/cbrt.h"},
    {"ceil",        1, 0, "torch.ceil({0})",                           "ceil_tile",        "rounding_op_tile_init", "eltwise_unary/rounding.h"},
    {"cos",         1, 0, "torch.cos({0})",                            "cos_tile",         "cos_tile_init",         "eltwise_unary/trigonometry.h"},
    {"cosh",        1, 0, "torch.cosh({0})",                           "cosh_tile",        "cosh_tile_init",        "eltwise_unary/trigonometry.h"},
    {"digamma",     1, 0, "torch.digamma({0})",                        "digamma_tile",     "digamma_tile_init",     "eltwise_unary/digamma.h", Positive},
    {"erf",         1, 0, "torch.erf({0})",                            "erf_tile",         "erf_tile_init",         "eltwise_unary/erf_erfc.h"},
    {"erfc",        1, 0, "torch.erfc({0})",                           "erfc_tile",        "erfc_tile_init",        "eltwise_unary/erf_erfc.h"},
    {"erfinv",      1, 0, "torch.erfinv({0})",                         "erfinv_tile",      "erfinv_tile_init",      "eltwise_unary/erfinv.h", Unit},
    {"exp",         1, 0, "torch.exp({0})",                            "exp_tile",         "exp_tile_init",         "eltwise_unary/exp.h"},
    {"exp2",        1, 0, "torch.exp2({0})",                           "exp2_tile",        "exp2_tile_init",        "compute_kernel_api.h"},
    {"expm1",       1, 0, "torch.expm1({0})",                          "expm1_tile",       "expm1_tile_init",       "compute_kernel_api.h"},
    {"floor",       1, 0, "torch.floor({0})",                          "floor_tile",       "rounding_op_tile_init", "eltwise_unary/rounding.h"},
    {"frac",        1, 0, "torch.frac({0})",                           "frac_tile",        "rounding_op_tile_init", "eltwise_unary/rounding.h"},
    {"gelu",        1, 0, "torch.nn.functional.gelu({0})",             "gelu_tile",        "gelu_tile_init",        "eltwise_unary/gelu.h"},
    {"gelu_tanh",   1, 0, "torch.nn.functional.gelu({0}, approximate=\"tanh\")", "gelu_tanh_tile", "gelu_tanh_tile_init", "eltwise_unary/gelu.h"},
    {"hardsigmoid", 1, 0, "torch.nn.functional.hardsigmoid({0})",      "hardsigmoid_tile", "hardsigmoid_tile_init", "eltwise_unary/activations.h"},
    {"hardswish",   1, 0, "torch.nn.functional.hardswish({0})",        "",                 "",                      ""},
    {"identity",    1, 0, "{0}",                                       "identity_tile",    "identity_tile_init",    "eltwise_unary/identity.h", Any, Special::Identity},
    {"isfinite",    1, 0, "torch.isfinite({0}).to({0}.dtype)",         "isfinite_tile",    "isfinite_tile_init",    "eltwise_unary/isinf_isnan.h"},
    {"isinf",       1, 0, "torch.isinf({0}).to({0}.dtype)",            "isinf_tile",       "isinf_tile_init",       "eltwise_unary/isinf_isnan.h"},
    {"isnan",       1, 0, "torch.isnan({0}).to({0}.dtype)",            "isnan_tile",       "isnan_tile_init",       "eltwise_unary/isinf_isnan.h"},
    {"lgamma",      1, 0, "torch.lgamma({0})",                         "",                 "",                      "", AboveOne},
    {"log",         1, 0, "torch.log({0})",                            "log_tile",         "log_tile_init",         "compute_kernel_api.h", Positive},
    {"log10",       1, 0, "torch.log10({0})",                          "",                 "",                      "", Positive},
    {"log1p",       1, 0, "torch.log1p({0})",                          "log1p_tile",       "log1p_tile_init",       "eltwise_unary/log1p.h", Positive},
    {"log2",        1, 0, "torch.log2({0})",                           "",                 "",                      "", Positive},
    {"logical_not", 1, 0, "torch.logical_not({0}).to({0}.dtype)",      "eqz_tile",         "eqz_tile_init",         "eltwise_unary/comp.h"},
    {"mish",        1, 0, "torch.nn.functional.mish({0})",             "mish_tile",        "mish_tile_init",        "eltwise_unary/mish.h"},
    {"neg",         1, 0, "-{0}",                                      "negative_tile",    "negative_tile_init",    "eltwise_unary/negative.h", Any, Special::Negate},
    {"recip",       1, 0, "torch.reciprocal({0})",                     "recip_tile",       "recip_tile_init",       "eltwise_unary/recip.h", NonZero},
    {"relu",        1, 0, "torch.relu({0})",                           "relu_tile",        "relu_tile_init",        "eltwise_unary/relu.h"},
    {"relu6",       1, 0, "torch.nn.functional.relu6({0})",            "",                 "",                      ""},
    {"round",       1, 0, "torch.round({0})",                          "round_tile",       "rounding_op_tile_init", "eltwise_unary/rounding.h"},
    {"rsqrt",       1, 0, "torch.rsqrt({0})",                          "rsqrt_tile",       "rsqrt_tile_init",       "eltwise_unary/rsqrt.h", Positive},
    {"selu",        1, 0, "torch.selu({0})",                           "",                 "",                      ""},
    {"sigmoid",     1, 0, "torch.sigmoid({0})",                        "sigmoid_tile",     "sigmoid_tile_init",     "compute_kernel_api.h"},
    {"sign",        1, 0, "torch.sign({0})",                           "sign_tile",        "sign_tile_init",        "compute_kernel_api.h"},
    {"silu",        1, 0, "torch.nn.functional.silu({0})",             "silu_tile",        "silu_tile_init",        "compute_kernel_api.h"},
    {"sin",         1, 0, "torch.sin({0})",                            "sin_tile",         "sin_tile_init",         "eltwise_unary/trigonometry.h"},
    {"sinh",        1, 0, "torch.sinh({0})",                           "sinh_tile",        "sinh_tile_init",        "eltwise_unary/trigonometry.h"},
    {"softsign",    1, 0, "torch.nn.functional.softsign({0})",         "softsign_tile",    "softsign_tile_init",    "eltwise_unary/activations.h"},
    {"sqrt",        1, 0, "torch.sqrt({0})",                           "sqrt_tile",        "sqrt_tile_init",        "eltwise_unary/sqrt.h", Positive},
    {"square",      1, 0, "torch.square({0})",                         "square_tile",      "square_tile_init",      "compute_kernel_api.h"},
    {"tan",         1, 0, "torch.tan({0})",                            "tan_tile",         "tan_tile_init",         "eltwise_unary/trigonometry.h", Unit},
    {"tanh",        1, 0, "torch.tanh({0})",                           "tanh_tile",        "tanh_tile_init",        "compute_kernel_api.h"},
    {"tanhshrink",  1, 0, "torch.nn.functional.tanhshrink({0})",       "tanhshrink_tile",  "tanhshrink_tile_init",  "eltwise_unary/tanhshrink.h"},
    {"trunc",       1, 0, "torch.trunc({0})",                          "trunc_tile",       "rounding_op_tile_init", "eltwise_unary/rounding.h"},
    // one tensor and numbers
    {"celu",        1, 1, "torch.nn.functional.celu({0}, alpha={1})",  "",                 "",                      ""},
    {"clamp",       1, 2, "torch.clamp({0}, {1}, {2})",                "clamp_tile",       "clamp_tile_init",       "eltwise_unary/clamp.h"},
    {"dropout",     1, 2, "{0} / (1 - {1})",                           "dropout_tile",     "dropout_kernel_init",   "eltwise_unary/dropout.h", Any, Special::Dropout},
    {"elu",         1, 1, "torch.nn.functional.elu({0}, alpha={1})",   "elu_tile",         "elu_tile_init",         "eltwise_unary/elu.h"},
    {"hardshrink",  1, 1, "torch.nn.functional.hardshrink({0}, {1})",  "",                 "",                      ""},
    {"hardtanh",    1, 2, "torch.nn.functional.hardtanh({0}, {1}, {2})", "hardtanh_tile",  "hardtanh_tile_init",    "eltwise_unary/hardtanh.h"},
    {"leaky_relu",  1, 1, "torch.nn.functional.leaky_relu({0}, {1})",  "leaky_relu_tile",  "leaky_relu_tile_init",  "eltwise_unary/relu.h"},
    {"softplus",    1, 2, "torch.nn.functional.softplus({0}, beta={1}, threshold={2})", "", "",                     ""},
    {"softshrink",  1, 1, "torch.nn.functional.softshrink({0}, {1})",  "",                 "",                      ""},
    {"threshold",   1, 2, "torch.nn.functional.threshold({0}, {1}, {2})", "threshold_tile", "threshold_tile_init",  "eltwise_unary/threshold.h"},
    // two tensors
    {"atan2",       2, 0, "torch.atan2({0}, {1})",                     "atan2_binary_tile", "atan2_binary_tile_init", "atan2.h"},
    {"fmod",        2, 0, "torch.fmod({0}, {1})",                      "fmod_binary_tile",  "fmod_binary_tile_init",  "binary_fmod.h"},
    {"hypot",       2, 0, "torch.hypot({0}, {1})",                     "",                  "",                       ""},
    {"logaddexp",   2, 0, "torch.logaddexp({0}, {1})",                 "logaddexp_binary_tile", "logaddexp_binary_tile_init", "logaddexp.h"},
    {"logaddexp2",  2, 0, "torch.logaddexp2({0}, {1})",                "logaddexp2_binary_tile", "logaddexp2_binary_tile_init", "logaddexp2.h"},
    {"maximum",     2, 0, "torch.maximum({0}, {1})",                   "binary_max_tile",   "binary_max_tile_init",   "binary_max_min.h"},
    {"minimum",     2, 0, "torch.minimum({0}, {1})",                   "binary_min_tile",   "binary_min_tile_init",   "binary_max_min.h"},
    {"pow",         2, 0, "torch.pow({0}, {1})",                       "power_binary_tile", "power_binary_tile_init", "eltwise_binary_sfpu.h", Positive},
    {"remainder",   2, 0, "torch.remainder({0}, {1})",                 "remainder_binary_tile", "remainder_binary_tile_init", "binary_remainder.h"},
    {"xlogy",       2, 0, "torch.xlogy({0}, {1})",                     "xlogy_binary_tile", "xlogy_binary_tile_init", "xlogy.h"},
    // three tensors
    {"lerp",        3, 0, "torch.lerp({0}, {1}, {2})",                 "lerp_tile",         "lerp_tile_init",         "eltwise_unary/lerp.h"},
    {"select",      3, 0, "torch.where({0} != 0, {1}, {2})",           "where_tile",        "where_tile_init",        "eltwise_unary/where.h"},
    // operators; `x + 1` with a number uses the scalar forms of binop_with_scalar.h
    {"+",           2, 0, "{0} + {1}",                                 "add_binary_tile",   "add_binary_tile_init",   "eltwise_binary_sfpu.h"},
    {"-",           2, 0, "{0} - {1}",                                 "sub_binary_tile",   "sub_binary_tile_init",   "eltwise_binary_sfpu.h"},
    {"*",           2, 0, "{0} * {1}",                                 "mul_binary_tile",   "mul_binary_tile_init",   "eltwise_binary_sfpu.h"},
    {"/",           2, 0, "{0} / {1}",                                 "div_binary_tile",   "div_binary_tile_init",   "eltwise_binary_sfpu.h", Any, Special::Quotient},
    {"<",           2, 0, "({0} < {1}).float()",                       "lt_binary_tile",    "lt_binary_tile_init",    "eltwise_binary_sfpu.h"},
    {"<=",          2, 0, "({0} <= {1}).float()",                      "le_binary_tile",    "le_binary_tile_init",    "eltwise_binary_sfpu.h"},
    {">",           2, 0, "({0} > {1}).float()",                       "gt_binary_tile",    "gt_binary_tile_init",    "eltwise_binary_sfpu.h"},
    {">=",          2, 0, "({0} >= {1}).float()",                      "ge_binary_tile",    "ge_binary_tile_init",    "eltwise_binary_sfpu.h"},
    {"==",          2, 0, "({0} == {1}).float()",                      "eq_binary_tile",    "eq_binary_tile_init",    "eltwise_binary_sfpu.h"},
    {"!=",          2, 0, "({0} != {1}).float()",                      "ne_binary_tile",    "ne_binary_tile_init",    "eltwise_binary_sfpu.h"},
});
// clang-format on

}  // namespace

std::span<const Function> functions() {
    return kFunctions;
}

const Function* find_function(std::string_view name) {
    const auto found =
        std::find_if(kFunctions.begin(), kFunctions.end(), [&](const Function& f) { return f.name == name; });
    return found == kFunctions.end() ? nullptr : &*found;
}

}  // namespace tw::builder
