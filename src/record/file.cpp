#include "record/file.h"

#include "base/error.h"
#include "base/hash.h"
#include "base/text_file.h"
#include "record/bytes.h"
#include "record/fold.h"

#include <fmt/format.h>

#include <dlfcn.h>

#include <filesystem>

namespace tw {
namespace {

constexpr std::string_view kMagic{"TWREC\0", 6};
constexpr size_t kHead = kMagic.size() + 2;       // and the version, the low byte first
constexpr size_t kMostRecords = size_t{1} << 26;  // of a processor; a run keeps fewer (record/writer.cpp)

[[noreturn]] void damaged(std::string_view name, std::string_view why) {
    raise_host("recording-damaged", fmt::format("{} is not a recording that can be read", name),
               {.why = std::string(why), .fix = "record the run again"});
}

std::string eight_bytes(uint64_t v) {
    std::string out;
    for (int i = 0; i < 8; ++i) out += static_cast<char>(v >> (8 * i));
    return out;
}

// A section: its length, a hash of its bytes, the bytes.
void add_section(std::string& out, const ByteWriter& section) {
    ByteWriter length;
    length.number(section.bytes().size());
    out += length.bytes() + eight_bytes(Hasher().add(section.bytes()).low64()) + section.bytes();
}

ByteReader take_section(ByteReader& in, std::string_view name) {
    const uint64_t size = in.number();
    const std::string_view hash = in.raw(8), bytes = in.raw(size);
    if (in.failed()) damaged(name, "the file ends too early");
    if (hash != eight_bytes(Hasher().add(bytes).low64())) damaged(name, "bytes in it have changed since it was written");
    return ByteReader(bytes);
}

void write(ByteWriter& out, const SavedSite& s) {
    out.number(s.is_code);
    out.text(s.file);
    out.text(s.function);
    out.number(s.line);
    out.number(s.column);
    out.number(s.offset);
}

SavedSite read_site(ByteReader& in) {
    SavedSite s;
    s.is_code = in.number_of<bool>();
    s.file = in.text();
    s.function = in.text();
    s.line = in.number_of<uint32_t>();
    s.column = in.number_of<uint32_t>();
    s.offset = in.number();
    return s;
}

ByteWriter head_of(const SavedRecording& r) {
    ByteWriter out;
    out.text(r.origin.tool);
    out.text(r.origin.chip);
    out.text(r.origin.chip_hash);
    out.number(r.classes);
    out.number(r.processors.size());
    for (const SavedProcessor& p : r.processors) {
        for (const uint64_t v : {uint64_t{p.core_x}, uint64_t{p.core_y}, uint64_t{p.noc_x}, uint64_t{p.noc_y},
                                 uint64_t{p.risc}, uint64_t{p.complete}})
            out.number(v);
        out.text(p.kernel);
        out.number(p.sites.size());
        for (const SavedSite& s : p.sites) write(out, s);
    }
    return out;
}

bool read_head(ByteReader& in, SavedRecording& r) {
    r.origin.tool = in.text();
    r.origin.chip = in.text();
    r.origin.chip_hash = in.text();
    r.classes = in.number_of<uint32_t>();
    r.processors.resize(in.count());
    for (SavedProcessor& p : r.processors) {
        p.core_x = in.number_of<uint16_t>();
        p.core_y = in.number_of<uint16_t>();
        p.noc_x = in.number_of<uint8_t>();
        p.noc_y = in.number_of<uint8_t>();
        p.risc = in.number_of<uint8_t>();
        p.complete = in.number_of<bool>();
        p.kernel = in.text();
        const size_t sites = in.count();
        for (size_t i = 0; i < sites && !in.failed(); ++i) p.sites.push_back(read_site(in));
    }
    return !in.failed() && in.left() == 0;
}

SavedSite saved_site(const RecordSite& site) {
    SavedSite s;
    if (site.call) {
        s.file = site.call->file;
        s.function = site.call->function;
        s.line = site.call->line;
        s.column = site.call->column;
        return s;
    }
    Dl_info info{};
    if (!site.code || dladdr(site.code, &info) == 0) return s;
    s.is_code = true;
    s.file = info.dli_fname ? info.dli_fname : "";
    s.offset = reinterpret_cast<uintptr_t>(site.code) - reinterpret_cast<uintptr_t>(info.dli_fbase);
    return s;
}

}  // namespace

SavedRecording saved(const Recording& recording, RecordingOrigin origin) {
    SavedRecording out{.origin = std::move(origin), .classes = recording.classes, .processors = {}};
    for (const ProcessorRecords& p : recording.processors) {
        SavedProcessor& to = out.processors.emplace_back();
        to.core_x = p.core_x;
        to.core_y = p.core_y;
        to.noc_x = p.noc_x;
        to.noc_y = p.noc_y;
        to.risc = p.risc;
        to.complete = p.writer->complete();
        to.kernel = p.kernel;
        for (const RecordSite& site : p.writer->sites()) to.sites.push_back(saved_site(site));
        to.records.reserve(p.writer->size());
        p.writer->each([&](const Record& r) { to.records.push_back(r); });
    }
    return out;
}

std::string to_bytes(const SavedRecording& recording) {
    std::string out(kMagic);
    out += static_cast<char>(kRecordingVersion & 0xff);
    out += static_cast<char>(kRecordingVersion >> 8);
    add_section(out, head_of(recording));
    for (const SavedProcessor& p : recording.processors) {
        ByteWriter records;
        fold(p.records, records);
        add_section(out, records);
    }
    return out;
}

SavedRecording recording_from(std::string_view bytes, std::string_view name) {
    if (bytes.substr(0, kMagic.size()) != kMagic || bytes.size() < kHead)
        damaged(name, "it does not begin as a recording does");
    const int version = static_cast<uint8_t>(bytes[kMagic.size()]) | static_cast<uint8_t>(bytes[kMagic.size() + 1]) << 8;
    if (version != kRecordingVersion) {
        raise_host("recording-version", fmt::format("{} is a recording of version {}", name, version),
                   {.why = fmt::format("this tilewright reads version {}", kRecordingVersion),
                    .fix = version > kRecordingVersion ? "read it with the tilewright that wrote it, or a newer one"
                                                       : "record the run again"});
    }
    ByteReader in(bytes.substr(kHead));
    SavedRecording out;
    ByteReader head = take_section(in, name);
    if (!read_head(head, out)) damaged(name, "its tables make no sense");
    for (SavedProcessor& p : out.processors) {
        ByteReader section = take_section(in, name);
        p.records = unfold(section, kMostRecords);
        if (section.failed() || section.left() != 0) damaged(name, "its records make no sense");
        for (const Record& r : p.records)
            if (r.site >= p.sites.size() && r.site != 0) damaged(name, "a record names a place that is in no table");
    }
    if (in.left() != 0) damaged(name, "something follows its end");
    return out;
}

void write_recording(const std::string& path, const SavedRecording& recording) {
    write_text(path, to_bytes(recording));
}

SavedRecording read_recording(const std::string& path) {
    return recording_from(read_text(path), path);
}

}  // namespace tw
