// Numbers of the NoC's command buffers. They appear as arguments of a few calls and choose nothing here.
#pragma once

#include <cstdint>

inline constexpr uint32_t read_cmd_buf = 1;
inline constexpr uint32_t write_cmd_buf = 0;
inline constexpr uint32_t write_reg_cmd_buf = 2;
inline constexpr uint32_t write_at_cmd_buf = 3;
