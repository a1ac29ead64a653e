// A kernel's source with all headers of the user's that it may include, rewritten (jit/rewrite.h).
//
// Our own headers stay as they are and are found on the include path; so do the standard ones. Each header of the user's is
// copied into the cache under the hash of itself and of all that it reaches, and included from there; #line keeps its own
// name in messages and debug information. A file whose include stands behind an untaken #if is read all the same: its text
// then only makes the key more particular than it need be.
#pragma once

#include "jit/allow_comments.h"
#include "jit/arg_uses.h"
#include "jit/files.h"
#include "jit/rewrite.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tw::jit {

struct SourceFile {
    std::filesystem::path path;  // absolute; empty for a kernel given as text
    std::string shown;           // its name in messages
    std::string text;
    Scan scan;
    std::vector<AllowComment> allows;
    std::vector<std::string> replaced;  // by include: what to write in its place; "" leaves it
    std::string rewritten;              // without the #line in front
    std::filesystem::path copy;         // where the rewritten text belongs; empty for the kernel itself
};

struct SourceTree {
    std::vector<std::shared_ptr<SourceFile>> files;         // the kernel first
    std::vector<std::pair<std::string, FileStamp>> stamps;  // of all files, as read
    std::string shown;
    std::vector<NamedEntry> entries;
    bool has_kernel_main = false, has_legacy_main = false;
    bool has_allows = false;
    std::optional<uint32_t> args_read;  // runtime args, the first so many; nothing where the text does not say
    std::vector<ArgRead> arg_reads;     // likewise, in the order of the text
    bool makes_pointers = false;        // some file turns addresses into pointers, or may

    const SourceFile& kernel() const { return *files.front(); }
    const SourceFile* find(std::string_view shown_name) const;
};

inline constexpr const char* kTextName = "Kernel_Source_Code";  // upstream says so (docs/upstream-api.md H8.2)

// Raises HostError[kernel-not-found]. A text is shown by `text_name`, else by kTextName.
SourceTree read_source_tree(const std::string& source, bool is_text, const std::string& text_name,
                            const std::vector<std::filesystem::path>& include_paths, bool absolute_names);

// A line as it was written; nothing where there is none of that number.
std::optional<std::string_view> line_of(const SourceFile&, uint32_t number);
// Where `column` (from 1) of what the compiler saw stands in the line as it was written.
uint32_t column_as_written(const SourceFile&, uint32_t line, uint32_t column);

// Writes the copies that are not there yet. False when the disk does not want them.
bool write_copies(const SourceTree&);

// Compares the copies byte by byte and writes the damaged ones anew; true if there were any. For after a failed compile.
bool repair_copies(const SourceTree&);

// #line for a file by its name in messages.
std::string line_directive(unsigned line, std::string_view shown);

}  // namespace tw::jit
