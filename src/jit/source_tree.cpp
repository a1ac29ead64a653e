#include "jit/source_tree.h"

#include "base/error.h"
#include "base/hash.h"
#include "base/replace_file.h"
#include "jit/arg_uses.h"
#include "jit/disk_cache.h"
#include "jit/search_path.h"

#include <fmt/format.h>
#include <algorithm>
#include <set>
#include <unordered_map>

namespace fs = std::filesystem;

namespace tw::jit {
namespace {

[[noreturn]] void not_found(const std::string& source, const KernelFile& file) {
    std::string tried;
    for (const fs::path& p : file.tried) tried += (tried.empty() ? "looked for " : ", ") + p.string();
    raise_host(
        "kernel-not-found", fmt::format("Kernel file {} doesn't exist in any of the searched paths!", source),
        {.at = {"kernel_source of a KernelDescriptor"},
         .why = tried,
         .fix =
             "give an absolute path or one relative to the script or the current folder; kernels of tt-metal or of a ttnn "
             "wheel "
             "need --metal-root (or TILEWRIGHT_METAL_ROOT, TT_METAL_HOME); for source text set source_type=SOURCE_CODE"});
}

// "kernels/../kernel_lib/x.hpp" reads better without the detour.
std::string shown_beside(const std::string& includer, const std::string& name) {
    return (fs::path(includer).parent_path() / name).lexically_normal().string();
}

std::vector<Edit> all_edits(const SourceFile& file) {
    std::vector<Edit> edits = file.scan.edits;
    for (size_t i = 0; i < file.replaced.size(); i++) {
        const IncludeLine& line = file.scan.includes[i];
        if (!file.replaced[i].empty()) edits.push_back({line.begin, line.end - line.begin, 0, file.replaced[i]});
    }
    return edits;
}

class Reader {
public:
    Reader(const std::vector<fs::path>& include_paths, bool absolute_names)
        : folders_(user_include_folders(include_paths)), absolute_names_(absolute_names) {}

    SourceTree read(const std::string& source, bool is_text, const std::string& text_name) {
        auto kernel = std::make_shared<SourceFile>();
        if (is_text) {
            kernel->shown = text_name.empty() ? kTextName : text_name;
            kernel->text = source;
        } else {
            const KernelFile file = find_kernel_file(source);
            if (file.path.empty()) not_found(source, file);
            kernel->path = file.path;
            kernel->shown = absolute_names_ ? file.path.string() : source;
        }
        add(kernel);
        for (size_t i = 0; i < tree_.files.size(); i++) follow_includes(i);
        name_copies();
        for (auto& file : tree_.files) rewrite(*file);

        tree_.shown = tree_.kernel().shown;
        for (const auto& file : tree_.files) {
            tree_.entries.insert(tree_.entries.end(), file->scan.entries.begin(), file->scan.entries.end());
            tree_.has_kernel_main |= file->scan.has_kernel_main;
            tree_.has_legacy_main |= file->scan.has_legacy_main;
        }
        return std::move(tree_);
    }

private:
    void add(const std::shared_ptr<SourceFile>& file) {
        if (!file->path.empty()) {
            const FileStamp stamp = stamp_of(file->path.c_str());
            auto text = read_file(file->path);
            if (!text) {
                raise_host("kernel-not-readable", fmt::format("Kernel file {} cannot be read", file->shown),
                           {.at = {file->path.string()}});
            }
            if (text->rfind("\xef\xbb\xbf", 0) == 0) text->erase(0, 3);  // a byte order mark may only stand first
            file->text = std::move(*text);
            tree_.stamps.emplace_back(file->path.string(), stamp);
            std::error_code error;
            index_[fs::weakly_canonical(file->path, error).string()] = tree_.files.size();
        }
        file->scan = scan_kernel_text(file->text);
        file->allows = allow_comments(file->text);
        tree_.has_allows |= !file->allows.empty();
        tree_.files.push_back(file);
        reaches_.emplace_back();
    }

    void follow_includes(size_t from) {
        const std::shared_ptr<SourceFile> file = tree_.files[from];
        file->replaced.resize(file->scan.includes.size());
        for (size_t i = 0; i < file->scan.includes.size(); i++) {
            const IncludeLine& line = file->scan.includes[i];
            if (const auto own = own_header_name(line.name)) {
                file->replaced[i] = "\"" + *own + "\"";
                continue;
            }
            const fs::path path = find_user_header(line.name, line.quoted, file->path.parent_path(), folders_);
            if (path.empty()) continue;  // the standard library's, or missing: the compiler will tell
            std::error_code error;
            const auto known = index_.find(fs::weakly_canonical(path, error).string());
            size_t to = tree_.files.size();
            if (known != index_.end()) {
                to = known->second;
            } else {
                auto header = std::make_shared<SourceFile>();
                header->path = path;
                const bool beside = line.quoted && path == (file->path.parent_path() / line.name).lexically_normal();
                header->shown = absolute_names_ || !beside ? path.string() : shown_beside(file->shown, line.name);
                add(header);
            }
            reaches_[from].emplace_back(i, to);
        }
    }

