#include "bind/argument_fit.h"

#include "base/nearest.h"
#include "bind/signature.h"

#include <nanobind/stl/string.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <vector>

namespace tw::bind {
namespace {

constexpr std::string_view kOwnModule = "tilewright._core.";
constexpr size_t kMostShown = 80;

// What signatures leave open (typing.Any), because type checkers cannot follow it.
constexpr std::string_view kRuntimeArgs =
    "RuntimeArgs | Sequence[tuple[CoreCoord, Sequence[int]]] | Sequence[Sequence[Sequence[int]]]";

std::string_view bare(std::string_view type) {
    for (const std::string_view prefix : {kOwnModule, std::string_view("collections.abc."), std::string_view("typing.")})
        if (type.starts_with(prefix)) return type.substr(prefix.size());
    return type;
}

// "Sequence[int]" -> {"Sequence", "int"}
struct Generic {
    std::string_view name, inside;
    explicit Generic(std::string_view type) : name(bare(type)) {
        const size_t open = name.find('[');
        if (open == std::string_view::npos || name.back() != ']') return;
        inside = name.substr(open + 1, name.size() - open - 2);
        name = name.substr(0, open);
    }
};

std::optional<Misfit> wrong(nb::handle value, std::string allowed, std::string guess = {}) {
    return Misfit{{}, shown(value), std::move(allowed), std::move(guess)};
}

std::optional<Misfit> inside_of(size_t index, std::optional<Misfit> inner) {
    if (inner) inner->path = fmt::format("[{}]{}", index, inner->path);
    return inner;
}

bool is_sequence(nb::handle value) {
    PyObject* p = value.ptr();
    return PySequence_Check(p) && !PyUnicode_Check(p) && !PyBytes_Check(p) && !PyDict_Check(p);
}

std::vector<nb::object> items_of(nb::handle sequence) {
    std::vector<nb::object> items;
    nb::object list = nb::steal(PySequence_List(sequence.ptr()));
    if (!list.is_valid()) return PyErr_Clear(), items;
    for (nb::handle item : nb::list(list)) items.push_back(nb::borrow(item));
    return items;
}

nb::object class_named(nb::handle module, std::string_view name) {
    nb::object at = nb::borrow(module);
    for (const std::string_view part : split_outside_brackets(name, '.')) {
        at = nb::steal(PyObject_GetAttrString(at.ptr(), std::string(part).c_str()));
        if (!at.is_valid()) return PyErr_Clear(), nb::object();
    }
    return PyType_Check(at.ptr()) ? at : nb::object();
}

std::vector<std::string> enum_members(nb::handle type) {
    std::vector<std::string> names;
    nb::object members = nb::steal(PyObject_GetAttrString(type.ptr(), "__members__"));
    if (!members.is_valid()) return PyErr_Clear(), names;
    for (nb::handle name : members) names.push_back(nb::cast<std::string>(nb::str(name)));
    return names;
}

std::string upper(std::string_view text) {
    std::string out(text.substr(text.rfind('.') == std::string_view::npos ? 0 : text.rfind('.') + 1));
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return char(std::toupper(c)); });
    return out;
}

// A member that a text, or a value of another library by its name (torch.bfloat16), may mean.
std::string nearest_member(std::string_view type, const std::vector<std::string>& members, nb::handle value) {
    if (nb::isinstance<nb::int_>(value) || value.is_none()) return {};
    const std::string word = upper(nb::cast<std::string>(nb::str(value)));
    std::vector<std::string> uppers;
    for (const std::string& member : members) uppers.push_back(upper(member));
    const std::vector<std::string_view> views(uppers.begin(), uppers.end());
    const std::string found = nearest(word, views);
    for (size_t i = 0; i < members.size(); ++i)
        if (uppers[i] == found) return fmt::format("ttnn.{}.{}", type, members[i]);
    return {};
}

