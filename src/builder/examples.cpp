#include "builder/examples.h"

namespace tw {
extern const EmbeddedFile example_specs[];
extern const size_t example_specs_count;
extern const EmbeddedFile spec_schemas[];
extern const size_t spec_schemas_count;
}  // namespace tw

namespace tw::builder {

std::span<const EmbeddedFile> example_specs() {
    return {tw::example_specs, example_specs_count};
}

std::string_view spec_schema() {
    return spec_schemas[0].text;
}

}  // namespace tw::builder
