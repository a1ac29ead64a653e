// What kernels DPRINT: whose text is wanted, and where it goes. The variables are tt-metal's (docs/upstream-api.md K8).
#pragma once

#include "tw/abi.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tw {

class PrintChoice {
public:
    // TT_METAL_DPRINT_CORES, _CHIPS and _RISCVS; all of it where TILEWRIGHT_DPRINT asks and they leave it open. Raises for
    // values that are none.
    static PrintChoice of_environment();
    static PrintChoice parse(bool asked, std::string_view cores, std::string_view chips, std::string_view riscs);

    bool wants(uint32_t x, uint32_t y, uint32_t risc) const;

private:
    struct Rectangle {
        uint32_t x0, y0, x1, y1;
    };
    bool all_cores_ = false;
    std::vector<Rectangle> cores_;
    uint32_t riscs_ = 0;  // bit per tw_risc
};

// Writes whole lines, each with who printed it in front: "0:(x=1,y=1):TR2: text". To TT_METAL_DPRINT_FILE, to a
// file a processor (TT_METAL_DPRINT_ONE_FILE_PER_RISC) or standard output. Safe to call from several threads.
void print_line_of(const tw_ctx&, std::string_view text);
// What waits for the rest of its line, of all processors.
void finish_prints();

}  // namespace tw
