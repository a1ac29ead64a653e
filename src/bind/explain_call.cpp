#include "bind/explain_call.h"

#include "base/nearest.h"
#include "bind/argument_fit.h"
#include "bind/signature.h"

#include <nanobind/stl/string.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tw::bind {
namespace {

constexpr std::string_view kRefusal = "(): incompatible function arguments. The following argument types";

// The module and the names of setters, which have none of their own; both live as long as the process.
PyObject* own_module = nullptr;
std::unordered_map<PyObject*, std::string>& setter_names() {
    static auto& names = *new std::unordered_map<PyObject*, std::string>;
    return names;
}

// ---------------------------------------------------------------- one refused call

struct Call {
    bool is_method;
    std::string set_name;                // of the attribute, when a setter is called
    std::vector<nb::handle> positional;  // without self
    std::vector<std::pair<std::string, nb::handle>> named;
};

// Why one signature does not take a call: the fewer and the more precise the reasons, the nearer it was to what was meant.
struct Reasons {
    std::vector<std::string> texts;
    int weight = 0;
    void add(int more, std::string text) {
        weight += more;
        texts.push_back(std::move(text));
    }
};

std::vector<std::string_view> names_of(const Signature& signature) {
    std::vector<std::string_view> names;
    for (const Parameter& p : signature.parameters)
        if (!p.positional_only) names.push_back(p.name);
    return names;
}

void judge_value(Reasons& reasons, const Call& call, const Parameter& parameter, nb::handle value) {
    const auto wrong = misfit(own_module, value, parameter.type);
    if (!wrong) return;
    // A value deep inside that is wrong speaks for this signature, another kind of value against it.
    reasons.add(wrong->path.empty() ? 3 : 2,
                fmt::format("{}{} = {}, allowed: {}{}", call.set_name.empty() ? parameter.name : call.set_name, wrong->path,
                            wrong->value, wrong->allowed,
                            wrong->guess.empty() ? "" : fmt::format(" (did you mean {}?)", wrong->guess)));
}

Reasons reasons_against(const Signature& signature, const Call& call) {
    Reasons reasons;
    const auto& parameters = signature.parameters;
    std::vector<bool> given(parameters.size());
    size_t next = 0;
    for (const nb::handle value : call.positional) {
        if (next < parameters.size() && !parameters[next].keyword_only) {
            given[next] = true;
            judge_value(reasons, call, parameters[next++], value);
        } else if (!signature.any_positional) {
            reasons.add(4, fmt::format("{} positional arguments were given, allowed: ({})", call.positional.size(),
                                       fmt::join(names_of(signature), ", ")));
            break;
        }
    }
    const auto known = names_of(signature);
    for (const auto& [name, value] : call.named) {
        size_t at = 0;
        while (at < parameters.size() && (parameters[at].name != name || parameters[at].positional_only)) ++at;
        if (at == parameters.size()) {
            if (signature.any_keyword) continue;
            const std::string guess = nearest(name, known);
            reasons.add(5, fmt::format("{} = {}: there is no argument of this name, {}", name, shown(value),
                                       guess.empty() ? fmt::format("allowed: {}", fmt::join(known, ", "))
                                                     : fmt::format("did you mean {}?", guess)));
        } else if (given[at]) {
            reasons.add(5, fmt::format("{} = {} was given by position, too", name, shown(value)));
        } else {
            given[at] = true;
            judge_value(reasons, call, parameters[at], value);
        }
    }
    for (size_t i = 0; i < parameters.size(); ++i)
        if (!given[i] && !parameters[i].has_default)
            reasons.add(3, fmt::format("{} is missing, allowed: {}", parameters[i].name, in_words(parameters[i].type)));
    return reasons;
}

std::string reasons_of(nb::handle function, const Call& call) {
    Reasons best;
    bool first = true;
    std::vector<std::string> signatures;
    const nb::object overloads = function.attr("__nb_signature__");
    for (nb::handle overload : overloads) {
        const std::string text = nb::cast<std::string>(overload[0]);
        const Signature signature = parse_signature(text, call.is_method);
        std::vector<std::string> parameters;
        for (const Parameter& p : signature.parameters)
            parameters.push_back(fmt::format("{}: {}", p.name, in_words(p.type)));
        signatures.push_back(fmt::format("({})", fmt::join(parameters, ", ")));
        Reasons reasons = reasons_against(signature, call);
        if (reasons.texts.empty()) continue;  // it looks right from here: what refused it is not known
        if (first || reasons.weight < best.weight) best = std::move(reasons);
        first = false;
    }
    if (!best.texts.empty()) return fmt::format("{}", fmt::join(best.texts, "; "));
    std::vector<std::string> given;
    for (const nb::handle value : call.positional) given.push_back(shown(value));
    for (const auto& [name, value] : call.named) given.push_back(fmt::format("{} = {}", name, shown(value)));
    return fmt::format("({}), allowed: {}", fmt::join(given, ", "), fmt::join(signatures, " or "));
}

std::string display_name(nb::handle function, nb::handle self) {
    if (const auto setter = setter_names().find(function.ptr()); setter != setter_names().end()) return setter->second;
    const std::string name = nb::cast<std::string>(function.attr("__name__"));
    if (!self.is_valid()) return name + "()";
    std::string type = nb::cast<std::string>(nb::handle(reinterpret_cast<PyObject*>(Py_TYPE(self.ptr()))).attr("__name__"));
    if (type == "RuntimeArgsColProxy") type = "RuntimeArgs[x]";
    if (name == "__init__") return type + "()";
    if (name == "__getitem__") return type + "[...]";
    if (name == "__setitem__") return type + "[...] = ...";
    return fmt::format("{}.{}()", type, name);
}

bool is_method(nb::handle function) {
    return std::string_view(Py_TYPE(function.ptr())->tp_name).ends_with("nb_method");
}

std::string explanation(nb::handle function, PyObject* const* args, size_t nargs, PyObject* names) {
    Call call{.is_method = is_method(function) && nargs > 0};
    if (const auto setter = setter_names().find(function.ptr()); setter != setter_names().end())
        call.set_name = setter->second.substr(setter->second.find('.') + 1);
    for (size_t i = call.is_method ? 1 : 0; i < nargs; ++i) call.positional.emplace_back(args[i]);
    const Py_ssize_t named = names ? PyTuple_GET_SIZE(names) : 0;
    for (Py_ssize_t i = 0; i < named; ++i)
        call.named.emplace_back(nb::cast<std::string>(nb::handle(PyTuple_GET_ITEM(names, i))), args[nargs + size_t(i)]);
    return fmt::format("{}: incompatible function arguments: {}",
                       display_name(function, call.is_method ? nb::handle(args[0]) : nb::handle()),
                       reasons_of(function, call));
}

// `nargsf` has flags of CPython and of nanobind in its upper bits.
void explain(PyObject* function, PyObject* const* args, size_t nargsf, PyObject* names) noexcept {
    nb::python_error refusal;  // takes the error that is set
    std::string text;
    try {
        if (nb::cast<std::string>(nb::str(refusal.value())).find(kRefusal) != std::string::npos)
            text = explanation(function, args, static_cast<uint32_t>(nargsf), names);
    } catch (...) {
        text.clear();  // nanobind's own text has to do
    }
    PyErr_Clear();
    forget_refused();
    if (text.empty())
        refusal.restore();
    else
        PyErr_SetString(PyExc_TypeError, text.c_str());
}

// ---------------------------------------------------------------- in front of every bound function

// A callable object of CPython holds the address of its code at tp_vectorcall_offset (PEP 590). nanobind has a handful of
// different ones, each of which gets a trampoline of its own, so that a call costs no look-up.
constexpr size_t kMostKinds = 8;
std::array<vectorcallfunc, kMostKinds> originals{};

template <size_t kind>
PyObject* call_and_explain(PyObject* function, PyObject* const* args, size_t nargsf, PyObject* names) {
    PyObject* result = originals[kind](function, args, nargsf, names);
    if (!result && PyErr_ExceptionMatches(PyExc_TypeError)) explain(function, args, nargsf, names);
    return result;
}

template <size_t... kinds>
constexpr std::array<vectorcallfunc, kMostKinds> trampolines(std::index_sequence<kinds...>) {
    return {&call_and_explain<kinds>...};
}
constexpr auto kTrampolines = trampolines(std::make_index_sequence<kMostKinds>());

bool is_bound_function(PyObject* object) {
    const std::string_view name = Py_TYPE(object)->tp_name;
    return name.ends_with("nb_func") || name.ends_with("nb_method");
}

void put_in_front(PyObject* function) {
    auto* slot =
        reinterpret_cast<vectorcallfunc*>(reinterpret_cast<char*>(function) + Py_TYPE(function)->tp_vectorcall_offset);
    if (std::find(kTrampolines.begin(), kTrampolines.end(), *slot) != kTrampolines.end()) return;  // by another name
    for (size_t kind = 0; kind < kMostKinds; ++kind) {
        if (!originals[kind]) originals[kind] = *slot;
        if (*slot != originals[kind]) continue;
        *slot = kTrampolines[kind];
        return;
    }
}

void visit(nb::handle scope, const std::string& scope_name) {
    for (nb::handle item : nb::list(scope.attr("__dict__").attr("items")())) {
        const nb::object object = nb::borrow(item[1]);
        const std::string name = nb::cast<std::string>(nb::str(item[0]));
        if (is_bound_function(object.ptr())) {
            put_in_front(object.ptr());
        } else if (PyObject_TypeCheck(object.ptr(), &PyProperty_Type)) {
            for (const char* accessor : {"fget", "fset"}) {
                const nb::object function = object.attr(accessor);
                if (!is_bound_function(function.ptr())) continue;
                put_in_front(function.ptr());
                setter_names()[function.ptr()] = scope_name + "." + name;
            }
        } else if (PyType_Check(object.ptr()) &&
                   nb::cast<std::string>(nb::str(object.attr("__module__"))) == "tilewright._core" &&
                   nb::cast<std::string>(object.attr("__name__")) == name) {
            visit(object, name);
        }
    }
}

}  // namespace

void explain_refused_calls(nb::module_& m) {
    own_module = m.ptr();
    visit(m, "");
}

}  // namespace tw::bind
