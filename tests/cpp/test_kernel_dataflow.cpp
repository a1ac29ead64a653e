// The data-movement kernel API as kernels use it. Kernels here are C++ functions that include kernel_include/ directly, so
// a case sees what a compiled kernel would, without the JIT. One KernelConfig serves all of them.
#include "base/error.h"
#include "observe/observer.h"
#include "runtime/launch.h"

#define ARCH_WORMHOLE 1
#include "tw/dataflow_all.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

// Accessor arguments as the host encodes them (docs/upstream-api.md H7 has these blocks as examples).
namespace {
constexpr uint32_t kInterleavedDram = 0, kHeight = 2, kWidth = 10, kPadded = 20, kContiguous = 28, kRuntime = 36,
                   kHeightDram = 38, kEnd = 46;
constexpr uint32_t kContiguousFlag = 1u << 31;
}  // namespace

template <>
struct tw::KernelConfig<0> {
    // clang-format off
    static constexpr std::array<uint32_t, kEnd> compile_time_args{
        2, 2048,
        1, 2048, 1, 4, 8, 2, 319951378, 353506322,         // [1,1,128,64] tiles, HEIGHT over 4 cores
        1, 128, 2, 4, 32, 4, 32, 1, 319951378, 353506322,  // [1,1,32,256] rows, WIDTH
        1, 2048, 1, 3, 10, 4, 319951378, 5138,             // 10 tiles in shards of 4: the last shard is half empty
        1, 2048, 1, 4 | kContiguousFlag, 8, 1, 319951378, 353506322,
        125, 2048,                                         // as kWidth, but all of it in common args
        3, 2048, 1, 4, 8, 2, 16777216, 50332160,           // as kHeight, in DRAM; nothing follows it
    };
    // clang-format on
    static constexpr std::array<tw::NamedArg, 2> named_args{{{"rows", 7}, {"cols", 9}}};
    static constexpr std::array<tw_cb_format, 64> cb = [] {
        std::array<tw_cb_format, 64> c{};
        c[3] = {.format = 5, .tile_bytes = 2048, .page_bytes = 64};
        return c;
    }();
    static constexpr uint8_t noc_index = 0, noc_mode = 0;
};

namespace {

using tw::CoreCoord;
using tw::runtime::RunOptions;
using tw::runtime::Schedule;

constexpr uint32_t kOut = 0x40000;  // where kernels leave what a case looks at

struct Program {
    std::shared_ptr<tw::Device> device = tw::Device::open(tw::find_chip("n150"));
    std::vector<tw::runtime::CbPlacement> cbs = {{.index = 3, .address = 0x20000, .size = 256, .page_size = 64}};
    std::vector<tw::runtime::SemaphoreInit> semaphores = {{0, 0}, {1, 5}};
    std::vector<std::unique_ptr<tw::jit::KernelImage>> images;
    std::vector<tw::runtime::CoreLaunch> launches;

