// The texts of the kernels of a launch, by the names that places have.
#pragma once

#include "base/error.h"
#include "core/core.h"
#include "jit/source_tree.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tw::diagnose {

class Sources {
public:
    Sources() = default;
    explicit Sources(std::span<tw_core* const>);
    void add(const jit::KernelImage&);

    const jit::SourceFile* find(std::string_view name) const;
    std::vector<const jit::SourceFile*> with_allows() const;
    const std::map<std::string_view, const jit::SourceFile*>& all() const { return files_; }

private:
    std::map<std::string_view, const jit::SourceFile*> files_;
};

}  // namespace tw::diagnose
