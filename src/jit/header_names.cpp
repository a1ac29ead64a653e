#include "jit/header_names.h"

#include "base/embedded_file.h"
#include "jit/install.h"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <set>
#include <utility>

namespace fs = std::filesystem;

namespace tw {
extern const EmbeddedFile upstream_headers[];
}

namespace tw::jit {
namespace {

const std::set<std::string_view>& upstream_names() {
    static const std::set<std::string_view> names = [] {
        std::set<std::string_view> out;
        std::string_view text = upstream_headers[0].text;
        while (!text.empty()) {
            const std::string_view line = text.substr(0, text.find('\n'));
            text.remove_prefix(std::min(line.size() + 1, text.size()));
            if (!line.empty() && line[0] != '#') out.insert(line);
        }
        return out;
    }();
    return names;
}

std::vector<std::string> own_names() {
    std::vector<std::string> out;
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(kernel_include(), error)) {
        const std::string name = entry.path().lexically_relative(kernel_include()).string();
        if (entry.is_regular_file(error) && name.rfind("tw/", 0) != 0) out.push_back(name);
    }
    return out;
}

size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), size_t{0});
    for (size_t i = 0; i < a.size(); i++) {
        size_t diagonal = std::exchange(row[0], i + 1);
        for (size_t j = 0; j < b.size(); j++) {
            const size_t replaced = diagonal + (a[i] != b[j]);
            diagonal = std::exchange(row[j + 1], std::min({row[j] + 1, row[j + 1] + 1, replaced}));
        }
    }
    return row[b.size()];
}

std::pair<std::string_view, std::string_view> split(std::string_view name) {
    const size_t slash = name.rfind('/');
    if (slash == std::string_view::npos) return {{}, name};
    return {name.substr(0, slash), name.substr(slash + 1)};
}

// Another folder weighs less than another file: names are remembered by their end.
size_t distance(std::string_view a, std::string_view b) {
    const auto [folder_a, file_a] = split(a);
    const auto [folder_b, file_b] = split(b);
    const auto stem = [](std::string_view file) { return file.substr(0, file.rfind('.')); };
    return 3 * edit_distance(stem(file_a), stem(file_b)) + edit_distance(folder_a, folder_b);
}

}  // namespace

bool is_upstream_header(std::string_view name) {
    return upstream_names().count(name) != 0;
}

bool looks_like_metal_api(std::string_view name) {
    for (const std::string_view prefix :
         {"api/", "compute_kernel_api", "dataflow_api", "ckernel", "llk_", "sfpi", "internal/", "hostdevcommon/", "noc/",
          "debug/", "tools/profiler/", "tt_metal/hw/", "firmware_common", "risc_attribs", "risc_common", "noc_", "tensix",
          "cfg_defines"}) {
        if (name.substr(0, prefix.size()) == prefix) return true;
    }
    return false;
}

std::vector<std::string> nearest_headers(std::string_view name, size_t most) {
    std::set<std::pair<size_t, std::string>> ranked;
    for (std::string& own : own_names()) ranked.emplace(distance(name, own), std::move(own));
    std::vector<std::string> out;
    for (const auto& [far, own] : ranked) {
        if (out.size() < most) out.push_back(own);
    }
    return out;
}

}  // namespace tw::jit
