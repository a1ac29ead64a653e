#include "jit/compile.h"

#include "base/hash.h"
#include "jit/disk_cache.h"
#include "jit/files.h"
#include "jit/install.h"
#include "jit/object_file.h"
#include "jit/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>
#include <chrono>

namespace fs = std::filesystem;

namespace tw::jit {
namespace {

// Which processor -march=native means here: a cache on a shared home folder is used by different machines.
const std::string& native_cpu() {
    static const std::string hash = [] {
        const std::string info = read_proc("/proc/cpuinfo");
        Hasher hasher;
        for (const char* field : {"model name", "flags", "Features", "CPU part"}) {
            const size_t at = info.find(std::string("\n") + field);
            if (at != std::string::npos) hasher.add(info.substr(at, info.find('\n', at + 1) - at));
        }
        return hasher.hex();
    }();
    return hash;
}

std::vector<std::string> flags(const CompileSetup& s) {
    const bool gcc = s.toolchain->kind == CompilerKind::Gcc;
    std::vector<std::string> f = {
        "-std=c++20", "-fPIC", "-fvisibility=hidden", "-pipe",
        // Kernels look at the same bytes as words, halves and floats.
        "-fno-strict-aliasing", "-fwrapv",
        // The chip has no fused multiply-add on its RISC-V cores; results must not depend on ours.
        "-ffp-contract=off", "-fno-exceptions", "-fno-math-errno", "-fno-semantic-interposition",
        // A frame of megabytes meets the guard below the fiber's stack, instead of stepping over it.
        "-fstack-clash-protection",
        // Hardened distributions' copies that end the process; reading past an array is the kernel's matter.
        "-U_FORTIFY_SOURCE",
        // Static variables belong to one core, whose fibers do not run at the same time.
        "-fno-threadsafe-statics",
        // Running off a function's end is the one warning that must not pass: clang drops the return.
        "-Werror=return-type"};
    const auto add = [&](std::initializer_list<const char*> more) { f.insert(f.end(), more.begin(), more.end()); };
#if defined(__x86_64__)
    add({"-march=native"});
#elif defined(__aarch64__)
    add({"-mcpu=native"});
#endif
    // g++ vectorises well only at -O3 (docs/kernel-jit.md, "Flags").
    if (s.debug) {
        add({"-O1", "-g", "-fno-omit-frame-pointer"});
    } else if (gcc) {
        add({"-O3", "-g1"});
    } else {
        add({"-O2", "-gline-tables-only"});
    }
    if (gcc) {
        add({"-fpermissive", "-Wno-narrowing", "-fmax-errors=8", "-fno-diagnostics-show-caret", "-fdiagnostics-color=never",
             "-Winvalid-pch", "-fconstexpr-ops-limit=500000000", "-fno-gnu-unique"});
    } else {
        add({"-Wno-everything", "-Werror=return-type", "-ferror-limit=8", "-fno-caret-diagnostics",
             "-fno-color-diagnostics", "-fconstexpr-steps=100000000", "-fbracket-depth=2048", "-Qunused-arguments"});
    }
    for (std::string& d : class_defines(s.group, s.arch)) f.push_back(std::move(d));
    return f;
}

std::vector<std::string> command(const CompileSetup& s) {
    std::vector<std::string> c = s.toolchain->compile;
    for (std::string& flag : flags(s)) c.push_back(std::move(flag));
    // Behind the standard folders for <..>: libstdc++ itself has includes such as <debug/..>, which ours must not catch.
    c.insert(c.end(), {"-iquote", kernel_include().string(), "-idirafter", kernel_include().string()});
    return c;
}

// Held while a precompiled header is built, so that the workers of a parallel test run do not all build the same one. On a
// file system without locks they do, and the last one to finish wins.
class FileLock {
public:
    explicit FileLock(const fs::path& path) : fd_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
        if (fd_ >= 0) flock(fd_, LOCK_EX);
    }
    ~FileLock() {
        if (fd_ >= 0) close(fd_);
    }
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

private:
    int fd_;
};

// g++ looks for x.gch beside the header x that -include names; clang is given the file itself.
std::vector<std::string> use_header(const CompileSetup& s, const fs::path& header) {
    if (s.toolchain->kind == CompilerKind::Gcc) return {"-include", header.string().substr(0, header.string().size() - 4)};
    return {"-include-pch", header.string()};
}

// The kernel's calls bind to this library by its name, found loaded in the process even where Python loaded it privately.
// Relocations stay in the file, to find a call whose return address is lost (jit/host_calls.h); _init and _fini, should a
// kernel define them, are not the loader's to run.
std::vector<std::string> link_command(const Toolchain& t, const fs::path& object, const fs::path& out) {
    std::vector<std::string> c = t.link;
    const bool by_driver = c.empty();
    if (by_driver) {
        c = t.compile;
        c.insert(c.end(), {"-shared", "-nostdlib", "-Wl,--eh-frame-hdr", "-Wl,-z,now", "-Wl,-z,norelro",
                           "-Wl,--emit-relocs", "-Wl,-init=tw_no_init", "-Wl,-fini=tw_no_fini"});
    } else {
        c.insert(c.end(), {"-shared", "--eh-frame-hdr", "-z", "now", "-z", "norelro", "--hash-style=gnu", "--build-id=none",
                           "--emit-relocs", "-init=tw_no_init", "-fini=tw_no_fini"});
    }
    c.insert(c.end(), {"-o", out.string(), object.string()});
    if (!library_file().empty()) c.push_back(library_file().string());
    return c;
}

}  // namespace

