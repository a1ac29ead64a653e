#include "base/text_file.h"

#include "base/error.h"
#include "base/replace_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

namespace fs = std::filesystem;

namespace tw {

std::string read_text(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    if (!in || fs::is_directory(path)) raise_host("cannot-read", fmt::format("cannot read {}", path.string()));
    text << in.rdbuf();
    return text.str();
}

void write_text(const fs::path& path, const std::string& text) {
    if (replace_file(path, text)) return;
    raise(Category::Environment, "cannot-write",
          fmt::format("cannot write {}: {}", path.string(), std::generic_category().message(errno)),
          {.fix = "choose another directory with -o"});
}

}  // namespace tw
