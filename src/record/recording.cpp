#include "record/recording.h"

#include <dlfcn.h>

namespace tw {
namespace {

template <class T>
void add(std::string& out, const T& value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void add_text(std::string& out, std::string_view text) {
    add(out, static_cast<uint32_t>(text.size()));
    out += text;
}

void add_site(std::string& out, const RecordSite& site) {
    if (site.call) {
        add_text(out, site.call->file);
        add_text(out, site.call->function);
        add(out, site.call->line);
        add(out, site.call->column);
        return;
    }
    Dl_info info{};
    const bool known = site.code && dladdr(site.code, &info) != 0;
    add_text(out, known ? "code" : "");
    add(out, known ? reinterpret_cast<uintptr_t>(site.code) - reinterpret_cast<uintptr_t>(info.dli_fbase) : uintptr_t{0});
}

}  // namespace

std::string recording_bytes(const Recording& recording) {
    std::string out;
    add(out, recording.classes);
    add(out, static_cast<uint32_t>(recording.processors.size()));
    for (const ProcessorRecords& p : recording.processors) {
        add(out, p.core_x);
        add(out, p.core_y);
        add(out, p.noc_x);
        add(out, p.noc_y);
        add(out, p.risc);
        add_text(out, p.kernel);
        add(out, static_cast<uint32_t>(p.writer->sites().size()));
        for (const RecordSite& site : p.writer->sites()) add_site(out, site);
        add(out, static_cast<uint64_t>(p.writer->size()));
        for (size_t i = 0; i < p.writer->chunks(); ++i) {
            const auto records = static_cast<const RecordWriter*>(p.writer)->chunk(i);
            out.append(reinterpret_cast<const char*>(records.data()), records.size_bytes());
        }
    }
    return out;
}

}  // namespace tw
