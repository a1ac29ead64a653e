// Races: found in any schedule, by what orders two accesses and not by how the run went; and never in a correct program.
#include "device/device.h"
#include "jit/kernel_request.h"
#include "noc/address.h"
#include "observe/observer.h"
#include "races/races.h"
#include "runtime/launch.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

using namespace tw;
using namespace tw::runtime;

namespace {

constexpr uint32_t kPage = 512;

struct Finder : Observer {
    uint32_t wants() const override { return kAllRecords; }
    void launch_ends(Recording& r) override {
        result = races::find(r);
        places.clear();
        for (const races::Race& race : result.races) {
            for (const races::Place& p : {race.first, race.second}) {
                const RecordSite& site = r.processors[p.processor].writer->sites()[p.site];
                places += std::to_string(r.processors[p.processor].risc) + (p.write ? "w" : "r") +
                          (site.call ? std::to_string(site.call->line) : "raw") + " ";
            }
        }
    }
    races::Result result;
    std::string places;  // "1w12 0r31 ": NCRISC wrote at line 12, BRISC read at line 31
};

// Kernels by core and processor, CB 0 of two pages at 0x20000 on each core, semaphores 0 and 1.
struct Program {
    std::shared_ptr<Device> device = Device::open(find_chip("n150"));
    std::vector<CbPlacement> cbs{{.index = 0, .address = 0x20000, .size = 2 * kPage, .page_size = kPage}};
    std::vector<SemaphoreInit> semaphores{{0, 0}, {1, 0}};
    std::vector<CoreLaunch> cores;
    std::vector<std::shared_ptr<const jit::KernelImage>> images;
    std::vector<std::unique_ptr<std::vector<uint32_t>>> args;

    Program& kernel(CoreCoord at, tw_risc risc, const std::string& body) {
        jit::KernelRequest r;
        r.source = "#include \"api/dataflow/dataflow_api.h\"\nvoid kernel_main() {\n" + body + "\n}\n";
        r.is_text = true;
        r.processor = static_cast<jit::Processor>(risc);
        r.noc_index = risc == TW_NCRISC;
        r.num_dram_banks = device->chip().dram_banks;
        r.num_l1_banks = device->num_l1_banks();
        r.cbs = {{.index = 0, .page_size = kPage, .tile_size = kPage}};
        r.raw = jit::RawBuild::Always;
        images.push_back(jit::build({r})[0]);
        auto found = std::ranges::find(cores, at, &CoreLaunch::core);
        if (found == cores.end()) found = cores.insert(cores.end(), {.core = at});
        // Where the cores (0,0) to (3,0) are on the NoC.
        args.push_back(std::make_unique<std::vector<uint32_t>>());
        for (uint32_t x = 0; x < 4; ++x) {
            const NocCoord c = device->worker_noc({x, 0});
            args.back()->push_back(c.x);
            args.back()->push_back(c.y);
        }
        found->kernels[risc] = {.image = images.back().get(), .args = *args.back(), .noc_index = r.noc_index};
        return *this;
    }

    Finder run(uint64_t seed) {
        for (CoreLaunch& core : cores) {
            core.cbs = cbs;
            core.semaphores = semaphores;
        }
        for (CoreLaunch& core : cores)  // scratch memory: a flag that an earlier run left set would order nothing
            std::fill_n(reinterpret_cast<uint32_t*>(device->l1(core.core) + 0x60000), 0x4000 / 4, 0u);
        Finder finder;
        Observers::get().attach(&finder);
        try {
            launch(*device, cores, {.schedule = seed ? Schedule::Random : Schedule::Deterministic, .seed = seed});
        } catch (...) {
            Observers::get().detach(&finder);
            throw;
        }
        Observers::get().detach(&finder);
        return finder;
    }

    void check_silent() {
        const char* asked = std::getenv("TILEWRIGHT_RACE_SEEDS");
        const uint64_t seeds = asked ? std::strtoull(asked, nullptr, 10) : 20;
        for (uint64_t seed = 0; seed < seeds; ++seed) {
            const Finder f = run(seed);
            INFO("seed " << seed);
            REQUIRE(f.result.complete);
            REQUIRE(f.places == "");
        }
    }
};

const char* const kRead = R"(
    for (uint32_t i = 0; i < 5; i++) {
        cb_reserve_back(0, 1);
        noc_async_read(get_noc_addr_from_bank_id<true>(0, 0x200000 + i * 512), get_write_ptr(0), 512);
        noc_async_read_barrier();
        cb_push_back(0, 1);
    }
)";
const char* const kWrite = R"(
    for (uint32_t i = 0; i < 5; i++) {
        cb_wait_front(0, 1);
        noc_async_write(get_read_ptr(0), get_noc_addr_from_bank_id<true>(1, 0x200000 + i * 512), 512);
        noc_async_write_barrier();
        cb_pop_front(0, 1);
    }
)";

}  // namespace

TEST_CASE("races: pages that go through a circular buffer are ordered") {
    Program().kernel({0, 0}, TW_NCRISC, kRead).kernel({0, 0}, TW_BRISC, kWrite).check_silent();
}

