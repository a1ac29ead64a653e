// The example specs (examples/specs) and the schema of specs (docs/spec-schema.json), built in: an installed tilewright has
// them too.
#pragma once

#include <span>
#include <string_view>

#include "base/embedded_file.h"

namespace tw::builder {

std::span<const EmbeddedFile> example_specs();  // by name

std::string_view spec_schema();

}  // namespace tw::builder
