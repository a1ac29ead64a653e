#include "cli/verbs.h"

#include "builder/math/problem.h"

#include <vector>

namespace tw::cli {

namespace {

constexpr bool Works = true, Planned = false;  // as verbs.def spells them
constexpr Verb kVerbs[] = {
#define TW_VERB(name, alias, state, json, help, example) {#name, alias, state, json, help, example},
#include "cli/verbs.def"
#undef TW_VERB
};

}  // namespace

std::span<const Verb> verbs() {
    return kVerbs;
}

const Verb* find_verb(std::string_view name) {
    for (const Verb& verb : kVerbs)
        if (verb.name == name || (!verb.alias.empty() && verb.alias == name)) return &verb;
    return nullptr;
}

std::string nearest_verb(std::string_view word) {
    std::vector<std::string_view> names;
    for (const Verb& verb : kVerbs) {
        names.push_back(verb.name);
        if (!verb.alias.empty()) names.push_back(verb.alias);
    }
    return builder::nearest(word, names);
}

}  // namespace tw::cli
