// Kernels from source to running code: compile, cache, load, errors. Needs a C++ compiler; each case says what it claims.
#include "base/error.h"
#include "jit/disk_cache.h"
#include "jit/jit.h"
#include "jit/load.h"
#include "tw/abi.h"

#include <doctest/doctest.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace fs = std::filesystem;
using namespace tw;
using jit::KernelRequest;

namespace {

// Before anything asks for the cache's folder. Kept between runs, so that precompiled headers are.
[[maybe_unused]] const bool cache_is_set = [] {
    const fs::path folder = fs::temp_directory_path() / ("tilewright-tests-" + std::to_string(getuid()));
    return setenv("TILEWRIGHT_CACHE", folder.c_str(), 0) == 0;
}();

struct Folder {
    fs::path path = fs::temp_directory_path() / ("tilewright-jit-" + std::to_string(getpid()));
    Folder() { fs::create_directories(path); }
    ~Folder() {
        std::error_code error;
        fs::remove_all(path, error);
    }
    fs::path write(const std::string& name, const std::string& text) const {
        fs::create_directories((path / name).parent_path());
        std::ofstream(path / name) << text;
        return path / name;
    }
};

KernelRequest text_kernel(const std::string& text, jit::Processor processor = jit::Processor::Brisc) {
    KernelRequest r;
    r.source = text;
    r.is_text = true;
    r.processor = processor;
    r.num_dram_banks = 12;
    r.num_l1_banks = 64;
    return r;
}

KernelRequest file_kernel(const fs::path& path) {
    KernelRequest r = text_kernel(path.string());
    r.is_text = false;
    return r;
}

// Text that no earlier run has compiled.
std::string fresh() {
    static std::atomic<int> count{0};
    return "// " + std::to_string(getpid()) + "." + std::to_string(count++) + "." + std::to_string(time(nullptr)) + "\n";
}

// Runs the kernel against 64 KiB of "L1"; returns the word at `at`.
uint32_t run(const jit::KernelImage& image, uint32_t at, std::array<uint32_t, 4> args = {}) {
    alignas(16) static std::array<uint8_t, 65536> l1;
    l1 = {};
    tw_ctx context{};
    context.l1 = l1.data();
    context.l1_size = l1.size();
    context.rt_args = args.data();
    context.rt_arg_count = args.size();
    tw_ctx* const before = tw_current;
    tw_current = &context;
    image.entry();
    tw_current = before;
    uint32_t word;
    std::memcpy(&word, &l1[at], 4);
    return word;
}

Diagnostic failure(const KernelRequest& r) {
    try {
        jit::build({r});
    } catch (const Error& e) {
        return e.diagnostic();
    }
    return {};
}

}  // namespace

TEST_CASE("a kernel given as text is compiled, loaded and runs") {
    const auto images = jit::build({text_kernel(fresh() + "void kernel_main() { *(volatile uint32_t*)(64) = 42; }")});
    REQUIRE(images.size() == 1);
    CHECK(run(*images[0], 64) == 42);
    CHECK_FALSE(images[0]->from_cache);
    CHECK(images[0]->mutable_data.empty());
    CHECK(images[0]->name == "Kernel_Source_Code");
}

