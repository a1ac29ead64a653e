#include "builder/workspace/workspace.h"

#include "base/hash.h"
#include "base/json.h"
#include "base/text_file.h"
#include "base/version.h"
#include "builder/workspace/merge.h"
#include "builder/workspace/merge_kernel.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tw::builder {

namespace fs = std::filesystem;

namespace {

constexpr const char* kState = ".tilewright";

struct Manifest {
    OrderedJson json;
    std::string hash_of(const std::string& path) const {
        if (!json.contains("files")) return "";
        for (const OrderedJson& file : json["files"]) {
            if (file.value("path", "") == path) return file.value("hash", "");
        }
        return "";
    }
};

Manifest read_manifest(const fs::path& file) {
    Manifest manifest;
    std::error_code error;
    if (!fs::exists(file, error)) return manifest;
    manifest.json = OrderedJson::parse(read_text(file), nullptr, false);
    // A manifest that cannot be read is no manifest: its files count as foreign and are left alone.
    if (manifest.json.is_discarded() || !manifest.json.is_object() ||
        !manifest.json.value("files", OrderedJson::array()).is_array())
        manifest.json = OrderedJson::object();
    return manifest;
}

}  // namespace

std::string_view outcome_name(Outcome outcome) {
    switch (outcome) {
        case Outcome::Created: return "created";
        case Outcome::Unchanged: return "unchanged";
        case Outcome::Updated: return "updated";
        case Outcome::Kept: return "kept, edited";
        case Outcome::Merged: return "merged";
        case Outcome::BodyKept: return "merged, body kept";
        case Outcome::Conflict: return "conflict";
        case Outcome::Held: return "held back";
        case Outcome::Foreign: return "not ours";
        case Outcome::Overwritten: return "overwritten";
    }
    return "";
}

std::string hash_of(const std::string& text) {
    return Hasher().add(text).hex();
}

namespace {

// A file that is about to be written: what happens to it, and its text afterwards.
struct Fate {
    Outcome outcome = Outcome::Created;
    std::string text, current;
};

Fate fate_of(const NewFile& file, const fs::path& path, const fs::path& base_path, const std::string& known, bool force) {
    Fate fate{Outcome::Created, file.text, ""};
    std::error_code error;
    if (!fs::exists(path, error)) return fate;
    fate.current = read_text(path);
    if (fate.current == file.text) {
        fate.outcome = Outcome::Unchanged;
    } else if (known.empty()) {
        fate.outcome = Outcome::Foreign;
    } else if (force) {
        fate.outcome = Outcome::Overwritten;
    } else if (known == hash_of(fate.current)) {
        fate.outcome = Outcome::Updated;
    } else if (!fs::exists(base_path, error)) {
        fate.outcome = Outcome::Foreign;
    } else {
        const std::string base = read_text(base_path);
        if (base == file.text) {
            fate.outcome = Outcome::Kept;
        } else if (std::optional<std::string> merged = merge(base, fate.current, file.text)) {
            fate.outcome = Outcome::Merged;
            fate.text = std::move(*merged);
        } else if (std::optional<MergedKernel> kernel = merge_kernel(base, fate.current, file.text)) {
            fate.outcome = kernel->body_kept ? Outcome::BodyKept : Outcome::Merged;
            fate.text = std::move(kernel->text);
        } else {
            fate.outcome = Outcome::Conflict;
        }
    }
    return fate;
}

bool is_code(const NewFile& file) {
    return file.path.ends_with(".cpp") || file.type == "program_descriptor" || file.type == "entry_point";
}

bool waits_for_a_person(Outcome outcome) {
    return outcome == Outcome::Conflict || outcome == Outcome::Held || outcome == Outcome::Foreign;
}

}  // namespace

