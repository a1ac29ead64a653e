// Tilewright from C++: everything that a program needs to run TTNN kernels on an emulated device.
//
//     auto device = tilewright::Device::open();
//     auto x = tilewright::Tensor::from_floats(device, {.shape = {32, 64}}, values);
//     auto y = tilewright::Tensor::empty(device, {.shape = {32, 64}});
//     tilewright::generic_op({x, y}, program);
//
// These headers include no other header of Tilewright. All functions throw tilewright::Error (error.h). Handles may be used
// from any thread; one tensor or device not from two at once.
#pragma once

#include <tilewright/cores.h>
#include <tilewright/device.h>
#include <tilewright/error.h>
#include <tilewright/program.h>
#include <tilewright/run.h>
#include <tilewright/tensor.h>

namespace tilewright {

/// "0.1.0": the version of the library that is loaded.
const char* version();

}  // namespace tilewright