TEST_CASE("addresses become pointers in every form of cast, and offsets again") {
    const auto images = jit::build({text_kernel(R"(
        using word = volatile tt_l1_ptr uint32_t*;
        #define AT(x) ((volatile tt_l1_ptr uint32_t*)(x))
        struct Header { uint32_t a, b; };
        void kernel_main() {
            uint32_t address = get_arg_val<uint32_t>(0);
            *(volatile tt_l1_ptr uint32_t*)address = 1;
            *reinterpret_cast<volatile tt_l1_ptr uint32_t*>(address) += 2;
            *AT(address) += 4;
            word(address)[0] += 8;
            ((Header*)(address - 4))->b += 16;
            uint32_t* p = (uint32_t*)(uintptr_t)address + 1;
            if ((uint32_t)p == address + 4) *AT(address) += 32;
            if (reinterpret_cast<uint32_t>(p) == address + 4) *AT(address) += 64;
            uint32_t local = 3;
            if (*(uint32_t*)(&local) == 3) *AT(address) += 128;
            float f = 1.0f;
            if (*reinterpret_cast<uint32_t*>(&f) == 0x3f800000 && reinterpret_cast<uint32_t&>(f) == 0x3f800000) *AT(address) += 256;
            static_assert((uint32_t)2.5f == 2);
            if ((uint32_t*)0 == nullptr) *AT(address) += 512;
        })")});
    CHECK(run(*images[0], 256, {256}) == 1023);
}

TEST_CASE("what the host gives a kernel is constant inside it") {
    KernelRequest r = text_kernel(R"(
        static_assert(get_compile_time_arg_val(1) == 22);
        static_assert(kernel_compile_time_args.size() == 2);
        static_assert(get_named_compile_time_arg_val("depth") == 7);
        static_assert(WIDTH == 5 && NOC_INDEX == 1 && NUM_DRAM_BANKS == 12);
        static_assert(get_tile_size(3) == 1088 && DataFormat(unpack_src_format[3]) == DataFormat::Bfp8_b);
        static_assert(unpack_src_format[0] == 255 && pack_tile_r_dim[3] == 32 && unpack_tile_num_faces[5] == 2);
        static_assert(!DST_ACCUM_MODE);
        #if defined(COMPILE_FOR_NCRISC) && !defined(COMPILE_FOR_BRISC) && NOC_INDEX == 1
        void kernel_main() { STATEMENTS }
        #endif
        )",
                                  jit::Processor::Ncrisc);
    r.noc_index = 1;
    r.compile_time_args = {11, 22};
    r.named_compile_time_args = {{"depth", 7}};
    r.defines = {
        {"WIDTH", "4"}, {"STATEMENTS", "*(uint32_t*)(16) = 9; /* a\nb */ ((volatile uint32_t*)16)[0]++;"}, {"WIDTH", "5"}};
    r.cbs = {{.index = 3, .format = DataFormat::Bfp8_b, .page_size = 1088, .tile_size = 1088},
             {.index = 5,
              .format = DataFormat::Float16_b,
              .page_size = 64,
              .tile_height = 1,
              .face_height = 1,
              .tile_size = 64}};
    CHECK(run(*jit::build({r})[0], 16) == 10);
}

TEST_CASE("the three compute threads see their own macros, in old and new kernels") {
    const std::string text = R"(
        #include "compute_kernel_api/common.h"
        namespace NAMESPACE { void MAIN {
            uint32_t id = 0;
            UNPACK(( id = 1 )); MATH(( id = 2 )); PACK(( id = 3 ));
            #ifdef TRISC_MATH
            id += 10;
            #endif
            *(volatile uint32_t*)(32) = id;
        } })";
    const auto images =
        jit::build({text_kernel(text, jit::Processor::TriscUnpack), text_kernel(text, jit::Processor::TriscMath),
                    text_kernel(text, jit::Processor::TriscPack)});
    CHECK(run(*images[0], 32) == 1);
    CHECK(run(*images[1], 32) == 12);
    CHECK(run(*images[2], 32) == 3);
}

