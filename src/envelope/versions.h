// The versions of everything that outlives a run, in one place: `tilewright --version --json` and `tilewright doctor` show
// them. The tool's own is SemVer (CMakeLists.txt); the others are counted, and raised when a reader of the older form would
// be misled.
#pragma once

#include "record/file.h"  // kRecordingVersion, of *.twrec
#include "tw/abi.h"

#include <array>
#include <string_view>

namespace tw::envelope {

inline constexpr int kKernelAbiVersion = TW_ABI_VERSION;  // kernel objects in the cache (kernel_include/tw/abi.h)
inline constexpr int kEnvelopeVersion = 1;                // every --json answer (data/schemas/envelope.schema.json)
inline constexpr int kSpecSchemaVersion = 1;              // specs of operations (docs/spec-schema.json)

struct NamedVersion {
    std::string_view name;
    int value;
};
inline constexpr std::array kVersions = {
    NamedVersion{"kernel_abi", kKernelAbiVersion},
    NamedVersion{"recording", kRecordingVersion},
    NamedVersion{"envelope", kEnvelopeVersion},
    NamedVersion{"spec_schema", kSpecSchemaVersion},
};

}  // namespace tw::envelope
