// The instrumented build of kernels: what is told of their loads and stores through pointers, and that nothing else
// changes.
#include "core/core.h"
#include "device/device.h"
#include "jit/kernel_request.h"
#include "observe/observer.h"
#include "record/recording.h"
#include "runtime/launch.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

using namespace tw;
using namespace tw::runtime;

namespace {

constexpr uint32_t kPage = 1024, kScratch = 0x60000;

struct Kept {
    std::vector<Record> raw;  // of all processors
    std::string calls;        // the other records' bytes, without sequences
};

struct Keeper : Observer {
    uint32_t wants() const override { return kAllRecords; }
    void launch_ends(Recording& r) override {
        kept = {};
        for (const ProcessorRecords& p : r.processors) {
            p.writer->each([&](Record record) {
                if (record.kind == RecordKind::RawRead || record.kind == RecordKind::RawWrite) {
                    kept.raw.push_back(record);
                    return;
                }
                record.sequence = record.site = 0;
                if (record.kind == RecordKind::Arrive || record.kind == RecordKind::Land) record.c = 0;  // a sequence
                kept.calls.append(reinterpret_cast<const char*>(&record), sizeof record);
            });
        }
    }
    Kept kept;
};

// One core, BRISC, CB 3 of two pages at 0x20000.
struct OneKernel {
    std::shared_ptr<Device> device = Device::open(find_chip("n150"));
    std::vector<CbPlacement> cbs{{.index = 3, .address = 0x20000, .size = 2 * kPage, .page_size = kPage}};
    std::vector<SemaphoreInit> semaphores{{0, 0}};
    std::vector<uint32_t> args{7, 11};

    Kept run(const std::string& body, jit::RawBuild raw) {
        jit::KernelRequest request;
        request.source = "#include \"api/dataflow/dataflow_api.h\"\nvoid kernel_main() {\n" + body + "\n}\n";
        request.is_text = true;
        request.num_dram_banks = device->chip().dram_banks;
        request.num_l1_banks = device->num_l1_banks();
        request.cbs = {{.index = 3, .page_size = kPage, .tile_size = kPage}};
        request.raw = raw;
        const auto images = jit::build({request});
        CoreLaunch core{.core = {0, 0}};
        core.kernels[TW_BRISC] = {.image = images[0].get(), .args = args};
        core.cbs = cbs;
        core.semaphores = semaphores;
        Keeper keeper;
        Observers::get().attach(&keeper);
        try {
            launch(*device, {&core, 1}, {.schedule = Schedule::Deterministic});
        } catch (...) {
            Observers::get().detach(&keeper);
            throw;
        }
        Observers::get().detach(&keeper);
        return keeper.kept;
    }
    uint32_t* words(uint32_t address) { return reinterpret_cast<uint32_t*>(device->l1({0, 0}) + address); }
};

const char* const kOnlyCalls = R"(
    uint32_t n = get_arg_val<uint32_t>(0) + get_common_arg_val<uint32_t>(0) * 0 + get_arg_val<uint32_t>(1);
    uint64_t from = get_noc_addr_from_bank_id<true>(0, 0x200000), to = get_noc_addr_from_bank_id<true>(1, 0x200000);
    for (uint32_t i = 0; i < n; i++) {
        cb_reserve_back(3, 1);
        noc_async_read(from, get_write_ptr(3), get_tile_size(3));
        noc_async_read_barrier();
        cb_push_back(3, 1);
        cb_wait_front(3, 1);
        noc_async_write(get_read_ptr(3), to, get_tile_size(3));
        noc_async_write_barrier();
        noc_semaphore_inc(get_noc_addr(get_semaphore(0)), 1);
        cb_pop_front(3, 1);
    }
    noc_async_atomic_barrier();
    noc_semaphore_wait_min((volatile tt_l1_ptr uint32_t*)get_semaphore(0), n);
    noc_semaphore_set((volatile tt_l1_ptr uint32_t*)get_semaphore(0), 0);
)";

void with_compiler(const char* compiler, void (*body)()) {
    if (std::system((std::string("command -v ") + compiler + " > /dev/null").c_str()) != 0) return;
    const char* before = std::getenv("TILEWRIGHT_CXX");
    const std::string kept = before ? before : "";
    setenv("TILEWRIGHT_CXX", compiler, 1);
    CAPTURE(compiler);
    body();
    before ? setenv("TILEWRIGHT_CXX", kept.c_str(), 1) : unsetenv("TILEWRIGHT_CXX");
}

}  // namespace

