#include "races/races.h"

#include "noc/address.h"
#include "races/shadow.h"
#include "tw/abi.h"

#include <array>
#include <deque>
#include <memory>
#include <numeric>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace tw::races {
namespace {

constexpr size_t kMostRaces = 64;
// A barrier for all transaction ids, as its record has it: TW_NOC_TRID_NONE without the bits that the NoC takes.
constexpr uint32_t kAllTransfers = TW_NOC_TRID_NONE & 0xffffff;

bool is_word_call(RecordKind kind) {
    using enum RecordKind;
    return kind == WordWait || kind == WordLoad || kind == WordStore || kind == WordAdd;
}

// A processor's records, one after the other.
class Cursor {
public:
    explicit Cursor(const RecordWriter* writer) : writer_(writer) { skip_empty(); }
    const Record* get() const { return chunk_ < writer_->chunks() ? &writer_->chunk(chunk_)[at_] : nullptr; }
    void next() {
        ++at_;
        skip_empty();
    }

private:
    void skip_empty() {
        while (chunk_ < writer_->chunks() && at_ >= writer_->chunk(chunk_).size()) {
            ++chunk_;
            at_ = 0;
        }
    }
    const RecordWriter* writer_;
    size_t chunk_ = 0, at_ = 0;
};

struct Issued {
    uint32_t sequence = 0, transfer = 0;
    uint16_t site = 0;
    RecordKind kind{};
};

// What one processor's engine for one NoC and transaction id does.
enum class Engine : uint8_t { Read, WriteSource, WriteTarget };

struct ProcessorState {
    Thread main;
    std::unordered_map<uint64_t, Thread> engines;  // by (transfer, Engine)
    std::deque<Issued> issued;                     // the newest writes
};

struct Buffer {
    uint64_t received = 0, acked = 0;
    std::deque<std::pair<uint64_t, Clock>> pushes;  // page count behind each
    Clock popped;
};

struct CoreState {
    std::vector<uint32_t> processors;  // of the recording
    std::vector<Cursor> cursors;       // of these
    uint32_t group = 0;
    uint32_t arrived = 0;               // all arrivals up to this number were gone through
    std::set<uint32_t> arrived_early;   // and these
    std::unordered_set<uint32_t> sync;  // words that order things
    std::unordered_map<uint32_t, Clock> words;
    std::unordered_map<uint32_t, Buffer> buffers;
    std::unordered_map<uint32_t, std::deque<Clock>> mailboxes;
    std::array<Clock, 2> filled, used;
    Clock committed, released;
};

uint64_t place_key(uint32_t x, uint32_t y) {
    return uint64_t{y} << 8 | x;
}

class Search {
public:
    explicit Search(const Recording& recording) : recording_(recording) {}

    Result run() {
        if (!recording_.complete()) return {.complete = false};
        gather_cores();
        find_sync_words();
        group_cores();
        start_threads();
        if (!go_through()) result_.complete = false;
        return std::move(result_);
    }

private:
    void gather_cores() {
        for (uint32_t i = 0; i < recording_.processors.size(); ++i) {
            const ProcessorRecords& p = recording_.processors[i];
            const auto [at, is_new] =
                core_at_.try_emplace(place_key(p.noc_x, p.noc_y), static_cast<uint32_t>(cores_.size()));
            if (is_new) cores_.emplace_back();
            CoreState& core = cores_[at->second];
            core.processors.push_back(i);
            core.cursors.emplace_back(p.writer);
            core_of_.push_back(at->second);
        }
    }

    const uint32_t* core_at(uint64_t place) const {
        const NocAddress a(place);
        const auto found = core_at_.find(place_key(a.x, a.y));
        return found == core_at_.end() ? nullptr : &found->second;
    }

    // Loads and stores of a flag through pointers: one word, touched by itself.
    static bool is_lone_word(const Record& r) { return r.c == 4 && r.b % 4 == 0; }