std::string CompileSetup::key() const {
    Hasher hasher;
    hasher.add(toolchain->identity).add(native_cpu()).add(kernel_include_hash()).add(kernel_include().native());
    for (const std::string& f : flags(*this)) hasher.add(f);
    hasher.add(std::string_view(class_name(group)));
    return hasher.hex();
}

fs::path precompiled_header(const CompileSetup& s, std::string& problem) {
    const bool gcc = s.toolchain->kind == CompilerKind::Gcc;
    const fs::path folder = cache_root() / "headers";
    const std::string name = fmt::format("{}-{}", class_name(s.group), s.key());
    const fs::path header = folder / (name + ".h");
    const fs::path built = folder / (name + (gcc ? ".h.gch" : ".pch"));
    const fs::path seal = folder / (name + ".ok");  // written last; holds the size, so that a truncated file is noticed
    const auto is_there = [&] {
        const FileStamp stamp = stamp_of(built.c_str());
        return stamp.bytes > 0 && read_file(seal) == std::to_string(stamp.bytes);
    };
    const auto used = [&] {
        for (const fs::path& p : {header, built, seal}) mark_used(p);
        return built;
    };
    if (is_there()) return used();

    std::error_code error;
    fs::create_directories(folder, error);
    const FileLock lock(folder / (name + ".lock"));
    if (is_there()) return used();
    write_file(header, fmt::format("#include \"{}\"\n", prelude_header(s.group)));
    const fs::path temporary = temporary_beside(built);
    std::vector<std::string> c = command(s);
    c.insert(c.end(), {"-x", "c++-header", header.string(), "-o", temporary.string()});
    // Without times in it, which a reinstall of the same headers would change; the key holds their content.
    if (!gcc) c.insert(c.end(), {"-fpch-instantiate-templates", "-Xclang", "-fno-pch-timestamp"});
    const ProcessResult result = run_process(c);
    const FileStamp stamp = stamp_of(temporary.c_str());
    if (result.status != 0 || stamp.bytes <= 0) {
        problem = result.output;
        fs::remove(temporary, error);
        return {};
    }
    fs::rename(temporary, built, error);
    write_file(seal, std::to_string(stamp.bytes));
    return built;
}

bool blames_header(const std::string& output) {
    for (const char* word : {"precompiled header", "PCH", "AST file", ".gch"}) {
        if (output.find(word) != std::string::npos) return true;
    }
    return false;
}

void discard_header(const fs::path& built) {
    std::error_code error;
    fs::remove(built, error);
}

CompileOutcome compile_kernel(const CompileSetup& s, const fs::path& header, std::string_view text,
                              const std::vector<fs::path>& include_folders, const fs::path& object) {
    CompileOutcome out;
    const fs::path shared = temporary_beside(object);
    const std::string stem = shared.string();
    const fs::path source = stem + ".cpp", relocatable = stem + ".o";
    if (!write_file(source, text)) {
        out.disk_failed = true;
        out.output = source.string();
        return out;
    }
    std::vector<std::string> c = command(s);
    for (const fs::path& folder : include_folders)
        c.insert(c.end(), {"-iquote", folder.string(), "-idirafter", folder.string()});
    // A relative name in debug information stays one: objects are shared by programs in different folders.
    std::error_code error;
    c.push_back(s.toolchain->kind == CompilerKind::Gcc
                    ? fmt::format("-fdebug-prefix-map={}={}", fs::current_path(error).string(), kRelativeTo)
                    : fmt::format("-fdebug-compilation-dir={}", kRelativeTo));
    for (std::string& word : use_header(s, header)) c.push_back(std::move(word));
    c.insert(c.end(), {"-c", source.string(), "-o", relocatable.string()});
    ProcessResult result = run_process(c);
    out.seconds = result.seconds;
    if (result.status == 0) {
        std::string binary = read_file(relocatable).value_or("");
        if (int{defer_constructors(binary)} | int{drop_destructors(binary)}) write_file(relocatable, binary);
        result = run_process(link_command(*s.toolchain, relocatable, shared));
        out.seconds += result.seconds;
    }
    out.output = std::move(result.output);
    if (result.status == 0) {
        out.ok = seal_object(shared);
        if (out.ok) fs::rename(shared, object, error);
        out.ok &= !error;
        out.disk_failed = !out.ok;
        if (!out.ok) out.output = object.string();
    }
    for (const fs::path& p : {source, relocatable, shared}) fs::remove(p, error);
    return out;
}

}  // namespace tw::jit