std::optional<Misfit> class_misfit(nb::handle module, nb::handle value, std::string_view name) {
    const nb::object type = class_named(module, name);
    if (!type.is_valid() || PyObject_IsInstance(value.ptr(), type.ptr()) == 1) return std::nullopt;
    PyErr_Clear();
    if (name == "Shape" && is_sequence(value)) return misfit(module, value, "Sequence[int]");
    if (name == "CoreCoord" && PyTuple_Check(value.ptr())) return misfit(module, value, "tuple[int, int]");
    if (name == "TileDescriptor" && !misfit(module, value, "Tile")) return std::nullopt;
    const std::vector<std::string> members = enum_members(type);
    if (!members.empty() && PyIndex_Check(value.ptr())) {  // a member by its number
        if (nb::object member = nb::steal(PyObject_CallOneArg(type.ptr(), value.ptr())); member.is_valid())
            return std::nullopt;
        PyErr_Clear();
    }
    if (members.empty()) return wrong(value, in_words(name));
    return wrong(value, fmt::format("{}: {}", in_words(name), fmt::join(members, ", ")),
                 nearest_member(name, members, value));
}

std::optional<Misfit> number_misfit(nb::handle value) {
    if (const IntegerRange* range = range_that_refused(value.ptr())) return wrong(value, range->str());
    if (PyIndex_Check(value.ptr())) return std::nullopt;
    return wrong(value, "an integer");
}

std::optional<Misfit> sequence_misfit(nb::handle module, nb::handle value, std::string_view of) {
    if (!is_sequence(value)) return wrong(value, in_words(fmt::format("Sequence[{}]", of)));
    const std::vector<nb::object> items = items_of(value);
    for (size_t i = 0; i < items.size(); ++i)
        if (auto inner = inside_of(i, misfit(module, items[i], of))) return inner;
    return std::nullopt;
}

std::optional<Misfit> tuple_misfit(nb::handle module, nb::handle value, std::string_view inside) {
    const auto types = split_outside_brackets(inside, ',');
    if (types.size() == 2 && types[1] == "...") return sequence_misfit(module, value, types[0]);
    if (!is_sequence(value)) return wrong(value, in_words(fmt::format("tuple[{}]", inside)));
    const std::vector<nb::object> items = items_of(value);
    if (items.size() != types.size()) return wrong(value, in_words(fmt::format("tuple[{}]", inside)));
    for (size_t i = 0; i < items.size(); ++i)
        if (auto inner = inside_of(i, misfit(module, items[i], types[i]))) return inner;
    return std::nullopt;
}

std::optional<Misfit> annotated_misfit(nb::handle module, nb::handle value, std::string_view inside) {
    const auto parts = split_outside_brackets(inside, ',');
    if (auto inner = misfit(module, value, parts.front())) return inner;
    constexpr std::string_view kFixed = "FixedSize(";
    for (const std::string_view note : parts) {
        const size_t at = note.find(kFixed);
        if (at == std::string_view::npos || !is_sequence(value)) continue;
        const std::string_view number = note.substr(at + kFixed.size());
        size_t wanted = 0;
        std::from_chars(number.data(), number.data() + number.size(), wanted);
        if (items_of(value).size() != wanted) return wrong(value, fmt::format("{} of them", wanted));
    }
    return std::nullopt;
}

