// The two kinds of JSON that the sources speak of, named once: an alias of its own in each file clashes as soon as two of
// them are compiled together. Who makes or reads values includes <nlohmann/json.hpp>, in a .cpp file.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace tw {

using Json = nlohmann::json;                 // keys sorted
using OrderedJson = nlohmann::ordered_json;  // keys as they were put in: what people read

}  // namespace tw
