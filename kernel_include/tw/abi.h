// The only seam between a kernel's translation unit and the runtime: plain structs and extern "C" functions.
//
// A kernel is compiled by the host compiler into a shared object of its own and runs on a fiber, one fiber for each of a
// core's five RISC-V processors. Everything that it does to the world goes through the functions below; the headers under
// api/ only dress them in tt-metal's names. No C++ standard type crosses this border, so kernels may be built by another
// compiler than the runtime.
//
// Addresses that kernels compute with are on-chip offsets (docs/architecture.md, "Addresses"): an L1 address is an offset
// from the start of a core's L1, the same on all cores. Only `tw_ctx::l1` is a host pointer.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Raised whenever a struct or function below changes, so that a stale object in the kernel cache is not loaded.
#define TW_ABI_VERSION 3

#define TW_MAX_CBS 64  // Blackhole has 64 circular buffers a core, Wormhole 32 (docs/upstream-api.md H1.2)
#define TW_SITE_NONE ((const tw_site*)0)

// Where in the kernel's source a call stands. Built at compile time by TW_HERE; costs one pointer a call.
typedef struct tw_site {
    const char* file;
    const char* function;
    uint32_t line;
    uint32_t column;
} tw_site;

// The five processors of a core, in the order in which a deterministic schedule visits them.
typedef enum tw_risc {
    TW_BRISC = 0,
    TW_NCRISC = 1,
    TW_TRISC_UNPACK = 2,
    TW_TRISC_MATH = 3,
    TW_TRISC_PACK = 4,
    TW_RISC_COUNT = 5,
} tw_risc;

// What one RISC knows of one circular buffer: the fields that tt-metal kernels read and write through
// get_local_cb_interface(). Byte addresses on the data-movement processors, 16-byte units on the compute threads.
typedef struct tw_local_cb {
    uint32_t fifo_size;
    uint32_t fifo_limit;  // first address past the buffer
    uint32_t fifo_page_size;
    uint32_t fifo_num_pages;
    uint32_t fifo_rd_ptr;
    uint32_t fifo_wr_ptr;
    union {
        uint32_t tiles_acked_received_init;
        struct {
            uint16_t tiles_acked;
            uint16_t tiles_received;
        };
    };
    uint32_t fifo_wr_tile_ptr;  // packer: pages packed in order since the last push
} tw_local_cb;

// What all RISCs of a core share of one circular buffer. Both counters only grow (mod 2^32); pages in the buffer = received
// - acked.
typedef struct tw_cb_counters {
    uint32_t received;
    uint32_t acked;
} tw_cb_counters;

// One RISC of one core while a program runs. Inlined kernel code may read every field; the runtime writes them at launch.
typedef struct tw_ctx {
    uint8_t* l1;              // host address of this core's L1 offset 0
    uint32_t l1_size;         // bytes
    uint32_t event_mask;      // bit per record kind (src/record/records.def); 0 when nobody listens
    const uint32_t* rt_args;  // this core's runtime args, also readable at L1 offset rt_args_l1
    const uint32_t* common_args;
    uint32_t rt_arg_count;
    uint32_t common_arg_count;
    uint32_t rt_args_l1;  // L1 offsets of the same words, for get_arg_addr()
    uint32_t common_args_l1;
    uint32_t semaphore_base;  // L1 offset of semaphore 0; semaphores are 16 bytes apart (docs/upstream-api.md H8.6)
    uint32_t zeros_l1;        // L1 offset and size of a region that always reads zero (MEM_ZEROS_BASE)
    uint32_t zeros_size;
    uint8_t risc;       // tw_risc
    uint8_t noc_index;  // the RISC's default NoC
    uint8_t my_x[2];    // virtual NoC coordinates, per NoC
    uint8_t my_y[2];
    uint16_t logical_x, logical_y;    // position in the worker grid
    uint16_t relative_x, relative_y;  // position inside the kernel's core range set's bounding box
    uint32_t spin;                    // iterations of call-free loops since the last call; see tw_loop_tick()
    const tw_site* site;              // the last API call made, for diagnostics
    tw_cb_counters* cb_counters;      // [TW_MAX_CBS], shared by the five RISCs of the core
    struct tw_core* core;             // opaque: the runtime's own state of this core
    uint64_t noc_state[16];  // sticky command state of the NoC API, 8 words per NoC (tw/noc_state.h); zero at launch
    uint32_t print_enabled;  // DPRINT: somebody wants this RISC's text; 0 makes printing cost one test
    tw_local_cb cb[TW_MAX_CBS];
} tw_ctx;

