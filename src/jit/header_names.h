// Names of headers, for the message about one that is missing: what tt-metal has (data/upstream_headers.txt), what we
// provide, and which of these come near.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tw::jit {

bool is_upstream_header(std::string_view name);

// A name that only a header of the chip's own software would have: no metal root would help.
bool looks_like_metal_api(std::string_view name);

// Up to `most` headers that we provide whose names are nearest.
std::vector<std::string> nearest_headers(std::string_view name, size_t most);

}  // namespace tw::jit
