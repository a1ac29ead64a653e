#include "diagnose/sources.h"

#include <set>

namespace tw::diagnose {

Sources::Sources(std::span<tw_core* const> cores) {
    std::set<const jit::KernelImage*> seen;
    for (const tw_core* core : cores) {
        for (const Processor& p : core->processors) {
            if (p.image && seen.insert(p.image).second) add(*p.image);
        }
    }
}

void Sources::add(const jit::KernelImage& image) {
    if (!image.sources) return;
    for (const auto& file : image.sources->files) files_.emplace(file->shown, file.get());
}

const jit::SourceFile* Sources::find(std::string_view name) const {
    const auto found = files_.find(name);
    return found == files_.end() ? nullptr : found->second;
}

std::vector<const jit::SourceFile*> Sources::with_allows() const {
    std::vector<const jit::SourceFile*> out;
    for (const auto& [name, file] : files_)
        if (!file->allows.empty()) out.push_back(file);
    return out;
}

}  // namespace tw::diagnose