TEST_CASE("raw: a kernel that only calls the API tells of no access to L1, with either compiler") {
    for (const char* compiler : {"clang++-19", "g++"}) {
        with_compiler(compiler, [] {
            OneKernel k;
            std::string common = kOnlyCalls;
            common.replace(common.find(" + get_common_arg_val<uint32_t>(0) * 0"),
                           std::strlen(" + get_common_arg_val<uint32_t>(0) * 0"), "");
            const Kept told = k.run(common, jit::RawBuild::Always);
            CHECK(told.raw.empty());
            CHECK(told.calls == k.run(common, jit::RawBuild::Never).calls);
        });
    }
}

TEST_CASE("raw: loads and stores of every width are told with address, size and kind, with either compiler") {
    for (const char* compiler : {"clang++-19", "g++"}) {
        with_compiler(compiler, [] {
            OneKernel k;
            const std::string body = R"(
                volatile tt_l1_ptr uint8_t* b = (volatile tt_l1_ptr uint8_t*)0x60000;
                volatile tt_l1_ptr uint16_t* h = (volatile tt_l1_ptr uint16_t*)0x60100;
                volatile tt_l1_ptr uint32_t* w = (volatile tt_l1_ptr uint32_t*)0x60200;
                volatile tt_l1_ptr uint64_t* d = (volatile tt_l1_ptr uint64_t*)0x60300;
                *b = 1; *h = 2; *w = 3; *d = 4;
                if (*b + *h + *w + *d == 10) w[16] = 5;
            )";
            const Kept told = k.run(body, jit::RawBuild::Always);
            REQUIRE(told.raw.size() == 9);
            const uint32_t at[] = {0x60000, 0x60100, 0x60200, 0x60300}, bytes[] = {1, 2, 4, 8};
            for (uint32_t i = 0; i < 4; ++i) {
                CHECK(told.raw[i].kind == RecordKind::RawWrite);
                CHECK(told.raw[i].b == at[i]);
                CHECK(told.raw[i].c == bytes[i]);
                CHECK((told.raw[i].flags & kRecordVolatile) != 0);
                CHECK(told.raw[4 + i].kind == RecordKind::RawRead);
                CHECK(told.raw[4 + i].b == at[i]);
            }
            CHECK(told.raw[8].b == 0x60240);
            CHECK(k.words(0x60240)[0] == 5);
        });
    }
}

TEST_CASE("raw: a loop over an array is one record; copies by the C library count") {
    for (const char* compiler : {"clang++-19", "g++"}) {
        with_compiler(compiler, [] {
            OneKernel k;
            const Kept told = k.run(R"(
                volatile tt_l1_ptr uint32_t* p = (volatile tt_l1_ptr uint32_t*)0x60000;
                for (uint32_t i = 0; i < 300; i++) p[i] = i * get_arg_val<uint32_t>(0);
                memcpy((void*)0x61000, (void*)0x60000, 1200);
            )",
                                    jit::RawBuild::Always);
            CHECK(told.raw.size() < 12);
            uint32_t stored = 0, copied = 0;
            for (const Record& r : told.raw) {
                if (r.kind == RecordKind::RawWrite && r.b < 0x61000) stored += r.c;
                if (r.kind == RecordKind::RawWrite && r.b >= 0x61000) copied += r.c;
            }
            CHECK(stored == 1200);
            CHECK(copied == 1200);
            CHECK(k.words(0x61000)[299] == 299 * 7);
        });
    }
}

TEST_CASE("raw: a store that changes nothing is told apart") {
    OneKernel k;
    k.words(kScratch)[0] = 9;
    k.words(kScratch)[64] = 9;
    const Kept told = k.run(R"(
        *(volatile tt_l1_ptr uint32_t*)0x60000 = 9;
        *(volatile tt_l1_ptr uint32_t*)0x60100 = 8;
    )",
                            jit::RawBuild::Always);
    REQUIRE(told.raw.size() == 2);
    CHECK((told.raw[0].flags & kRecordSame) != 0);
    CHECK((told.raw[1].flags & kRecordSame) == 0);
}

TEST_CASE("raw: only kernels that make pointers are instrumented where that is asked for") {
    OneKernel k;
    CHECK(k.run("volatile tt_l1_ptr uint32_t* p = (volatile tt_l1_ptr uint32_t*)0x60000; *p = 1;",
                jit::RawBuild::WithPointers)
              .raw.size() == 1);
    CHECK(k.run("cb_reserve_back(3, 1); cb_push_back(3, 1);", jit::RawBuild::WithPointers).raw.empty());
    CHECK(k.run("*(volatile tt_l1_ptr uint32_t*)0x60000 = 1;", jit::RawBuild::Never).raw.empty());
}
