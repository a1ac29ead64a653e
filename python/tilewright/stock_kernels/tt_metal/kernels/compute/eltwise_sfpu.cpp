// The older path of the same kernel.
#include "../../../tests/tt_metal/tt_metal/test_kernels/compute/eltwise_sfpu.cpp"