TEST_CASE("races: data before a semaphore, and the answer before the next round, are ordered") {
    Program()
        .kernel({0, 0}, TW_BRISC, R"(
            const uint32_t x = get_arg_val<uint32_t>(2), y = get_arg_val<uint32_t>(3);
            volatile tt_l1_ptr uint32_t* data = (volatile tt_l1_ptr uint32_t*)0x60000;
            volatile tt_l1_ptr uint32_t* free = (volatile tt_l1_ptr uint32_t*)get_semaphore(1);
            for (uint32_t i = 0; i < 4; i++) {
                for (uint32_t k = 0; k < 32; k++) data[k] = i * k;
                noc_async_write(0x60000, get_noc_addr(x, y, 0x61000), 128);
                noc_async_write_barrier();
                noc_semaphore_inc(get_noc_addr(x, y, get_semaphore(0)), 1);
                noc_semaphore_wait_min(free, i + 1);
            }
            noc_async_atomic_barrier();
        )")
        .kernel({1, 0}, TW_NCRISC, R"(
            const uint32_t x = get_arg_val<uint32_t>(0), y = get_arg_val<uint32_t>(1);
            volatile tt_l1_ptr uint32_t* data = (volatile tt_l1_ptr uint32_t*)0x61000;
            volatile tt_l1_ptr uint32_t* sum = (volatile tt_l1_ptr uint32_t*)0x62000;
            volatile tt_l1_ptr uint32_t* full = (volatile tt_l1_ptr uint32_t*)get_semaphore(0);
            for (uint32_t i = 0; i < 4; i++) {
                noc_semaphore_wait_min(full, i + 1);
                for (uint32_t k = 0; k < 32; k++) *sum = *sum + data[k];
                noc_semaphore_inc(get_noc_addr(x, y, get_semaphore(1)), 1);
            }
            noc_async_atomic_barrier();
        )")
        .check_silent();
}

TEST_CASE("races: a multicast before its flag is ordered on all receivers") {
    Program p;
    p.kernel({0, 0}, TW_BRISC, R"(
        const uint32_t x0 = get_arg_val<uint32_t>(2), y0 = get_arg_val<uint32_t>(3);
        const uint32_t x1 = get_arg_val<uint32_t>(6), y1 = get_arg_val<uint32_t>(7);
        volatile tt_l1_ptr uint32_t* ready = (volatile tt_l1_ptr uint32_t*)get_semaphore(1);
        volatile tt_l1_ptr uint32_t* flag = (volatile tt_l1_ptr uint32_t*)get_semaphore(0);
        for (uint32_t i = 0; i < 3; i++) {
            noc_semaphore_wait(ready, 3);
            noc_semaphore_set(ready, 0);
            volatile tt_l1_ptr uint32_t* data = (volatile tt_l1_ptr uint32_t*)0x60000;
            for (uint32_t k = 0; k < 64; k++) data[k] = k + i;
            noc_async_write_multicast(0x60000, get_noc_multicast_addr(x0, y0, x1, y1, 0x60000), 256, 3);
            *flag = 1;
            noc_semaphore_set_multicast(get_semaphore(0), get_noc_multicast_addr(x0, y0, x1, y1, get_semaphore(0)), 3);
            noc_async_write_barrier();
        }
    )");
    for (uint32_t x = 1; x < 4; ++x) {
        p.kernel({x, 0}, TW_NCRISC, R"(
            const uint64_t ready = get_noc_addr(get_arg_val<uint32_t>(0), get_arg_val<uint32_t>(1), get_semaphore(1));
            volatile tt_l1_ptr uint32_t* flag = (volatile tt_l1_ptr uint32_t*)get_semaphore(0);
            volatile tt_l1_ptr uint32_t* sum = (volatile tt_l1_ptr uint32_t*)0x62000;
            for (uint32_t i = 0; i < 3; i++) {
                noc_semaphore_set(flag, 0);
                noc_semaphore_inc(ready, 1);
                noc_semaphore_wait(flag, 1);
                volatile tt_l1_ptr uint32_t* data = (volatile tt_l1_ptr uint32_t*)0x60000;
                for (uint32_t k = 0; k < 64; k++) *sum = *sum + data[k];
            }
            noc_async_atomic_barrier();
        )");
    }
    p.check_silent();
}

TEST_CASE("races: a flag between two processors of a core, set and polled through pointers, orders what is around it") {
    Program()
        .kernel({0, 0}, TW_BRISC, R"(
            volatile tt_l1_ptr uint32_t* data = (volatile tt_l1_ptr uint32_t*)0x60000;
            for (uint32_t k = 0; k < 64; k++) data[k] = k;
            *(volatile tt_l1_ptr uint32_t*)0x61000 = 1;
        )")
        .kernel({0, 0}, TW_NCRISC, R"(
            volatile tt_l1_ptr uint32_t* flag = (volatile tt_l1_ptr uint32_t*)0x61000;
            volatile tt_l1_ptr uint32_t* data = (volatile tt_l1_ptr uint32_t*)0x60000;
            volatile tt_l1_ptr uint32_t* sum = (volatile tt_l1_ptr uint32_t*)0x62000;
            while (*flag != 1) {}
            for (uint32_t k = 0; k < 64; k++) *sum = *sum + data[k];
        )")
        .check_silent();
}

