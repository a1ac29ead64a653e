// What earlier runs left behind: compiled kernels, precompiled headers, rewritten copies of the user's headers.
//
// Everything is named by the hash of what it was made from, written under another name and renamed, so any number of
// processes may share the folder without locks. Nothing in it is trusted: an entry that is truncated, damaged or gone is a
// miss, never an error. Where the folder is, and whether it can be written and trusted, is jit/cache_root.h's matter. It is
// kept below TILEWRIGHT_CACHE_MB by removing what was not used for longest.
#pragma once

#include "jit/cache_root.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace tw::jit {

// A compiled kernel: the shared object with a seal behind it (a hash of its bytes; the loader ignores what follows an ELF
// file).
std::filesystem::path object_path(const std::string& key);
bool seal_object(const std::filesystem::path&);      // adds the seal
bool object_is_whole(const std::filesystem::path&);  // and marks it as used

// Says that a file of the cache is in use, for the removal by age.
void mark_used(const std::filesystem::path&);

// Removes the oldest files if the folder has outgrown its bound. Looks at most once a minute in a process,
// unless told to look at once.
void trim_cache(bool at_once = false);

// Small answers, such as a compiler's version.
std::optional<std::string> cached_text(std::string_view kind, std::string_view key);
void store_cached_text(std::string_view kind, std::string_view key, std::string_view text);

}  // namespace tw::jit
