// Settings of a compute configuration that the kernel's calls do not look at: notes.
#include "compute/ignored_settings.h"
#include "diagnose/explain.h"

namespace tw::diagnose {
namespace {

const Rule ignored(ProblemKind::SettingIgnored, "ignored-setting", [](const Problem& p, Diagnostic& d) {
    switch (static_cast<IgnoredSetting>(p.a)) {
        case IgnoredSetting::MathFidelity:
            d.what = "math_fidelity of this kernel's ComputeConfigDescriptor changes nothing";
            d.why =
                "it is the number of passes of the matrix unit's products, and the kernel has computed none: copies, sums "
                "and the vector unit have no passes";
            break;
        case IgnoredSetting::MathApproxMode:
            d.what = "math_approx_mode of this kernel's ComputeConfigDescriptor changes nothing";
            d.why = "it chooses between two forms of functions of the vector unit, and the kernel has called none";
            break;
        case IgnoredSetting::Bfp8PackPrecise:
            d.what = "bfp8_pack_precise of this kernel's ComputeConfigDescriptor changes nothing";
            d.why = "it is about packing block floats, and the kernel has packed into no such buffer";
            break;
    }
    d.fix = "leave it out";
});

}  // namespace
}  // namespace tw::diagnose
