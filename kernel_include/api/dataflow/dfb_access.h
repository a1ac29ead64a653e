// What tells a DataflowBuffer from other types, and the patterns of access that its binding token names.
#pragma once

#include "tw/binding_tokens.h"

#include <type_traits>

class DataflowBuffer;
using DataflowBufferAnyPattern = DataflowBuffer;

template <class T>
inline constexpr bool is_dataflow_buffer_v = std::is_same_v<T, DataflowBuffer>;
