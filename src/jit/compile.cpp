#include "jit/compile.h"

#include "base/hash.h"
#include "base/replace_file.h"
#include "base/settings.h"
#include "jit/disk_cache.h"
#include "jit/files.h"
#include "jit/install.h"
#include "jit/object_file.h"
#include "jit/process.h"
#include "jit/work_folder.h"
#include "tw/abi.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>

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
    // Only the calls are wanted: they bind to src/raw, and no sanitizer's library is linked.
    if (s.raw && gcc) {
        add({"-fsanitize=thread", "--param=tsan-distinguish-volatile=1", "--param=tsan-instrument-func-entry-exit=0"});
    } else if (s.raw) {
        add({"-fsanitize=thread", "-mllvm", "-tsan-distinguish-volatile=1", "-mllvm",
             "-tsan-instrument-func-entry-exit=0"});
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
    FileLock(const fs::path& path, const CompileLimits& limits)
        : fd_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
        while (fd_ >= 0 && flock(fd_, LOCK_EX | LOCK_NB) != 0 && (errno == EWOULDBLOCK || errno == EINTR)) {
            if (limits.stop && limits.stop()) return;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }
    ~FileLock() {
        if (fd_ >= 0) close(fd_);
    }
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

private:
    int fd_;
};

// A driver whose own compiler was killed says so and ends with an ordinary error.
bool says_killed(const std::string& output) {
    return output.find("signal terminated program") != std::string::npos ||
           output.find("due to signal") != std::string::npos || output.find("terminated by signal") != std::string::npos;
}

bool says_disk_failed(const std::string& output) {
    for (const int error : {ENOSPC, EDQUOT, EFBIG, EROFS, EIO}) {
        if (output.find(std::strerror(error)) != std::string::npos) return true;
    }
    return false;
}

CompileOutcome outcome_of(ProcessResult&& result, const fs::path& target) {
    CompileOutcome out;
    out.output = std::move(result.output);
    out.signal = result.signal;
    out.seconds = result.seconds;
    if (result.stopped) {
        out.end = CompileEnd::Stopped;
    } else if (result.timed_out) {
        out.end = CompileEnd::TimedOut;
    } else if (result.status == 0) {
        out.end = CompileEnd::Done;
    } else if (says_disk_failed(out.output) || out.signal == SIGXFSZ || out.signal == SIGBUS) {
        out.end = CompileEnd::DiskFailed;
        out.unwritten = target;
    } else if (out.signal != 0 || says_killed(out.output)) {
        out.end = CompileEnd::Killed;
    }
    return out;
}

CompileOutcome disk_failed(const fs::path& path, uint64_t bytes) {
    CompileOutcome out;
    out.end = CompileEnd::DiskFailed;
    out.unwritten = path;
    out.unwritten_bytes = bytes;
    return out;
}

CompileOutcome run_compiler(const std::vector<std::string>& command, const CompileLimits& limits, const WorkFolder& work,
                            const fs::path& target) {
    ProcessOptions options;
    options.time_limit = limits.seconds;
    options.stop = limits.stop;
    options.temporary = work.path();
    return outcome_of(run_process(command, options), target);
}

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
    hasher.add(uint64_t{TW_ABI_VERSION})
        .add(toolchain->identity)
        .add(native_cpu())
        .add(kernel_include_hash())
        .add(kernel_include().native());
    for (const std::string& f : flags(*this)) hasher.add(f);
    hasher.add(std::string_view(class_name(group)));
    return hasher.hex();
}

double compile_seconds_limit() {
    constexpr double kDefault = 60;
    return setting_real(Setting::CompileSeconds).value_or(kDefault);
}