TEST_CASE("races: DRAM that one core wrote is another's once it was told behind the barrier") {
    Program()
        .kernel({0, 0}, TW_BRISC, R"(
            noc_async_write(0x60000, get_noc_addr_from_bank_id<true>(0, 0x300000), 512);
            noc_async_write_barrier();
            noc_semaphore_inc(get_noc_addr(get_arg_val<uint32_t>(2), get_arg_val<uint32_t>(3), get_semaphore(0)), 1);
            noc_async_atomic_barrier();
        )")
        .kernel({1, 0}, TW_BRISC, R"(
            noc_semaphore_wait((volatile tt_l1_ptr uint32_t*)get_semaphore(0), 1);
            noc_async_read(get_noc_addr_from_bank_id<true>(0, 0x300000), 0x60000, 512);
            noc_async_read_barrier();
        )")
        .check_silent();
}

TEST_CASE("races: two processors that store different values into the same bytes, with nothing between them") {
    Program p;
    p.kernel({0, 0}, TW_BRISC, "for (uint32_t k = 0; k < 64; k++) ((volatile tt_l1_ptr uint32_t*)0x60000)[k] = k + 1;");
    p.kernel({0, 0}, TW_NCRISC, "for (uint32_t k = 0; k < 64; k++) ((volatile tt_l1_ptr uint32_t*)0x60000)[k] = k + 2;");
    for (uint64_t seed = 0; seed < 4; ++seed) {
        const Finder f = p.run(seed);
        REQUIRE(f.result.races.size() >= 1);
        const races::Race& race = f.result.races[0];
        CHECK(race.begin >= 0x60000);
        CHECK(race.end <= 0x60100);
        CHECK((race.first.write || race.second.write));  // what was there before may be what the other stores
    }
}

TEST_CASE("races: values that were there already race with nothing") {
    Program p;
    const char* const same = "for (uint32_t k = 0; k < 64; k++) ((volatile tt_l1_ptr uint32_t*)0x60000)[k] = 5;";
    p.kernel({0, 0}, TW_BRISC, same).kernel({0, 0}, TW_NCRISC, same);
    p.run(0);  // the bytes are there from now on
    p.check_silent();
}

TEST_CASE("races: a page that is used without a wait") {
    Program p;
    p.kernel({0, 0}, TW_NCRISC, kRead);
    p.kernel({0, 0}, TW_BRISC, R"(
        noc_async_write(0x20000, get_noc_addr_from_bank_id<true>(1, 0x200000), 512);
        noc_async_write_barrier();
        for (uint32_t i = 0; i < 5; i++) { cb_wait_front(0, 1); cb_pop_front(0, 1); }
    )");
    for (uint64_t seed = 0; seed < 4; ++seed) CHECK(p.run(seed).result.races.size() >= 1);
}

TEST_CASE("races: data that is told of before it was sent, and cores that write one page of DRAM") {
    Program p;
    p.kernel({0, 0}, TW_BRISC, R"(
        for (uint32_t k = 0; k < 64; k++) ((volatile tt_l1_ptr uint32_t*)0x60000)[k] = k + 1;
        noc_semaphore_inc(get_noc_addr(get_arg_val<uint32_t>(2), get_arg_val<uint32_t>(3), get_semaphore(0)), 1);
        noc_async_write(0x60000, get_noc_addr(get_arg_val<uint32_t>(2), get_arg_val<uint32_t>(3), 0x61000), 256);
        noc_async_write_barrier();
        noc_async_atomic_barrier();
    )");
    p.kernel({1, 0}, TW_BRISC, R"(
        noc_semaphore_wait((volatile tt_l1_ptr uint32_t*)get_semaphore(0), 1);
        noc_async_write(0x61000, get_noc_addr_from_bank_id<true>(0, 0x300000), 256);
        noc_async_write_barrier();
    )");
    for (uint64_t seed = 0; seed < 4; ++seed) {
        std::fill_n(reinterpret_cast<uint32_t*>(p.device->l1({1, 0}) + 0x61000), 64, 0u);
        CHECK(p.run(seed).result.races.size() == 1);
    }
    Program q;
    for (uint32_t x = 0; x < 2; ++x) {
        const std::string value = std::to_string(x + 3);
        q.kernel({x, 0}, TW_BRISC,
                 "for (uint32_t k = 0; k < 64; k++) ((volatile tt_l1_ptr uint32_t*)0x60000)[k] = k * " + value +
                     "; noc_async_write(0x60000, get_noc_addr_from_bank_id<true>(0, 0x300000), 256); "
                     "noc_async_write_barrier();");
    }
    for (uint64_t seed = 0; seed < 4; ++seed) {
        const Finder f = q.run(seed);
        REQUIRE(f.result.races.size() == 1);
        CHECK(f.result.races[0].core == -1);
    }
}
