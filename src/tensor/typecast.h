// ttnn.typecast of a tensor on a device: the chip's arithmetic, element by element (tile/typecast.h). Tensors on the host
// are converted by the host's rules instead (Tensor::to_dtype), as upstream does it.
#pragma once

#include "tensor/tensor.h"

namespace tw {

Tensor typecast(const Tensor&, DataType);

}  // namespace tw
