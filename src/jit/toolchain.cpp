#include "jit/toolchain.h"

#include "base/error.h"
#include "base/settings.h"
#include "jit/disk_cache.h"
#include "jit/install.h"
#include "jit/process.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

namespace fs = std::filesystem;

namespace tw::jit {
namespace {

constexpr int kGoodClang = 17, kGoodGcc = 13;  // docs/upstream-api.md K0
constexpr int kUsableClang = 14,
              kUsableGcc = 11;  // C++20 library and source_location; clang's arrived in 15/16 but libstdc++ has it

constexpr double kSecondsForVersion = 60;

std::string environment(Setting setting) {
    return std::string(setting_text(setting));
}

std::vector<std::string> split(const std::string& text, char by) {
    std::vector<std::string> parts;
    for (size_t at = 0; at <= text.size();) {
        const size_t end = std::min(text.find(by, at), text.size());
        if (end > at) parts.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

bool executable(const fs::path& p) {
    std::error_code error;
    return fs::is_regular_file(p, error) && access(p.c_str(), X_OK) == 0;
}

std::optional<fs::path> find_on_path(const std::string& name) {
    if (name.find('/') != std::string::npos) return executable(name) ? std::optional<fs::path>(name) : std::nullopt;
    for (const std::string& folder : split(environment(Setting::Path), ':')) {
        if (executable(fs::path(folder) / name)) return fs::path(folder) / name;
    }
    return {};
}

std::string stamp(const fs::path& p) {
    struct stat s{};
    if (stat(p.c_str(), &s) != 0) return "absent";
    return fmt::format("{}:{}:{}.{}", p.string(), s.st_size, s.st_mtim.tv_sec, s.st_mtim.tv_nsec);
}

// Asking a compiler for its version costs 10 to 50 ms, which a run with a warm cache would notice: answers are kept on
// disk.
std::string version_text(const std::vector<std::string>& command, const fs::path& program) {
    std::string key;
    for (const std::string& word : command) key += word + " ";
    key += stamp(program);
    if (const auto known = cached_text("version", key)) return *known;
    std::vector<std::string> question = command;
    question.push_back("--version");
    const ProcessResult answer = run_process(question, {.time_limit = kSecondsForVersion});
    const std::string text = answer.status == 0 ? answer.output.substr(0, answer.output.find('\n')) : "";
    if (!text.empty()) store_cached_text("version", key, text);
    return text;
}

// "g++ (Debian 12.2.0-14) 12.2.0", "Debian clang version 19.1.7 (3)", "Apple clang version 15.0.0": the last number of
// g++'s first line, the number after "version" of clang's.
int major_version(const std::string& text, CompilerKind kind) {
    size_t at;
    if (kind == CompilerKind::Gcc) {
        at = text.find(") ");
        at = at == std::string::npos ? text.find(' ') : at + 1;
    } else {
        at = text.find("version ");
        if (at != std::string::npos) at += 7;
    }
    return at == std::string::npos ? 0 : static_cast<int>(std::strtol(text.c_str() + at, nullptr, 10));
}

std::optional<Toolchain> examine(std::vector<std::string> command) {
    const auto program = find_on_path(command[0]);
    if (!program) return {};
    command[0] = program->string();
    Toolchain t;
    const std::string name = program->filename().string();
    if (name == "zig" || name.rfind("zig-", 0) == 0) {
        if (command.size() == 1) command.push_back("c++");
        t.kind = CompilerKind::Zig;
    }
    t.compile = command;
    t.version = version_text(command, fs::exists(*program) ? fs::canonical(*program) : *program);
    if (t.version.empty()) return {};
    if (t.kind != CompilerKind::Zig)
        t.kind = t.version.find("clang") != std::string::npos ? CompilerKind::Clang : CompilerKind::Gcc;
    t.major = major_version(t.version, t.kind);
    t.identity = t.version + " " + stamp(fs::canonical(*program));
    const bool gcc = t.kind == CompilerKind::Gcc;
    if (t.major < (gcc ? kGoodGcc : kGoodClang)) {
        t.note = fmt::format(
            "{} {} rejects some C++20 that real kernels contain (static_assert(false) in templates, for example); "
            "install clang >= {} or g++ >= {}, or `pip install ziglang`",
            gcc ? "g++" : "clang", t.major, kGoodClang, kGoodGcc);
    }
    return t;
}

// A plain ELF linker is 20 ms faster than a second start of the compiler's driver. For objects of this size GNU ld takes 5
// ms and lld 20, so ld comes first.
void choose_linker(Toolchain& t) {
    if (t.kind == CompilerKind::Zig) {
        t.link = {t.compile[0], "ld.lld"};
        return;
    }
    if (auto ld = find_on_path("ld")) {
        t.link = {ld->string()};
    } else if (auto lld = find_on_path("ld.lld")) {
        t.link = {lld->string()};
    } else if (auto versioned = find_on_path(fmt::format("ld.lld-{}", t.major))) {
        t.link = {versioned->string()};
    }
}

// Smaller is better: good clangs, good g++s, older ones; the newest first. Of equals the first on PATH wins.
std::pair<int, int> rank_of(const Toolchain& t) {
    const bool gcc = t.kind == CompilerKind::Gcc;
    if (t.note.empty()) return {gcc ? 1 : 0, -t.major};
    return {2, gcc ? -t.major - 4 : -t.major};  // clang n knows about as much as g++ n - 4
}

// clang++, clang++-19, g++, g++-13, c++ in the folders of PATH, the best first.
std::vector<Toolchain> installed() {
    std::vector<Toolchain> found;
    std::set<fs::path> seen;
    for (const std::string& folder : split(environment(Setting::Path), ':')) {
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(folder, fs::directory_options::skip_permission_denied, error)) {
            const std::string name = entry.path().filename().string();
            const std::string base = name.substr(0, name.find('-'));
            if (base != "clang++" && base != "g++" && base != "c++") continue;
            const bool versioned = name.size() > base.size();
            if (versioned && name.find_first_not_of("0123456789", base.size() + 1) != std::string::npos) continue;
            if (!executable(entry.path()) || !seen.insert(fs::canonical(entry.path(), error)).second) continue;
            auto t = examine({entry.path().string()});
            if (!t) continue;
            const auto worse = [&](const Toolchain& other) { return rank_of(other) > rank_of(*t); };
            found.insert(std::find_if(found.begin(), found.end(), worse), std::move(*t));
        }
    }
    return found;
}

// The PyPI package is a folder with the program in it, next to our own package or in the active environment.
std::optional<Toolchain> zig() {
    std::vector<fs::path> folders = {install_root().parent_path()};
    if (const std::string venv = environment(Setting::VirtualEnv); !venv.empty()) {
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(fs::path(venv) / "lib", error))
            folders.push_back(entry.path() / "site-packages");
    }
    for (const fs::path& folder : folders) {
        if (executable(folder / "ziglang" / "zig")) return examine({(folder / "ziglang" / "zig").string(), "c++"});
    }
    return find_on_path("zig") ? examine({"zig", "c++"}) : std::nullopt;
}

std::string looked_at() {
    const std::string wanted = environment(Setting::Cxx);
    return fmt::format(
        "TILEWRIGHT_CXX ({}), clang++, g++ and c++ (also with a version, such as clang++-19) on PATH, the Python package "
        "ziglang",
        wanted.empty() ? "unset" : wanted);
}

constexpr std::string_view kInstall =
    "install clang 17 or newer (or g++ 13 or newer), or `pip install ziglang`; `tilewright doctor` shows what was tried";

Toolchain find() {
    if (const std::string wanted = environment(Setting::Cxx); !wanted.empty()) {
        auto t = examine(executable(wanted) ? std::vector{wanted} : split(wanted, ' '));
        if (!t) {
            raise(Category::Environment, "no-compiler", fmt::format("TILEWRIGHT_CXX={} does not run", wanted),
                  {.at = {"jit, asked it for --version"}, .fix = "set TILEWRIGHT_CXX to a C++20 compiler, or unset it"});
        }
        choose_linker(*t);
        return *t;
    }
    std::vector<Toolchain> candidates = installed();
    std::optional<Toolchain> best;
    if (!candidates.empty()) best = candidates.front();
    if (!best || !best->note.empty()) {
        if (auto z = zig()) best = std::move(z);
    }
    const bool too_old = best && best->major < (best->kind == CompilerKind::Gcc ? kUsableGcc : kUsableClang) &&
                         best->kind != CompilerKind::Zig;
    if (!best || too_old) {
        raise(Category::Environment, "no-compiler", "no C++20 compiler found to build kernels",
              {.at = {"jit, looked at: " + looked_at()},
               .why = too_old ? fmt::format("the newest one is {}, which is too old", best->version)
                              : "kernels are C++ and are compiled on this machine at first use",
               .fix = std::string(kInstall)});
    }
    choose_linker(*best);
    return *best;
}

std::mutex found_mutex;
std::string found_for;                          // TILEWRIGHT_CXX and PATH when `found` was
std::vector<std::unique_ptr<Toolchain>> found;  // never freed: callers keep references

}  // namespace

const Toolchain& toolchain() {
    const std::lock_guard lock(found_mutex);
    const std::string asked = environment(Setting::Cxx) + "\n" + environment(Setting::Path);
    if (found.empty() || asked != found_for) {
        found.push_back(std::make_unique<Toolchain>(find()));
        found_for = asked;
    }
    return *found.back();
}

std::string describe_toolchain() {
    std::string out;
    try {
        const Toolchain& t = toolchain();
        out += fmt::format("kernel compiler: {} ({})\n", fmt::join(t.compile, " "), t.version);
        out += fmt::format("kernel linker: {}\n",
                           t.link.empty() ? "the compiler's own" : fmt::format("{}", fmt::join(t.link, " ")));
        if (!t.note.empty()) out += "note: " + t.note + "\n";
        if (!environment(Setting::Cxx).empty()) out += "chosen by TILEWRIGHT_CXX\n";
    } catch (const Error& e) {
        out += std::string(e.what()) + "\n";
    }
    for (const Toolchain& t : installed()) out += fmt::format("found: {} ({})\n", t.compile[0], t.version);
    if (const auto z = zig()) out += fmt::format("found: {} ({})\n", z->compile[0], z->version);
    return out;
}

}  // namespace tw::jit