// The context of the fiber that runs on this OS thread; set by the scheduler at every switch.
extern __thread tw_ctx* tw_current __attribute__((tls_model("initial-exec")));

// Reads tw_current. A fiber's context never changes, but the thread that runs the fiber may: the compiler must not keep the
// *address* of the thread-local variable over a call, which plain C++ allows it to do. The asm reads through the segment
// register in one step; being const, its *value* may be kept, which is what we want.
static inline __attribute__((always_inline)) tw_ctx* tw_self(void) {
#if defined(__x86_64__)
    tw_ctx* p;
    __asm__("movq tw_current@GOTTPOFF(%%rip), %0\n\tmovq %%fs:(%0), %0" : "=r"(p));
    return p;
#else
    extern tw_ctx* tw_current_slow(void) __attribute__((noinline));
    return tw_current_slow();
#endif
}

// ---------------------------------------------------------------- arguments
// i-th word of the runtime args; a missing one is a diagnostic and reads 0 (docs/upstream-api.md H8.3).
uint32_t tw_rt_arg(tw_ctx*, uint32_t i, const tw_site*);
uint32_t tw_common_arg(tw_ctx*, uint32_t i, const tw_site*);

// ---------------------------------------------------------------- circular buffers (docs/upstream-api.md K3)
// The caller decides which RISC runs a call: on compute, wait/pop belong to UNPACK and reserve/push to PACK.
void tw_cb_reserve_back(tw_ctx*, uint32_t cb, uint32_t pages, const tw_site*);
void tw_cb_push_back(tw_ctx*, uint32_t cb, uint32_t pages, const tw_site*);
void tw_cb_wait_front(tw_ctx*, uint32_t cb, uint32_t pages, const tw_site*);
void tw_cb_pop_front(tw_ctx*, uint32_t cb, uint32_t pages, const tw_site*);
// Pages that a reserve / wait would find now. A poll that keeps failing yields to the other processors.
uint32_t tw_cb_pages_free(tw_ctx*, uint32_t cb, const tw_site*);
uint32_t tw_cb_pages_ready(tw_ctx*, uint32_t cb, const tw_site*);

// ---------------------------------------------------------------- NoC (docs/upstream-api.md K4)
// A NoC address: bits 0-35 local address, 36-41 x, 42-47 y (unicast); multicast: 36-47 end x,y and 48-59 start x,y.
#define TW_NOC_LOCAL_BITS 36
#define TW_NOC_COORD_BITS 6
#define TW_NOC_TRID_NONE 0xffffffffu

typedef enum tw_noc_flag {
    TW_NOC_POSTED = 1,        // no acknowledgement: not covered by a write barrier
    TW_NOC_MULTICAST = 2,     // the address is a rectangle; the sender's own core is left out ...
    TW_NOC_INCLUDE_SELF = 4,  // ... unless this is set (loopback)
    TW_NOC_LINKED = 8,
    TW_NOC_PAGE_ZERO = 16,  // write zeros: src_l1 is ignored
    TW_NOC_FLAG = 32,       // a word that says that something is there: it goes by another command buffer than data
} tw_noc_flag;

// Own L1 <- anywhere. The bytes are there only after a barrier.
void tw_noc_read(tw_ctx*, uint32_t noc, uint64_t src, uint32_t dst_l1, uint32_t bytes, uint32_t trid, const tw_site*);
// Anywhere <- own L1. The source must stay as it is until flushed. num_dests: multicast only, checked against the
// rectangle.
void tw_noc_write(tw_ctx*, uint32_t noc, uint32_t src_l1, uint64_t dst, uint32_t bytes, uint32_t flags, uint32_t num_dests,
                  uint32_t trid, const tw_site*);
// A transfer of one packet was asked for that is longer than a packet can be. Goes on.
void tw_noc_packet_too_long(tw_ctx*, uint32_t bytes, uint32_t limit, const tw_site*);
// One 32-bit word, byte_enable as on silicon (bit i: byte i).
void tw_noc_write_word(tw_ctx*, uint32_t noc, uint64_t dst, uint32_t value, uint32_t byte_enable, uint32_t flags,
                       uint32_t num_dests, const tw_site*);
