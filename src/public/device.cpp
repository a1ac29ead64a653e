#include "public/access.h"

namespace tilewright {

const std::shared_ptr<tw::Device>& Access::get(const Device& device) {
    if (!device.impl_) tw::raise_host("no-device", "this tilewright::Device was not opened", {.fix = "use Device::open()"});
    return device.impl_->device;
}

Device Access::make(std::shared_ptr<tw::Device> device) {
    Device out;
    out.impl_ = std::make_shared<Device::Impl>(Device::Impl{std::move(device)});
    return out;
}

Device Device::open(const DeviceOptions& options) {
    return translated([&] {
        const tw::ChipDescription& chip = options.chip.empty() ? tw::default_chip() : tw::find_chip(options.chip);
        tw::DeviceOptions ours{.l1_small_size = options.l1_small_size, .slow_dispatch = options.slow_dispatch};
        if (options.numerics != Numerics::Default) {
            ours.numerics = options.numerics == Numerics::Exact ? tw::Numerics::Exact : tw::Numerics::Fast;
        }
        return Access::make(tw::Device::open(chip, ours));
    });
}

void Device::close() {
    translated([&] { Access::get(*this)->close(); });
}

bool Device::is_open() const {
    return impl_ && impl_->device->is_open();
}

std::string Device::chip() const {
    return translated([&] { return Access::get(*this)->chip().name; });
}

CoreCoord Device::grid() const {
    return translated([&] {
        const tw::CoreCoord grid = Access::get(*this)->grid();
        return CoreCoord{grid.x, grid.y};
    });
}

std::uint32_t Device::dram_banks() const {
    return translated([&] { return Access::get(*this)->chip().dram_banks; });
}

std::uint32_t Device::l1_bytes() const {
    return translated([&] { return Access::get(*this)->chip().l1_size; });
}

std::uint32_t Device::dram_alignment() const {
    return translated([&] { return Access::get(*this)->chip().dram_alignment; });
}

CoreCoord Device::worker_core_from_logical_core(CoreCoord logical) const {
    return translated([&] {
        const tw::NocCoord noc = Access::get(*this)->worker_noc({logical.x, logical.y});
        return CoreCoord{noc.x, noc.y};
    });
}

}  // namespace tilewright