Diagnostic explain_outcome(const CompileOutcome& outcome, const std::string& what, const CompileLimits& limits) {
    Diagnostic d;
    d.category = Category::Environment;
    d.at = {what};
    switch (outcome.end) {
        case CompileEnd::TimedOut:
            d.category = Category::CompileError;
            d.code = "compile-time-limit";
            d.what = fmt::format("the compiler was ended after {} seconds", limits.seconds);
            d.why = "a constexpr loop or a recursion of templates that does not end, or a very slow machine";
            d.fix = "let constants be found in fewer steps, or set TILEWRIGHT_COMPILE_SECONDS higher";
            break;
        case CompileEnd::Killed:
            d.code = "compiler-killed";
            d.what = outcome.signal ? fmt::format("the compiler was killed by signal {} ({})", outcome.signal,
                                                  strsignal(outcome.signal))
                                    : "the compiler was killed by a signal";
            d.why = outcome.output.empty() ? "often the system does so for want of memory" : outcome.output.substr(0, 1000);
            d.fix = "run the program again; with less memory in use, or fewer compilers at once, if it was memory";
            break;
        default: {
            std::error_code error;
            const fs::space_info space = fs::space(outcome.unwritten.parent_path(), error);
            const bool full = !error && space.available < (1u << 20);
            d.code = full ? "disk-full" : "cache-not-writable";
            d.what = outcome.unwritten_bytes
                         ? fmt::format("{} bytes of the kernel cache cannot be written", outcome.unwritten_bytes)
                         : std::string("the kernel cache cannot be written");
            d.at.insert(d.at.begin(), outcome.unwritten.string());
            d.why = full ? fmt::format("the disk is full: {} bytes are free there", space.available)
                    : error
                        ? "the folder was removed or cannot be reached"
                        : fmt::format("a limit on file sizes, a quota, or a disk made read-only; {} bytes are free there",
                                      space.available);
            if (!outcome.output.empty()) d.why += "\n" + outcome.output.substr(0, 500);
            d.fix = "free some space, or set TILEWRIGHT_CACHE to a folder on another disk";
        }
    }
    return d;
}

fs::path precompiled_header(const CompileSetup& s, const CompileLimits& limits, CompileOutcome& outcome) {
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
        outcome.end = CompileEnd::Done;
        return built;
    };
    if (is_there()) return used();

    std::error_code error;
    fs::create_directories(folder, error);
    const FileLock lock(folder / (name + ".lock"), limits);
    if (is_there()) return used();
    const auto failed = [&](CompileOutcome&& how) {
        outcome = std::move(how);
        return fs::path();
    };
    const std::string text = fmt::format("#include \"{}\"\n", prelude_header(s.group));
    if (!replace_file(header, text)) return failed(disk_failed(header, text.size()));
    const WorkFolder work;
    const fs::path temporary = work.path() / built.filename();
    std::vector<std::string> c = command(s);
    c.insert(c.end(), {"-x", "c++-header", header.string(), "-o", temporary.string()});
    // Without times in it, which a reinstall of the same headers would change; the key holds their content.
    if (!gcc) c.insert(c.end(), {"-fpch-instantiate-templates", "-Xclang", "-fno-pch-timestamp"});
    outcome = run_compiler(c, limits, work, built);
    if (!outcome.ok()) return {};
    const FileStamp stamp = stamp_of(temporary.c_str());
    if (stamp.bytes <= 0) return failed(disk_failed(built, 0));
    const std::string bytes = std::to_string(stamp.bytes);
    fs::rename(temporary, built, error);
    if (error || !replace_file(seal, bytes)) return failed(disk_failed(built, static_cast<uint64_t>(stamp.bytes)));
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

CompileOutcome compile_kernel(const CompileSetup& s, const CompileLimits& limits, const fs::path& header,
                              std::string_view text, const std::vector<fs::path>& include_folders, const fs::path& object) {
    const WorkFolder work;
    const fs::path source = work.path() / "kernel.cpp", relocatable = work.path() / "kernel.o";
    const fs::path shared = work.path() / "kernel.so";
    if (!replace_file(source, text)) return disk_failed(source, text.size());
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
    CompileOutcome out = run_compiler(c, limits, work, relocatable);
    if (!out.ok()) return out;
    std::string binary = read_file(relocatable).value_or("");
    if ((int{defer_constructors(binary)} | int{drop_destructors(binary)}) && !replace_file(relocatable, binary))
        return disk_failed(relocatable, binary.size());
    const double seconds = out.seconds;
    out = run_compiler(link_command(*s.toolchain, relocatable, shared), limits, work, shared);
    out.seconds += seconds;
    if (!out.ok()) return out;
    const uint64_t bytes = static_cast<uint64_t>(std::max<int64_t>(stamp_of(shared.c_str()).bytes, 0));
    fs::create_directories(object.parent_path(), error);
    if (!seal_object(shared)) return disk_failed(object, bytes);
    fs::rename(shared, object, error);
    return error ? disk_failed(object, bytes) : out;
}

}  // namespace tw::jit
