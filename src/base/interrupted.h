// Thrown by what takes long, a launch or a build of kernels, when whoever started it wants it to stop. Whoever said so
// knows why.
#pragma once

namespace tw {

struct Interrupted {};

}  // namespace tw
