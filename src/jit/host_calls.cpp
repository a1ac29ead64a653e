#include "jit/host_calls.h"

#include "jit/files.h"
#include "jit/object_file.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>

namespace tw::jit {
namespace {

// Functions of the C library that only compute. (Mathematics and the compiler's own helpers are told by their library.)
constexpr std::array<std::string_view, 76> kPure = {"memcpy",
                                                    "memmove",
                                                    "memset",
                                                    "memcmp",
                                                    "memchr",
                                                    "memrchr",
                                                    "mempcpy",
                                                    "memccpy",
                                                    "memmem",
                                                    "bcmp",
                                                    "bcopy",
                                                    "bzero",
                                                    "strlen",
                                                    "strnlen",
                                                    "strcmp",
                                                    "strncmp",
                                                    "strcpy",
                                                    "strncpy",
                                                    "strlcpy",
                                                    "strcat",
                                                    "strncat",
                                                    "strlcat",
                                                    "strchr",
                                                    "strchrnul",
                                                    "strrchr",
                                                    "strstr",
                                                    "strspn",
                                                    "strcspn",
                                                    "strpbrk",
                                                    "stpcpy",
                                                    "stpncpy",
                                                    "strcasecmp",
                                                    "strncasecmp",
                                                    "strtol",
                                                    "strtoul",
                                                    "strtoll",
                                                    "strtoull",
                                                    "__isoc23_strtol",
                                                    "__isoc23_strtoul",
                                                    "__isoc23_strtoll",
                                                    "atoi",
                                                    "atol",
                                                    "__isoc23_strtoull",
                                                    "abs",
                                                    "labs",
                                                    "llabs",
                                                    "div",
                                                    "ldiv",
                                                    "lldiv",
                                                    "bsearch",
                                                    "qsort",
                                                    "rand",
                                                    "srand",
                                                    "rand_r",
                                                    "snprintf",
                                                    "vsnprintf",
                                                    "sprintf",
                                                    "vsprintf",
                                                    "isalnum",
                                                    "isalpha",
                                                    "isdigit",
                                                    "isspace",
                                                    "isupper",
                                                    "islower",
                                                    "isxdigit",
                                                    "ispunct",
                                                    "isprint",
                                                    "iscntrl",
                                                    "isgraph",
                                                    "tolower",
                                                    "toupper",
                                                    "__errno_location",
                                                    "__ctype_b_loc",
                                                    "__ctype_tolower_loc",
                                                    "__ctype_toupper_loc",
                                                    "__tls_get_addr"};

struct Family {
    HostCall kind;
    std::string_view name;  // a `*` at the end: any symbol that begins so
};
constexpr Family kFamilies[] = {
    {HostCall::Abort, "abort"},
    {HostCall::Abort, "_ZSt9terminatev"},
    {HostCall::Abort, "__cxa_pure_virtual"},
    {HostCall::Abort, "__cxa_deleted_virtual"},
    {HostCall::Abort, "_ZSt21__glibcxx_assert_fail*"},
    {HostCall::Abort, "__stack_chk_fail"},
    {HostCall::Abort, "__chk_fail"},
    {HostCall::Abort, "__fortify_fail"},
    {HostCall::Exit, "exit"},
    {HostCall::Exit, "_exit"},
    {HostCall::Exit, "_Exit"},
    {HostCall::Exit, "quick_exit"},
    {HostCall::Exit, "err*"},
    {HostCall::Signal, "raise"},
    {HostCall::Signal, "kill*"},
    {HostCall::Signal, "tgkill"},
    {HostCall::Signal, "gsignal"},
    {HostCall::Signal, "sig*"},
    {HostCall::Signal, "alarm"},
    {HostCall::Signal, "pthread_kill"},
    {HostCall::Thread, "pthread_*"},
    {HostCall::Thread, "thrd_*"},
    {HostCall::Thread, "_ZNSt6thread*"},
    {HostCall::Process, "fork"},
    {HostCall::Process, "vfork"},
    {HostCall::Process, "exec*"},
    {HostCall::Process, "fexecve"},
    {HostCall::Process, "posix_spawn*"},
    {HostCall::Process, "system"},
    {HostCall::Process, "popen"},
    {HostCall::Process, "clone"},
    {HostCall::Process, "syscall"},
    {HostCall::Jump, "longjmp"},
    {HostCall::Jump, "_longjmp"},
    {HostCall::Jump, "siglongjmp"},
    {HostCall::Jump, "__longjmp_chk"},
    {HostCall::Jump, "setjmp"},
    {HostCall::Jump, "_setjmp"},
    {HostCall::Jump, "__sigsetjmp"},
    {HostCall::Jump, "setcontext"},
    {HostCall::Jump, "swapcontext"},
    {HostCall::Exception, "__cxa_*"},
    {HostCall::Exception, "_Unwind_*"},
    {HostCall::Exception, "_ZSt17rethrow_exception*"},
    {HostCall::Exception, "_ZSt*__throw_*"},
    {HostCall::Heap, "malloc"},
    {HostCall::Heap, "calloc"},
    {HostCall::Heap, "realloc*"},
    {HostCall::Heap, "free"},
    {HostCall::Heap, "aligned_alloc"},
    {HostCall::Heap, "posix_memalign"},
    {HostCall::Heap, "memalign"},
    {HostCall::Heap, "valloc"},
    {HostCall::Heap, "strdup"},
    {HostCall::Heap, "strndup"},
    {HostCall::Heap, "mmap*"},
    {HostCall::Heap, "_Znw*"},  // operator new, new[], delete, delete[]
    {HostCall::Heap, "_Zna*"},
    {HostCall::Heap, "_Zdl*"},
    {HostCall::Heap, "_Zda*"},
    {HostCall::Output, "printf"},
    {HostCall::Output, "vprintf"},
    {HostCall::Output, "fprintf"},
    {HostCall::Output, "vfprintf"},
    {HostCall::Output, "puts"},
    {HostCall::Output, "putchar*"},
    {HostCall::Output, "fputs"},
    {HostCall::Output, "fputc"},
    {HostCall::Output, "putc"},
    {HostCall::Output, "fwrite"},
    {HostCall::Output, "write"},
    {HostCall::Output, "_ZNSo*"},  // std::ostream
    {HostCall::Output, "_ZStls*"},
    {HostCall::Output, "_ZSt16__ostream_insert*"},
    {HostCall::Output, "_ZSt4endl*"},
    {HostCall::Output, "_ZNSt8ios_base*"},
};

// `_ZSt*__throw_*`: a star matches any run of characters.
bool matches(std::string_view name, std::string_view pattern) {
    const size_t star = pattern.find('*');
    if (star == std::string_view::npos) return name == pattern;
    if (name.substr(0, star) != pattern.substr(0, star)) return false;
    const std::string_view rest = pattern.substr(star + 1);
    if (rest.empty()) return true;
    for (size_t at = star; at <= name.size(); at++) {
        if (matches(name.substr(at), rest)) return true;
    }
    return false;
}

// ---------------------------------------------------------------- what replaces a function

// One small function for each name that kernels of this process have called and may not; the last serves all that are over.
constexpr size_t kMostNames = 512;
std::array<std::atomic<const char*>, kMostNames> names;

template <size_t I>
[[noreturn]] void stopped() {
    const char* name = names[I].load(std::memory_order_relaxed);
    tw_host_call(name ? name : "a function of this machine", __builtin_return_address(0));
}

template <size_t... I>
constexpr auto make_stops(std::index_sequence<I...>) {
    return std::array<void (*)(), sizeof...(I)>{&stopped<I>...};
}
constexpr auto kStops = make_stops(std::make_index_sequence<kMostNames>());

[[noreturn]] void stopped_assert(const char* expression, const char* file, unsigned line, const char*) {
    tw_host_assert(expression, file, line);
}

uintptr_t replacement(std::string_view name) {
    if (name == "__assert_fail") return reinterpret_cast<uintptr_t>(&stopped_assert);
    static std::unordered_map<std::string, size_t> known;  // the caller holds a lock; keys stay where they are
    const auto [at, is_new] = known.try_emplace(std::string(name), std::min(known.size(), kMostNames - 1));
    if (is_new && at->second < kMostNames - 1) names[at->second] = at->first.c_str();
    return reinterpret_cast<uintptr_t>(kStops[at->second]);
}

// ---------------------------------------------------------------- what may stay

// Mathematics, and what a compiler calls for arithmetic that the processor lacks.
bool only_computes(std::string_view file, std::string_view name) {
    file = file.substr(file.rfind('/') + 1);
    if (file.substr(0, 5) == "libm." || file.substr(0, 5) == "libm-" || file.substr(0, 7) == "libmvec") return true;
    return file.substr(0, 6) == "libgcc" && name.substr(0, 8) != "_Unwind_";
}

bool is_code(uintptr_t address) {
    struct Query {
        uintptr_t address;
        bool found;
    } query{address, false};
    dl_iterate_phdr(
        [](dl_phdr_info* info, size_t, void* data) {
            auto* q = static_cast<Query*>(data);
            for (int i = 0; i < info->dlpi_phnum && !q->found; ++i) {
                const auto& h = info->dlpi_phdr[i];
                const uintptr_t offset = q->address - info->dlpi_addr - h.p_vaddr;
                q->found = h.p_type == PT_LOAD && (h.p_flags & PF_X) && offset < h.p_memsz;
            }
            return static_cast<int>(q->found);
        },
        &query);
    return query.found;
}

std::string_view file_of(uintptr_t address) {
    Dl_info info{};
    return dladdr(reinterpret_cast<void*>(address), &info) != 0 && info.dli_fname ? info.dli_fname : "";
}

bool may_call(std::string_view name, uintptr_t bound) {
    if (name.substr(0, 3) == "tw_") return true;
    if (name.substr(0, 7) == "__tsan_") return true;  // the instrumented build's, answered by src/raw
    if (std::find(kPure.begin(), kPure.end(), name) != kPure.end()) return true;
    if (only_computes(file_of(bound), name)) return true;
    // A sanitizer or a program may have put its own function in front of one of the mathematics library's.
    static void* const mathematics = dlopen("libm.so.6", RTLD_LAZY | RTLD_LOCAL);
    void* const real = mathematics ? dlsym(mathematics, std::string(name).c_str()) : nullptr;
    return real && only_computes(file_of(reinterpret_cast<uintptr_t>(real)), name);
}

// ---------------------------------------------------------------- the loader's tables

struct DynamicTables {
    const ElfW(Sym) * symbols = nullptr;
    const char* strings = nullptr;
    struct {
        const ElfW(Rela) * begin = nullptr;
        size_t bytes = 0;
    } relocations[2];
};

DynamicTables tables_of(const link_map& map) {
    DynamicTables t;
    const auto address = [&](uint64_t value) { return value < map.l_addr ? value + map.l_addr : value; };
    for (const ElfW(Dyn)* d = map.l_ld; d->d_tag != DT_NULL; ++d) {
        switch (d->d_tag) {
            case DT_SYMTAB: t.symbols = reinterpret_cast<const ElfW(Sym)*>(address(d->d_un.d_ptr)); break;
            case DT_STRTAB: t.strings = reinterpret_cast<const char*>(address(d->d_un.d_ptr)); break;
            case DT_RELA: t.relocations[0].begin = reinterpret_cast<const ElfW(Rela)*>(address(d->d_un.d_ptr)); break;
            case DT_RELASZ: t.relocations[0].bytes = d->d_un.d_val; break;
            case DT_JMPREL: t.relocations[1].begin = reinterpret_cast<const ElfW(Rela)*>(address(d->d_un.d_ptr)); break;
            case DT_PLTRELSZ: t.relocations[1].bytes = d->d_un.d_val; break;
            default: break;
        }
    }
    return t;
}

// Does the instruction before a return address name the function that it calls?
bool follows_direct_call(uintptr_t back) {
#if defined(__x86_64__)
    return *reinterpret_cast<const uint8_t*>(back - 5) == 0xe8;  // call rel32
#else
    return (*reinterpret_cast<const uint32_t*>(back - 4) >> 26) == 0x25;  // bl
#endif
}

bool binds_an_address(uint64_t type) {
#if defined(__x86_64__)
    return type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT || type == R_X86_64_64;
#else
    return type == R_AARCH64_JUMP_SLOT || type == R_AARCH64_GLOB_DAT || type == R_AARCH64_ABS64;
#endif
}

}  // namespace

void bind_host_calls(const link_map& map) {
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    const DynamicTables t = tables_of(map);
    if (!t.symbols || !t.strings) return;
    for (const auto& table : t.relocations) {
        for (size_t i = 0; i < table.bytes / sizeof(ElfW(Rela)); ++i) {
            const ElfW(Rela) & r = table.begin[i];
            const ElfW(Sym) & symbol = t.symbols[ELF64_R_SYM(r.r_info)];
            if (ELF64_R_SYM(r.r_info) == 0 || symbol.st_shndx != SHN_UNDEF || !binds_an_address(ELF64_R_TYPE(r.r_info)))
                continue;
            auto& bound = *reinterpret_cast<uintptr_t*>(map.l_addr + r.r_offset);
            const std::string_view name = t.strings + symbol.st_name;
            // Data stays: std::cout does no harm unless something is called with it.
            if (bound == 0 || may_call(name, bound - r.r_addend) || !is_code(bound)) continue;
            bound = replacement(name);
        }
    }
}

HostCall kind_of_host_call(std::string_view symbol) {
    for (const Family& f : kFamilies) {
        if (matches(symbol, f.name)) return f.kind;
    }
    return HostCall::Other;
}

std::vector<const void*> call_sites(const KernelImage& image, std::string_view symbol, const void* return_address) {
    Dl_info kernel{}, caller{};
    link_map* map = nullptr;
    if (dladdr1(reinterpret_cast<void*>(image.entry), &kernel, reinterpret_cast<void**>(&map), RTLD_DL_LINKMAP) == 0)
        return {};
    const uintptr_t back = reinterpret_cast<uintptr_t>(return_address);
    const bool in_kernel = dladdr(return_address, &caller) != 0 && caller.dli_fbase == kernel.dli_fbase;
    std::vector<const void*> places;
    for (const uint64_t offset : references(read_file(image.object).value_or(""), symbol)) {
        const uintptr_t place = map->l_addr + offset;
        // A reference is the operand of the call: up to a few bytes before the next instruction.
        if (back > place && back - place <= 8) return {reinterpret_cast<const void*>(back - 1)};
        places.push_back(reinterpret_cast<const void*>(place));
    }
    // By a pointer; or the file is gone.
    if (in_kernel && (places.empty() || !follows_direct_call(back))) return {reinterpret_cast<const void*>(back - 1)};
    return places;
}

std::string readable_name(std::string_view symbol) {
    const std::string name(symbol);
    int status = 0;
    char* const readable = abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status);
    const std::string out = status == 0 && readable ? readable : name + "()";
    std::free(readable);
    return out;
}

}  // namespace tw::jit
