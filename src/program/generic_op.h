// ttnn::generic_op: run a user's program on tensors of a device (docs/upstream-api.md H9).
#pragma once

#include "program/descriptors.h"
#include "program/mesh.h"
#include "program/run_summary.h"
#include "runtime/launch.h"
#include "tensor/tensor.h"

#include <optional>
#include <vector>

namespace tw {

// Validates, compiles what is new, and runs to the end. Returns a new handle to the last tensor's buffer. The tensors serve
// for validation and the result only: programs write wherever their arguments point.
Tensor generic_op(const std::vector<Tensor>& io_tensors, const ProgramDescriptor&);
Tensor generic_op(const std::vector<Tensor>& io_tensors, const MeshProgramDescriptor&);

// What a program that a trace takes down must be: run before, so that nothing is left to be sent to the device. Raises
// otherwise, and for all that would be wrong with a run now.
void check_for_trace(const std::vector<Tensor>& io_tensors, const ProgramDescriptor&);
void check_for_trace(const std::vector<Tensor>& io_tensors, const MeshProgramDescriptor&);

// How programs are run from now on; without it as the environment says (RunOptions::from_environment).
void set_run_options(std::optional<runtime::RunOptions>);
runtime::RunOptions run_options();
// RunOptions::interrupted of every run, and asked while kernels are built: how Python's Ctrl-C reaches a program that runs.
void set_interrupt_question(bool (*)());

// A circular buffer over a sharded tensor's own memory. Zero total_size: all of the tensor's bytes on a core; no
// core_ranges: the shard grid (docs/upstream-api.md H8.4).
CBDescriptor cb_descriptor_from_sharded_tensor(uint8_t cb_index, const Tensor&, uint32_t address_offset = 0,
                                               uint32_t total_size = 0,
                                               const std::optional<CoreRangeSet>& core_ranges = {});
// Buffer address + offset, or the offset alone for one that is not pinned.
uint64_t get_cb_address(const CBDescriptor&);

}  // namespace tw