    void find_sync_words() {
        struct Lone {
            uint32_t readers = 0, writers = 0;  // processors, as bits
        };
        std::vector<std::unordered_map<uint32_t, Lone>> lone(cores_.size());
        for (uint32_t i = 0; i < recording_.processors.size(); ++i) {
            CoreState& own = cores_[core_of_[i]];
            const uint32_t bit = 1u << recording_.processors[i].risc;
            recording_.processors[i].writer->each([&](const Record& r) {
                using enum RecordKind;
                if (is_word_call(r.kind)) own.sync.insert(static_cast<uint32_t>(r.a));
                if (r.kind == Arrive && r.b == 4) {
                    const uint32_t* core = core_at(r.a);
                    if (core) lone[*core][static_cast<uint32_t>(NocAddress(r.a).local)].writers |= 1u << TW_RISC_COUNT;
                }
                if ((r.kind == RawRead || r.kind == RawWrite) && is_lone_word(r)) {
                    Lone& l = lone[core_of_[i]][r.b];
                    (r.kind == RawRead ? l.readers : l.writers) |= bit;
                    if (r.kind == RawRead && r.a > 1) own.sync.insert(r.b);
                }
                // Atomics and inline writes are never data in the making.
                if ((r.kind == NocAtomic || r.kind == NocWriteWord) && !(r.flags & TW_NOC_MULTICAST)) {
                    if (const uint32_t* core = core_at(r.a))
                        cores_[*core].sync.insert(static_cast<uint32_t>(NocAddress(r.a).local));
                }
            });
        }
        for (size_t core = 0; core < cores_.size(); ++core) {
            // Words in a row are data, loaded and stored by a loop that was unrolled; a flag stands by itself.
            const auto both = [&](uint32_t address) {
                const auto found = lone[core].find(address);
                return found != lone[core].end() && found->second.readers && found->second.writers;
            };
            for (const auto& [address, l] : lone[core]) {
                const bool in_a_row = (both(address - 4) && both(address + 4)) ||
                                      (both(address + 4) && both(address + 8)) || (both(address - 4) && both(address - 8));
                if (both(address) && !in_a_row) cores_[core].sync.insert(address);
            }
        }
    }

    // Cores that never tell each other anything are never ordered; their clocks stay short.
    void group_cores() {
        std::vector<uint32_t> parent(cores_.size());
        std::iota(parent.begin(), parent.end(), 0);
        const auto root = [&](uint32_t c) {
            while (parent[c] != c) c = parent[c] = parent[parent[c]];
            return c;
        };
        for (uint32_t i = 0; i < recording_.processors.size(); ++i) {
            recording_.processors[i].writer->each([&](const Record& r) {
                if (r.kind != RecordKind::Arrive || r.b != 4) return;
                if (const uint32_t* core = core_at(r.a)) parent[root(*core)] = root(core_of_[i]);
            });
        }
        for (uint32_t c = 0; c < cores_.size(); ++c) cores_[c].group = root(c);
    }

    Thread new_thread(uint32_t processor) {
        const uint32_t group = cores_[core_of_[processor]].group;
        Thread t{.id = {group, threads_[group]++}, .processor = processor, .clock = {}};
        t.clock.raise(t.id.index);
        return t;
    }

    void start_threads() {
        for (uint32_t i = 0; i < recording_.processors.size(); ++i) states_.push_back({.main = new_thread(i)});
    }

    bool go_through() {
        bool any = true, left = true;
        while (any && left) {
            any = left = false;
            for (uint32_t c = 0; c < cores_.size(); ++c) {
                any |= go_on(c);
                for (const Cursor& cursor : cores_[c].cursors) left |= cursor.get() != nullptr;
            }
        }
        return !left;
    }

    // The core's records in their order, until one has seen what has not been gone through yet.
    bool go_on(uint32_t c) {
        CoreState& core = cores_[c];
        bool any = false;
        for (;;) {
            size_t best = core.cursors.size();
            for (size_t i = 0; i < core.cursors.size(); ++i) {
                const Record* r = core.cursors[i].get();
                if (r && (best == core.cursors.size() || r->sequence < core.cursors[best].get()->sequence)) best = i;
            }
            if (best == core.cursors.size()) return any;
            const Record& r = *core.cursors[best].get();
            using enum RecordKind;
            const bool saw = r.kind == WordWait || r.kind == WordLoad || r.kind == WordAdd || r.kind == RawRead;
            if (saw && r.d > core.arrived) return any;
            take(c, core.processors[best], r);
            core.cursors[best].next();
            any = true;
        }
    }

