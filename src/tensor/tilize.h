// Row-major host data to the pages of a tensor and back: tilizing, padding and element encoding in one pass over memory
// (docs/upstream-api.md H11.1). Works on packed host pages and straight on device memory, page by page.
#pragma once

#include "tensor/buffer.h"
#include "tensor/host_data.h"
#include "tensor/tensor_spec.h"

namespace tw {

// `from` holds spec.logical_shape() elements, row-major. Padding gets pad_value. Every byte of every page is written.
void encode_pages(const TensorSpec& spec, const void* from, HostType, PageCursor to, double pad_value = 0);
// `to` receives the logical elements, row-major, padding removed.
void decode_pages(const TensorSpec& spec, PageCursor from, void* to, HostType);
// With padding: `to` receives spec.padded_shape() elements.
void decode_padded_pages(const TensorSpec& spec, PageCursor from, void* to, HostType);

}  // namespace tw
