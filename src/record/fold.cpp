#include "record/fold.h"

#include <algorithm>
#include <unordered_map>

namespace tw {
namespace {

// What a record adds to the last one of its kind and place.
struct Step {
    RecordKind kind = RecordKind::KernelStart;
    uint8_t flags = 0;
    uint16_t site = 0;
    uint64_t a = 0;
    uint32_t b = 0, c = 0, d = 0, e = 0;
    bool operator==(const Step&) const = default;
    uint64_t hash() const {
        uint64_t h = uint64_t{site} << 16 | uint64_t{flags} << 8 | static_cast<uint64_t>(kind);
        for (const uint64_t v : {a, uint64_t{b} << 32 | c, uint64_t{d} << 32 | e}) h = (h ^ v) * 0x9e3779b97f4a7c15;
        return h ^ h >> 29;
    }
};

class Predictor {
public:
    Step step(const Record& r) {
        Record& last = last_of(r.kind, r.site);
        const Step s{r.kind, r.flags, r.site, r.a - last.a, r.b - last.b, r.c - last.c, r.d - last.d, r.e - last.e};
        last = r;
        return s;
    }
    Record record(const Step& s) {
        Record& last = last_of(s.kind, s.site);
        last.kind = s.kind;
        last.flags = s.flags;
        last.site = s.site;
        last.a += s.a;
        last.b += s.b;
        last.c += s.c;
        last.d += s.d;
        last.e += s.e;
        return last;
    }

private:
    Record& last_of(RecordKind kind, uint16_t site) { return last_[uint32_t{site} << 8 | static_cast<uint32_t>(kind)]; }
    std::unordered_map<uint32_t, Record> last_;
};

void write(ByteWriter& out, const Step& s) {
    out.number(static_cast<uint64_t>(s.kind));
    out.number(s.flags);
    out.number(s.site);
    out.difference(s.a);
    for (const uint32_t v : {s.b, s.c, s.d, s.e}) out.difference(static_cast<uint64_t>(static_cast<int32_t>(v)));
}

void read(ByteReader& in, Step& s) {
    const auto kind = in.number_of<uint8_t>();
    if (kind >= kRecordKinds) in.fail();
    s.kind = static_cast<RecordKind>(in.failed() ? 0 : kind);
    s.flags = in.number_of<uint8_t>();
    s.site = in.number_of<uint16_t>();
    s.a = in.difference();
    for (uint32_t* v : {&s.b, &s.c, &s.d, &s.e}) *v = static_cast<uint32_t>(in.difference());
}

void write(ByteWriter& out, uint32_t gap) {
    out.number(gap);
}
void read(ByteReader& in, uint32_t& gap) {
    gap = in.number_of<uint32_t>();
}
uint64_t hash_of(const Step& s) {
    return s.hash();
}
uint64_t hash_of(uint32_t gap) {
    return gap * 0x9e3779b97f4a7c15;
}

// Groups of: how many are told, these; how many are copied, from how far back.
template <class T>
void write_folded(std::span<const T> items, ByteWriter& out) {
    constexpr size_t kShortest = 4;             // a copy costs about as much as two told ones
    constexpr size_t kWindow = 3;               // as many alike make a candidate
    std::unordered_map<uint64_t, size_t> seen;  // where a window was last
    const auto window = [&](size_t at) {
        uint64_t h = 0;
        for (size_t i = 0; i < kWindow; ++i) h = (h + hash_of(items[at + i])) * 0x100000001b3 + i;
        return h;
    };
    size_t told = 0, at = 0;
    const auto flush = [&](size_t copied, size_t back) {
        out.number(at - told);
        for (; told < at; ++told) write(out, items[told]);
        out.number(copied);
        if (copied) out.number(back);
        told = at += copied;
    };
    while (at < items.size()) {
        size_t length = 0, back = 0;
        if (at + kWindow <= items.size()) {
            const auto [found, is_new] = seen.try_emplace(window(at), at);
            if (!is_new) {
                back = at - found->second;
                while (at + length < items.size() && items[at + length] == items[at + length - back]) ++length;
                found->second = at;
            }
        }
        if (length >= kShortest) {
            flush(length, back);
        } else {
            ++at;
        }
    }
    if (told < at) flush(0, 0);
}

template <class T>
std::vector<T> read_folded(ByteReader& in, size_t count) {
    std::vector<T> items;
    while (items.size() < count && !in.failed()) {
        const size_t told = in.count();
        if (told > count - items.size()) in.fail();
        for (size_t i = 0; i < told && !in.failed(); ++i) read(in, items.emplace_back());
        const uint64_t copied = in.number();
        const uint64_t back = copied ? in.number() : 1;
        if (copied > count - items.size() || back == 0 || back > items.size() + (copied == 0)) in.fail();
        if (told + copied == 0) in.fail();
        for (uint64_t i = 0; i < copied && !in.failed(); ++i) items.push_back(T(items[items.size() - back]));
    }
    if (in.failed()) items.clear();
    return items;
}

}  // namespace

void fold(std::span<const Record> records, ByteWriter& out) {
    std::vector<Step> steps;
    std::vector<uint32_t> gaps;
    steps.reserve(records.size());
    gaps.reserve(records.size());
    Predictor predictor;
    uint32_t sequence = 0;
    for (const Record& r : records) {
        steps.push_back(predictor.step(r));
        gaps.push_back(r.sequence - sequence);
        sequence = r.sequence;
    }
    out.number(records.size());
    write_folded<Step>(steps, out);
    write_folded<uint32_t>(gaps, out);
}

std::vector<Record> unfold(ByteReader& in, size_t most) {
    const uint64_t count = in.number();
    if (count > most) in.fail();
    if (in.failed()) return {};
    const std::vector<Step> steps = read_folded<Step>(in, count);
    const std::vector<uint32_t> gaps = read_folded<uint32_t>(in, count);
    std::vector<Record> records;
    if (in.failed()) return records;
    records.reserve(count);
    Predictor predictor;
    uint32_t sequence = 0;
    for (size_t i = 0; i < count; ++i) {
        records.push_back(predictor.record(steps[i]));
        records.back().sequence = sequence += gaps[i];
    }
    return records;
}

}  // namespace tw
