#include "diagnose/waits.h"

#include <fmt/format.h>

namespace tw::diagnose {

std::string wait_text(const tw_core& core, const Processor& p) {
    const Wait& w = p.wait;
    const auto pages = [&] {
        const tw_cb_counters& c = core.cb_counters[w.subject];
        return c.received - c.acked;
    };
    switch (w.kind) {
        case WaitKind::CbPages:
            return fmt::format("waits for {} page{} in CB {} (has {})", w.value, w.value == 1 ? "" : "s", w.subject,
                               pages());
        case WaitKind::CbSpace: {
            const uint32_t total = core.cb_pages[w.subject], wanted = total - w.value;
            return fmt::format("waits for room for {} page{} in CB {} ({} of {} used)", wanted, wanted == 1 ? "" : "s",
                               w.subject, pages(), total);
        }
        case WaitKind::Word: {
            const char* op = w.op == WaitOp::AtLeast ? ">=" : w.op == WaitOp::NotEqual ? "!=" : "==";
            return fmt::format("waits until the word at L1 {:#x} {} {} (is {})", w.subject_address, op, w.value, *w.a);
        }
        case WaitKind::SrcFull: return fmt::format("waits for the unpacker to fill Src{}", w.subject ? 'B' : 'A');
        case WaitKind::SrcFree: return fmt::format("waits for the math thread to take Src{}", w.subject ? 'B' : 'A');
        case WaitKind::DstFree: return "waits in tile_regs_acquire for the packer to release DST";
        case WaitKind::DstReady: return "waits in tile_regs_wait for the math thread to commit DST";
        case WaitKind::MailboxFull: return fmt::format("waits for a word from {} in its mailbox", risc_name(w.subject));
        case WaitKind::MailboxFree: return fmt::format("waits for {} to read its mailbox", risc_name(w.subject));
        case WaitKind::Yield: return "spins in a loop";
        case WaitKind::None: return "runs";
    }
    return "waits";
}

bool holds(const Wait& wait) {
    return wait.a != nullptr && wait.satisfied();
}

}  // namespace tw::diagnose
