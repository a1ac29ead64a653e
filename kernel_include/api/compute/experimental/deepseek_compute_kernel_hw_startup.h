// The start of kernels that were made for several programs in one; formats come with each call here.
#pragma once

#include "api/compute/common.h"

template <auto... TwOptions>
ALWI void deepseek_compute_kernel_init() {
    compute_kernel_hw_startup(0, 0, 0);
}
ALWI void deepseek_compute_kernel_init_present() {
    compute_kernel_hw_startup(0, 0, 0);
}
template <auto... TwOptions>
ALWI void deepseek_compute_kernel_hw_startup(uint32_t icb0, uint32_t icb1, uint32_t ocb) {
    compute_kernel_hw_startup(icb0, icb1, ocb);
}

// The first circular buffer that the program configures, or the largest number.
template <int D = 0>
constexpr uint32_t deepseek_first_present_cb() {
    for (uint32_t i = 0; i < TW_MAX_CBS; ++i) {
        if (tw::KernelConfig<D>::cb[i].format != 255) return i;
    }
    return 0xffffffffu;
}
