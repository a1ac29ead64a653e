// Operations on disk: writing what the builder made without losing what somebody changed, and finding it again.
//
// Beside each operation lies .tilewright/: manifest.json (tool version, options, a hash for every file), base/ (every file
// as it was generated last, the base of three-way merges), spec.yaml (what it was generated from) and results.json (what
// build and test last said; see report.h).
#pragma once

#include "builder/builder.h"

#include <filesystem>
#include <string>
#include <vector>

namespace tw::builder {

enum class Outcome {
    Created,
    Unchanged,
    Updated,   // not edited since it was generated
    Kept,      // edited, and the generated text is what it was
    Merged,    // edited, and the new generated text merged in
    BodyKept,  // a stub that somebody filled in: the new arguments are merged in, the new stub is beside it as <name>.new
    Conflict,  // edited on lines that changed: left alone, the new text is beside it as <name>.new
    Held,      // would be updated, but code that it goes with is in conflict: left alone, the new text beside it
    Foreign,   // exists, and was not written by the builder: left alone, the new text is beside it
    Overwritten,  // --force; what the builder did not write stays even so
};
std::string_view outcome_name(Outcome);

struct WrittenFile {
    std::string path;
    Outcome outcome;
    std::string diff;  // from what is on disk to what would be there, with WriteOptions::diff
};

struct WriteOptions {
    bool force = false;
    bool dry = false;  // touch nothing
    bool diff = false;
};

// Raises Environment[cannot-write].
std::vector<WrittenFile> write_operation(const std::filesystem::path& root, const NewResult&, const std::string& spec_text,
                                         const NewOptions&, const WriteOptions& = {});

struct KnownFile {
    std::string path;  // from the root
    std::string hash, type, purpose;
};

// An operation that the builder made.
struct Operation {
    std::string name, dialect, family, version;
    std::filesystem::path root;       // output directory
    std::filesystem::path directory;  // of the operation
    std::filesystem::path tests;
    std::vector<KnownFile> files;
};

// All operations at or below `directory`, or that `directory` is part of. Sorted by path.
std::vector<Operation> find_operations(const std::filesystem::path& directory);

std::string hash_of(const std::string& text);

}  // namespace tw::builder
