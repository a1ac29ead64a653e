// Recordings: that a program leaves the same bytes twice, and that what is in them is what the kernels did.
//
// Kernels here call the border (tw/abi.h) themselves.
#include "device/device.h"
#include "jit/kernel_request.h"
#include "noc/address.h"
#include "observe/observer.h"
#include "record/file.h"
#include "runtime/launch.h"
#include "tw/abi.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

using namespace tw;
using namespace tw::runtime;

namespace {

constexpr uint32_t kPage = 1024, kPages = 7, kLanding = 0x60000, kFlag = 0x50000;
constexpr tw_site kSite{"record.cpp", "kernel", 1, 1};
uint64_t dram_place, receiver_place;  // of local address 0

// Core (0,0): pages come from DRAM into CB 3 and go on to core (1,0), which is told by a semaphore.
void reader() {
    tw_ctx* self = tw_self();
    for (uint32_t i = 0; i < kPages; ++i) {
        tw_cb_reserve_back(self, 3, 1, &kSite);
        tw_noc_read(self, 0, dram_place | (0x200000 + i * kPage), self->cb[3].fifo_wr_ptr, kPage, TW_NOC_TRID_NONE, &kSite);
        tw_noc_barrier(self, 0, TW_WAIT_READS, TW_NOC_TRID_NONE, &kSite);
        tw_cb_push_back(self, 3, 1, &kSite);
    }
}
void writer() {
    tw_ctx* self = tw_self();
    for (uint32_t i = 0; i < kPages; ++i) {
        tw_cb_wait_front(self, 3, 1, &kSite);
        tw_noc_write(self, 1, self->cb[3].fifo_rd_ptr, receiver_place | (kLanding + i * kPage), kPage, 0, 1,
                     TW_NOC_TRID_NONE, &kSite);
        tw_noc_barrier(self, 1, TW_WAIT_WRITES_ACKED, TW_NOC_TRID_NONE, &kSite);
        tw_noc_atomic_add(self, 1, receiver_place | self->semaphore_base, 1, TW_NOC_POSTED, 1, &kSite);
        tw_cb_pop_front(self, 3, 1, &kSite);
    }
}
void receiver() {
    tw_ctx* self = tw_self();
    tw_wait_word(self, self->semaphore_base, TW_AT_LEAST, kPages, &kSite);
    tw_store_word(self, kFlag, tw_load_word(self, kLanding));
}

struct Keeper : Observer {
    uint32_t wants() const override { return kAllRecords; }
    void launch_ends(Recording& r) override {
        bytes = recording_bytes(r);
        saved = tw::saved(r, {"0.1.0", "n150", ""});
        processors.clear();
        for (const ProcessorRecords& p : r.processors) {
            processors.emplace_back();
            p.writer->each([&](const Record& record) { processors.back().push_back(record); });
        }
    }
    std::string bytes;
    SavedRecording saved;
    std::vector<std::vector<Record>> processors;
};

struct Program {
    std::shared_ptr<Device> device = Device::open(find_chip("n150"));
    std::vector<std::unique_ptr<jit::KernelImage>> images;
    std::vector<CbPlacement> cbs{{.index = 3, .address = 0x20000, .size = 2 * kPage, .page_size = kPage}};
    std::vector<SemaphoreInit> semaphores{{0, 0}};
    std::vector<CoreLaunch> cores{{.core = {0, 0}}, {.core = {1, 0}}};

    Program() {
        const NocCoord dram = device->chip().dram_noc[0], other = device->worker_noc({1, 0});
        dram_place = noc_unicast(dram.x, dram.y, 0);
        receiver_place = noc_unicast(other.x, other.y, 0);
        add(0, TW_BRISC, reader);
        add(0, TW_NCRISC, writer);
        add(1, TW_BRISC, receiver);
    }
    void add(size_t core, tw_risc risc, jit::KernelImage::Entry entry) {
        images.push_back(std::make_unique<jit::KernelImage>());
        images.back()->entry = entry;
        images.back()->name = "record.cpp";
        cores[core].kernels[risc] = {.image = images.back().get()};
    }
    LaunchReport run(Schedule schedule, uint64_t seed = 0) {
        for (CoreLaunch& core : cores) {
            core.cbs = cbs;
            core.semaphores = semaphores;
        }
        return launch(*device, cores, {.schedule = schedule, .seed = seed, .workers = 2});
    }
};

struct Listening {
    Keeper keeper;
    Listening() { Observers::get().attach(&keeper); }
    ~Listening() { Observers::get().detach(&keeper); }
};

std::vector<Record> of_kind(const std::vector<Record>& all, RecordKind kind) {
    std::vector<Record> out;
    std::ranges::copy_if(all, std::back_inserter(out), [&](const Record& r) { return r.kind == kind; });
    return out;
}

}  // namespace

TEST_CASE("record: two deterministic runs of a program leave the same bytes") {
    Program p;
    Listening listening;
    p.run(Schedule::Deterministic);
    const std::string first = listening.keeper.bytes;
    CHECK(first.size() > 1000);
    p.run(Schedule::Deterministic);
    CHECK(listening.keeper.bytes == first);
    Program other;  // elsewhere in memory
    other.run(Schedule::Deterministic);
    CHECK(listening.keeper.bytes == first);
}