std::optional<Misfit> single_misfit(nb::handle module, nb::handle value, std::string_view type) {
    const Generic t(type);
    PyObject* p = value.ptr();
    if (t.name == "None") return value.is_none() ? std::nullopt : wrong(value, "None");
    if (t.name == "object" || t.name == "Any") return std::nullopt;
    if (t.name == "int") return number_misfit(value);
    if (t.name == "float") {
        const bool is_number =
            PyFloat_Check(p) || PyIndex_Check(p) || (Py_TYPE(p)->tp_as_number && Py_TYPE(p)->tp_as_number->nb_float);
        return is_number ? std::nullopt : wrong(value, "a number");
    }
    if (t.name == "bool") return PyBool_Check(p) ? std::nullopt : wrong(value, "True or False");
    if (t.name == "str") return PyUnicode_Check(p) ? std::nullopt : wrong(value, "text (str)");
    if (t.name == "bytes") return PyBytes_Check(p) ? std::nullopt : wrong(value, "bytes");
    if (t.name == "list" && t.inside.empty()) return PyList_Check(p) ? std::nullopt : wrong(value, "a list");
    if (t.name == "set" && t.inside.empty()) return PyAnySet_Check(p) ? std::nullopt : wrong(value, "a set");
    if (t.name == "dict") return PyDict_Check(p) ? std::nullopt : wrong(value, in_words(type));
    if (t.name == "Sequence" || (t.name == "list" && !t.inside.empty())) return sequence_misfit(module, value, t.inside);
    if (t.name == "tuple" && !t.inside.empty()) return tuple_misfit(module, value, t.inside);
    if (t.name == "Annotated") return annotated_misfit(module, value, t.inside);
    if (t.inside.empty()) return class_misfit(module, value, t.name);
    return std::nullopt;
}

}  // namespace

std::string shown(nb::handle value) {
    nb::object text = nb::steal(PyObject_Repr(value.ptr()));
    std::string out = "?";
    if (text.is_valid()) {
        out = nb::cast<std::string>(text);
    } else {
        PyErr_Clear();
    }
    std::replace(out.begin(), out.end(), '\n', ' ');
    if (out.size() > kMostShown) out = out.substr(0, kMostShown) + "...";
    PyObject* p = value.ptr();
    const bool tells = value.is_none() || PyBool_Check(p) || PyLong_Check(p) || PyFloat_Check(p) || PyUnicode_Check(p);
    return tells ? out : fmt::format("{} ({})", out, Py_TYPE(p)->tp_name);
}

std::string in_words(std::string_view type) {
    std::vector<std::string> words;
    for (const std::string_view one : split_outside_brackets(type, '|')) {
        const Generic t(one);
        const auto parts = split_outside_brackets(t.inside, ',');
        std::vector<std::string> of;
        for (const std::string_view part : parts) of.push_back(in_words(part));
        if (t.name == "int")
            words.push_back("an integer");
        else if (t.name == "float")
            words.push_back("a number");
        else if (t.name == "bool")
            words.push_back("True or False");
        else if (t.name == "str")
            words.push_back("text (str)");
        else if (t.name == "None" || t.name == "bytes")
            words.emplace_back(t.name);
        else if (t.name == "object" || t.name == "Any")
            words.push_back("anything");
        else if (t.name == "Sequence" || t.name == "list")
            words.push_back(of.empty() ? "a sequence" : fmt::format("a sequence, each {}", of[0]));
        else if (t.name == "tuple")
            words.push_back(of.empty() ? "a tuple" : fmt::format("({})", fmt::join(of, ", ")));
        else if (t.name == "dict")
            words.push_back(of.size() < 2 ? "a dict" : fmt::format("a dict from {} to {}", of[0], of[1]));
        else if (t.name == "Annotated" && !of.empty())
            words.push_back(of[0]);
        else if (one.starts_with(kOwnModule) || one.find('.') == std::string_view::npos)
            words.push_back(fmt::format("a ttnn.{}", t.name));
        else
            words.emplace_back(one);
    }
    return fmt::format("{}", fmt::join(words, " or "));
}

std::optional<Misfit> misfit(nb::handle module, nb::handle value, std::string_view type) {
    if (type.find("RuntimeArgs |") != std::string_view::npos && type != kRuntimeArgs) type = kRuntimeArgs;
    std::optional<Misfit> best;
    std::vector<std::string> allowed;
    for (const std::string_view one : split_outside_brackets(type, '|')) {
        auto found = single_misfit(module, value, one);
        if (!found) return std::nullopt;
        allowed.push_back(found->allowed);
        // The alternative that goes deepest into the value is the one that was meant.
        if (!best || found->path.size() > best->path.size()) best = std::move(found);
    }
    if (best && best->path.empty()) best->allowed = fmt::format("{}", fmt::join(allowed, " or "));
    return best;
}

}  // namespace tw::bind
