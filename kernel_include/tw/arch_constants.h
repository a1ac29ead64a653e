// Constants of the two architectures that kernels compute with (docs/upstream-api.md K4, docs/upstream-api.md H1.2). The
// JIT defines one of ARCH_WORMHOLE and ARCH_BLACKHOLE for the precompiled header too, so they are plain macros, usable in
// #if as upstream's are.
#pragma once

#include "tw/abi.h"

#if defined(ARCH_BLACKHOLE)
#define NOC_MAX_BURST_SIZE 16384
#define NOC_DRAM_READ_ALIGNMENT_BYTES 64
#define NUM_CIRCULAR_BUFFERS 64
#elif defined(ARCH_WORMHOLE)
#define NOC_MAX_BURST_SIZE 8192
#define NOC_DRAM_READ_ALIGNMENT_BYTES 32
#define NUM_CIRCULAR_BUFFERS 32
#else
#error "tilewright: define ARCH_WORMHOLE or ARCH_BLACKHOLE before including kernel headers"
#endif

#define NOC_L1_READ_ALIGNMENT_BYTES 16
#define NOC_L1_WRITE_ALIGNMENT_BYTES 16
#define NOC_DRAM_WRITE_ALIGNMENT_BYTES 16
#define NOC_PCIE_READ_ALIGNMENT_BYTES NOC_DRAM_READ_ALIGNMENT_BYTES
#define NOC_PCIE_WRITE_ALIGNMENT_BYTES 16
#define L1_ALIGNMENT 16
#define DRAM_ALIGNMENT NOC_DRAM_READ_ALIGNMENT_BYTES

#define NUM_NOCS 2
#define NOC_MAX_TRANSACTION_ID 15
#define NOC_MAX_TRANSACTION_ID_COUNT 255
#define NOC_CLEAR_OUTSTANDING_REQ_MASK 0xffffu
#define NOC_UNICAST_WRITE_VC 1
#define NOC_MULTICAST_WRITE_VC 4
#define NOC_DISPATCH_MULTICAST_WRITE_VC 5

// How a NoC address packs its coordinates.
#define NOC_ADDR_LOCAL_BITS TW_NOC_LOCAL_BITS
#define NOC_ADDR_NODE_ID_BITS TW_NOC_COORD_BITS
#define NOC_ADDR_COORD_SHIFT TW_NOC_LOCAL_BITS

// A region of every L1 that the runtime keeps at zero.
#define MEM_ZEROS_BASE (::tw_self()->zeros_l1)
#define MEM_ZEROS_SIZE 512

#define MEM_L1_BASE 0
#define MEM_L1_SIZE (::tw_self()->l1_size)

inline constexpr uint8_t DM_DEDICATED_NOC = 0;
inline constexpr uint8_t DM_DYNAMIC_NOC = 1;
inline constexpr uint8_t DM_INVALID_NOC = 2;

enum class ProgrammableCoreType : uint8_t { TENSIX = 0, ACTIVE_ETH = 1, IDLE_ETH = 2, DRAM = 3, COUNT = 4 };