TEST_CASE("a function that ends in an endless loop needs no return") {
    const auto images = jit::build({text_kernel(R"(
        uint32_t wait(volatile uint32_t* p) {
            while (true) {
                if (*p) return *p;
            }
        }
        constexpr uint32_t log2_of(uint32_t n) {
            uint32_t log = 0;
            while (n > 1) n >>= 1, log++;
            for (;;) {
                if (log < 100) return log;
            }
        }
        static_assert(log2_of(1024) == 10);
        void kernel_main() {
            *(uint32_t*)(64) = 3;
            *(uint32_t*)(64) += wait((volatile uint32_t*)64);
        })")});
    CHECK(run(*images[0], 64) == 6);
}

TEST_CASE("mutable statics of a kernel are found, constants are not") {
    const KernelRequest request = text_kernel(R"(
        static uint32_t counter = 7;
        static uint32_t history[3];
        static const uint32_t table[4] = {1, 2, 3, 4};
        const char* const names[] = {"a", "b"};
        void kernel_main() {
            counter++;
            history[get_arg_val<uint32_t>(0)] = counter;
            *(volatile uint32_t*)(64) = counter + table[get_arg_val<uint32_t>(1)] + (names[get_arg_val<uint32_t>(1) & 1] != nullptr) + history[2];
        })");
    const auto images = jit::build({request});
    size_t bytes = 0;
    for (const auto& segment : images[0]->mutable_data) bytes += segment.bytes;
    CHECK(bytes >= 16);
    CHECK(bytes <= 32);
    CHECK(images[0]->initial_data.size() == bytes);
    CHECK(run(*images[0], 64) == 8 + 1 + 1);
    CHECK(run(*images[0], 64) == 9 + 1 + 1);  // whoever shares the object swaps the data
    size_t at = 0;
    for (const auto& segment : images[0]->mutable_data) {
        std::memcpy(segment.address, images[0]->initial_data.data() + at, segment.bytes);
        at += segment.bytes;
    }
    CHECK(run(*images[0], 64) == 8 + 1 + 1);

    jit::clear_memory_cache();
    CHECK(jit::build({request})[0]->initial_data == images[0]->initial_data);
}

TEST_CASE("globals with constructors are made when the kernel starts, on its core") {
    const auto images = jit::build({text_kernel(R"(
        struct Counter {
            uint32_t value;
            Counter() : value(get_arg_val<uint32_t>(0)) {}
            ~Counter() { *(volatile uint32_t*)0xfffffff0u = 1; }
        };
        static Counter first;
        static uint32_t second = first.value + get_arg_val<uint32_t>(1);
        void kernel_main() {
            static Counter local;
            *(volatile uint32_t*)(64) = first.value + second + local.value;
        })")});
    CHECK(run(*images[0], 64, {1, 10}) == 1 + 11 + 1);
    std::memset(images[0]->mutable_data.at(0).address, 0, images[0]->mutable_data[0].bytes);
    CHECK(run(*images[0], 64, {2, 10}) == 2 + 12 + 2);
}

TEST_CASE("the user's own headers are found beside the kernel and rewritten too, also in a circle") {
    const Folder folder;
    folder.write("inc/deep.h",
                 "#pragma once\n#include \"../lib.h\"\ninline void deep(uint32_t a) { *(uint32_t*)a += 1; }\n");
    folder.write("lib.h",
                 "#pragma once\n#include \"inc/deep.h\"\ninline uint32_t* at(uint32_t a) { return (uint32_t*)(a); }\n");
    folder.write("paths/given.hpp", "#define GIVEN 100\n");
    const auto kernel =
        folder.write("k.cpp", "#include \"lib.h\"\n#include <given.hpp>\n#if 0\n#include \"absent.h\"\n#endif\n" + fresh() +
                                  "void kernel_main() { *at(64) = GIVEN; deep(64); }\n");
    KernelRequest r = file_kernel(kernel);
    r.include_paths = {folder.path / "paths"};
    CHECK(run(*jit::build({r})[0], 64) == 101);

    // An edit of a header is seen.
    folder.write("inc/deep.h",
                 "#pragma once\n#include \"../lib.h\"\ninline void deep(uint32_t a) { *(uint32_t*)a += 22; }\n");
    CHECK(run(*jit::build({r})[0], 64) == 122);
}

TEST_CASE("a TT_KERNEL function becomes the kernel's entry") {
    KernelRequest r = text_kernel(R"(
        template <uint32_t step>
        TT_KERNEL void writer(uint32_t address, uint32_t n) { *(volatile uint32_t*)address = n * step; })");
    r.bindings = R"(
        namespace args {
        constexpr experimental::CtaVal<uint32_t> step{10};
        constexpr experimental::RtaArg<uint32_t> address{0};
        constexpr experimental::RtaArg<uint32_t> n{4};
        })";
    CHECK(run(*jit::build({r})[0], 128, {128, 3}) == 30);
}

TEST_CASE("asked again, a kernel comes from memory; in a new process from disk; damaged, from the compiler") {
    const KernelRequest r = text_kernel(fresh() + "void kernel_main() { *(uint32_t*)(64) = 5; }");
    const auto first = jit::build({r});
    const auto before = jit::stats();
    CHECK(jit::build({r, r})[1] == first[0]);
    CHECK(jit::stats().from_memory == before.from_memory + 2);

    jit::clear_memory_cache();
    const auto again = jit::build({r});
    CHECK(again[0]->from_cache);
    CHECK(run(*again[0], 64) == 5);
    CHECK(jit::stats().compiled == before.compiled);

    for (const char* damage : {"cut", "empty", "garbage"}) {
        CAPTURE(damage);
        const fs::path object = again[0]->object;
        const fs::path copy = object.string() + ".copy";
        fs::copy_file(object, copy);
        if (*damage == 'c') fs::resize_file(copy, fs::file_size(copy) / 2);
        if (*damage == 'e') fs::resize_file(copy, 0);
        if (*damage == 'g') std::ofstream(copy) << std::string(5000, 'x');
        fs::rename(copy, object);  // the loaded object stays mapped
        jit::clear_memory_cache();
        const auto rebuilt = jit::build({r});
        CHECK_FALSE(rebuilt[0]->from_cache);
        CHECK(run(*rebuilt[0], 64) == 5);
    }
}

TEST_CASE("a damaged precompiled header is built anew") {
    jit::build({text_kernel(fresh() + "void kernel_main() {}")});
    fs::path newest;
    for (const auto& e : fs::directory_iterator(jit::cache_root() / "headers")) {
        const fs::path p = e.path();
        const bool header =
            p.filename().string().rfind("dm-", 0) == 0 && (p.extension() == ".pch" || p.extension() == ".gch");
        if (header && (newest.empty() || fs::last_write_time(p) > fs::last_write_time(newest))) newest = p;
    }
    REQUIRE_FALSE(newest.empty());
    const auto bytes = fs::file_size(newest);
    std::ofstream(newest) << std::string(bytes, 'x');  // the size is right, the content is not
    CHECK(run(*jit::build({text_kernel(fresh() + "void kernel_main() { *(uint32_t*)(64) = 6; }")})[0], 64) == 6);
}

TEST_CASE("kernels of one build that are the same are compiled once") {
    const KernelRequest r = text_kernel(fresh() + "void kernel_main() {}");
    const auto before = jit::stats().compiled;
    const auto images = jit::build({r, r, r});
    CHECK(images[0] == images[2]);
    CHECK(jit::stats().compiled == before + 1);
}

TEST_CASE("a missing kernel is reported with upstream's words and the places tried") {
    const Folder folder;
    jit::set_program_root(folder.path);
    const Diagnostic d = failure(file_kernel("no/such/kernel.cpp"));
    jit::set_program_root({});
    CHECK(d.code == "kernel-not-found");
    CHECK(d.what.find("Kernel file no/such/kernel.cpp doesn't exist in any of the searched paths!") != std::string::npos);
    CHECK(d.why.find((folder.path / "no/such/kernel.cpp").string()) != std::string::npos);
}

TEST_CASE("the program's folder comes before the current one, metal roots after it") {
    const Folder folder;
    const fs::path current = fs::current_path();
    folder.write("program/k.cpp", "void kernel_main() { *(uint32_t*)(64) = 1; }");
    folder.write("here/k.cpp", "void kernel_main() { *(uint32_t*)(64) = 2; }");
    folder.write("here/l.cpp", "void kernel_main() { *(uint32_t*)(64) = 3; }");
    folder.write("metal/tt_metal/x.h", "#define X 4\n");
    folder.write("metal/l.cpp", "void kernel_main() { *(uint32_t*)(64) = 9; }");
    folder.write("metal/ttnn/cpp/m.cpp", "#include \"x.h\"\nvoid kernel_main() { *(uint32_t*)(64) = X; }");
    fs::current_path(folder.path / "here");
    jit::set_program_root(folder.path / "program");
    setenv("TT_METAL_HOME", (folder.path / "metal").c_str(), 1);
    CHECK(run(*jit::build({file_kernel("k.cpp")})[0], 64) == 1);
    CHECK(run(*jit::build({file_kernel("l.cpp")})[0], 64) == 3);
    CHECK(run(*jit::build({file_kernel("ttnn/cpp/m.cpp")})[0], 64) == 4);
    jit::set_program_root({});
    CHECK(run(*jit::build({file_kernel("k.cpp")})[0], 64) == 2);
    unsetenv("TT_METAL_HOME");
    fs::current_path(current);
}

TEST_CASE("compile errors name the kernel's file and line, every kernel its own") {
    const Folder folder;
    folder.write("helper.h",
                 "#pragma once\ntemplate <int N>\nvoid helper() {\n    static_assert(N == 4, \"N must be 4\");\n}\n");
    const auto plain = folder.write("plain.cpp", "\nvoid kernel_main() {\n    uint32_t* p = (uint32_t*)64; foo(p);\n}\n");
    const auto nested = folder.write("nested.cpp", "#include \"helper.h\"\nvoid kernel_main() {\n    helper<3>();\n}\n");
    const auto missing = folder.write("missing.cpp", "#include \"absent.hpp\"\nvoid kernel_main() {}\n");
    std::vector<Diagnostic> all;
    try {
        jit::build({file_kernel(plain), file_kernel(nested), file_kernel(missing)});
    } catch (const Error& e) {
        all = e.diagnostics();
    }
    REQUIRE(all.size() == 3);
    CHECK(all[0].category == Category::CompileError);
    CHECK(all[0].code == "kernel-compile");
    CHECK(all[0].what.find("foo") != std::string::npos);
    REQUIRE_FALSE(all[0].at.empty());
    CHECK(all[0].at[0] == plain.string() + ":3:34");  // the column of the unwritten text
    CHECK(all[0].why.find("foo(p);") != std::string::npos);

    CHECK(all[1].what.find("N must be 4") != std::string::npos);
    CHECK(all[1].at[0].find("helper.h:4") != std::string::npos);
    const bool names_kernel = std::any_of(all[1].at.begin(), all[1].at.end(),
                                          [&](const auto& a) { return a.find("nested.cpp:3") != std::string::npos; });
    CHECK(names_kernel);

    CHECK(all[2].at[0].find("missing.cpp:1") != std::string::npos);
    CHECK(all[2].fix.find("--metal-root") != std::string::npos);
}

TEST_CASE("a kernel without an entry, or with an undefined function, is a compile error") {
    CHECK(failure(text_kernel("void main_kernel() {}")).code == "no-kernel-main");
    const Diagnostic d = failure(text_kernel("void elsewhere(int); void kernel_main() { elsewhere(1); }"));
    CHECK(d.code == "kernel-link");
    CHECK(d.what.find("elsewhere(int)") != std::string::npos);
}

TEST_CASE("a host define that does not compile is named") {
    KernelRequest r = text_kernel("void kernel_main() { STEP; }");
    r.defines = {{"STEP", "no_such_thing()"}};
    const Diagnostic d = failure(r);
    CHECK(d.what.find("no_such_thing") != std::string::npos);
    const bool named =
        std::any_of(d.at.begin(), d.at.end(), [](const auto& a) { return a.find("define STEP") != std::string::npos; });
    CHECK(named);
}

TEST_CASE("an address in a kernel is symbolized to its source line") {
    const Folder folder;
    const auto path = folder.write("s.cpp", "\n\nvoid kernel_main() {\n    *(volatile uint32_t*)(64) = 1;\n}\n" + fresh());
    const auto images = jit::build({file_kernel(path)});
    const auto* code = reinterpret_cast<const char*>(images[0]->entry);
    bool found = false;
    for (int i = 0; i < 64 && !found; i += 4) found = jit::symbolize(code + i) == path.string() + ":4";
    CHECK(found);
    CHECK(jit::symbolize(nullptr).empty());
}

TEST_CASE("without a compiler the error says what was looked at") {
    const std::string before = std::getenv("TILEWRIGHT_CXX") ? std::getenv("TILEWRIGHT_CXX") : "";
    setenv("TILEWRIGHT_CXX", "/no/such/compiler", 1);
    const Diagnostic d = failure(text_kernel(fresh() + "void kernel_main() {}"));
    CHECK(jit::describe_toolchain().find("no-compiler") != std::string::npos);
    before.empty() ? unsetenv("TILEWRIGHT_CXX") : setenv("TILEWRIGHT_CXX", before.c_str(), 1);
    CHECK(d.category == Category::Environment);
    CHECK(d.code == "no-compiler");
    CHECK(d.what.find("/no/such/compiler") != std::string::npos);
}

TEST_CASE("the cache on disk is kept below its bound, oldest first") {
    uint64_t others = 0;
    for (const auto& e : fs::recursive_directory_iterator(jit::cache_root()))
        others += e.is_regular_file() ? e.file_size() : 0;
    const fs::path folder = jit::cache_root() / "kernels" / "zz";
    fs::create_directories(folder);
    const auto old = fs::file_time_type::clock::now() - std::chrono::hours(10000);
    for (int i = 0; i < 4; i++) {
        const fs::path file = folder / (std::to_string(i) + ".so");
        std::ofstream(file) << "x";
        fs::resize_file(file, uint64_t{10} << 30);  // sparse
        fs::last_write_time(file, old + std::chrono::hours(i));
    }
    const std::string before = std::getenv("TILEWRIGHT_CACHE_MB") ? std::getenv("TILEWRIGHT_CACHE_MB") : "";
    setenv("TILEWRIGHT_CACHE_MB", std::to_string((others >> 20) + 25 * 1024).c_str(),
           1);  // 15 GB too much, and a fifth is left free
    jit::trim_cache(true);
    before.empty() ? unsetenv("TILEWRIGHT_CACHE_MB") : setenv("TILEWRIGHT_CACHE_MB", before.c_str(), 1);
    CHECK_FALSE(fs::exists(folder / "0.so"));
    CHECK_FALSE(fs::exists(folder / "1.so"));
    CHECK(fs::exists(folder / "3.so"));
    fs::remove_all(folder);
}