    void take(uint32_t c, uint32_t processor, const Record& r) {
        CoreState& core = cores_[c];
        ProcessorState& p = states_[processor];
        Clock& now = p.main.clock;
        const auto release = [&](Clock& to) {
            to.join(now);
            now.raise(p.main.id.index);
        };
        using enum RecordKind;
        switch (r.kind) {
            case CbPush: {
                Buffer& b = core.buffers[r.a & 0xff];
                b.received += r.a >> 8;
                b.pushes.emplace_back(b.received, now);
                now.raise(p.main.id.index);
                break;
            }
            case CbWait: acquire_pages(now, core.buffers[r.a & 0xff], r.a >> 8); break;
            case CbPagesReady: acquire_pages(now, core.buffers[static_cast<uint32_t>(r.a)], r.b); break;
            case CbPop: {
                Buffer& b = core.buffers[r.a & 0xff];
                b.acked += r.a >> 8;
                release(b.popped);
                break;
            }
            case CbReserve: now.join(core.buffers[r.a & 0xff].popped); break;
            case CbPagesFree: now.join(core.buffers[static_cast<uint32_t>(r.a)].popped); break;
            case WordWait:
            case WordLoad: now.join(core.words[static_cast<uint32_t>(r.a)]); break;
            case WordAdd: now.join(core.words[static_cast<uint32_t>(r.a)]); [[fallthrough]];
            case WordStore: release(core.words[static_cast<uint32_t>(r.a)]); break;
            case MailboxWrite:
                core.mailboxes[mailbox(recording_.processors[processor].risc, static_cast<uint32_t>(r.a))].push_back(now);
                now.raise(p.main.id.index);
                break;
            case MailboxRead: {
                auto& box = core.mailboxes[mailbox(static_cast<uint32_t>(r.a), recording_.processors[processor].risc)];
                if (box.empty()) break;
                now.join(box.front());
                box.pop_front();
                break;
            }
            case Unpack:
                now.join(core.used[r.e & 1]);
                touch(p.main, r.site, c, r.b, r.c, Way::Read);
                release(core.filled[r.e & 1]);
                break;
            case Math:
                for (Clock& filled : core.filled) now.join(filled);
                for (Clock& used : core.used) used.join(now);
                now.raise(p.main.id.index);
                break;
            case DstAcquire: now.join(core.released); break;
            case DstCommit: release(core.committed); break;
            case DstWait: now.join(core.committed); break;
            case DstRelease: release(core.released); break;
            case Pack: touch(p.main, r.site, c, r.b, r.c, Way::Write); break;
            case NocRead: {
                Thread& engine = start_transfer(p, processor, r.e, Engine::Read);
                touch_at(engine, r.site, r.a, r.c, Way::Read);
                touch(engine, r.site, c, r.b, r.c, Way::Write);
                break;
            }
            case NocWrite:
                start_transfer(p, processor, r.e, Engine::WriteTarget);
                if (!(r.flags & TW_NOC_PAGE_ZERO))
                    touch(start_transfer(p, processor, r.e, Engine::WriteSource), r.site, c, r.b, r.c, Way::Read);
                [[fallthrough]];
            case NocAtomic:
            case NocWriteWord:
                p.issued.push_back({r.sequence, r.e, r.site, r.kind});
                if (p.issued.size() > 2048) p.issued.pop_front();
                break;
            case Arrive:
            case Land: landing(p, processor, r); break;
            case NocBarrier: end_transfers(p, r.e, static_cast<uint32_t>(r.a)); break;
            case NocPoll:
                if (r.b) end_transfers(p, r.e, static_cast<uint32_t>(r.a));
                break;
            case RawRead:
                if (is_lone_word(r) && core.sync.contains(r.b)) {
                    now.join(core.words[r.b]);
                } else {
                    touch(p.main, r.site, c, r.b, r.c, Way::Read);
                }
                break;
            case RawWrite:
                if (is_lone_word(r) && core.sync.contains(r.b)) {
                    release(core.words[r.b]);
                } else {
                    touch(p.main, r.site, c, r.b, r.c, way_of(r));
                }
                break;
            default: break;
        }
    }

    static Way way_of(const Record& r) { return r.flags & kRecordSame ? Way::WriteSame : Way::Write; }
    static uint32_t mailbox(uint32_t from, uint32_t to) { return from << 8 | to; }

    static void acquire_pages(Clock& now, Buffer& b, uint64_t pages) {
        uint64_t begin = b.acked;
        while (!b.pushes.empty() && b.pushes.front().first <= b.acked) {
            now.join(b.pushes.front().second);
            b.pushes.pop_front();
        }
        for (const auto& [end, clock] : b.pushes) {
            if (begin >= b.acked + pages) break;
            now.join(clock);
            begin = end;
        }
    }

    Thread& start_transfer(ProcessorState& p, uint32_t processor, uint32_t transfer, Engine kind) {
        const uint64_t key = uint64_t{transfer} << 2 | static_cast<uint64_t>(kind);
        auto at = p.engines.find(key);
        if (at == p.engines.end()) at = p.engines.emplace(key, new_thread(processor)).first;
        at->second.clock.raise(at->second.id.index);
        at->second.clock.join(p.main.clock);
        return at->second;
    }

    void end_transfers(ProcessorState& p, uint32_t transfer, uint32_t what) {
        for (auto& [key, engine] : p.engines) {
            const auto of = static_cast<uint32_t>(key >> 2);
            const auto kind = static_cast<Engine>(key & 3);
            if ((of & 0xff) != (transfer & 0xff)) continue;
            if (transfer >> 8 != kAllTransfers && of >> 8 != transfer >> 8) continue;
            const bool over = kind == Engine::Read ? (what & TW_WAIT_READS) != 0
                              : kind == Engine::WriteSource
                                  ? (what & (TW_WAIT_WRITES_SENT | TW_WAIT_WRITES_ACKED | TW_WAIT_POSTED_SENT)) != 0
                                  : (what & TW_WAIT_WRITES_ACKED) != 0;
            if (over) p.main.clock.join(engine.clock);
        }
    }

