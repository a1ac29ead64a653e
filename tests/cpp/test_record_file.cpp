// Recordings on disk: what is read back is what was written, loops are short, other versions and damaged files are refused.
#include "base/error.h"
#include "record/file.h"
#include "record/fold.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>

using namespace tw;

namespace {

constexpr uint32_t kTiles = 3000;

// A reader's loop as runs leave it: addresses advance, the buffer goes round, other processors take sequence numbers.
std::vector<Record> a_loop(uint32_t tiles, uint64_t seed) {
    std::mt19937_64 random(seed);
    std::vector<Record> out;
    uint32_t sequence = 0;
    const auto add = [&](RecordKind kind, uint16_t site, uint64_t a, uint32_t b, uint32_t c, uint32_t d = 0,
                         uint32_t e = 0) {
        sequence += seed ? 1 + static_cast<uint32_t>(random() % 3) : 5;
        out.push_back(
            {.kind = kind, .flags = 0, .site = site, .sequence = sequence, .a = a, .b = b, .c = c, .d = d, .e = e});
    };
    for (uint32_t i = 0; i < tiles; ++i) {
        const uint32_t page = 0x20000 + i % 7 * 2048;
        add(RecordKind::CbReserve, 1, 3 | 1 << 8, page, 2048);
        add(RecordKind::NocRead, 2, (uint64_t{i % 12} << 36) + 0x100000 + i / 12 * 2048, page, 2048, 0, 0xffffff00);
        add(RecordKind::NocBarrier, 3, 1, 0, 0, 0, 0xffffff00);
        add(RecordKind::CbPush, 4, 3 | 1 << 8, page, 2048);
    }
    return out;
}

std::vector<Record> noise(size_t count, uint64_t seed) {
    std::mt19937_64 random(seed);
    std::vector<Record> out(count);
    for (Record& r : out) {
        r.kind = static_cast<RecordKind>(random() % kRecordKinds);
        r.flags = static_cast<uint8_t>(random());
        r.site = static_cast<uint16_t>(random() % 5);
        r.sequence = static_cast<uint32_t>(random());
        r.a = random();
        r.b = static_cast<uint32_t>(random());
        r.c = static_cast<uint32_t>(random() % 3);
        r.d = ~uint32_t{0};
        r.e = static_cast<uint32_t>(random() % 2);
    }
    return out;
}

SavedRecording a_recording() {
    SavedRecording r{.origin = {"0.1.0", "n150", "c0ffee"}, .classes = kAllRecords, .processors = {}};
    for (uint16_t i = 0; i < 3; ++i) {
        SavedProcessor& p = r.processors.emplace_back();
        p.core_x = i;
        p.core_y = 11;
        p.noc_x = 18;
        p.noc_y = static_cast<uint8_t>(18 + i);
        p.risc = static_cast<uint8_t>(i);
        p.complete = i != 2;
        p.kernel = i == 1 ? ""
                          : "kernels/r\xc3\xa4"
                            "der.cpp";
        p.sites.resize(5);
        p.sites[1] = {.file = "kernels/reader.cpp", .function = "kernel_main()", .line = 41, .column = 9};
        p.sites[2] = {.file = "/cache/k.so", .is_code = true, .offset = 0xfedcba9876543210};
        p.records = i == 0 ? a_loop(kTiles, 0) : i == 1 ? std::vector<Record>{} : noise(500, 9);
    }
    return r;
}

std::string folded(const std::vector<Record>& records) {
    ByteWriter out;
    fold(records, out);
    return out.bytes();
}

std::string code_of(std::string_view bytes) {
    try {
        recording_from(bytes, "run.twrec");
    } catch (const Error& e) {
        return e.diagnostic().code;
    }
    return "";
}

}  // namespace

TEST_CASE("recording file: what is read back is what was written") {
    const SavedRecording r = a_recording();
    CHECK(recording_from(to_bytes(r), "run.twrec") == r);
    CHECK(recording_from(to_bytes({}), "empty") == SavedRecording{});
    const std::filesystem::path path = std::filesystem::temp_directory_path() / "tilewright-test-recording.twrec";
    write_recording(path.string(), r);
    CHECK(read_recording(path.string()) == r);
    std::filesystem::remove(path);
}

TEST_CASE("recording file: any records come back, however they repeat") {
    std::mt19937_64 random(5);
    for (int round = 0; round < 300; ++round) {
        std::vector<Record> records = noise(random() % 40, random());
        const std::vector<Record> part = a_loop(1 + random() % 30, random() % 2);
        for (size_t times = random() % 5; times > 0; --times) records.insert(records.end(), part.begin(), part.end());
        ByteWriter out;
        fold(records, out);
        ByteReader in(out.bytes());
        CHECK(unfold(in, records.size()) == records);
        CHECK(!in.failed());
        CHECK(in.left() == 0);
    }
}

TEST_CASE("recording file: a loop of a thousand rounds is hardly longer than one of a hundred") {
    const size_t hundred = folded(a_loop(84, 0)).size(), thousands = folded(a_loop(84 * 40, 0)).size();
    CHECK(thousands < 2 * hundred);
    CHECK(thousands * 100 < 84 * 40 * 4 * sizeof(Record));
    // With other processors between its records the loop still takes less than a byte and a half a record.
    CHECK(folded(a_loop(kTiles, 3)).size() < kTiles * 4 * 3 / 2);
}

TEST_CASE("recording file: other versions are refused by name") {
    std::string bytes = to_bytes(a_recording());
    for (const int version : {0, kRecordingVersion + 1, 0x4142}) {
        bytes[6] = static_cast<char>(version & 0xff);
        bytes[7] = static_cast<char>(version >> 8);
        try {
            recording_from(bytes, "old/run.twrec");
            FAIL("version " << version << " is read");
        } catch (const Error& e) {
            CHECK(e.diagnostic().code == "recording-version");
            CHECK(e.diagnostic().what.find("old/run.twrec is a recording of version " + std::to_string(version)) == 0);
        }
    }
}

TEST_CASE("recording file: what is damaged is refused, and nothing of it is used") {
    const std::string bytes = to_bytes(a_recording());
    CHECK(code_of("") == "recording-damaged");
    CHECK(code_of("PK\3\4 not a recording") == "recording-damaged");
    CHECK(code_of(bytes + "x") == "recording-damaged");
    std::mt19937_64 random(2);
    for (int i = 0; i < 500; ++i)
        CHECK(code_of(std::string_view(bytes).substr(0, random() % bytes.size())) == "recording-damaged");
    for (int i = 0; i < 500; ++i) {
        std::string changed = bytes;
        changed[8 + random() % (bytes.size() - 8)] ^= static_cast<char>(1 + random() % 255);
        CHECK(code_of(changed) == "recording-damaged");
    }
}

TEST_CASE("recording file: records that somebody made up are refused or are records, within bounds") {
    const std::string good = folded(a_loop(50, 1));
    std::mt19937_64 random(4);
    for (int i = 0; i < 20000; ++i) {
        std::string bytes = good;
        for (uint64_t changes = 1 + random() % 3; changes > 0; --changes)
            bytes[random() % bytes.size()] = static_cast<char>(random());
        bytes.resize(bytes.size() - random() % 2 * (random() % bytes.size()));
        ByteReader in(bytes);
        const std::vector<Record> records = unfold(in, 1000);
        CHECK(records.size() <= 1000);
        if (in.failed()) CHECK(records.empty());
        for (const Record& r : records) CHECK(static_cast<uint32_t>(r.kind) < kRecordKinds);
    }
}