// Atomic add to a 32-bit word. Arrives after every earlier write of this RISC on this NoC.
void tw_noc_atomic_add(tw_ctx*, uint32_t noc, uint64_t dst, uint32_t value, uint32_t flags, uint32_t num_dests,
                       const tw_site*);

typedef enum tw_noc_wait {
    TW_WAIT_READS = 1,         // own reads have landed
    TW_WAIT_WRITES_SENT = 2,   // sources may be reused (flush)
    TW_WAIT_WRITES_ACKED = 4,  // non-posted writes have arrived
    TW_WAIT_POSTED_SENT = 8,
    TW_WAIT_ATOMICS = 16,
} tw_noc_wait;
// what: bits of tw_noc_wait; trid: only that transaction id, or TW_NOC_TRID_NONE for all.
void tw_noc_barrier(tw_ctx*, uint32_t noc, uint32_t what, uint32_t trid, const tw_site*);
// 1 if a barrier of that kind would return at once. A poll that keeps failing makes the transfers land.
uint32_t tw_noc_is_done(tw_ctx*, uint32_t noc, uint32_t what, uint32_t trid, const tw_site*);

// Page -> NoC address of an interleaved buffer: bank page % banks, slot page / banks (docs/upstream-api.md H6.2).
// aligned_page in bytes.
uint64_t tw_interleaved_address(tw_ctx*, uint32_t is_dram, uint32_t page, uint32_t base, uint32_t aligned_page,
                                uint32_t offset);
// Bank -> NoC address; local is added to the bank's own base (DRAM) or taken as an L1 offset.
uint64_t tw_bank_address(tw_ctx*, uint32_t is_dram, uint32_t bank, uint32_t local, const tw_site*);
uint32_t tw_bank_count(tw_ctx*, uint32_t is_dram);

// ---------------------------------------------------------------- waiting on L1 words
typedef enum tw_compare { TW_EQUAL = 0, TW_AT_LEAST = 1, TW_NOT_EQUAL = 2 } tw_compare;
// Blocks until `*(uint32_t*)(l1 + address) <compare> value`. The word is read with acquire.
void tw_wait_word(tw_ctx*, uint32_t address, uint32_t compare, uint32_t value, const tw_site*);
uint32_t tw_load_word(tw_ctx*, uint32_t address);                     // acquire
void tw_store_word(tw_ctx*, uint32_t address, uint32_t value);        // release, wakes waiters on this core
uint32_t tw_fetch_add_word(tw_ctx*, uint32_t address, uint32_t add);  // acquire-release, returns the old value

// Gives way to other fibers; a spinning kernel's loop calls it (invalidate_l1_cache, the JIT's loop instrumentation).
void tw_yield(tw_ctx*, const tw_site*);

// In the condition of loops that might spin with no call inside; the JIT writes the calls (src/jit/rewrite).
static inline __attribute__((always_inline)) int tw_loop_tick(void) {
    tw_ctx* self = tw_self();
    if (__builtin_expect(++self->spin >= 1024u, 0)) tw_yield(self, TW_SITE_NONE);
    return 1;
}

// ---------------------------------------------------------------- between the compute threads
void tw_mailbox_write(tw_ctx*, uint32_t to_risc, uint32_t value, const tw_site*);
uint32_t tw_mailbox_read(tw_ctx*, uint32_t from_risc, const tw_site*);

// ---------------------------------------------------------------- diagnostics
// ASSERT(): stops the program with a KernelError. Never returns.
void tw_assert_fail(tw_ctx*, const char* expression, const tw_site*) __attribute__((noreturn));
// DPRINT: one finished piece of text.
void tw_print(tw_ctx*, const char* text, uint32_t length, const tw_site*);
// An address outside this core's L1 was about to be used as a pointer. Never returns.
void tw_bad_address(tw_ctx*, uint64_t address, uint32_t bytes, const char* what, const tw_site*) __attribute__((noreturn));
// A call that the runtime does not provide (yet). Never returns.
void tw_unimplemented(tw_ctx*, const char* what, const tw_site*) __attribute__((noreturn));

// ---------------------------------------------------------------- what a kernel object exports
// void tw_kernel_entry(void);           runs kernel_main() once, on the fiber of tw_current
// extern const uint32_t tw_kernel_abi;  == TW_ABI_VERSION

#ifdef __cplusplus
}
#endif