std::vector<WrittenFile> write_operation(const fs::path& root, const NewResult& result, const std::string& spec_text,
                                         const NewOptions& options, const WriteOptions& write) {
    const fs::path state = root / result.directory / kState;
    const Manifest old = read_manifest(state / "manifest.json");
    // Not named .py or .cpp, so that no tool takes it for code.
    const auto base_of = [&](const NewFile& file) { return state / "base" / (file.path + ".base"); };
    std::vector<Fate> fates;
    bool held = false;
    for (const NewFile& file : result.files) {
        fates.push_back(fate_of(file, root / file.path, base_of(file), old.hash_of(file.path), write.force));
        held = held || (fates.back().outcome == Outcome::Conflict && is_code(file));
    }
    // Host and kernels go together: where one of them cannot follow the spec, the others wait for it.
    for (Fate& fate : fates) {
        const bool changes =
            fate.outcome == Outcome::Updated || fate.outcome == Outcome::Merged || fate.outcome == Outcome::BodyKept;
        if (held && changes) fate.outcome = Outcome::Held;
    }
    std::vector<WrittenFile> written;
    for (size_t i = 0; i < result.files.size(); ++i) {
        const NewFile& file = result.files[i];
        const Fate& fate = fates[i];
        const fs::path path = root / file.path;
        WrittenFile outcome{file.path, fate.outcome, ""};
        const bool left_alone = waits_for_a_person(fate.outcome) || fate.outcome == Outcome::Kept;
        if (write.diff && fate.outcome != Outcome::Kept && fate.current != fate.text) {
            outcome.diff =
                unified_diff(fate.current, fate.text, fate.outcome == Outcome::Created ? "/dev/null" : "a/" + file.path,
                             "b/" + file.path);
        }
        if (!write.dry) {
            std::error_code error;
            if (!left_alone && fate.outcome != Outcome::Unchanged) write_text(path, fate.text);
            if (waits_for_a_person(fate.outcome) || fate.outcome == Outcome::BodyKept)
                write_text(path.string() + ".new", file.text);
            else if (!left_alone)
                fs::remove(path.string() + ".new", error);
            // After a conflict the old base stays: the next run must see the same three texts.
            if (!waits_for_a_person(fate.outcome)) write_text(base_of(file), file.text);
        }
        written.push_back(std::move(outcome));
    }
    if (write.dry) return written;
    OrderedJson manifest;
    manifest["tool"] = "tilewright";
    manifest["version"] = version();
    manifest["operation"] = result.name;
    manifest["family"] = result.family;
    manifest["dialect"] = result.dialect;
    manifest["mode"] = options.mode;
    manifest["tree"] = options.tree;
    manifest["directory"] = result.directory;
    manifest["tests"] = result.tests;
    manifest["files"] = OrderedJson::array();
    for (size_t i = 0; i < result.files.size(); ++i) {
        const NewFile& file = result.files[i];
        const std::string hash = waits_for_a_person(written[i].outcome) ? old.hash_of(file.path) : hash_of(file.text);
        if (!hash.empty())
            manifest["files"].push_back(
                {{"path", file.path}, {"hash", hash}, {"type", file.type}, {"purpose", file.purpose}});
    }
    // Files of an earlier run that this one did not make (another mode, no --tdd): still ours.
    if (old.json.contains("files")) {
        for (const OrderedJson& file : old.json["files"]) {
            const std::string path = file.value("path", "");
            const bool again =
                std::any_of(result.files.begin(), result.files.end(), [&](const NewFile& f) { return f.path == path; });
            if (!again) manifest["files"].push_back(file);
        }
    }
    write_text(state / "manifest.json", manifest.dump(2) + "\n");
    if (!held) write_text(state / "spec.yaml", spec_text);
    return written;
}

namespace {

std::optional<Operation> operation_at(const fs::path& directory) {
    const fs::path file = directory / kState / "manifest.json";
    std::error_code error;
    if (!fs::exists(file, error)) return std::nullopt;
    const Manifest manifest = read_manifest(file);
    if (!manifest.json.contains("operation")) return std::nullopt;
    Operation operation;
    operation.name = manifest.json.value("operation", "");
    operation.family = manifest.json.value("family", "");
    operation.dialect = manifest.json.value("dialect", "");
    operation.version = manifest.json.value("version", "");
    operation.directory = directory;
    // As many steps up as the recorded directory has parts.
    operation.root = directory;
    const fs::path recorded = manifest.json.value("directory", "");
    for (auto part = recorded.begin(); part != recorded.end(); ++part) operation.root = operation.root.parent_path();
    operation.tests = operation.root / manifest.json.value("tests", "");
    for (const OrderedJson& entry : manifest.json["files"])
        operation.files.push_back(
            {entry.value("path", ""), entry.value("hash", ""), entry.value("type", ""), entry.value("purpose", "")});
    return operation;
}

}  // namespace

std::vector<Operation> find_operations(const fs::path& start) {
    std::error_code error;
    const fs::path directory = fs::weakly_canonical(fs::absolute(start), error);
    std::vector<Operation> found;
    // Part of an operation: a folder inside it.
    for (fs::path up = directory; !up.empty() && found.empty(); up = up.parent_path()) {
        if (std::optional<Operation> operation = operation_at(up)) found.push_back(std::move(*operation));
        if (up == up.parent_path()) break;
    }
    if (!found.empty() || !fs::is_directory(directory, error)) return found;
    for (auto entry = fs::recursive_directory_iterator(directory, fs::directory_options::skip_permission_denied, error);
         entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        if (error) break;
        if (!entry->is_directory(error) || entry->path().filename() == kState) continue;
        if (entry.depth() > 12) entry.disable_recursion_pending();
        if (std::optional<Operation> operation = operation_at(entry->path())) found.push_back(std::move(*operation));
    }
    std::sort(found.begin(), found.end(), [](const Operation& a, const Operation& b) { return a.directory < b.directory; });
    return found;
}

}  // namespace tw::builder
