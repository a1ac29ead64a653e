"""What programs hand to ordinary ops to choose among upstream's own kernels. Golden ops take them and look only at activations."""

from __future__ import annotations

from enum import Enum
from typing import Any


class UnaryOpType(Enum):
    """The unary functions by upstream's names (not its numbers), as `activations=[..]` and fused activations name them."""

    EXP = "exp"
    RECIP = "reciprocal"
    GELU = "gelu"
    RELU = "relu"
    RELU6 = "relu6"
    RELU_MAX = "relu_max"
    RELU_MIN = "relu_min"
    SQRT = "sqrt"
    RSQRT = "rsqrt"
    SIGMOID = "sigmoid"
    LOG = "log"
    LOG2 = "log2"
    LOG10 = "log10"
    LOG1P = "log1p"
    TANH = "tanh"
    SIN = "sin"
    COS = "cos"
    TAN = "tan"
    ASIN = "asin"
    ACOS = "acos"
    ATAN = "atan"
    SINH = "sinh"
    COSH = "cosh"
    ASINH = "asinh"
    ACOSH = "acosh"
    ATANH = "atanh"
    ABS = "abs"
    NEG = "neg"
    SIGN = "sign"
    SQUARE = "square"
    SILU = "silu"
    MISH = "mish"
    SELU = "selu"
    ELU = "elu"
    CELU = "celu"
    LEAKY_RELU = "leaky_relu"
    HARDTANH = "hardtanh"
    HARDSIGMOID = "hardsigmoid"
    HARDSWISH = "hardswish"
    SOFTPLUS = "softplus"
    SOFTSIGN = "softsign"
    SOFTSHRINK = "softshrink"
    HARDSHRINK = "hardshrink"
    TANHSHRINK = "tanhshrink"
    EXP2 = "exp2"
    EXPM1 = "expm1"
    ERF = "erf"
    ERFC = "erfc"
    ERFINV = "erfinv"
    I0 = "i0"
    CBRT = "cbrt"
    FLOOR = "floor"
    CEIL = "ceil"
    TRUNC = "trunc"
    FRAC = "frac"
    ROUND = "round"
    EQZ = "eqz"
    NEZ = "nez"
    LTZ = "ltz"
    GTZ = "gtz"
    LEZ = "lez"
    GEZ = "gez"
    ISNAN = "isnan"
    ISINF = "isinf"
    ISFINITE = "isfinite"
    LOGICAL_NOT_UNARY = "logical_not"
    HEAVISIDE = "heaviside"
    THRESHOLD = "threshold"
    CLAMP_TSS = "clamp"
    IDENTITY = "identity"
    RDIV = "rdiv"
    ADD_UNARY_SFPU = "add"
    SUB_UNARY_SFPU = "subtract"
    MUL_UNARY_SFPU = "multiply"
    DIV_UNARY_SFPU = "divide"
    RSUB = "rsub"
    POWER = "pow"


class UnaryWithParam:
    """A unary function with the numbers that it takes: UnaryWithParam(op_type), (op_type, 0.5) or (op_type, [0.1, 0.2])."""

    def __init__(self, op_type: UnaryOpType, param: float | list[float] | None = None, *more: float) -> None:
        self.op_type = op_type
        given = [] if param is None else list(param) if isinstance(param, (list, tuple)) else [param]
        self.params = [*given, *more]

    def __repr__(self) -> str:
        return f"UnaryWithParam(op_type={self.op_type.name}, param={self.params})"


class ProgramConfig:
    """Holds whatever it is given by name."""

    def __init__(self, *args: Any, **fields: Any) -> None:
        self.__dict__.update(fields)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v}' for k, v in self.__dict__.items())})"


class MatmulMultiCoreProgramConfig(ProgramConfig):
    pass


class MatmulMultiCoreReuseProgramConfig(ProgramConfig):
    pass


class MatmulMultiCoreReuseMultiCastProgramConfig(ProgramConfig):
    pass


class MatmulMultiCoreReuseMultiCast1DProgramConfig(ProgramConfig):
    pass


class MatmulMultiCoreReuseMultiCastDRAMShardedProgramConfig(ProgramConfig):
    pass


class MinimalMatmulConfig(ProgramConfig):
    pass


class SDPAProgramConfig(ProgramConfig):
    pass


class SoftmaxDefaultProgramConfig(ProgramConfig):
    pass


class SoftmaxShardedMultiCoreProgramConfig(ProgramConfig):
    pass


class LayerNormDefaultProgramConfig(ProgramConfig):
    pass


class LayerNormShardedMultiCoreProgramConfig(ProgramConfig):
    pass


__all__ = [
    "LayerNormDefaultProgramConfig",
    "LayerNormShardedMultiCoreProgramConfig",
    "MatmulMultiCoreProgramConfig",
    "MatmulMultiCoreReuseMultiCast1DProgramConfig",
    "MatmulMultiCoreReuseMultiCastDRAMShardedProgramConfig",
    "MatmulMultiCoreReuseMultiCastProgramConfig",
    "MatmulMultiCoreReuseProgramConfig",
    "MinimalMatmulConfig",
    "SDPAProgramConfig",
    "SoftmaxDefaultProgramConfig",
    "SoftmaxShardedMultiCoreProgramConfig",
    "UnaryOpType",
    "UnaryWithParam",
]
