// The RISC-V processor.
#pragma once

