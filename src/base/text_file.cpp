#include "base/text_file.h"

#include "base/error.h"

#include <fmt/format.h>

#include <unistd.h>

#include <fstream>
#include <sstream>

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
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    const fs::path temporary = path.parent_path() / fmt::format(".{}.{}.tmp", path.filename().string(), ::getpid());
    {
        std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
        out << text;
        out.flush();
        if (!out) {
            raise(Category::Environment, "cannot-write", fmt::format("cannot write {}", path.string()),
                  {.fix = "choose another directory with -o"});
        }
    }
    fs::rename(temporary, path, error);
    if (error)
        raise(Category::Environment, "cannot-write", fmt::format("cannot write {}: {}", path.string(), error.message()));
}

}  // namespace tw
