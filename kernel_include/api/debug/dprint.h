// DPRINT: text from inside a kernel, in both of upstream's dialects.
//
//     DPRINT("page {} of {}\n", i, n);             DPRINT << "page " << i << ENDL();
//
// A switch in the context says whether anybody wants this processor's text (tw_ctx::print_enabled); when not, a print costs
// one test. A finished piece of text goes to the runtime, which knows the core and processor.
#pragma once

#include "tw/print.h"

#include <cstdint>

inline constexpr tw::Printer DPRINT;

#define DEVICE_PRINT(...) (DPRINT(__VA_ARGS__))

// Only one processor prints.
#define TW_PRINT_ON(risc_id, ...) (tw_self()->risc == (risc_id) ? ::tw::print_statement(__VA_ARGS__) : void())
#define DPRINT_DATA0(...) TW_PRINT_ON(TW_BRISC, __VA_ARGS__)
#define DPRINT_DATA1(...) TW_PRINT_ON(TW_NCRISC, __VA_ARGS__)
#define DPRINT_UNPACK(...) TW_PRINT_ON(TW_TRISC_UNPACK, __VA_ARGS__)
#define DPRINT_MATH(...) TW_PRINT_ON(TW_TRISC_MATH, __VA_ARGS__)
#define DPRINT_PACK(...) TW_PRINT_ON(TW_TRISC_PACK, __VA_ARGS__)
#define DEVICE_PRINT_DATA0 DPRINT_DATA0
#define DEVICE_PRINT_DATA1 DPRINT_DATA1
#define DEVICE_PRINT_UNPACK DPRINT_UNPACK
#define DEVICE_PRINT_MATH DPRINT_MATH
#define DEVICE_PRINT_PACK DPRINT_PACK

// Words of the stream dialect.
using ENDL = tw::print_words::Endl;
using HEX = tw::print_words::Hex;
using OCT = tw::print_words::Oct;
using DEC = tw::print_words::Dec;
using FIXED = tw::print_words::Fixed;
using DEFAULTFLOAT = tw::print_words::DefaultFloat;
using SETW = tw::print_words::Width;
using SETPRECISION = tw::print_words::Precision;
using BF16 = tw::print_words::Bf16;
using bf16_t = tw::print_words::Bf16;
using F32 = float;
using U32 = uint32_t;

#include "api/debug/dprint_tile.h"