    void landing(ProcessorState& p, uint32_t processor, const Record& r) {
        const uint32_t* target = core_at(r.a);
        const auto address = static_cast<uint32_t>(NocAddress(r.a).local);
        const auto issued = std::ranges::lower_bound(p.issued, r.c, {}, &Issued::sequence);
        const bool known = issued != p.issued.end() && issued->sequence == r.c;
        const bool is_word = r.b == 4 && target && cores_[*target].sync.contains(address);
        if (is_word) {
            // Behind what this processor sent on the same NoC before: silicon keeps them in order.
            Clock all = p.main.clock;
            for (const auto& [key, engine] : p.engines) {
                const bool same_noc = known && (key >> 2 & 0xff) == (issued->transfer & 0xff);
                if (static_cast<Engine>(key & 3) == Engine::WriteTarget && same_noc) all.join(engine.clock);
            }
            cores_[*target].words[address].join(all);
            p.main.clock.raise(p.main.id.index);
        } else if (known && issued->kind == RecordKind::NocWrite) {
            const uint64_t key = uint64_t{issued->transfer} << 2 | static_cast<uint64_t>(Engine::WriteTarget);
            const auto engine = p.engines.find(key);
            if (engine != p.engines.end()) touch_at(engine->second, issued->site, r.a, r.b, way_of(r), r.e);
        } else if (known && issued->kind == RecordKind::NocWriteWord) {
            touch_at(p.main, issued->site, r.a, r.b, way_of(r));
        }
        static_cast<void>(processor);
        if (r.kind != RecordKind::Arrive || !target) return;
        CoreState& core = cores_[*target];
        core.arrived_early.insert(r.d);
        while (!core.arrived_early.empty() && *core.arrived_early.begin() == core.arrived + 1) {
            core.arrived_early.erase(core.arrived_early.begin());
            ++core.arrived;
        }
    }

    void touch_at(const Thread& who, uint16_t site, uint64_t place, uint32_t bytes, Way way, uint32_t digest = 0) {
        const NocAddress a(place);
        touch_memory(who, site, a.x, a.y, a.local, bytes, way, digest);
    }

    void touch(const Thread& who, uint16_t site, uint32_t core, uint32_t address, uint32_t bytes, Way way) {
        const ProcessorRecords& p = recording_.processors[cores_[core].processors.front()];
        touch_memory(who, site, p.noc_x, p.noc_y, address, bytes, way);
    }

    void touch_memory(const Thread& who, uint16_t site, uint32_t x, uint32_t y, uint64_t address, uint32_t bytes, Way way,
                      uint32_t digest = 0) {
        const auto core = core_at_.find(place_key(x, y));
        const int32_t index = core == core_at_.end() ? -1 : static_cast<int32_t>(core->second);
        if (index >= 0 && bytes <= 4 && cores_[static_cast<uint32_t>(index)].sync.contains(uint32_t(address) & ~3u)) return;
        memories_[place_key(x, y)].access(who, core_of_[who.processor], digest, site, address, address + bytes, way,
                                          [&](const Touch& earlier, bool was_write, uint64_t begin, uint64_t end) {
                                              tell({.first = {earlier.processor, earlier.site, was_write},
                                                    .second = {who.processor, site, way != Way::Read},
                                                    .noc_x = static_cast<uint8_t>(x),
                                                    .noc_y = static_cast<uint8_t>(y),
                                                    .core = index,
                                                    .begin = begin,
                                                    .end = end});
                                          });
    }

    // The same two places on other cores, or again, are one race.
    void tell(const Race& race) {
        const auto site = [&](const Place& p) { return recording_.processors[p.processor].writer->sites()[p.site].key(); };
        for (Race& known : result_.races) {
            if (site(known.first) == site(race.first) && site(known.second) == site(race.second)) {
                ++known.times;
                if (known.noc_x == race.noc_x && known.noc_y == race.noc_y) {
                    known.begin = std::min(known.begin, race.begin);
                    known.end = std::max(known.end, race.end);
                }
                return;
            }
        }
        if (result_.races.size() < kMostRaces) result_.races.push_back(race);
    }

    const Recording& recording_;
    Result result_;
    std::vector<CoreState> cores_;
    std::unordered_map<uint64_t, uint32_t> core_at_;  // by place_key
    std::vector<uint32_t> core_of_;                   // by processor
    std::vector<ProcessorState> states_;
    std::unordered_map<uint32_t, uint32_t> threads_;  // by group
    std::unordered_map<uint64_t, Shadow> memories_;
};

}  // namespace

Result find(const Recording& recording) {
    return Search(recording).run();
}

}  // namespace tw::races
