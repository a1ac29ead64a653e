#include "builder/lower/program_builder.h"
namespace tw::builder {
Lowered lower_lanes(ProgramBuilder& builder) {
    builder.refuse("reductions are not lowered to tile programs yet");
    return std::move(builder.made);
}
}  // namespace tw::builder
