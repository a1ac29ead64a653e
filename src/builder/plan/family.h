// An operation family: the specs whose work is cut and fed to the cores in one way. Adding a family is adding a file to
// families/, with a class like this and one line that makes it known:
//
//   const RegisteredFamily<CumulativeFamily> kKnown;
#pragma once

#include "builder/plan/plan.h"

#include <string_view>
#include <vector>

namespace tw::builder {

// How many roundings lie between input and output, which decides what a test tolerates.
enum class Rounding { Once, OverALane, Chained };

class Family {
public:
    virtual ~Family() = default;
    virtual std::string_view name() const = 0;
    virtual std::string_view title() const = 0;    // for `new --list`
    virtual std::string_view example() const = 0;  // math of a typical member
    // Of the families that match a spec, the most particular one plans: an attention is also a matrix product, a softmax is
    // also a reduction. Any number between those of the families that the new one comes before and after.
    virtual int particularity() const = 0;
    virtual bool matches(const Spec&, const Graph&) const = 0;
    virtual Rounding rounding() const { return Rounding::Chained; }
    // Fills in unit, sizes, CBs, kernels and phases.
    virtual void plan(Plan&, std::vector<Problem>&) const = 0;
};

// The most particular first.
const std::vector<const Family*>& families();

class FamilyRegistration {
protected:
    explicit FamilyRegistration(const Family&);
};

template <class T>
class RegisteredFamily : FamilyRegistration {
public:
    RegisteredFamily() : FamilyRegistration(instance()) {}

private:
    static const Family& instance() {
        static const T family;
        return family;
    }
};

}  // namespace tw::builder
