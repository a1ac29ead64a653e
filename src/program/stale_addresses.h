// Arguments of a kept program that still are the addresses of an earlier call's tensors.
//
// Whoever keeps a descriptor must write the new addresses into it; one that is forgotten leads to a tensor of before, or to
// where it was. Transfers to such places are told of by themselves (src/noc/ownership.h); this says where they come from.
#pragma once

#include "base/error.h"
#include "program/descriptors.h"
#include "tensor/tensor.h"

#include <cstdint>
#include <vector>

namespace tw {

class StaleAddresses {
public:
    // Of a call: which arguments are the address of which of its tensors.
    void note(const ProgramDescriptor&, const std::vector<Tensor>& io);
    // Of a later call: which of them are what they were, though that tensor is not there any more.
    std::vector<Diagnostic> find(const ProgramDescriptor&, const std::vector<Tensor>& io) const;

private:
    struct Holder {
        uint32_t kernel = 0, index = 0, place = 0;  // place: in the call's list
        bool common = false;
        uint32_t address = 0;
    };
    std::vector<Holder> holders_;
    std::vector<uint64_t> noted_;  // addresses of the call's tensors
};

// Findings of a run that show that a wrong address was used.
bool shows_wrong_address(const Diagnostic&);

}  // namespace tw
