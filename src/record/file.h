// Recordings on disk (`*.twrec`): what a run left behind, kept for another process (docs/design/events-and-recording.md,
// "The file").
//
// A file has a head with the version, the tables of processors and their places, and each processor's records. Loops fill
// recordings, so that records are told by how they differ from the last of their kind and place, and stretches that were
// there before are pointed back to (fold.h). What is read back is what was written, record by record.
#pragma once

#include "record/recording.h"

#include <string>
#include <string_view>
#include <vector>

namespace tw {

// Raised when the meaning of a field changes; appending a kind or a flag keeps it.
inline constexpr int kRecordingVersion = 1;

// What the file says of where the recording came from.
struct RecordingOrigin {
    std::string tool;  // version of tilewright
    std::string chip;  // its name, and a hash of its description
    std::string chip_hash;
    bool operator==(const RecordingOrigin&) const = default;
};

// A place that a record names: a call by its line, or an instruction by its object and offset.
struct SavedSite {
    std::string file, function;
    uint32_t line = 0, column = 0;
    bool is_code = false;
    uint64_t offset = 0;  // of code, in the object `file`
    bool operator==(const SavedSite&) const = default;
};

struct SavedProcessor {
    uint16_t core_x = 0, core_y = 0;
    uint8_t noc_x = 0, noc_y = 0;
    uint8_t risc = 0;
    bool complete = true;  // false: the end of its records could not be kept
    std::string kernel;
    std::vector<SavedSite> sites;  // by Record::site; the first is nobody's
    std::vector<Record> records;
    bool operator==(const SavedProcessor&) const = default;
};

// A recording that depends on nothing in this process.
struct SavedRecording {
    RecordingOrigin origin;
    uint32_t classes = 0;
    std::vector<SavedProcessor> processors;
    bool operator==(const SavedRecording&) const = default;
};

SavedRecording saved(const Recording&, RecordingOrigin);

std::string to_bytes(const SavedRecording&);
// `name` stands in messages. Raises HostError[recording-version] for a file of another version and
// HostError[recording-damaged] for what is no recording, or not a whole one.
SavedRecording recording_from(std::string_view bytes, std::string_view name);

void write_recording(const std::string& path, const SavedRecording&);  // Environment[...] when the file cannot be written
SavedRecording read_recording(const std::string& path);

}  // namespace tw