    void kernel(CoreCoord core, tw_risc risc, tw::jit::KernelImage::Entry entry, std::span<const uint32_t> args = {},
                std::span<const uint32_t> common = {}) {
        images.push_back(std::make_unique<tw::jit::KernelImage>());
        images.back()->entry = entry;
        images.back()->name = "test kernel";
        auto at = std::find_if(launches.begin(), launches.end(), [&](const auto& l) { return l.core == core; });
        if (at == launches.end()) at = launches.insert(at, {.core = core});
        at->kernels[risc] = {.image = images.back().get(), .args = args, .common_args = common};
    }
    void run(RunOptions options = {.schedule = Schedule::Deterministic}) {
        for (auto& l : launches) {
            l.cbs = cbs;
            l.semaphores = semaphores;
        }
        tw::runtime::launch(*device, launches, options);
    }
    std::string failure() {
        try {
            run();
        } catch (const tw::Error& e) {
            return e.what();
        }
        return "";
    }
    uint32_t word(CoreCoord core, uint32_t address) const {
        uint32_t w;
        std::memcpy(&w, device->l1(core) + address, 4);
        return w;
    }
    void set_word(CoreCoord core, uint32_t address, uint32_t w) { std::memcpy(device->l1(core) + address, &w, 4); }
};

std::vector<RunOptions> schedules() {
    std::vector<RunOptions> out{{.schedule = Schedule::Deterministic}, {.schedule = Schedule::Parallel, .workers = 2}};
    for (uint64_t seed = 0; seed < 8; ++seed) out.push_back({.schedule = Schedule::Random, .seed = seed});
    return out;
}

// Kernels leave results as consecutive words.
struct Results {
    CoreLocalMem<uint32_t> next{kOut};
    void operator()(uint32_t v) { *next++ = v; }
    void operator()(uint64_t noc_addr) {
        (*this)(NOC_UNICAST_ADDR_X(noc_addr));
        (*this)(NOC_UNICAST_ADDR_Y(noc_addr));
        (*this)(static_cast<uint32_t>(NOC_LOCAL_ADDR_OFFSET(noc_addr)));
    }
};

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("kernel constants are usable in constant expressions") {
    static_assert(get_compile_time_arg_val(1) == 2048);
    static_assert(get_named_compile_time_arg_val("cols") == 9);
    static_assert(get_tile_size(3) == 2048 && get_tile_hw(3) == 1024 && get_dataformat(3) == ::DataFormat::Float16_b);
    static_assert(DataflowBuffer(uint16_t(3)).get_tile_size() == 2048);
    static_assert(experimental::get_arg(experimental::CtaVal<uint32_t>{4}) == 4);
    static_assert(tt::CBIndex::c_31 == 31 && tt::CB::c_intermed7 == 31);
}

TEST_CASE("accessor arguments say where the next block begins") {
    static_assert(TensorAccessorArgs<kInterleavedDram>::next_compile_time_args_offset() == kHeight);
    static_assert(TensorAccessorArgs<kHeight>::next_compile_time_args_offset() == kWidth);
    static_assert(TensorAccessorArgs<kWidth>::next_compile_time_args_offset() == kPadded);
    static_assert(TensorAccessorArgs<kPadded>::next_compile_time_args_offset() == kContiguous);
    static_assert(TensorAccessorArgs<kContiguous>::next_compile_time_args_offset() == kRuntime);
    static_assert(TensorAccessorArgs<kRuntime>::next_compile_time_args_offset() == kHeightDram);
    static_assert(TensorAccessorArgs<kHeightDram>::next_compile_time_args_offset() == kEnd);
    static_assert(std::tuple_size_v<decltype(make_tensor_accessor_args_tuple<3, 0>())> == 3);
    static_assert(tensor_accessor::detail::get_tensor_accessor_args_cta_offset<3, 0>() == kPadded);
}

TEST_CASE("a sharded page is found by shard, bank and place in the shard") {
    Program p;
    p.kernel({0, 0}, TW_BRISC, [] {
        Results out;
        const auto height = TensorAccessor(TensorAccessorArgs<kHeight>(), 0x1000);
        out(height.get_noc_addr(5, 8));  // shard 2 of core 2, second page
        const auto width = TensorAccessor(TensorAccessorArgs<kWidth>(), 0x1000);
        out(width.get_noc_addr(4 * 7 + 3));  // row 7, column 3: core 3, page 7
        const std::array<uint32_t, 2> at{7, 3};
        out(width.get_noc_addr(at));
        const auto contiguous = TensorAccessor(TensorAccessorArgs<kContiguous>(), 0);
        out(contiguous.get_noc_addr(5));  // shards 4 and 5 are on core 2
        const auto padded = TensorAccessor(TensorAccessorArgs<kPadded>(), 0);
        out(padded.get_shard_noc_addr(1));
    });
    p.run();
    // The coordinate words 0x13121212 and 0x15121412 list the cores (18,18) (19,18) (20,18) (21,18).
    const uint32_t expected[] = {
        20, 18, 0x1000 + 2048 + 8, 21, 18, 0x1000 + 7 * 128, 21, 18, 0x1000 + 7 * 128, 20, 18, 2048, 19, 18, 0};
    for (uint32_t i = 0; i < std::size(expected); ++i) CHECK(p.word({0, 0}, kOut + 4 * i) == expected[i]);
}

TEST_CASE("a layout in common runtime args gives the addresses that the constant one gives") {
    Program p;
    const uint32_t common[] = {0x1000, 2, 4, 32, 4, 32, 1, 319951378, 353506322};
    p.kernel(
        {0, 0}, TW_BRISC,
        [] {
            const auto fixed = TensorAccessor(TensorAccessorArgs<kWidth>(), 0x1000, 2048);
            constexpr auto args = TensorAccessorArgs<kRuntime, 1>();
            const auto runtime = TensorAccessor(args, get_common_arg_val<uint32_t>(0));
            uint32_t same = args.next_common_runtime_args_offset() == 9;
            for (uint32_t page = 0; page < 128; ++page) same += fixed.get_noc_addr(page) == runtime.get_noc_addr(page);
            Results{}(same);
        },
        {}, common);
    p.run();
    CHECK(p.word({0, 0}, kOut) == 129);
}

TEST_CASE("the pages of a shard at the tensor's edge leave out its padding") {
    Program p;
    p.kernel({0, 0}, TW_BRISC, [] {
        Results out;
        const auto tensor = TensorAccessor(TensorAccessorArgs<kPadded>(), 0x800);
        for (const auto& page : tensor.shard_pages(2)) {
            out(page.page_id());
            out(page.page_in_shard());
            out(page.noc_addr());
        }
        uint32_t pages = 0;
        for (const auto& page : tensor.pages()) pages += page.noc_addr() == tensor.get_noc_addr(page.page_id());
        out(pages);
    });
    p.run();
    const uint32_t expected[] = {8, 0, 20, 18, 0x800, 9, 1, 20, 18, 0x800 + 2048, 10};
    for (uint32_t i = 0; i < std::size(expected); ++i) CHECK(p.word({0, 0}, kOut + 4 * i) == expected[i]);
}

TEST_CASE("interleaved and sharded DRAM pages go through a circular buffer and come out in order") {
    for (const RunOptions& options : schedules()) {
        Program p;
        // Page i of the source is in bank i % 12 at slot i / 12; of the DRAM-sharded target in bank i / 2, slot i % 2.
        for (uint32_t i = 0; i < 8; ++i) {
            const uint32_t value = 100 + i;
            std::memcpy(p.device->dram(i % 12) + p.device->chip().dram_base + (i / 12) * 2048, &value, 4);
        }
        static uint32_t base;
        base = static_cast<uint32_t>(p.device->chip().dram_base);
        p.kernel({2, 1}, TW_NCRISC, [] {
            CircularBuffer cb(tt::CBIndex::c_3);
            Noc noc;
            const auto in = TensorAccessor(TensorAccessorArgs<kInterleavedDram>(), base);
            for (uint32_t i = 0; i < 8; ++i) {
                cb.reserve_back(1);
                noc.async_read(in, cb, 64, {.page_id = i}, {.offset_bytes = 0});
                noc.async_read_barrier();
                cb.push_back(1);
            }
        });
        p.kernel({2, 1}, TW_BRISC, [] {
            DataflowBuffer cb(uint16_t(3));
            Noc noc;
            const auto out = TensorAccessor(TensorAccessorArgs<kHeightDram>(), base + 65536);
            for (uint32_t i = 0; i < 8; ++i) {
                cb.wait_front(1);
                noc.async_write(cb, out, cb.get_entry_size(), {}, {.page_id = i});
                noc.async_writes_flushed();
                cb.pop_front(1);
            }
            noc.async_write_barrier();
        });
        p.run(options);
        for (uint32_t i = 0; i < 8; ++i) {
            uint32_t value;
            std::memcpy(&value, p.device->dram(i / 2) + base + 65536 + (i % 2) * 2048, 4);
            CHECK(value == 100 + i);
        }
    }
}

TEST_CASE("the free functions and the older address generators move tiles as well") {
    Program p;
    static uint32_t base;
    base = static_cast<uint32_t>(p.device->chip().dram_base);
    const uint32_t value = 0xabcd;
    std::memcpy(p.device->dram(1) + base + 2048, &value, 4);  // tile 13 = bank 1, slot 1
    p.kernel({0, 0}, TW_BRISC, [] {
        const InterleavedAddrGenFast<true> in = {
            .bank_base_address = base, .page_size = 2048, .data_format = ::DataFormat::Float16_b};
        noc_async_read_tile(13, in, kOut);
        noc_async_read_barrier();
        const InterleavedAddrGen<true> out = {.bank_base_address = base + 65536, .page_size = 40};
        noc_async_write(kOut, get_noc_addr(12, out), 4);
        noc_async_write_barrier();
    });
    p.run();
    uint32_t got;
    std::memcpy(&got, p.device->dram(0) + base + 65536 + 64, 4);  // 40 bytes are spaced as 64
    CHECK(got == value);
}

TEST_CASE("state calls take coordinates from the state and the address from the call") {
    Program p;
    p.set_word({3, 2}, 0x30000, 77);
    p.set_word({3, 2}, 0x30010, 78);
    p.kernel({0, 0}, TW_BRISC, [] {
        Noc noc;
        UnicastEndpoint there;
        CoreLocalMem<uint32_t> here(kOut);
        noc.set_async_read_state<NocOptions::DEFAULT, 16>(there, 4, {.noc_x = 21, .noc_y = 20, .addr = 0x30000});
        noc.async_read_with_state<NocOptions::DEFAULT, 16>(there, here, 0, {.addr = 0x30000}, {});
        noc.async_read_with_state<NocOptions::DEFAULT, 16>(there, here, 0, {.addr = 0x30010}, {.offset_bytes = 16});
        noc.async_read_barrier();
        noc_async_write_one_packet_set_state(get_noc_addr(21, 20, 0), 4);
        noc_async_write_one_packet_with_state(kOut + 16, 0x30020);
        noc_async_write_barrier();
        noc_inline_dw_write_set_state<false, true>(get_noc_addr(21, 20, 0x30030), 5);
        noc_inline_dw_write_with_state(0);
        noc_inline_dw_write_with_state<true, true, false, false, true>(6, 0x30040);
        noc_async_write_barrier();
    });
    p.run();
    CHECK(p.word({0, 0}, kOut) == 77);
    CHECK(p.word({0, 0}, kOut + 16) == 78);
    CHECK(p.word({3, 2}, 0x30020) == 78);
    CHECK(p.word({3, 2}, 0x30030) == 5);
    CHECK(p.word({3, 2}, 0x30040) == 6);
}

TEST_CASE("a barrier with a transaction id lands the reads of that id, the plain one all") {
    Program p;
    for (uint32_t i = 0; i < 3; ++i) p.set_word({1, 0}, 0x30000 + 16 * i, 50 + i);
    p.kernel({0, 0}, TW_BRISC, [] {
        Noc noc;
        UnicastEndpoint there;
        CoreLocalMem<uint32_t> here(kOut);
        for (uint32_t i = 0; i < 3; ++i) {
            noc.async_read<NocOptions::TXN_ID>(there, here, 4, {.noc_x = 19, .noc_y = 18, .addr = 0x30000 + 16 * i},
                                               {.offset_bytes = 16 * i}, NocOptVals{.trid = i + 1});
        }
        noc.async_read_barrier<NocOptions::TXN_ID>({.trid = 2});
        here[64] = here[0] == 50;
        here[65] = here[4] == 51;
        here[66] = here[8] == 52;
        noc.async_read_barrier();
        here[67] = here[0] == 50 && here[8] == 52;
    });
    p.run();
    CHECK(p.word({0, 0}, kOut + 256) == 0);
    CHECK(p.word({0, 0}, kOut + 260) == 1);
    CHECK(p.word({0, 0}, kOut + 264) == 0);
    CHECK(p.word({0, 0}, kOut + 268) == 1);
}

TEST_CASE("a multicast reaches the rectangle without the sender, or with it when told so") {
    Program p;
    p.kernel({0, 0}, TW_BRISC, [] {
        CoreLocalMem<uint32_t> source(kOut), target(kOut + 16);
        source[0] = 31;
        target[0] = 1;
        Noc noc(1);
        MulticastEndpoint all;
        const noc_traits_t<MulticastEndpoint>::dst_args_mcast_type there{
            .noc_x_start = 19, .noc_y_start = 19, .noc_x_end = 18, .noc_y_end = 18, .addr = kOut + 16};
        noc.async_write_multicast(source, all, 4, 3, {}, there);
        noc.async_write_barrier();
        target[1] = target[0];
        noc.async_write_multicast<NocOptions::MCAST_INCL_SRC>(source, all, 4, 4, {}, there);
        noc.async_write_barrier();
    });
    p.run();
    CHECK(p.word({0, 0}, kOut + 20) == 1);
    for (const CoreCoord core : {CoreCoord{0, 0}, {1, 0}, {0, 1}, {1, 1}}) CHECK(p.word(core, kOut + 16) == 31);
    CHECK(p.word({2, 1}, kOut + 16) == 0);
}

TEST_CASE("semaphores count, wait and carry values between cores under every schedule") {
    for (const RunOptions& options : schedules()) {
        Program p;
        p.kernel({0, 0}, TW_BRISC, [] {
            Noc noc;
            Semaphore<> ready(0), go(1);
            ready.down(3);  // 3 arrivals, then back to 0
            CoreLocalMem<uint32_t> out(kOut);
            out[0] = ready.value();
            out[1] = go.value();
            go.set(9);
            go.set_multicast(noc, 19, 18, 21, 18, 3);
            noc.async_write_barrier();
        });
        for (uint32_t x = 1; x < 4; ++x) {
            p.kernel({x, 0}, TW_NCRISC, [] {
                Noc noc;
                Semaphore<> ready(0), go(1);
                ready.up(noc, 18, 18, 1);
                noc.async_atomic_barrier();
                go.wait(9);
                volatile uint32_t* pointer = tw::l1_pointer<volatile uint32_t>(get_semaphore(1));
                noc_semaphore_wait_min(pointer, 9);
                noc_semaphore_set(pointer, 10);
                *CoreLocalMem<uint32_t>(kOut) = go.value();
            });
        }
        p.run(options);
        CHECK(p.word({0, 0}, kOut) == 0);
        CHECK(p.word({0, 0}, kOut + 4) == 5);
        for (uint32_t x = 1; x < 4; ++x) CHECK(p.word({x, 0}, kOut) == 10);
    }
}

TEST_CASE("zeros are written by reads that a read barrier covers") {
    Program p;
    for (uint32_t i = 0; i < 300; ++i) p.set_word({0, 0}, kOut + 4 * i, 7);
    p.kernel({0, 0}, TW_BRISC, [] {
        Noc noc;
        noc.async_write_zeros(CoreLocalMem<uint32_t>(kOut), 1184, {.offset_bytes = 16});
        noc.write_zeros_l1_barrier();
    });
    p.run();
    CHECK(p.word({0, 0}, kOut + 12) == 7);
    for (uint32_t i = 4; i < 300; ++i) CHECK(p.word({0, 0}, kOut + 4 * i) == 0);
}

TEST_CASE("arguments are read by index, by address and by binding") {
    Program p;
    const uint32_t args[] = {11, 0x3f800000, 13}, common[] = {21, 22};
    p.kernel(
        {4, 1}, TW_BRISC,
        [] {
            Results out;
            out(get_arg_val<uint32_t>(0));
            out(uint32_t(get_arg_val<float>(1) == 1.0f));
            out(tw::l1_pointer<uint32_t>(get_arg_addr(1))[1]);
            out(get_common_arg_val<uint32_t>(1));
            out(get_arg(experimental::RtaArg<uint32_t>{8}));
            out(get_arg(experimental::CrtaArg<uint32_t>{0}));
            out(uint32_t(get_absolute_logical_x()) * 100 + get_absolute_logical_y());
            out(uint32_t(my_x[0]) * 100 + my_y[1]);
        },
        args, common);
    p.run();
    const uint32_t expected[] = {11, 1, 13, 22, 13, 21, 401, 22 * 100 + 19};
    for (uint32_t i = 0; i < std::size(expected); ++i) CHECK(p.word({4, 1}, kOut + 4 * i) == expected[i]);
}

TEST_CASE("a failing ASSERT quotes its condition and its line") {
    Program p;
    p.kernel({0, 0}, TW_BRISC, [] {
        const uint32_t pages = 3;
        ASSERT(pages == 4);
    });
    const std::string text = p.failure();
    CHECK(contains(text, "pages == 4"));
    CHECK(contains(text, "test_kernel_dataflow.cpp"));
}

TEST_CASE("an index past the bindings of semaphores or buffers is an error, not a wild access") {
    Program p;
    p.kernel({0, 0}, TW_BRISC, [] { Semaphore<> s(16); });
    CHECK(contains(p.failure(), "semaphore id < 16"));
    Program q;
    q.kernel({0, 0}, TW_BRISC, [] { CircularBuffer(64).get_write_ptr(); });
    CHECK(contains(q.failure(), "circular buffer id < 64"));
}

TEST_CASE("memory outside L1 is refused where it is touched") {
    Program p;
    p.kernel({0, 0}, TW_BRISC, [] {
        CoreLocalMem<uint32_t> m(0x7ffffff0);
        m[0] = 1;
    });
    const std::string text = p.failure();
    CHECK(contains(text, "0x7ffffff0"));
    Program q;  // and an index counts backwards as 32-bit addresses do
    q.kernel({0, 0}, TW_BRISC, [] { CoreLocalMem<uint32_t>(kOut + 8)[uint32_t(-2)] = 5; });
    q.run();
    CHECK(q.word({0, 0}, kOut) == 5);
}

TEST_CASE("DPRINT formats fields as Python does and reaches who listens") {
    struct Listener : tw::Observer {
        std::string text;
        uint32_t wants() const override { return 0; }
        bool wants_prints() const override { return true; }
        void printed(const tw_ctx*, std::string_view printed) override { text += printed; }
    } listener;
    tw::Observers::get().attach(&listener);
    Program p;
    p.kernel({0, 0}, TW_BRISC, [] {
        DPRINT("page {} of {}, {:x} {:#010x} {:.2f} {{}} {1} {}\n", 1, 2u, 255, 48879, 1.5f, bf16_t(0x3fc0));
        DPRINT << "stream " << HEX() << 255 << DEC() << " " << SETW(4) << 7 << ENDL();
        DPRINT_DATA1("not here\n");
        DPRINT_DATA0("{} {}\n", "here", true);
    });
    p.run();
    tw::Observers::get().detach(&listener);
    CHECK(listener.text == "page 1 of 2, ff 0x0000beef 1.50 {} 2 1.5\nstream ff    7\nhere true\n");
}
