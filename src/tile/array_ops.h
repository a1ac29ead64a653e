// What a kernel does with a tile, on arrays of any length: copy to DST, a function there, pack. The stock operations
// compute with these, so that they give a kernel's bits without a program being run.
#pragma once

#include "tile/data_format.h"
#include "tile/sfpu.h"

#include <cstddef>
#include <cstdint>

namespace tw {

// How a circular buffer's tiles reach DST and leave it.
struct DstPath {
    DataFormat format = DataFormat::Float16_b;
    bool dst_is_fp32 = false;
    bool bfp8_precise = false;  // as PackMode has it
    bool to_dest_fp32 = false;  // 32-bit floats keep all their bits (UnpackToDestFp32)
};

// Arrays hold one word a datum: a float's bits (of the value that the format holds), or an integer. `count` is any number;
// for block floats each run of 16 shares an exponent, as a tile's rows do, and the last run is filled up with zeros.
// All return false for a format that is not known.
bool words_to_dst(const uint32_t* values, size_t count, const DstPath&, uint32_t* words);
bool words_to_source(const uint32_t* values, size_t count, const DstPath&, uint32_t* words);  // of the matrix unit
bool words_from_dst(const uint32_t* words, size_t count, const DstPath&, uint32_t* values);

// out = function(a, b, c), for b and c where they are given. `call` has the scalars and the width of DST.
void run_on_arrays(SfpuFunction, const SfpuCall& call, size_t count, uint32_t* out);

// The name of the function that typecast_tile calls between two formats; empty where the words are the same.
const char* typecast_function_name(DataFormat from, DataFormat to);

}  // namespace tw