    // A copy's name must change when anything that it includes does, as its text holds their names; and headers may
    // include each other in circles. So it is hashed with all files that can be reached from it.
    void name_copies() {
        std::vector<std::string> own(tree_.files.size());
        for (size_t i = 0; i < own.size(); i++)
            own[i] = Hasher().add(tree_.files[i]->shown).add(tree_.files[i]->text).hex();
        for (size_t start = 1; start < tree_.files.size(); start++) {
            std::set<size_t> seen = {start};
            std::vector<size_t> todo = {start};
            while (!todo.empty()) {
                const size_t at = todo.back();
                todo.pop_back();
                for (const auto& [include, to] : reaches_[at]) {
                    if (seen.insert(to).second) todo.push_back(to);
                }
            }
            std::vector<std::string> hashes;
            for (size_t i : seen) hashes.push_back(own[i]);
            std::sort(hashes.begin(), hashes.end());
            Hasher hasher;
            hasher.add(kRewriteVersion).add(own[start]);
            for (const std::string& h : hashes) hasher.add(h);
            SourceFile& file = *tree_.files[start];
            file.copy = cache_root() / "sources" / hasher.hex() / file.path.filename();
        }
        for (size_t i = 0; i < tree_.files.size(); i++) {
            for (const auto& [include, to] : reaches_[i]) {
                // A kernel that some header includes again is the file itself, unrewritten; nobody does that on purpose.
                if (to != 0) tree_.files[i]->replaced[include] = "\"" + tree_.files[to]->copy.string() + "\"";
            }
        }
    }

    static void rewrite(SourceFile& file) { file.rewritten = apply_edits(file.text, all_edits(file)); }

    static constexpr std::string_view kRewriteVersion = "3";  // raise when rewrite.cpp edits differently

    std::vector<fs::path> folders_;
    bool absolute_names_;
    SourceTree tree_;
    std::unordered_map<std::string, size_t> index_;
    std::vector<std::vector<std::pair<size_t, size_t>>> reaches_;  // by file: (its include, the file included)
};

// By the words that it takes: casts to pointers, and the types that stand for one.
bool may_make_pointers(std::string_view text) {
    for (const std::string_view word : {"reinterpret_cast", "tt_l1_ptr", "*)", "CoreLocalMem", "get_pointer_to_cb_data"}) {
        if (text.find(word) != std::string_view::npos) return true;
    }
    return false;
}

}  // namespace

const SourceFile* SourceTree::find(std::string_view shown_name) const {
    for (const auto& file : files) {
        if (file->shown == shown_name || file->copy == shown_name) return file.get();
    }
    return nullptr;
}

SourceTree read_source_tree(const std::string& source, bool is_text, const std::string& text_name,
                            const std::vector<fs::path>& include_paths, bool absolute_names) {
    SourceTree tree = Reader(include_paths, absolute_names).read(source, is_text, text_name);
    ArgUses uses{.by_numbers = tree.entries.empty()};
    for (const auto& file : tree.files) {
        ArgUses own = arg_uses(file->text);
        uses.by_numbers &= own.by_numbers;
        uses.count = std::max(uses.count, own.count);
        for (ArgRead& read : own.reads) {
            read.file = file->shown;
            uses.reads.push_back(std::move(read));
        }
    }
    if (uses.by_numbers) {
        tree.args_read = uses.count;
        tree.arg_reads = std::move(uses.reads);
    }
    tree.makes_pointers = std::ranges::any_of(tree.files, [](const auto& file) { return may_make_pointers(file->text); });
    return tree;
}

std::optional<std::string_view> line_of(const SourceFile& file, uint32_t number) {
    std::string_view rest = file.text;
    for (uint32_t i = 1; i < number; i++) {
        const size_t end = rest.find('\n');
        if (end == std::string_view::npos) return {};
        rest.remove_prefix(end + 1);
    }
    if (number == 0 || rest.empty()) return {};
    rest = rest.substr(0, rest.find('\n'));
    if (!rest.empty() && rest.back() == '\r') rest.remove_suffix(1);
    return rest;
}

uint32_t column_as_written(const SourceFile& file, uint32_t line, uint32_t column) {
    std::vector<Edit> edits = all_edits(file);
    sort_edits(edits);
    return original_column(file.text, edits, line, column);
}

std::string line_directive(unsigned line, std::string_view shown) {
    std::string name;
    for (const char c : shown) {
        if (c == '"' || c == '\\') name += '\\';
        name += c == '\n' ? ' ' : c;
    }
    return fmt::format("#line {} \"{}\"\n", line, name);
}

bool write_copies(const SourceTree& tree) {
    for (const auto& file : tree.files) {
        if (file->copy.empty()) continue;
        const std::string content = line_directive(1, file->shown) + file->rewritten;
        // The name is a hash, so only a damaged copy has another size.
        if (stamp_of(file->copy.c_str()).bytes == static_cast<int64_t>(content.size())) {
            mark_used(file->copy);
        } else if (!replace_file(file->copy, content)) {
            return false;
        }
    }
    return true;
}

bool repair_copies(const SourceTree& tree) {
    bool repaired = false;
    for (const auto& file : tree.files) {
        if (file->copy.empty()) continue;
        const std::string content = line_directive(1, file->shown) + file->rewritten;
        if (read_file(file->copy) != content) repaired |= replace_file(file->copy, content);
    }
    return repaired;
}

}  // namespace tw::jit
