// The template language of src/builder/templates: whole files that read as what they produce.
//
//   {{ path }}             the value at `path` of the data; when it has several lines, the later ones get the indentation
//                          of the line that the placeholder stands on. A piece of Python (python.h) is printed there.
//   %% if path             keeps the lines up to `%% else` or `%% end` when the value is true, not empty and not zero
//   %% if not path
//   %% for name in path    repeats them for each element, which they see as `name`
//   %% end
//
// A `%%` line leaves nothing behind. A wrong path or block is our bug and raises an InternalError.
#pragma once

#include "base/json.h"

#include <string>
#include <string_view>

namespace tw::builder {

std::string render(std::string_view template_text, const Json& data);
// A template by its file name without `.tmpl` and extension: "entry_point".
std::string render_file(std::string_view name, const Json& data);

}  // namespace tw::builder
