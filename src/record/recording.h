// The records of one launch, for whoever reads them afterwards: processors by core, each in its program order.
#pragma once

#include "record/writer.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tw {

struct ProcessorRecords {
    uint16_t core_x = 0, core_y = 0;
    uint8_t noc_x = 0, noc_y = 0;
    uint8_t risc = 0;
    std::string kernel;  // its name for messages
    RecordWriter* writer = nullptr;
};

struct Recording {
    uint32_t classes = 0;                      // record_bit()s that were recorded
    std::vector<ProcessorRecords> processors;  // in order of core (as launched) and risc; idle ones are left out
    bool complete() const {
        for (const ProcessorRecords& p : processors) {
            if (!p.writer->complete()) return false;
        }
        return true;
    }
};

// All that a recording says, as bytes that do not depend on where things lie in memory: what two runs are compared by.
// Sites are named by file, line and function; places in kernels' code by their offset in the object.
std::string recording_bytes(const Recording&);

}  // namespace tw
