// Who touched which bytes of one memory last, in pieces of equal history.
#pragma once

#include "races/clock.h"

#include <cstdint>
#include <map>
#include <vector>

namespace tw::races {

struct Touch {
    ThreadId thread;
    uint32_t piece = 0;  // the thread's own count when it touched
    uint32_t processor = 0;
    uint16_t site = 0;  // of the processor's
    uint32_t core = 0;
    // Of a transfer's write: a digest of its bytes, and where they begin; 0: not known.
    uint32_t digest = 0;
    uint64_t begin = 0;
};

// WriteSame: a write that found its own bytes there. Where its own core had written them in this launch (whose records have
// one order), its order with that write does not matter; else they may be an earlier launch's, and it counts like any
// other.
enum class Way : uint8_t { Read, Write, WriteSame };

class Shadow {
public:
    // Calls conflict(earlier, was_write, begin, end) for each
    // earlier touch that nothing orders before this one.
    template <class F>
    void access(const Thread& who, uint32_t core, uint32_t digest, uint16_t site, uint64_t begin, uint64_t end, Way way,
                F conflict) {
        if (begin >= end) return;
        split(begin);
        split(end);
        const Touch now{who.id, who.clock.at(who.id.index), who.processor, site, core, digest, begin};
        const auto unordered = [&](const Touch& t) {
            if (t.processor == who.processor) return false;  // its own transfers: checked at the call (core/order.h)
            return t.thread.group != who.id.group || t.piece > who.clock.at(t.thread.index);
        };
        uint64_t at = begin;
        auto it = pieces_.lower_bound(begin);
        while (at < end) {
            if (it == pieces_.end() || it->first > at) {  // nobody yet
                const uint64_t to = it == pieces_.end() ? end : std::min(end, it->first);
                it = pieces_.emplace_hint(it, at, Piece{.end = to});
            }
            Piece& piece = it->second;
            const bool same = piece.written && ((way == Way::WriteSame && piece.write.core == core) ||
                                                (digest && piece.write.digest == digest && piece.write.begin == begin));
            if (!same && piece.written && unordered(piece.write)) conflict(piece.write, true, it->first, piece.end);
            if (way != Way::Read && !same) {
                for (const Touch& read : piece.reads) {
                    if (unordered(read)) conflict(read, false, it->first, piece.end);
                }
                piece.written = true;
                piece.write = now;
                piece.reads.clear();
            } else {
                add_read(piece, now);
            }
            at = piece.end;
            it = joined(it);
        }
    }

private:
    struct Piece {
        uint64_t end = 0;
        bool written = false;
        Touch write;
        std::vector<Touch> reads;  // since the write, one a thread
    };
    using Pieces = std::map<uint64_t, Piece>;

    static void add_read(Piece& piece, const Touch& now) {
        for (Touch& read : piece.reads) {
            if (read.thread == now.thread) {
                read = now;
                return;
            }
        }
        piece.reads.push_back(now);
    }

    void split(uint64_t at) {
        auto it = pieces_.upper_bound(at);
        if (it == pieces_.begin()) return;
        --it;
        if (it->first >= at || it->second.end <= at) return;
        Piece right = it->second;
        it->second.end = at;
        pieces_.emplace_hint(std::next(it), at, std::move(right));
    }

    static bool same(const Touch& a, const Touch& b) {
        return a.thread == b.thread && a.piece == b.piece && a.site == b.site && a.digest == b.digest;
    }

    // The piece becomes one with its left neighbour if both have one history. Returns what is behind it.
    typename Pieces::iterator joined(typename Pieces::iterator it) {
        if (it != pieces_.begin()) {
            auto left = std::prev(it);
            const Piece &a = left->second, &b = it->second;
            if (a.end == it->first && a.written == b.written && (!a.written || same(a.write, b.write)) &&
                a.reads.size() == b.reads.size() && std::equal(a.reads.begin(), a.reads.end(), b.reads.begin(), same)) {
                left->second.end = b.end;
                return pieces_.erase(it);
            }
        }
        return std::next(it);
    }

    Pieces pieces_;
};

}  // namespace tw::races
