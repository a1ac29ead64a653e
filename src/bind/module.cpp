#include "bind/bind.h"
#include "bind/explain_call.h"

NB_MODULE(_core, m) {
    using namespace tw::bind;
    m.doc() = "The compiled part of tilewright. Use it through `tilewright` or `ttnn`.";
    nb::set_leak_warnings(false);  // module-level descriptors in user programs outlive the interpreter's last collection
    bind_errors(m);
    bind_enums(m);
    bind_cores(m);
    bind_vectors(m);
    bind_device(m);
    bind_tensor_spec(m);
    bind_tensor(m);
    bind_descriptors(m);
    bind_program(m);
    bind_channels(m);
    bind_run(m);
    bind_golden(m);
    bind_closeness(m);
    bind_mutants(m);
    bind_tile_programs(m);
    explain_refused_calls(m);  // last: it goes over all that is bound
}
