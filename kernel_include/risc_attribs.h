// Attributes of the RISC-V compiler.
#pragma once

