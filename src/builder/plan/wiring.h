// Building blocks that families share: CBs of tensors, scalers and intermediates, the kernels with the arguments that every
// operation has, and sizes on their way from the host to a kernel.
#pragma once

#include "builder/plan/pages.h"
#include "builder/plan/plan.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace tw::builder {

bool uses(const Graph&, std::initializer_list<Value::Kind>);

bool is_row_major(const Plan&, const TensorSpec&);
// The tensor whose shards decide on which cores a sharded operation runs.
const TensorSpec& shard_source(const Spec&);
std::string assigned_result(const Spec&);  // "output = gelu(x)"

// Adds a size to the plan, unless there is one of that name, and refers to it.
Size add_size(Plan&, const std::string& name, const Size& value, const std::string& comment = {});
Size tiles_of(const std::string& tensor, int axis);  // along a padded dimension
// How many pages a tensor has: tiles, or sticks.
Size page_count(Plan&, const TensorSpec&);
// Bytes of a tensor's stick, of a tile in its format.
Size stick_bytes(const Plan&, const TensorSpec&);
Size tile_bytes_of(const std::string& tensor);
// The same as a size of the plan, one for all tensors of a dtype.
Size tile_size_of(Plan&, const TensorSpec&);
// The units that are split over the cores: sets plan.units, and the size behind it unless shards say how many there are.
void set_units(Plan&, WorkUnit, std::string unit_doc);
void add_unit_count(Plan&, const Size& count);

// CBs that hold the pages of the inputs (0..7) and of the output (16), so many for one unit.
void add_tensor_cbs(Plan&, const std::vector<Size>& input_pages, const Size& output_pages);
void add_scaler_cb(Plan&);
// A CB between two phases: the next free index from 24.
CbPlan& add_intermediate_cb(Plan&, const std::string& name, const std::string& purpose, const Size& pages,
                            const Size& per_unit, Lifetime);
// The tiles of a tensor that comes as sticks, and the way back: the output as tiles, before it is untilized.
CbPlan& add_tilized_cb(Plan&, const std::string& tensor, const Size& pages, Lifetime);
void add_untilized_output(Plan&, const Size& pages);
// Pages of a CB that is filled page by page: schedule.cb_pages, or schedule.buffering.
Size streamed_pages(const Plan&, const std::string& cb);

KernelPlan& kernel(Plan&, Actor);
// Reader, compute and writer with the arguments every family has: CB indices, accessors, addresses, start and count.
void add_kernels(Plan&);
// Passes a size of the plan to a kernel as a compile-time argument.
void pass(Plan&, Actor, const std::string& name, const std::string& doc);
// The sizes that the page expression takes, from `of`, to the reader.
void pass_sizes(Plan&, const PageUnder&, const std::string& of);

// For families that do not work on shards.
void refuse_sharded(const Plan&, std::vector<Problem>&);
// A multiple of 32 along a dimension of a tensor, else the call is refused.
void require_multiple(Plan&, const std::string& tensor, int axis);

}  // namespace tw::builder