TEST_CASE("record: a transfer is told with both ends, and its landing with the number that the waiter has seen") {
    Program p;
    Listening listening;
    for (const Schedule schedule : {Schedule::Deterministic, Schedule::Parallel, Schedule::Random}) {
        p.run(schedule, 3);
        const auto& all = listening.keeper.processors;
        REQUIRE(all.size() == 3);
        const auto reads = of_kind(all[0], RecordKind::NocRead), writes = of_kind(all[1], RecordKind::NocWrite);
        REQUIRE(reads.size() == kPages);
        REQUIRE(writes.size() == kPages);
        for (uint32_t i = 0; i < kPages; ++i) {
            CHECK(reads[i].a == (dram_place | (0x200000 + i * kPage)));
            CHECK(reads[i].b == 0x20000 + i % 2 * kPage);
            CHECK(reads[i].c == kPage);
            CHECK(writes[i].a == (receiver_place | (kLanding + i * kPage)));
            CHECK(writes[i].b == 0x20000 + i % 2 * kPage);
        }
        // Each write and each increment lands once; the waiter has seen all of them.
        const auto landings = of_kind(all[1], RecordKind::Arrive);
        REQUIRE(landings.size() == 2 * kPages);
        for (uint32_t i = 0; i < landings.size(); ++i) CHECK(landings[i].d == i + 1);
        CHECK(landings[0].c == writes[0].sequence);
        const auto waits = of_kind(all[2], RecordKind::WordWait);
        REQUIRE(waits.size() == 1);
        CHECK(waits[0].b == kPages);
        CHECK(waits[0].d == 2 * kPages);
    }
}

TEST_CASE("record: the records of a core have one order") {
    Program p;
    Listening listening;
    p.run(Schedule::Random, 11);
    std::vector<Record> core = listening.keeper.processors[0];
    const auto& second = listening.keeper.processors[1];
    const auto rises = [](const std::vector<Record>& r) {
        return std::ranges::is_sorted(r, std::less_equal<>(), &Record::sequence);
    };
    CHECK(rises(core));
    CHECK(rises(second));
    core.insert(core.end(), second.begin(), second.end());
    std::ranges::sort(core, {}, &Record::sequence);
    int in_buffer = 0;  // a wait comes after the push that it waited for
    for (const Record& r : core) {
        in_buffer += (r.kind == RecordKind::CbPush) - (r.kind == RecordKind::CbPop);
        if (r.kind == RecordKind::CbWait) CHECK(in_buffer >= 1);
        if (r.kind == RecordKind::CbReserve) CHECK(in_buffer <= 1);
    }
}

TEST_CASE("record: polls that repeat are one record, with their number and the last value") {
    Program p;
    p.cores.erase(p.cores.begin() + 1);
    p.cores[0].kernels = {};
    p.add(0, TW_BRISC, [] {
        tw_ctx* self = tw_self();
        while (tw_load_word(self, kFlag) != 7) tw_yield(self, nullptr);
    });
    p.add(0, TW_NCRISC, [] {
        for (int i = 0; i < 9; ++i) tw_yield(tw_self(), nullptr);
        tw_store_word(tw_self(), kFlag, 7);
    });
    *reinterpret_cast<uint32_t*>(p.device->l1({0, 0}) + kFlag) = 0;
    Listening listening;
    p.run(Schedule::Deterministic);
    const auto loads = of_kind(listening.keeper.processors[0], RecordKind::WordLoad);
    REQUIRE(loads.size() == 1);
    CHECK(loads[0].b == 7);
    CHECK(loads[0].c > 5);
}

TEST_CASE("record: a run's recording is read back from a file as it was") {
    Program p;
    Listening listening;
    p.run(Schedule::Parallel);
    const SavedRecording& saved = listening.keeper.saved;
    CHECK(recording_from(to_bytes(saved), "run.twrec") == saved);
    REQUIRE(saved.processors.size() == 3);
    for (size_t i = 0; i < 3; ++i) CHECK(saved.processors[i].records == listening.keeper.processors[i]);
    CHECK(saved.processors[1].sites[1] == SavedSite{.file = "record.cpp", .function = "kernel", .line = 1, .column = 1});
    CHECK(saved.processors[1].kernel == "record.cpp");
}

TEST_CASE("record: a launch counts its transfers, waits and bytes whether or not somebody listens") {
    Program p;
    const LaunchCounts counts = p.run(Schedule::Deterministic).counts;
    CHECK(counts.bytes_read == kPages * kPage);
    CHECK(counts.bytes_written == kPages * kPage);
    CHECK(counts.noc_reads == kPages);
    CHECK(counts.noc_writes == kPages);
    CHECK(counts.noc_atomics == kPages);
    CHECK(counts.noc_barriers == 2 * kPages);
    CHECK(counts.waits == 2 * kPages + 1);
    CHECK(counts.slept > 0);
    p.run(Schedule::Deterministic);
    CHECK(p.run(Schedule::Deterministic).counts.bytes_read == kPages * kPage);  // of one launch
}

TEST_CASE("record: more records than a chunk holds keep their order") {
    Program p;
    p.cores.erase(p.cores.begin() + 1);
    p.cores[0].kernels = {};
    static constexpr uint32_t kStores = 3 * RecordWriter::kChunkRecords + 5;
    p.add(0, TW_BRISC, [] {
        for (uint32_t i = 0; i < kStores; ++i) tw_store_word(tw_self(), kFlag, i);
    });
    Listening listening;
    p.run(Schedule::Deterministic);
    const auto stores = of_kind(listening.keeper.processors[0], RecordKind::WordStore);
    REQUIRE(stores.size() == kStores);
    for (uint32_t i = 0; i < kStores; ++i) CHECK_MESSAGE(stores[i].b == i, i);
}
